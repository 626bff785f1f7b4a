/*
 * The letters of ASCII first, then all others in the order of their numbers,
 * each as the distance to the one before, in digits whose weights follow what
 * was seen (RFC 3492, sections 3 and 6).
 */
#include "subscribe/punycode.h"

#include "dns/name.h"

enum {
	BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700,
	FIRST_BIAS = 72, FIRST_OTHER = 0x80, LETTERS_MAX = 63,
	/* A distance below 2^32 has at most this many digits. */
	DIGITS_MAX = 7,
};

struct letters {
	uint32_t at[LETTERS_MAX];
	uint32_t count;
};

struct output {
	uint8_t *at;
	size_t len;
};

/* One letter, taken off the text; 0: it is none. */
static uint32_t letter_take(struct bytes *text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = text->at[0];
	unsigned len = first < 0x80 ? 1 : first < 0xe0 ? 2
		     : first < 0xf0 ? 3 : 4;
	uint32_t letter = len == 1 ? first : first & (0x7fu >> len);

	if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || len > text->len)
		return 0;
	for (unsigned i = 1; i < len; i++) {
		if ((text->at[i] & 0xc0) != 0x80)
			return 0;
		letter = letter << 6 | (text->at[i] & 0x3f);
	}
	if (letter < least[len] || letter > 0x10ffff ||
	    (letter >= 0xd800 && letter < 0xe000))
		return 0;
	*text = bytes_of(text->at + len, text->len - len);
	return letter;
}

static bool letters_read(struct letters *letters, struct bytes label)
{
	letters->count = 0;
	while (label.len > 0) {
		uint32_t letter = letter_take(&label);

		if (letter == 0 || letters->count == LETTERS_MAX)
			return false;
		letters->at[letters->count++] = letter;
	}
	return true;
}

static uint32_t adapt(uint32_t distance, uint32_t points, bool first)
{
	uint32_t turns = 0;

	distance = first ? distance / DAMP : distance / 2;
	distance += distance / points;
	for (; distance > (BASE - T_MIN) * T_MAX / 2; turns += BASE)
		distance /= BASE - T_MIN;
	return turns + (BASE - T_MIN + 1) * distance / (distance + SKEW);
}

static void put_digit(struct output *out, uint32_t digit)
{
	out->at[out->len++] = (uint8_t)(digit < 26 ? 'a' + digit
						   : '0' + digit - 26);
}

static void put_number(struct output *out, uint32_t number, uint32_t bias)
{
	for (uint32_t turn = BASE;; turn += BASE) {
		uint32_t t = turn <= bias ? T_MIN
			   : turn >= bias + T_MAX ? T_MAX : turn - bias;

		if (number < t)
			break;
		put_digit(out, t + (number - t) % (BASE - t));
		number = (number - t) / (BASE - t);
	}
	put_digit(out, number);
}

static uint32_t put_ascii(struct output *out, const struct letters *letters)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < letters->count; i++) {
		if (letters->at[i] >= FIRST_OTHER)
			continue;
		out->at[out->len++] = name_lower((uint8_t)letters->at[i]);
		count++;
	}
	if (count > 0)
		out->at[out->len++] = '-';
	return count;
}

static uint32_t least_from(const struct letters *letters, uint32_t from)
{
	uint32_t least = UINT32_MAX;

	for (uint32_t i = 0; i < letters->count; i++)
		if (letters->at[i] >= from && letters->at[i] < least)
			least = letters->at[i];
	return least;
}

static void put_others(struct output *out, const struct letters *letters,
		       uint32_t done)
{
	uint32_t basic = done, from = FIRST_OTHER, bias = FIRST_BIAS;
	uint32_t distance = 0;

	while (done < letters->count) {
		uint32_t next = least_from(letters, from);

		distance += (next - from) * (done + 1);
		for (uint32_t i = 0; i < letters->count; i++) {
			if (letters->at[i] < next)
				distance++;
			if (letters->at[i] != next)
				continue;
			if (out->len + DIGITS_MAX > PUNYCODE_ROOM)
				return;
			put_number(out, distance, bias);
			bias = adapt(distance, done + 1, done == basic);
			distance = 0;
			done++;
		}
		distance++;
		from = next + 1;
	}
}

bool punycode_encode(struct bytes label, uint8_t to[PUNYCODE_ROOM],
		     size_t *len)
{
	struct letters letters;
	struct output out = { to, 4 };

	if (!letters_read(&letters, label))
		return false;
	memcpy(to, "xn--", 4);
	put_others(&out, &letters, put_ascii(&out, &letters));
	*len = out.len;
	return true;
}
