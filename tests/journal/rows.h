/*
 * Rows for the tests of blocks: made by chance, with every field's extremes
 * among them, and compared field by field.
 */
#ifndef TESTS_JOURNAL_ROWS_H
#define TESTS_JOURNAL_ROWS_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "journal/block.h"

#define UNUSED __attribute__((unused))

enum { ROWS_TEXTS = 64 };

struct rows {
	uint64_t random;
	unsigned texts;			/* to choose from, at most ROWS_TEXTS */
	uint8_t text[ROWS_TEXTS][NAME_TEXT];
	struct row *row;
	size_t count;
};

static UNUSED uint64_t rows_draw(struct rows *rows)
{
	uint64_t word = rows->random += UINT64_C(0x9e3779b97f4a7c15);

	word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
	return word ^ word >> 31;
}

/* Any number up to `most`; small ones and the ends are likely. */
static UNUSED uint64_t rows_number(struct rows *rows, uint64_t most)
{
	uint64_t word = rows_draw(rows);

	switch (rows_draw(rows) % 8) {
	case 0:
		return 0;
	case 1:
		return most;
	case 2:
		return most < UINT64_MAX ? word % (most + 1) : word;
	default:
		return most < 3 ? word % (most + 1) : word % 3;
	}
}

static UNUSED struct bytes rows_text(struct rows *rows)
{
	static const size_t lens[] = { 0, 1, 5, 9, 20, 20, 30, 255, 1024 };
	unsigned which = (unsigned)rows_draw(rows) % rows->texts;
	size_t len = lens[which % (sizeof(lens) / sizeof(*lens))];

	for (size_t i = 0; i < len; i++)
		rows->text[which][i] = (uint8_t)(which * 37 + i * i);
	return bytes_of(rows->text[which], len);
}

static UNUSED void rows_make_one(struct rows *rows, struct row *row)
{
	static const uint8_t lens[] = { 0, 4, 16 };

	*row = (struct row){
		.time = rows_number(rows, UINT64_MAX),
		.name = rows_text(rows),
		.transport = (uint8_t)rows_number(rows, UINT8_MAX),
		.verdict = (uint8_t)rows_number(rows, UINT8_MAX),
		.action = (uint8_t)rows_number(rows, UINT8_MAX),
		.source = (uint8_t)rows_number(rows, 4),
		.answered = rows_number(rows, 1),
		.type = (uint16_t)rows_number(rows, UINT16_MAX),
		.class = (uint16_t)rows_number(rows, UINT16_MAX),
		.rcode = (uint16_t)rows_number(rows, UINT16_MAX),
		.list = (uint16_t)rows_number(rows, UINT16_MAX),
		.line = (uint32_t)rows_number(rows, UINT32_MAX),
		.image = (uint32_t)rows_number(rows, UINT32_MAX),
		.upstream = (uint32_t)rows_number(rows, UINT32_MAX),
		.duration = (uint32_t)rows_number(rows, UINT32_MAX),
		.ttl = (uint32_t)rows_number(rows, UINT32_MAX),
	};
	if (rows_draw(rows) % 4 == 0)
		row->source = (uint8_t)rows_draw(rows);
	if (rows_draw(rows) % 4 == 0)
		row->alias = rows_text(rows);
	row->client_len = lens[rows_draw(rows) % 3];
	for (unsigned i = 0; i < row->client_len; i++)
		row->client[i] = (uint8_t)rows_number(rows, UINT8_MAX);
}

/* `count` rows, numbered upwards with holes now and then. */
static UNUSED void rows_make(struct rows *rows, uint64_t seed, size_t count)
{
	int64_t number = 0;

	rows->random = seed;
	rows->texts = 1 + (unsigned)(rows_draw(rows) % ROWS_TEXTS);
	rows->row = calloc(count, sizeof(*rows->row));
	rows->count = count;
	cr_assert_not_null(rows->row);
	for (size_t i = 0; i < count; i++) {
		number += 1 + (int64_t)(rows_draw(rows) % 9 == 0
					? rows_draw(rows) >> 20 : 0);
		rows_make_one(rows, &rows->row[i]);
		rows->row[i].number = number;
	}
}

static UNUSED void rows_release(struct rows *rows)
{
	free(rows->row);
}

static UNUSED bool rows_same_text(struct bytes one, struct bytes other)
{
	return one.len == other.len &&
	       (one.len == 0 || memcmp(one.at, other.at, one.len) == 0);
}

static UNUSED bool rows_same_answer(const struct row *one,
				    const struct row *other)
{
	return one->verdict == other->verdict &&
	       one->action == other->action &&
	       one->source == other->source &&
	       one->answered == other->answered &&
	       one->rcode == other->rcode && one->list == other->list &&
	       one->line == other->line && one->image == other->image &&
	       one->upstream == other->upstream &&
	       one->duration == other->duration && one->ttl == other->ttl;
}

static UNUSED bool rows_same(const struct row *one, const struct row *other)
{
	return one->number == other->number && one->time == other->time &&
	       rows_same_text(one->name, other->name) &&
	       rows_same_text(one->alias, other->alias) &&
	       one->client_len == other->client_len &&
	       memcmp(one->client, other->client, sizeof(one->client)) == 0 &&
	       one->transport == other->transport &&
	       one->type == other->type && one->class == other->class &&
	       rows_same_answer(one, other);
}

struct rows_sealed {
	struct block_summary summary;
	struct bytes data, filter;
};

static UNUSED void rows_seal(struct block_builder *builder,
			     const struct rows *rows, int level,
			     struct rows_sealed *sealed)
{
	block_begin(builder);
	for (size_t i = 0; i < rows->count; i++)
		cr_assert(block_add(builder, &rows->row[i]), "row %zu", i);
	cr_assert_eq(block_end(builder, level, &sealed->summary,
			       &sealed->data, &sealed->filter), 0);
}

#endif
