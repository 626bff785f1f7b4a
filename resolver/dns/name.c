/*
 * A name in a message is a chain of runs: labels one after the other, ended
 * by the root's 0 or by a pointer to an earlier run.
 *
 *	12  3 w w w 7 e x a m p l e 0          one run, the usual case
 *	45  4 m a i l c0 10                    two: "mail", then from 16 on
 *
 * Every pointer must lead before the start of the run that it ends.  The
 * starts only fall, so there is no loop, nothing is read twice, and a name
 * ends after at most 127 steps.  A pointer into the header is refused: no
 * name is there.
 *
 * A length byte (0 to 63) lies below 'A', so a whole run is put into lower
 * case as it is, eight bytes at once, lengths and all.
 */
#include "dns/name.h"

#include "base/error.h"
#include "base/text.h"
#include "dns/message.h"

enum {
	LABEL_MAX = 63,
	LABELS_ROOM = NAME_MAX_WIRE - 1,	/* without the root */
	POINTER = 0xc0, POINTER_OFFSET = 0x3fff,
};

static inline uint8_t byte_lower(uint8_t byte)
{
	return (uint8_t)(byte + ((uint8_t)(byte - 'A') < 26) * 32);
}

uint8_t name_lower(uint8_t byte)
{
	return byte_lower(byte);
}

/*
 * Bit 7 of each byte: in `from_a` it is set from 'A' on, in `past_z` from '['
 * on; where they differ there is a capital, and bit 5 makes it small.
 */
static inline uint64_t word_lower(uint64_t word)
{
	uint64_t low = word & 0x7f7f7f7f7f7f7f7f;
	uint64_t from_a = low + 0x3f3f3f3f3f3f3f3f;
	uint64_t past_z = low + 0x2525252525252525;
	uint64_t capital = (from_a ^ past_z) & ~word & 0x8080808080808080;

	return word | capital >> 2;
}

static inline void eight_lower(uint8_t *to, const uint8_t *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof(word));
	word = word_lower(word);
	memcpy(to, &word, sizeof(word));
}

/* The last eight bytes overlap the ones before: cheaper than one by one. */
static inline void copy_lower(uint8_t *to, const uint8_t *from, size_t len)
{
	size_t at;

	if (len < 8) {
		for (at = 0; at < len; at++)
			to[at] = byte_lower(from[at]);
		return;
	}
	for (at = 0; at + 8 < len; at += 8)
		eight_lower(to + at, from + at);
	eight_lower(to + len - 8, from + len - 8);
}

void name_lower_run(uint8_t *to, struct bytes from)
{
	copy_lower(to, from.at, from.len);
}

/*
 * Takes over the labels from `at` on.  The offset of what ends them, a 0 or
 * the first byte of a pointer, or ERROR_MALFORMED.
 */
static inline int run_read(struct name *name, struct bytes message, size_t at)
{
	const uint8_t *from = message.at + at;
	size_t left = message.len - at;
	size_t room = LABELS_ROOM - (size_t)name->len;
	size_t len = 0;
	unsigned labels = name->labels;

	while (len < left && from[len] != 0 && from[len] < POINTER) {
		size_t next = len + 1 + from[len];

		if (from[len] > LABEL_MAX || next > room)
			return ERROR_MALFORMED;
		name->label[labels++] = (uint8_t)(name->len + len);
		len = next;
	}
	if (len >= left)
		return ERROR_MALFORMED;
	copy_lower(name->wire + name->len, from, len);
	name->len = (uint8_t)(name->len + len);
	name->labels = (uint8_t)labels;
	return (int)(at + len);
}

/* Where the pointer at `at` leads, in a run that starts at `start`. */
static int pointer_read(struct bytes message, size_t at, size_t start)
{
	size_t target;

	if (message.len - at < 2)
		return ERROR_MALFORMED;
	target = bytes_get16(message.at + at) & POINTER_OFFSET;
	if (target < MESSAGE_HEADER || target >= start)
		return ERROR_MALFORMED;
	return (int)target;
}

int name_read(struct name *name, struct bytes message, size_t at)
{
	int start = (int)at, end, after = 0;

	name->len = 0;
	name->labels = 0;
	if (at >= message.len || message.len > MESSAGE_MAX)
		return ERROR_MALFORMED;
	for (;;) {
		end = run_read(name, message, (size_t)start);
		if (end < 0)
			return end;
		if (message.at[end] == 0)
			break;
		start = pointer_read(message, (size_t)end, (size_t)start);
		if (start < 0)
			return start;
		if (after == 0)
			after = end + 2;
	}
	name->wire[name->len++] = 0;
	return after != 0 ? after : end + 1;
}

int name_skip(struct bytes message, size_t at)
{
	size_t start = at;

	if (message.len > MESSAGE_MAX)
		return ERROR_MALFORMED;
	while (at < message.len && at - start <= LABELS_ROOM) {
		uint8_t byte = message.at[at];

		if (byte == 0)
			return (int)at + 1;
		if (byte >= POINTER) {
			int target = pointer_read(message, at, start);

			return target < 0 ? target : (int)at + 2;
		}
		if (byte > LABEL_MAX)
			break;
		at += 1u + byte;
	}
	return ERROR_MALFORMED;
}

int name_from_wire(struct name *name, struct bytes wire)
{
	int end;

	name->len = 0;
	name->labels = 0;
	if (wire.len == 0 || wire.len > NAME_MAX_WIRE)
		return ERROR_MALFORMED;
	end = run_read(name, wire, 0);
	if (end < 0)
		return end;
	if (wire.at[end] != 0 || (size_t)end + 1 != wire.len)
		return ERROR_MALFORMED;
	name->wire[name->len++] = 0;
	return 0;
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/* What follows a backslash, \065 or \x: the byte, or ERROR_MALFORMED. */
static int escape_parse(struct bytes text, size_t *at)
{
	const uint8_t *from = text.at + *at;
	size_t left = text.len - *at;
	int value;

	if (left == 0)
		return ERROR_MALFORMED;
	if (!is_digit(from[0])) {
		*at += 1;
		return from[0];
	}
	if (left < 3 || !is_digit(from[1]) || !is_digit(from[2]))
		return ERROR_MALFORMED;
	value = (from[0] - '0') * 100 + (from[1] - '0') * 10 + from[2] - '0';
	*at += 3;
	return value <= 255 ? value : ERROR_MALFORMED;
}

/* One label, and the dot behind it if there is one. */
static int label_parse(struct name *name, struct bytes text, size_t *at)
{
	size_t start = name->len, len = 0;

	while (*at < text.len) {
		int byte = text.at[(*at)++];

		if (byte == '.')
			break;
		if (byte == '\\')
			byte = escape_parse(text, at);
		if (byte < 0 || len == LABEL_MAX)
			return ERROR_MALFORMED;
		len++;
		if (start + 1 + len > LABELS_ROOM)
			return ERROR_MALFORMED;
		name->wire[start + len] = byte_lower((uint8_t)byte);
	}
	if (len == 0)
		return ERROR_MALFORMED;
	name->wire[start] = (uint8_t)len;
	name->label[name->labels++] = (uint8_t)start;
	name->len = (uint8_t)(start + 1 + len);
	return 0;
}

int name_parse(struct name *name, struct bytes text)
{
	size_t at = text.len == 1 && text.at[0] == '.';

	name->len = 0;
	name->labels = 0;
	if (text.len == 0)
		return ERROR_MALFORMED;
	while (at < text.len) {
		int error = label_parse(name, text, &at);

		if (error < 0)
			return error;
	}
	name->wire[name->len++] = 0;
	return 0;
}

/* As zone files have it, so that what is printed can be read back. */
static char *byte_print(char *to, uint8_t byte)
{
	if (byte <= ' ' || byte >= 0x7f) {
		*to++ = '\\';
		*to++ = (char)('0' + byte / 100);
		*to++ = (char)('0' + byte / 10 % 10);
		*to++ = (char)('0' + byte % 10);
		return to;
	}
	if (strchr("\"$().;@\\", byte) != NULL)
		*to++ = '\\';
	*to++ = (char)byte;
	return to;
}

/* A name of 254 bytes and its dots is at most 1003 characters. */
void name_print_wire(struct bytes wire, struct text *out)
{
	char buffer[NAME_TEXT], *to = buffer;
	size_t at = 0;

	while (at < wire.len && wire.at[at] != 0) {
		size_t byte = at + 1, end = byte + wire.at[at];

		if (wire.at[at] > LABEL_MAX || end > wire.len ||
		    end > LABELS_ROOM)
			break;
		if (at > 0)
			*to++ = '.';
		while (byte < end)
			to = byte_print(to, wire.at[byte++]);
		at = end;
	}
	if (at == 0)
		*to++ = '.';
	text_put(out, "%.*s", (int)(to - buffer), buffer);
}

void name_print(const struct name *name, struct text *out)
{
	name_print_wire(bytes_of(name->wire, name->len), out);
}

bool name_equal(const struct name *one, const struct name *other)
{
	return one->len == other->len &&
	       memcmp(one->wire, other->wire, one->len) == 0;
}

bool name_equal_wire(const struct name *name, const uint8_t *at)
{
	size_t i;

	for (i = 0; i + 8 <= name->len; i += 8) {
		uint8_t small[8];

		eight_lower(small, at + i);
		if (memcmp(small, name->wire + i, 8) != 0)
			return false;
	}
	for (; i < name->len; i++)
		if (byte_lower(at[i]) != name->wire[i])
			return false;
	return true;
}

bool name_is_below(const struct name *name, const struct name *top)
{
	struct bytes suffix;

	if (name->labels < top->labels)
		return false;
	suffix = name_suffix(name, (unsigned)name->labels - top->labels);
	return suffix.len == top->len &&
	       memcmp(suffix.at, top->wire, suffix.len) == 0;
}
