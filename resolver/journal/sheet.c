/*
 * Two tables, one in the other: pairs of device and name, and cells, each of a
 * pair and an hour, found by both.
 */
#include "journal/sheet.h"

#include <errno.h>
#include <stdlib.h>

#include "journal/row.h"
#include "policy/verdict.h"

enum { SLOTS = 2 * SHEET_CELLS };

int sheet_init(struct sheet *sheet)
{
	*sheet = (struct sheet){
		.cells = malloc(SHEET_CELLS * sizeof(*sheet->cells)),
		.slots = calloc(SLOTS, sizeof(*sheet->slots)),
	};
	if (sheet->cells && sheet->slots &&
	    pairs_init(&sheet->pairs, SHEET_PAIRS, SHEET_TEXT) == 0)
		return 0;
	sheet_release(sheet);
	return -ENOMEM;
}

void sheet_release(struct sheet *sheet)
{
	pairs_release(&sheet->pairs);
	free(sheet->cells);
	free(sheet->slots);
	*sheet = (struct sheet){ .count = 0 };
}

void sheet_clear(struct sheet *sheet)
{
	pairs_clear(&sheet->pairs);
	memset(sheet->slots, 0, SLOTS * sizeof(*sheet->slots));
	sheet->count = 0;
}

static uint32_t *find_slot(struct sheet *sheet, uint32_t pair, uint32_t hour)
{
	uint64_t mixed = ((uint64_t)pair << 32 | hour) * 0x9e3779b97f4a7c15;
	uint32_t slot = (uint32_t)(mixed >> 40) % SLOTS;

	while (sheet->slots[slot] != 0) {
		const struct sheet_cell *cell =
			&sheet->cells[sheet->slots[slot] - 1];

		if (cell->pair == pair && cell->hour == hour)
			break;
		slot = (slot + 1) % SLOTS;
	}
	return &sheet->slots[slot];
}

static bool add_to(struct sheet_cell *cell, const struct sheet_entry *entry)
{
	if (entry->count > UINT32_MAX - cell->count ||
	    entry->sunk > UINT32_MAX - cell->sunk)
		return false;
	cell->count += entry->count;
	cell->sunk += entry->sunk;
	return true;
}

bool sheet_add(struct sheet *sheet, const struct sheet_entry *entry)
{
	uint32_t which, *slot;
	struct pair *pair;

	if (entry->count == 0)
		return true;
	pair = pairs_take(&sheet->pairs, entry->device, entry->name);
	if (pair == NULL)
		return false;
	which = (uint32_t)(pair - sheet->pairs.at);
	slot = find_slot(sheet, which, entry->hour);
	if (*slot != 0)
		return add_to(&sheet->cells[*slot - 1], entry);
	if (sheet->count == SHEET_CELLS)
		return false;
	sheet->cells[sheet->count++] = (struct sheet_cell){
		which, entry->hour, entry->count, entry->sunk,
	};
	*slot = sheet->count;
	return true;
}

bool sheet_add_row(struct sheet *sheet, const struct row *row, int64_t device)
{
	struct sheet_entry entry = {
		.device = device,
		.name = row->name,
		.hour = sheet_hour(row->time),
		.count = 1,
		.sunk = row->verdict == VERDICT_SINK,
	};

	return sheet_add(sheet, &entry);
}
