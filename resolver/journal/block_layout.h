/*
 * What writing and reading a block agree on; the exact form is in
 * journal/FORMAT.
 */
#ifndef JOURNAL_BLOCK_LAYOUT_H
#define JOURNAL_BLOCK_LAYOUT_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "journal/forecast.h"
#include "policy/checksum.h"

#define BLOCK_MAGIC "HBrows\n"		/* 8 bytes, with its NUL */

/* The streams of the forecast are the first. */
enum block_column {
	BLOCK_ANSWER_OUTCOME = FORECAST_STREAMS,
	BLOCK_ANSWER_RCODE,
	BLOCK_ANSWER_LIST,
	BLOCK_ANSWER_LINE,
	BLOCK_ANSWER_ALIAS,
	BLOCK_CLIENT_LENGTHS,
	BLOCK_NAME_LENGTHS,
	BLOCK_ALIAS_LENGTHS,
	BLOCK_CLIENTS,			/* texts from here */
	BLOCK_NAMES,
	BLOCK_ALIASES,
	BLOCK_COLUMNS
};

enum { BLOCK_VERSION = 1 };

/* Where fields of the header are; numbers have their lowest byte first. */
enum {
	BLOCK_AT_MAGIC = 0,
	BLOCK_AT_SUM = 8,		/* XXH64 of all behind it */
	BLOCK_AT_VERSION = 16,
	BLOCK_AT_LENGTH = 20,		/* of all, padding not counted */
	BLOCK_AT_ROWS = 24,
	BLOCK_AT_COLUMNS = 28,
	BLOCK_AT_NUMBER = 32,
	BLOCK_AT_LAST = 40,
	BLOCK_AT_FROM = 48,
	BLOCK_AT_UNTIL = 56,
	BLOCK_AT_DIRECTORY = 64,	/* of each column: values, bytes */
	BLOCK_DIRECTORY_ENTRY = 8,
	BLOCK_HEADER = BLOCK_AT_DIRECTORY +
		       BLOCK_COLUMNS * BLOCK_DIRECTORY_ENTRY,
};

static inline uint32_t block_get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static inline uint64_t block_get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

static inline void block_put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static inline void block_put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

static inline uint64_t block_sum(struct bytes bytes)
{
	struct checksum sum;

	checksum_init(&sum);
	checksum_add(&sum, bytes.at, bytes.len);
	return checksum_value(&sum);
}

#endif
