/*
 * The types that lists use are fields in a row, and a string says which:
 *
 *	4, 6	an address		n	a name
 *	2	a number of 16 bits	t	strings up to the end
 *
 * Some more ldns reads, as a line of a zone file.  Not all that it knows: the
 * text is a stranger's, and some of its readers lose memory over nonsense.
 * What is left must come as plain bytes: "\# 3 000100".
 */
#include "dns/rdata.h"

#include <arpa/inet.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/record.h"

enum { STRING_MAX = 255, WORD_MAX = 64 };

static const struct shape {
	uint16_t type;
	const char *fields;
} shapes[] = {
	{ TYPE_A, "4" }, { TYPE_NS, "n" }, { TYPE_CNAME, "n" }, { 12, "n" },
	{ 15, "2n" }, { TYPE_TXT, "t" }, { TYPE_AAAA, "6" }, { 33, "222n" },
	{ TYPE_DNAME, "n" }, { 99, "t" },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* SOA, HINFO, RP, LOC, NAPTR, SSHFP, TLSA, URI, CAA and these two. */
static const uint16_t of_ldns[] = {
	TYPE_SOA, 13, 17, 29, 35, 44, 52, TYPE_SVCB, TYPE_HTTPS, 256, 257,
};

enum { OF_LDNS = sizeof(of_ldns) / sizeof(of_ldns[0]) };

static const char *fields_of(uint16_t type)
{
	for (unsigned i = 0; i < SHAPES; i++)
		if (shapes[i].type == type)
			return shapes[i].fields;
	return NULL;
}

/* RFC 6895, section 3.1: 128 to 255 are for questions; OPT is no data. */
static bool is_data(uint16_t type)
{
	return type != 0 && type != TYPE_OPT && (type < 128 || type > 255);
}

/* What is left to read, and where it is written. */
struct copy {
	struct bytes text;
	uint8_t *to;
	size_t room, len;
};

static int copy_put(struct copy *copy, const void *at, size_t len)
{
	if (len > copy->room - copy->len)
		return ERROR_FULL;
	memcpy(copy->to + copy->len, at, len);
	copy->len += len;
	return 0;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

static void skip_blanks(struct bytes *text)
{
	while (text->len > 0 && is_blank(text->at[0]))
		*text = bytes_of(text->at + 1, text->len - 1);
}

/* Up to the next blank; a backslash takes what follows along. */
static struct bytes word_take(struct bytes *text)
{
	struct bytes word = bytes_of(text->at, 0);

	while (word.len < text->len && !is_blank(text->at[word.len]))
		word.len += text->at[word.len] == '\\' ? 2 : 1;
	if (word.len > text->len)
		word.len = text->len;
	*text = bytes_of(text->at + word.len, text->len - word.len);
	skip_blanks(text);
	return word;
}

/* The word with a NUL behind it; false: longer than anything that is right. */
static bool word_string(struct bytes word, char string[WORD_MAX])
{
	if (word.len == 0 || word.len >= WORD_MAX ||
	    memchr(word.at, '\0', word.len) != NULL)
		return false;
	memcpy(string, word.at, word.len);
	string[word.len] = '\0';
	return true;
}

static int address_take(struct copy *copy, int family)
{
	char word[WORD_MAX];
	uint8_t raw[16];

	if (!word_string(word_take(&copy->text), word) ||
	    inet_pton(family, word, raw) != 1)
		return ERROR_MALFORMED;
	return copy_put(copy, raw, family == AF_INET ? 4 : 16);
}

static int number_take(struct copy *copy)
{
	struct bytes word = word_take(&copy->text);
	uint8_t raw[2];
	unsigned value = 0;

	if (word.len == 0 || word.len > 5)
		return ERROR_MALFORMED;
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] < '0' || word.at[i] > '9')
			return ERROR_MALFORMED;
		value = value * 10 + (word.at[i] - (unsigned)'0');
	}
	if (value > UINT16_MAX)
		return ERROR_MALFORMED;
	bytes_put16(raw, (uint16_t)value);
	return copy_put(copy, raw, sizeof(raw));
}

static int name_take(struct copy *copy)
{
	struct name name;

	if (name_parse(&name, word_take(&copy->text)) < 0)
		return ERROR_MALFORMED;
	return copy_put(copy, name.wire, name.len);
}

/* A byte of a string, \" and \065 undone; -1: no such byte. */
static int byte_take(struct bytes *text)
{
	const uint8_t *at = text->at;
	size_t len = 1;
	int byte = at[0];

	if (byte == '\\' && text->len > 1) {
		byte = at[1];
		len = 2;
		if (byte >= '0' && byte <= '9') {
			if (text->len < 4 || at[2] < '0' || at[2] > '9' ||
			    at[3] < '0' || at[3] > '9')
				return -1;
			byte = (at[1] - '0') * 100 + (at[2] - '0') * 10 +
			       at[3] - '0';
			len = 4;
		}
	}
	*text = bytes_of(at + len, text->len - len);
	return byte <= UINT8_MAX ? byte : -1;
}

/* "in quotes", or up to the next blank. */
static int string_take(struct copy *copy)
{
	uint8_t string[1 + STRING_MAX];
	bool quoted = copy->text.at[0] == '"';
	bool open = quoted;
	size_t len = 0;

	if (quoted)
		copy->text = bytes_of(copy->text.at + 1, copy->text.len - 1);
	while (copy->text.len > 0) {
		bool ends = quoted ? copy->text.at[0] == '"'
				   : is_blank(copy->text.at[0]);
		int byte = byte_take(&copy->text);

		if (ends) {
			open = false;
			break;
		}
		if (byte < 0 || len == STRING_MAX)
			return ERROR_MALFORMED;
		string[++len] = (uint8_t)byte;
	}
	if (open)
		return ERROR_MALFORMED;
	skip_blanks(&copy->text);
	string[0] = (uint8_t)len;
	return copy_put(copy, string, 1 + len);
}

static int strings_take(struct copy *copy)
{
	int error = ERROR_MALFORMED;

	while (copy->text.len > 0) {
		error = string_take(copy);
		if (error < 0)
			break;
	}
	return error;
}

static int field_take(struct copy *copy, char field)
{
	switch (field) {
	case '4':
		return address_take(copy, AF_INET);
	case '6':
		return address_take(copy, AF_INET6);
	case '2':
		return number_take(copy);
	case 'n':
		return name_take(copy);
	default:
		return strings_take(copy);
	}
}

static int fields_parse(const char *fields, struct copy *copy)
{
	for (; *fields != '\0'; fields++) {
		int error = field_take(copy, *fields);

		if (error < 0)
			return error;
	}
	return copy->text.len == 0 ? (int)copy->len : ERROR_MALFORMED;
}

static int digit_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = name_lower(digit);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* "0001 00", in as many words as one likes. */
static int hex_take(struct copy *copy)
{
	int half = -1;

	for (size_t i = 0; i < copy->text.len; i++) {
		int value = digit_value(copy->text.at[i]);

		if (is_blank(copy->text.at[i]))
			continue;
		if (value < 0)
			return ERROR_MALFORMED;
		if (half < 0) {
			half = value;
			continue;
		}
		if (copy->len == copy->room)
			return ERROR_FULL;
		copy->to[copy->len++] = (uint8_t)(half << 4 | value);
		half = -1;
	}
	return half < 0 ? 0 : ERROR_MALFORMED;
}

/* "\# 3 000100": the length is written over by what it is the length of. */
static int plain_parse(struct copy *copy)
{
	unsigned len;
	int error;

	word_take(&copy->text);
	if (copy->room < 2)
		return ERROR_FULL;
	if (number_take(copy) < 0)
		return ERROR_MALFORMED;
	len = bytes_get16(copy->to);
	copy->len = 0;
	error = hex_take(copy);
	if (error < 0)
		return error;
	return copy->len == len ? (int)len : ERROR_MALFORMED;
}

static bool is_plain(struct bytes text)
{
	return text.len > 2 && text.at[0] == '\\' && text.at[1] == '#' &&
	       is_blank(text.at[2]);
}

int rdata_parse(uint16_t type, struct bytes text, uint8_t *to, size_t room)
{
	struct copy copy = { text, to, room, 0 };
	const char *fields = fields_of(type);

	skip_blanks(&copy.text);
	if (!is_data(type) || text.len > RDATA_TEXT || copy.text.len == 0)
		return ERROR_MALFORMED;
	if (fields != NULL)
		return fields_parse(fields, &copy);
	if (is_plain(copy.text))
		return plain_parse(&copy);
	for (unsigned i = 0; i < OF_LDNS; i++)
		if (of_ldns[i] == type)
			return record_parse_data(type, copy.text, to, room);
	return ERROR_MALFORMED;
}

static size_t print_address(struct bytes rdata, int family, struct text *out)
{
	size_t len = family == AF_INET ? 4 : 16;
	char words[INET6_ADDRSTRLEN];

	if (rdata.len < len)
		return 0;
	text_put(out, "%s", inet_ntop(family, rdata.at, words, sizeof(words)));
	return len;
}

/* The length of a name without compression; 0: there is none. */
static size_t name_size(struct bytes rdata)
{
	size_t len = 0;

	while (len < rdata.len && len < NAME_MAX_WIRE && rdata.at[len] < 64) {
		if (rdata.at[len] == 0)
			return len + 1;
		len += 1u + rdata.at[len];
	}
	return 0;
}

static size_t print_string(struct bytes rdata, struct text *out)
{
	size_t len = 1u + rdata.at[0];

	if (len > rdata.len)
		return 0;
	text_put(out, "\"");
	for (size_t i = 1; i < len; i++) {
		if (rdata.at[i] == '"')
			text_put(out, "\\\"");
		else if (rdata.at[i] == '\\')
			text_put(out, "\\\\");
		else
			text_put_hostile(out, bytes_of(rdata.at + i, 1));
	}
	text_put(out, "\"");
	return len;
}

/* One field; how long it is, or 0. */
static size_t field_print(char field, struct bytes rdata, struct text *out)
{
	size_t len = 0;

	switch (field) {
	case '4':
		return print_address(rdata, AF_INET, out);
	case '6':
		return print_address(rdata, AF_INET6, out);
	case '2':
		if (rdata.len < 2)
			return 0;
		text_put(out, "%u", (unsigned)bytes_get16(rdata.at));
		return 2;
	case 'n':
		len = name_size(rdata);
		if (len > 0)
			name_print_wire(bytes_of(rdata.at, len), out);
		return len;
	default:
		return rdata.len > 0 ? print_string(rdata, out) : 0;
	}
}

static bool fields_print(const char *fields, struct bytes rdata,
			 struct text *out)
{
	const char *between = "";

	while (*fields != '\0') {
		size_t len;

		text_put(out, "%s", between);
		between = " ";
		len = field_print(*fields, rdata, out);
		if (len == 0)
			return false;
		rdata = bytes_of(rdata.at + len, rdata.len - len);
		if (*fields != 't' || rdata.len == 0)
			fields++;
	}
	return rdata.len == 0;
}

/* What went wrong half way is taken back. */
void rdata_print(uint16_t type, struct bytes rdata, struct text *out)
{
	const char *fields = fields_of(type);
	struct text before = *out;

	if (fields != NULL && fields_print(fields, rdata, out))
		return;
	*out = before;
	text_put(out, "\\# %zu ", rdata.len);
	for (size_t i = 0; i < rdata.len; i++)
		text_put(out, "%02x", rdata.at[i]);
}
