/*
 * hours_form: what both sides of an hours record know; the form itself is
 * described in hours_record.c.
 */
#ifndef JOURNAL_HOURS_FORM_H
#define JOURNAL_HOURS_FORM_H

#include <stdint.h>

#include "journal/sheet.h"
#include "policy/checksum.h"

enum hours_stream {
	HOURS_DEVICES, HOURS_SHARED, HOURS_LENGTHS, HOURS_TEXT, HOURS_NAMES,
	HOURS_MASKS, HOURS_KINDS, HOURS_COUNTS, HOURS_SUNK,
	HOURS_STREAMS
};

enum hours_kind { HOURS_NONE_SUNK, HOURS_ALL_SUNK, HOURS_SOME_SUNK };

enum {
	HOURS_MAGIC = 0x31524248,	/* "HBR1", the lowest byte first */
	HOURS_HEADER = 16,		/* magic, length, checksum */
	HOURS_NUMBER = 10,		/* bytes of the longest number */
	/* Of a sheet that is full, and more than is ever needed. */
	HOURS_RAW = SHEET_TEXT + SHEET_PAIRS * 48 + SHEET_CELLS * 10 + 4096,
};

/* XXH64 of the day, the length and what is packed. */
static inline uint64_t hours_checksum(uint32_t day, const uint8_t *record,
				      size_t len)
{
	struct checksum sum;
	uint8_t raw[4] = {
		(uint8_t)day, (uint8_t)(day >> 8), (uint8_t)(day >> 16),
		(uint8_t)(day >> 24),
	};

	checksum_init(&sum);
	checksum_add(&sum, raw, sizeof(raw));
	checksum_add(&sum, record + 4, 4);
	checksum_add(&sum, record + HOURS_HEADER, len - HOURS_HEADER);
	return checksum_value(&sum);
}

#endif
