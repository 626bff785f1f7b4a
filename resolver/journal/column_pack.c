/*
 * Counting, then coding.  A value below 65536 that is there often enough gets
 * a place in the table; one array of as many counters serves for the counts
 * and then for the places, and is put back to zero by who set it, so that a
 * short column costs little.
 */
#include "journal/column.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "journal/column_form.h"

enum {
	COUNTED = 1 << 16,
	OFTEN = 6,			/* to be worth a place in the table */
	CANDIDATES = COLUMN_VALUES / OFTEN + 1,
	/* All of a column before its symbols. */
	HEAD = 2 + COLUMN_TABLE * COLUMN_NUMBER + (int)sizeof(uint32_t),
};

struct candidate {
	uint16_t value, count;
};

struct column_packer {
	ZSTD_CCtx *zstd;
	uint8_t *at;
	size_t len, room;
	uint16_t counts[COUNTED];
	struct candidate candidates[CANDIDATES];
	uint8_t symbols[COLUMN_VALUES];
	uint8_t bits[(COLUMN_VALUES + 1) * sizeof(uint64_t)];
	size_t bits_len;
};

struct column_packer *column_packer_new(void)
{
	struct column_packer *packer = calloc(1, sizeof(*packer));

	if (packer == NULL)
		return NULL;
	packer->zstd = ZSTD_createCCtx();
	if (packer->zstd == NULL) {
		free(packer);
		return NULL;
	}
	ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_contentSizeFlag, 0);
	return packer;
}

void column_packer_free(struct column_packer *packer)
{
	if (packer == NULL)
		return;
	ZSTD_freeCCtx(packer->zstd);
	free(packer->at);
	free(packer);
}

void column_packer_begin(struct column_packer *packer, int level)
{
	packer->len = 0;
	ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_compressionLevel, level);
}

struct bytes column_packed(const struct column_packer *packer)
{
	return bytes_of(packer->at, packer->len);
}

static bool reserve(struct column_packer *packer, size_t more)
{
	size_t room = packer->room ? packer->room : 1 << 16;
	uint8_t *at;

	while (room < packer->len + more)
		room *= 2;
	if (room == packer->room)
		return true;
	at = realloc(packer->at, room);
	if (at == NULL)
		return false;
	packer->at = at;
	packer->room = room;
	return true;
}

static void put_byte(struct column_packer *packer, unsigned byte)
{
	packer->at[packer->len++] = (uint8_t)byte;
}

static void put_number(struct column_packer *packer, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		put_byte(packer, 0x80 | (number & 0x7f));
	put_byte(packer, (unsigned)number);
}

/* By zstd, or as they are where that is no longer.  How long. */
static int squeeze(struct column_packer *packer, struct bytes bytes)
{
	size_t bound = ZSTD_compressBound(bytes.len);
	size_t len;

	if (!reserve(packer, bound))
		return -ENOMEM;
	len = ZSTD_compress2(packer->zstd, packer->at + packer->len, bound,
			     bytes.at, bytes.len);
	if (ZSTD_isError(len) || len >= bytes.len) {
		len = bytes.len;
		memcpy(packer->at + packer->len, bytes.at, len);
	}
	packer->len += len;
	return (int)len;
}

int column_put_text(struct column_packer *packer, struct bytes text)
{
	return text.len > 0 ? squeeze(packer, text) : 0;
}

/* --- the table --- */

static int by_count(const void *one, const void *other)
{
	const struct candidate *a = one, *b = other;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return a->value > b->value ? 1 : -1;
}

static int by_value(const void *one, const void *other)
{
	const struct candidate *a = one, *b = other;

	return a->value > b->value ? 1 : -1;
}

/* Most values of many columns are 0: they do not wait for each other. */
static size_t find_candidates(struct column_packer *packer,
			      const uint64_t *values, size_t count)
{
	struct candidate *candidates = packer->candidates;
	uint16_t *counts = packer->counts;
	size_t found = 0, zeros = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t value = values[i];

		if (value == 0)
			zeros++;
		else if (value < COUNTED && ++counts[value] == OFTEN)
			candidates[found++].value = (uint16_t)value;
	}
	counts[0] = (uint16_t)zeros;
	if (zeros >= OFTEN)
		candidates[found++].value = 0;
	for (size_t i = 0; i < found; i++)
		candidates[i].count = counts[candidates[i].value];
	for (size_t i = 0; i < count; i++)
		if (values[i] < COUNTED)
			counts[values[i]] = 0;
	return found;
}

/* Rising, each as what it is more than the one before. */
static unsigned put_table(struct column_packer *packer,
			  const uint64_t *values, size_t count)
{
	struct candidate *candidates = packer->candidates;
	size_t found = find_candidates(packer, values, count);
	unsigned before = 0;

	if (found > COLUMN_TABLE) {
		qsort(candidates, found, sizeof(*candidates), by_count);
		found = COLUMN_TABLE;
	}
	qsort(candidates, found, sizeof(*candidates), by_value);
	put_byte(packer, (unsigned)found);
	for (unsigned i = 0; i < found; i++) {
		put_number(packer, candidates[i].value - before);
		before = candidates[i].value;
		packer->counts[before] = (uint16_t)(i + 1);
	}
	return (unsigned)found;
}

static void clear_table(struct column_packer *packer, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		packer->counts[packer->candidates[i].value] = 0;
}

/* --- symbols and bits --- */

struct bit_writer {
	uint8_t *at;
	uint64_t word;			/* of which `held` bits are not out */
	unsigned held;
};

static void put_word(uint8_t *at, uint64_t word)
{
	word = htole64(word);
	memcpy(at, &word, sizeof(word));
}

/* `count` < 64; `bits` has no others. */
static inline void put_bits(struct bit_writer *writer, uint64_t bits,
			    unsigned count)
{
	writer->word |= bits << writer->held;
	writer->held += count;
	if (writer->held < 64)
		return;
	put_word(writer->at, writer->word);
	writer->at += sizeof(writer->word);
	writer->held -= 64;
	writer->word = writer->held ? bits >> (count - writer->held) : 0;
}

static inline unsigned half_octave(uint64_t value)
{
	unsigned log2;

	if (value < 2)
		return (unsigned)value;
	log2 = 63 - (unsigned)__builtin_clzll(value);
	return 2 * log2 + (value >> (log2 - 1) & 1);
}

static void code(struct column_packer *packer, const uint64_t *values,
		 size_t count)
{
	struct bit_writer writer = { packer->bits, 0, 0 };

	for (size_t i = 0; i < count; i++) {
		uint64_t value = values[i];
		unsigned half;

		if (value < COUNTED && packer->counts[value] != 0) {
			packer->symbols[i] =
				(uint8_t)(packer->counts[value] - 1);
			continue;
		}
		half = half_octave(value);
		packer->symbols[i] = (uint8_t)(COLUMN_OCTAVES | half);
		put_bits(&writer, value - column_least(half),
			 column_bits(half));
	}
	put_word(writer.at, writer.word);
	packer->bits_len = (size_t)(writer.at - packer->bits) +
			   (writer.held + 7) / 8;
}

static int put_coded(struct column_packer *packer, size_t count)
{
	size_t at = packer->len;
	uint32_t little;
	int len;

	packer->len += sizeof(little);
	len = squeeze(packer, bytes_of(packer->symbols, count));
	if (len < 0)
		return len;
	little = htole32((uint32_t)len);
	memcpy(packer->at + at, &little, sizeof(little));
	if (!reserve(packer, packer->bits_len))
		return -ENOMEM;
	memcpy(packer->at + packer->len, packer->bits, packer->bits_len);
	packer->len += packer->bits_len;
	return 0;
}

static bool all_equal(const uint64_t *values, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (values[i] != values[0])
			return false;
	return true;
}

int column_put(struct column_packer *packer, const uint64_t *values,
	       size_t count)
{
	size_t before = packer->len;
	unsigned table;
	int error;

	if (count == 0)
		return 0;
	if (!reserve(packer, HEAD))
		return -ENOMEM;
	if (all_equal(values, count)) {
		put_byte(packer, COLUMN_EQUAL);
		put_number(packer, values[0]);
		return (int)(packer->len - before);
	}
	put_byte(packer, COLUMN_CODED);
	table = put_table(packer, values, count);
	code(packer, values, count);
	clear_table(packer, table);
	error = put_coded(packer, count);
	return error < 0 ? error : (int)(packer->len - before);
}
