/*
 * Queries whose line says what they are, and a look at all of them through
 * scan.h: nothing twice, nothing that was not asked.
 */
#ifndef TESTS_JOURNAL_ROWS_OF_H
#define TESTS_JOURNAL_ROWS_OF_H

#include <stdlib.h>

#include "ask.h"
#include "fixture.h"
#include "journal/database.h"
#include "journal/scan.h"

/* Some names come again and again, and some devices. */
static UNUSED struct entry rows_of_entry(unsigned line)
{
	char name[64];
	struct entry entry;

	snprintf(name, sizeof(name), "host%u.example%u.com", line % 97,
		 line % 5);
	entry = fixture_query(name, line);
	entry.line = line;
	entry.list = (uint16_t)(line % 3);
	entry.client.raw[3] = (uint8_t)(1 + line % 7);
	entry.ttl = line % 300;
	entry.duration = line * 7;
	return entry;
}

static UNUSED void rows_of_put(struct ring *ring, unsigned from,
			       unsigned count)
{
	for (unsigned line = from; line < from + count; line++) {
		struct entry entry = rows_of_entry(line);

		cr_assert(fixture_put(ring, &entry));
	}
}

static UNUSED void rows_of_compare(const struct row *row)
{
	struct entry entry = rows_of_entry(row->line);
	char name[64];

	snprintf(name, sizeof(name), "host%u.example%u.com", row->line % 97,
		 row->line % 5);
	cr_assert_eq(row->name.len, strlen(name));
	cr_assert_arr_eq(row->name.at, name, row->name.len);
	cr_assert_eq(row->time, entry.wall);
	cr_assert_eq(row->list, entry.list);
	cr_assert_eq(row->ttl, entry.ttl);
	cr_assert_eq(row->duration, entry.duration);
	cr_assert_eq(row->client_len, 4);
	cr_assert_arr_eq(row->client, entry.client.raw, 4);
}

static UNUSED void rows_of_damaged(void *context,
				   const struct block_summary *block)
{
	(void)block;
	++*(unsigned *)context;
}

/*
 * Rows of the tail have no checksum: where pages of it were damaged, those
 * from this number on are only counted.
 */
static UNUSED int64_t rows_of_plain = INT64_MAX;

/* How many of [1, most] are there, each as it was; in the order of lines. */
static UNUSED unsigned rows_of_look(const struct fixture *fixture,
				    unsigned most)
{
	unsigned damaged = 0, count = 0, last = 0;
	struct scan_filter filter = {
		.damaged = rows_of_damaged, .context = &damaged,
	};
	struct scan *scan;
	struct row row;
	sqlite3 *db;
	int got;

	cr_assert_eq(database_open_reader(&db, fixture->database), 0);
	cr_assert_eq(scan_open(&scan, db, &filter), 0);
	while ((got = scan_next(scan, &row)) > 0) {
		count++;
		if (row.number >= rows_of_plain)
			continue;
		cr_assert(row.line > last && row.line <= most,
			  "%u comes behind %u", row.line, last);
		rows_of_compare(&row);
		last = row.line;
	}
	cr_assert_eq(got, 0);
	cr_assert_eq(damaged, 0);
	scan_close(scan);
	sqlite3_close(db);
	return count;
}

#endif
