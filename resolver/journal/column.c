/*
 * The symbols are unpacked first, and say how many bits there must be: all
 * that can be wrong with a column is known before its first value is made.
 */
#include "journal/column.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/error.h"
#include "journal/column_form.h"

struct column_unpacker {
	ZSTD_DCtx *zstd;
	uint64_t least[256];		/* of a symbol */
	uint8_t bits[256];		/* behind a symbol */
	unsigned table;			/* places that are taken */
	uint8_t symbols[COLUMN_VALUES];
};

struct column_unpacker *column_unpacker_new(void)
{
	struct column_unpacker *unpacker = calloc(1, sizeof(*unpacker));

	if (unpacker == NULL)
		return NULL;
	unpacker->zstd = ZSTD_createDCtx();
	if (unpacker->zstd == NULL) {
		free(unpacker);
		return NULL;
	}
	for (unsigned half = 0; half < 256 - COLUMN_OCTAVES; half++) {
		unpacker->least[COLUMN_OCTAVES | half] = column_least(half);
		unpacker->bits[COLUMN_OCTAVES | half] =
			(uint8_t)column_bits(half);
	}
	return unpacker;
}

void column_unpacker_free(struct column_unpacker *unpacker)
{
	if (unpacker == NULL)
		return;
	ZSTD_freeDCtx(unpacker->zstd);
	free(unpacker);
}

/* What zstd makes is bounded by the room it is given. */
static int unsqueeze(struct column_unpacker *unpacker, struct bytes squeezed,
		     uint8_t *at, size_t len)
{
	if (squeezed.len > len)
		return ERROR_DAMAGED;
	if (squeezed.len == len) {
		memcpy(at, squeezed.at, len);
		return 0;
	}
	if (ZSTD_decompressDCtx(unpacker->zstd, at, len, squeezed.at,
				squeezed.len) != len)
		return ERROR_DAMAGED;
	return 0;
}

int column_get_text(struct column_unpacker *unpacker, struct bytes packed,
		    uint8_t *text, size_t len)
{
	if (len == 0)
		return packed.len == 0 ? 0 : ERROR_DAMAGED;
	if (len > COLUMN_TEXT)
		return ERROR_DAMAGED;
	return unsqueeze(unpacker, packed, text, len);
}

static void skip(struct bytes *bytes, size_t count)
{
	bytes->at += count;
	bytes->len -= count;
}

/* -1 at the end. */
static int take_byte(struct bytes *bytes)
{
	int byte = bytes->len > 0 ? bytes->at[0] : -1;

	if (byte >= 0)
		skip(bytes, 1);
	return byte;
}

static int take_number(struct bytes *bytes, uint64_t *number)
{
	unsigned shift = 0;
	int byte;

	*number = 0;
	do {
		byte = take_byte(bytes);
		if (byte < 0 || shift > 63 || (shift == 63 && byte > 1))
			return ERROR_DAMAGED;
		*number |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return 0;
}

static int get_equal(struct bytes packed, uint64_t *values, size_t count)
{
	uint64_t value;

	if (take_number(&packed, &value) < 0 || packed.len != 0)
		return ERROR_DAMAGED;
	for (size_t i = 0; i < count; i++)
		values[i] = value;
	return 0;
}

static int take_table(struct column_unpacker *unpacker, struct bytes *packed)
{
	int count = take_byte(packed);
	uint64_t value = 0;

	if (count < 0 || count > COLUMN_TABLE)
		return ERROR_DAMAGED;
	for (int i = 0; i < count; i++) {
		uint64_t more;

		if (take_number(packed, &more) < 0)
			return ERROR_DAMAGED;
		value += more;
		unpacker->least[i] = value;
	}
	unpacker->table = (unsigned)count;
	return 0;
}

static int take_symbols(struct column_unpacker *unpacker,
			struct bytes *packed, size_t count)
{
	uint32_t len;
	int error;

	if (packed->len < sizeof(len))
		return ERROR_DAMAGED;
	memcpy(&len, packed->at, sizeof(len));
	skip(packed, sizeof(len));
	len = le32toh(len);
	if (len > packed->len)
		return ERROR_DAMAGED;
	error = unsqueeze(unpacker, bytes_of(packed->at, len),
			  unpacker->symbols, count);
	skip(packed, len);
	return error;
}

/* Does each symbol mean something, and are its bits there, and no more? */
static int check(const struct column_unpacker *unpacker, struct bytes bits,
		 size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		uint8_t symbol = unpacker->symbols[i];

		if (symbol < COLUMN_OCTAVES && symbol >= unpacker->table)
			return ERROR_DAMAGED;
		sum += unpacker->bits[symbol];
	}
	return (sum + 7) / 8 == bits.len ? 0 : ERROR_DAMAGED;
}

/* 64 bits from a byte on, with zeros behind the end. */
static inline uint64_t word_at(struct bytes bits, uint64_t at)
{
	uint64_t word = 0;

	if (at + sizeof(word) <= bits.len)
		memcpy(&word, bits.at + at, sizeof(word));
	else if (at < bits.len)
		memcpy(&word, bits.at + at, bits.len - at);
	return le64toh(word);
}

/* `count` < 64. */
static inline uint64_t bits_at(struct bytes bits, uint64_t at, unsigned count)
{
	uint64_t word = word_at(bits, at / 8) >> at % 8;

	if (count > 64 - at % 8)
		word |= word_at(bits, at / 8 + 8) << (64 - at % 8);
	return word & ((UINT64_C(1) << count) - 1);
}

int column_get(struct column_unpacker *unpacker, struct bytes packed,
	       uint64_t *values, size_t count)
{
	uint64_t at = 0;
	int form;

	if (count > COLUMN_VALUES)
		return ERROR_DAMAGED;
	if (count == 0)
		return packed.len == 0 ? 0 : ERROR_DAMAGED;
	form = take_byte(&packed);
	if (form == COLUMN_EQUAL)
		return get_equal(packed, values, count);
	if (form != COLUMN_CODED || take_table(unpacker, &packed) < 0 ||
	    take_symbols(unpacker, &packed, count) < 0 ||
	    check(unpacker, packed, count) < 0)
		return ERROR_DAMAGED;
	for (size_t i = 0; i < count; i++) {
		uint8_t symbol = unpacker->symbols[i];
		unsigned bits = unpacker->bits[symbol];

		values[i] = unpacker->least[symbol];
		if (bits > 0)
			values[i] += bits_at(packed, at, bits);
		at += bits;
	}
	return 0;
}
