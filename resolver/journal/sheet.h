/*
 * sheet: how often a device asked for a name in an hour, gathered in memory
 * that is taken once: some 7 MB, whatever comes.
 *
 * Hours are counted since 1970.  One thread.
 */
#ifndef JOURNAL_SHEET_H
#define JOURNAL_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "journal/pairs.h"

struct row;

enum {
	SHEET_PAIRS = 32768,
	SHEET_CELLS = 131072,
	SHEET_TEXT = 3 << 19,		/* bytes of names */
};

#define SHEET_HOUR UINT64_C(3600000000)	/* microseconds */

struct sheet {
	struct pairs pairs;
	struct sheet_cell {
		uint32_t pair;		/* which of pairs.at */
		uint32_t hour;
		uint32_t count, sunk;
	} *cells;			/* in the order they came */
	uint32_t count;
	uint32_t *slots;
};

/* 0 or -ENOMEM. */
int sheet_init(struct sheet *sheet);
void sheet_release(struct sheet *sheet);
void sheet_clear(struct sheet *sheet);

struct sheet_entry {
	int64_t device;
	struct bytes name;		/* any case */
	uint32_t hour;
	uint32_t count, sunk;
};

/* Adds to what is there; false: there is no room, and nothing was added. */
bool sheet_add(struct sheet *sheet, const struct sheet_entry *entry);

/* One query more; `row` as journal/row.h has it. */
bool sheet_add_row(struct sheet *sheet, const struct row *row,
		   int64_t device);

/* The hour of a time; times beyond all hours are in the last. */
static inline uint32_t sheet_hour(uint64_t time)
{
	uint64_t hour = time / SHEET_HOUR;

	return hour < UINT32_MAX ? (uint32_t)hour : UINT32_MAX;
}

#endif
