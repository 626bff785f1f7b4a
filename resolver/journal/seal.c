/*
 * How many rows the tail has is not counted but bounded by its first and its
 * last number, which cost two look-ups: remarks take numbers too, so it may
 * be sealed a few rows early.
 *
 * A block that is nearly full when rows come in is filled to the brim, and
 * what is left begins the next tail; a flood goes on with the next block.
 */
#include "journal/seal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "journal/block.h"
#include "journal/chain.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/entries.h"
#include "journal/ledger.h"
#include "journal/tail.h"

/* Of `add`, for a block that is full; the ledger never says so. */
enum { NO_ROOM = SQLITE_DONE };

enum {
	LEVEL = 3,		/* of zstd, when there is time */
	LEVEL_FLOOD = 1,
	TAIL_ROWS = 4 * BLOCK_ROWS,	/* of a tail that older versions left */
};

#define DAY ((uint64_t)86400 * 1000000)

static int prepare_all(struct seal *seal)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{ &seal->span, "SELECT last.number - first.number + 1,"
		  " last.time - first.time FROM"
		  " (SELECT number, time FROM tail ORDER BY number LIMIT 1)"
		  " AS first,"
		  " (SELECT number, time FROM tail ORDER BY number DESC"
		  " LIMIT 1) AS last" },
		{ &seal->rows, "SELECT " TAIL_COLUMNS " FROM tail"
		  " ORDER BY number LIMIT ?" },
		{ &seal->clear, "DELETE FROM tail" },
		{ &seal->clear_some, "DELETE FROM tail WHERE number <= ?" },
		{ &seal->rest, entries_insert },
		{ &seal->totals, "SELECT count(*), coalesce(sum(rows), 0),"
		  " coalesce(sum(bytes), 0) FROM block" },
		{ &seal->changes, "SELECT number FROM progress"
		  " WHERE what = 'forgotten'" },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == 0; i++)
		rc = database_prepare(seal->db, all[i].sql, all[i].stmt);
	return rc;
}

int seal_count(struct seal *seal)
{
	sqlite3_stmt *ask = seal->totals;
	int rc;

	if (sqlite3_step(ask) == SQLITE_ROW) {
		seal->total.blocks = (uint64_t)sqlite3_column_int64(ask, 0);
		seal->total.rows = (uint64_t)sqlite3_column_int64(ask, 1);
		seal->total.bytes = (uint64_t)sqlite3_column_int64(ask, 2);
	}
	rc = sqlite3_reset(ask);
	seal->stored = seal->total;
	return rc;
}

static int open_ledger(struct seal *seal, uint32_t new_names)
{
	struct ledger_options options = { .new_names = new_names };
	int rc = devices_load(&seal->devices, seal->db);

	if (rc != SQLITE_OK)
		return rc;
	options.devices = seal->devices;
	return ledger_open(&seal->ledger, seal->db, &options);
}

int seal_init(struct seal *seal, sqlite3 *db, uint32_t new_names)
{
	int rc;

	*seal = (struct seal){ .db = db, .builder = block_builder_new() };
	if (seal->builder == NULL)
		return SQLITE_NOMEM;
	rc = prepare_all(seal);
	if (rc == SQLITE_OK)
		rc = seal_count(seal);
	if (rc == SQLITE_OK)
		rc = open_ledger(seal, new_names);
	if (rc == SQLITE_OK)
		rc = database_ask(seal->changes, &seal->forgotten);
	return rc;
}

void seal_release(struct seal *seal)
{
	sqlite3_stmt *all[] = {
		seal->span, seal->rows, seal->clear, seal->clear_some,
		seal->rest, seal->totals, seal->changes,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		sqlite3_finalize(all[i]);
	ledger_close(seal->ledger);
	devices_free(seal->devices);
	block_builder_free(seal->builder);
	*seal = (struct seal){ 0 };
}

/* One in some thousand rows: its statements are not kept. */
static int put_summary(sqlite3 *db, const struct block_summary *summary,
		       size_t len, struct bytes filter)
{
	sqlite3_stmt *put;
	int rc = sqlite3_prepare_v2(db, "INSERT INTO block (number, last, "
		"rows, from_time, until_time, bytes, filter) "
		"VALUES (?, ?, ?, ?, ?, ?, ?)", -1, &put, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(put, 1, summary->number);
	sqlite3_bind_int64(put, 2, summary->last);
	sqlite3_bind_int64(put, 3, summary->rows);
	sqlite3_bind_int64(put, 4, (sqlite3_int64)summary->from_time);
	sqlite3_bind_int64(put, 5, (sqlite3_int64)summary->until_time);
	sqlite3_bind_int64(put, 6, (sqlite3_int64)len);
	sqlite3_bind_blob64(put, 7, filter.at, filter.len, SQLITE_STATIC);
	sqlite3_step(put);
	return sqlite3_finalize(put);
}

static int put_data(sqlite3 *db, int64_t number, struct bytes data)
{
	sqlite3_stmt *put;
	int rc = sqlite3_prepare_v2(db, "INSERT INTO block_data "
		"(number, data) VALUES (?, ?)", -1, &put, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(put, 1, number);
	sqlite3_bind_blob64(put, 2, data.at, data.len, SQLITE_STATIC);
	sqlite3_step(put);
	return sqlite3_finalize(put);
}

int seal_put(sqlite3 *db, const struct block_summary *summary,
	     struct bytes data, struct bytes filter)
{
	int rc = put_summary(db, summary, data.len, filter);

	return rc == SQLITE_OK ? put_data(db, summary->number, data) : rc;
}

int seal_put_new(sqlite3 *db, const struct block_summary *summary,
		 struct bytes data, struct bytes filter)
{
	size_t padding = block_padding(data.len);
	uint8_t *padded = malloc(data.len + padding);
	struct bytes all = bytes_of(padded, data.len + padding);
	int rc;

	if (padded == NULL)
		return SQLITE_NOMEM;
	memcpy(padded, data.at, data.len);
	memset(padded + data.len, 0, padding);
	rc = seal_put(db, summary, all, filter);
	if (rc == SQLITE_OK)
		rc = chain_add(db, summary, all);
	free(padded);
	return rc;
}

static int end(struct seal *seal)
{
	struct block_summary summary;
	struct bytes data, filter;
	int rc;

	if (!seal->begun)
		return SQLITE_OK;
	seal->begun = false;
	if (block_end(seal->builder, seal->flood ? LEVEL_FLOOD : LEVEL,
		      &summary, &data, &filter) < 0)
		return SQLITE_NOMEM;
	rc = seal_put_new(seal->db, &summary, data, filter);
	seal->total.blocks++;
	seal->total.rows += summary.rows;
	seal->total.bytes += data.len;
	return rc;
}

static int add(struct seal *seal, const struct row *row)
{
	if (!seal->begun)
		block_begin(seal->builder);
	if (!block_add(seal->builder, row))
		return seal->begun ? NO_ROOM : SQLITE_TOOBIG;
	seal->begun = true;
	return ledger_add(seal->ledger, row);
}

static int take(struct seal *seal, const struct row *row)
{
	int rc = add(seal, row);

	if (rc != NO_ROOM)
		return rc;
	rc = end(seal);
	return rc == SQLITE_OK ? add(seal, row) : rc;
}

static int clear_tail(struct seal *seal, int64_t last)
{
	sqlite3_bind_int64(seal->clear_some, 1, last);
	return database_run(seal->clear_some);
}

/* *all: it is empty now; else more rows than that wait there. */
static int move_tail(struct seal *seal, bool *all)
{
	sqlite3_stmt *rows = seal->rows;
	int rc = SQLITE_OK, rc_rows;
	struct row row = { .number = INT64_MIN };
	unsigned count = 0;

	sqlite3_bind_int(rows, 1, TAIL_ROWS);
	for (; rc == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW; count++) {
		int64_t before = row.number;

		tail_row(rows, &row);
		rc = row.number > before ? take(seal, &row) : SQLITE_CORRUPT;
	}
	rc_rows = sqlite3_reset(rows);
	*all = count < TAIL_ROWS;
	if (rc == SQLITE_OK)
		rc = rc_rows;
	if (rc != SQLITE_OK)
		return rc;
	return *all ? database_run(seal->clear) : clear_tail(seal, row.number);
}

/* Until there are none, or the block is full and few are left. */
static int move_entries(struct seal *seal, struct entries *entries)
{
	int rc;

	while ((rc = entries_next(entries)) == SQLITE_ROW) {
		rc = add(seal, &entries->row);
		if (rc == NO_ROOM) {
			entries_put_back(entries);
			rc = end(seal);
			if (entries_left(entries) < SEAL_FLOOD)
				return rc;
		}
		if (rc != SQLITE_OK)
			return rc;
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static uint64_t now_ms(void)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return clock_ms(&clock);
}

static int seal_all(struct seal *seal, struct entries *entries)
{
	bool all = false;
	int rc = ledger_follow(seal->ledger);

	if (rc == SQLITE_OK)
		rc = move_tail(seal, &all);
	if (rc == SQLITE_OK && all)
		rc = move_entries(seal, entries);
	if (rc == SQLITE_OK)
		rc = end(seal);
	if (rc == SQLITE_OK && ledger_is_due(seal->ledger, now_ms()))
		rc = ledger_flush(seal->ledger);
	return rc;
}

/* Somebody may have put any numbers there. */
static int look_at_tail(struct seal *seal, uint64_t *rows, uint64_t *age)
{
	sqlite3_stmt *span = seal->span;

	*rows = *age = 0;
	if (sqlite3_step(span) == SQLITE_ROW) {
		int64_t length = sqlite3_column_int64(span, 1);

		*rows = (uint64_t)sqlite3_column_int64(span, 0);
		*age = (uint64_t)(length < 0 ? -(length + 1) : length);
	}
	return sqlite3_reset(span);
}

int seal_store(struct seal *seal, struct entries *entries)
{
	uint64_t rows, age, new = entries_left(entries);
	int rc = look_at_tail(seal, &rows, &age);
	bool due;

	seal->flood = new >= SEAL_FLOOD;
	due = seal->flood || rows >= BLOCK_ROWS || rows + new >= BLOCK_ROWS ||
	      age > DAY || seal->asked;
	if (rc == SQLITE_OK && due)
		rc = seal_all(seal, entries);
	if (rc == SQLITE_OK)
		rc = database_run(seal->rest);
	return rc;
}

int seal_flush(struct seal *seal)
{
	int rc = ledger_follow(seal->ledger);

	return rc == SQLITE_OK ? ledger_flush(seal->ledger) : rc;
}

void seal_committed(struct seal *seal)
{
	seal->stored = seal->total;
	seal->asked = false;
}

int seal_undo(struct seal *seal)
{
	int rc = devices_reload(seal->devices, seal->db);

	seal->begun = false;
	seal->total = seal->stored;
	return rc == SQLITE_OK ? ledger_forget(seal->ledger) : rc;
}

int seal_edited(struct seal *seal)
{
	sqlite3_int64 forgotten;
	int rc = devices_reload(seal->devices, seal->db);

	if (rc == SQLITE_OK)
		rc = database_ask(seal->changes, &forgotten);
	if (rc != SQLITE_OK || forgotten == seal->forgotten)
		return rc;
	seal->forgotten = forgotten;
	rc = seal_count(seal);
	return rc == SQLITE_OK ? ledger_forget(seal->ledger) : rc;
}
