/*
 * A symbol is a byte of a label, the end of a label, the end of the name, or
 * a last label with both ends.  Its code has 4 to 8 bits, so that the next
 * eight bits always say which symbol comes: a code of 5 bits stands in the
 * table 8 times.  Codes rise with their lengths and fill the table, so there
 * are no bits that mean nothing.
 *
 * Lengths and endings follow the names of 1.3 million rules of today's lists;
 * a byte that lists hardly ever have is spelled as BYTE and its 8 bits.
 */
#include "policy/spelling.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "dns/name.h"

enum { BYTE = 256, LABEL, END, ENDING, ENDINGS = 24, LABEL_MAX = 63 };

/* As the end of a wire form, filled with zeros, its root among them. */
static const uint8_t endings[ENDINGS][9] = {
	"\3com", "\3net", "\2de", "\4shop", "\3org", "\3top", "\2ru", "\3xyz",
	"\4info", "\3cfd", "\4site", "\5click", "\4cyou", "\2io", "\3pro",
	"\6online", "\3sbs", "\6casino", "\2br", "\4live", "\3app", "\2fr",
	"\2cn", "\2pl",
};

/* Symbol, bits, the code with zeros behind it. */
#define SYMBOLS \
	S('a', 4, 0x00) S('e', 4, 0x10) S('i', 4, 0x20) S('o', 4, 0x30) \
	S('s', 4, 0x40) S('c', 5, 0x50) S('d', 5, 0x58) S('l', 5, 0x60) \
	S('m', 5, 0x68) S('n', 5, 0x70) S('p', 5, 0x78) S('r', 5, 0x80) \
	S('t', 5, 0x88) S(LABEL, 5, 0x90) S(ENDING + 0, 5, 0x98) \
	S('b', 6, 0xa0) S('f', 6, 0xa4) S('g', 6, 0xa8) S('h', 6, 0xac) \
	S('k', 6, 0xb0) S('u', 6, 0xb4) S('v', 6, 0xb8) S('w', 6, 0xbc) \
	S('y', 6, 0xc0) S('-', 6, 0xc4) S(END, 6, 0xc8) S('j', 7, 0xcc) \
	S('x', 7, 0xce) S('z', 7, 0xd0) S('0', 7, 0xd2) S('1', 7, 0xd4) \
	S('2', 7, 0xd6) S('3', 7, 0xd8) S('4', 7, 0xda) S('5', 7, 0xdc) \
	S('6', 7, 0xde) S('7', 7, 0xe0) S('8', 7, 0xe2) S('9', 7, 0xe4) \
	S('q', 8, 0xe6) S('_', 8, 0xe7) S(BYTE, 8, 0xe8) \
	S(ENDING + 1, 8, 0xe9) S(ENDING + 2, 8, 0xea) S(ENDING + 3, 8, 0xeb) \
	S(ENDING + 4, 8, 0xec) S(ENDING + 5, 8, 0xed) S(ENDING + 6, 8, 0xee) \
	S(ENDING + 7, 8, 0xef) S(ENDING + 8, 8, 0xf0) S(ENDING + 9, 8, 0xf1) \
	S(ENDING + 10, 8, 0xf2) S(ENDING + 11, 8, 0xf3) \
	S(ENDING + 12, 8, 0xf4) S(ENDING + 13, 8, 0xf5) \
	S(ENDING + 14, 8, 0xf6) S(ENDING + 15, 8, 0xf7) \
	S(ENDING + 16, 8, 0xf8) S(ENDING + 17, 8, 0xf9) \
	S(ENDING + 18, 8, 0xfa) S(ENDING + 19, 8, 0xfb) \
	S(ENDING + 20, 8, 0xfc) S(ENDING + 21, 8, 0xfd) \
	S(ENDING + 22, 8, 0xfe) S(ENDING + 23, 8, 0xff)

/* For writing: by symbol; no bits: the byte has no symbol of its own. */
static const struct code {
	uint8_t first, bits;
} codes[ENDING + ENDINGS] = {
#define S(symbol, bits, first) [symbol] = { first, bits },
	SYMBOLS
#undef S
};

/* For reading: by the next eight bits; symbol << 4 | bits. */
static const uint16_t symbols[256] = {
#define S(symbol, bits, first) \
	[first ... first + (1 << (8 - bits)) - 1] = (symbol) << 4 | bits,
	SYMBOLS
#undef S
};

/* --- writing --- */

struct pen {
	uint8_t *to;
	uint64_t word;		/* the lowest `bits` wait to be written */
	unsigned bits;
};

static inline void pen_put(struct pen *pen, unsigned value, unsigned bits)
{
	uint32_t piece;

	pen->word = pen->word << bits | value;
	pen->bits += bits;
	if (pen->bits < 32)
		return;
	pen->bits -= 32;
	piece = htobe32((uint32_t)(pen->word >> pen->bits));
	memcpy(pen->to, &piece, sizeof(piece));
	pen->to += sizeof(piece);
}

static inline void pen_symbol(struct pen *pen, unsigned symbol)
{
	const struct code *code = &codes[symbol];

	pen_put(pen, (unsigned)code->first >> (8 - code->bits), code->bits);
}

static inline void pen_byte(struct pen *pen, uint8_t byte)
{
	if (codes[byte].bits) {
		pen_symbol(pen, byte);
		return;
	}
	pen_symbol(pen, BYTE);
	pen_put(pen, byte, 8);
}

/* The rest, with zeros to a whole byte. */
static uint8_t *pen_lift(struct pen *pen)
{
	while (pen->bits > 0) {
		unsigned bits = pen->bits < 8 ? pen->bits : 8;

		pen->bits -= bits;
		*pen->to++ = (uint8_t)(pen->word >> pen->bits << (8 - bits));
	}
	return pen->to;
}

/* The symbol for the last label and both its ends, or END. */
static unsigned ending_of(const struct name *name)
{
	uint8_t last[8] = { 0 };
	size_t at, len;

	if (name->labels < 2)
		return END;
	at = name->label[name->labels - 1];
	len = name->len - at;
	if (len > sizeof(last))
		return END;
	memcpy(last, name->wire + at, len);
	for (unsigned i = 0; i < ENDINGS; i++)
		if (memcmp(last, endings[i], sizeof(last)) == 0)
			return ENDING + i;
	return END;
}

size_t spelling_write(const struct name *name, uint8_t *to)
{
	struct pen pen = { to, 0, 0 };
	unsigned ending = ending_of(name);
	unsigned labels = (unsigned)name->labels - (ending != END);

	for (unsigned i = 0; i < labels; i++) {
		const uint8_t *label = name->wire + name->label[i];

		if (i > 0)
			pen_symbol(&pen, LABEL);
		for (unsigned len = *label++; len > 0; len--)
			pen_byte(&pen, *label++);
	}
	pen_symbol(&pen, ending);
	return (size_t)(pen_lift(&pen) - to);
}

/* --- reading --- */

/* The next bits stand at the top of `word`; 64 - `left` of it are used. */
struct eye {
	struct bytes from;
	uint64_t end;		/* in bits, of what `word` holds */
	uint64_t word;
	unsigned left;
};

static inline bool eye_refill(struct eye *eye)
{
	uint64_t bit = eye->end - eye->left, at = bit / 8;
	uint64_t word;

	if (at >= eye->from.len || eye->from.len - at < sizeof(word))
		return false;
	memcpy(&word, eye->from.at + at, sizeof(word));
	eye->word = be64toh(word) << bit % 8;
	eye->left = 64 - bit % 8;
	eye->end = at * 8 + 64;
	return true;
}

static inline struct eye eye_at(struct bytes from, size_t at)
{
	return (struct eye){ .from = from, .end = (uint64_t)at * 8 };
}

static inline unsigned eye_take(struct eye *eye, unsigned bits)
{
	unsigned value = (unsigned)(eye->word >> (64 - bits));

	eye->word <<= bits;
	eye->left -= bits;
	return value;
}

/* A byte of a label, LABEL, END, ENDING and up; BYTE: the memory ends. */
static inline unsigned eye_symbol(struct eye *eye)
{
	unsigned row, symbol;

	if (eye->left < 16 && !eye_refill(eye))
		return BYTE;
	row = symbols[eye->word >> 56];
	eye_take(eye, row & 15);
	symbol = row >> 4;
	return symbol == BYTE ? eye_take(eye, 8) : symbol;
}

static inline size_t eye_offset(const struct eye *eye)
{
	return (size_t)((eye->end - eye->left + 7) / 8);
}

/* Is what is left of the name this ending, or its root? */
static bool ends_so(unsigned symbol, struct bytes rest)
{
	const uint8_t *ending;

	if (symbol == END)
		return rest.len == 1;
	if (symbol < ENDING)
		return false;
	ending = endings[symbol - ENDING];
	return rest.len == ending[0] + 2u &&
	       memcmp(rest.at, ending, rest.len) == 0;
}

/* `left` bytes of a label are to come; behind them `wire` is sure to go on. */
size_t spelling_match(struct bytes from, size_t at, struct bytes wire)
{
	struct eye eye = eye_at(from, at);
	unsigned left = wire.at[0], symbol;
	size_t next = left > 0;

	for (;;) {
		symbol = eye_symbol(&eye);
		if (left > 0) {
			if (symbol != wire.at[next])
				return 0;
			next++;
			left--;
			continue;
		}
		if (symbol != LABEL)
			break;
		left = wire.at[next];
		if (left == 0)
			return 0;
		next++;
	}
	if (!ends_so(symbol, bytes_of(wire.at + next, wire.len - next)))
		return 0;
	return eye_offset(&eye);
}

/* The label that begins at `label` has its last byte. */
static bool label_end(struct name *name, size_t label)
{
	size_t len = name->len - label - 1;

	if (len == 0 || len > LABEL_MAX)
		return false;
	name->wire[label] = (uint8_t)len;
	name->label[name->labels++] = (uint8_t)label;
	return true;
}

/* The root, or a last label with it. */
static bool name_end(struct name *name, unsigned symbol)
{
	const uint8_t *ending = symbol == END ? (const uint8_t *)""
					      : endings[symbol - ENDING];
	size_t len = symbol == END ? 1 : ending[0] + 2u;

	if (name->len + len > NAME_MAX_WIRE)
		return false;
	if (symbol != END)
		name->label[name->labels++] = name->len;
	memcpy(name->wire + name->len, ending, len);
	name->len = (uint8_t)(name->len + len);
	return true;
}

/*
 * A label's length is written once it is known.  There is room for as many
 * labels as 254 bytes can have.
 */
size_t spelling_read(struct bytes from, size_t at, struct name *name)
{
	struct eye eye = eye_at(from, at);
	unsigned symbol = eye_symbol(&eye);
	size_t label = 0;

	name->len = symbol != END;
	name->labels = 0;
	for (; symbol < BYTE || symbol == LABEL; symbol = eye_symbol(&eye)) {
		if (name->len >= NAME_MAX_WIRE - 1)
			return 0;
		if (symbol == LABEL) {
			if (!label_end(name, label))
				return 0;
			label = name->len++;
		} else {
			name->wire[name->len++] = (uint8_t)symbol;
		}
	}
	if (symbol == BYTE || (name->len > 0 && !label_end(name, label)) ||
	    !name_end(name, symbol))
		return 0;
	return eye_offset(&eye);
}
