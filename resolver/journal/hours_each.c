/*
 * Which records there are, and behind which row nothing is in them, is read
 * at one moment; records are read one by one afterwards and rows last.  What
 * is sealed meanwhile has other records, and its rows are those that are
 * counted here as rows.
 */
#include "journal/hours.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "journal/asker.h"
#include "journal/database.h"
#include "journal/hours_record.h"
#include "journal/row.h"
#include "journal/scan.h"
#include "journal/sheet.h"
#include "journal/subtree.h"
#include "journal/transaction.h"
#include "policy/grow.h"

#define DAY (HOURS_A_DAY * SHEET_HOUR)

struct record {
	sqlite3_int64 day, part;
};

struct reading {
	sqlite3 *db;
	const struct hours_filter *filter;
	struct subtree subtree;
	uint64_t since, until;		/* whole hours; until 0: open */
	bool (*each)(void *context, const struct hours_count *count);
	void *context;
	bool stopped;
	struct record *records;
	size_t count, room;
	sqlite3_int64 progress;
};

static bool is_wanted(const struct reading *reading,
		      const struct hours_count *count)
{
	const struct hours_filter *filter = reading->filter;
	struct bytes name;

	if (count->hour < reading->since ||
	    (reading->until != 0 && count->hour >= reading->until))
		return false;
	if (filter->device != 0 && filter->device != count->device)
		return false;
	if (filter->name == NULL)
		return true;
	name = bytes_of_string(count->name);
	return filter->below ? subtree_holds(&reading->subtree, name)
			     : subtree_is(&reading->subtree, name);
}

static bool give(void *context, const struct hours_count *count)
{
	struct reading *reading = context;

	if (is_wanted(reading, count))
		reading->stopped = !reading->each(reading->context, count);
	return !reading->stopped;
}

/* --- records --- */

static int list_step(struct reading *reading, sqlite3_stmt *stmt)
{
	struct record *more = grow(reading->records, reading->count,
				   &reading->room, sizeof(*more));

	if (more == NULL)
		return SQLITE_NOMEM;
	reading->records = more;
	reading->records[reading->count++] = (struct record){
		sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
	};
	return SQLITE_OK;
}

static int list_records(struct reading *reading)
{
	uint64_t last = reading->until != 0 ? (reading->until - 1) / DAY
					    : UINT32_MAX;
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(reading->db, "SELECT day, part FROM hours"
		" WHERE day BETWEEN ? AND ? ORDER BY day, part", -1, &stmt,
		NULL), end;

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, (sqlite3_int64)(reading->since / DAY));
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)last);
	while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		rc = list_step(reading, stmt);
	end = sqlite3_finalize(stmt);
	return rc == SQLITE_OK ? end : rc;
}

static int list_all(sqlite3 *db, void *context)
{
	struct reading *reading = context;
	int rc = transaction_progress(db, "hours", &reading->progress);

	return rc == SQLITE_OK ? list_records(reading) : rc;
}

/* A copy, so that the database is not held; NULL and 0: it is gone. */
static int fetch(sqlite3_stmt *stmt, const struct record *record,
		 struct bytes *data)
{
	uint8_t *copy = NULL;
	int rc;

	*data = bytes_of(NULL, 0);
	sqlite3_bind_int64(stmt, 1, record->day);
	sqlite3_bind_int64(stmt, 2, record->part);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		const void *at = sqlite3_column_blob(stmt, 0);
		size_t len = (size_t)sqlite3_column_bytes(stmt, 0);

		copy = malloc(len + 1);
		if (copy != NULL && len > 0)
			memcpy(copy, at, len);
		*data = bytes_of(copy, len);
		if (copy == NULL) {
			sqlite3_reset(stmt);
			return SQLITE_NOMEM;
		}
	}
	rc = sqlite3_reset(stmt);
	if (rc != SQLITE_OK)
		free(copy);
	return rc;
}

static int read_record(struct reading *reading, sqlite3_stmt *stmt,
		       const struct record *record)
{
	struct bytes data;
	int rc = fetch(stmt, record, &data), error;

	if (rc != SQLITE_OK || data.at == NULL)
		return database_error(reading->db, rc);
	error = hours_record_each(data, (uint32_t)record->day, give, reading);
	free((void *)(uintptr_t)data.at);
	if (error == -ENOMEM || error == 0)
		return error;
	log_warning("the hourly counts of day %" PRId64 ", part %" PRId64
		    " cannot be read and are left out: %s",
		    (int64_t)record->day, (int64_t)record->part,
		    error_words(error));
	return 0;
}

static int read_records(struct reading *reading)
{
	sqlite3_stmt *stmt;
	int error = database_error(reading->db, sqlite3_prepare_v2(reading->db,
		"SELECT data FROM hours WHERE day = ? AND part = ?", -1, &stmt,
		NULL));

	if (error < 0)
		return error;
	for (size_t i = 0; i < reading->count && error == 0 &&
			   !reading->stopped; i++)
		error = read_record(reading, stmt, &reading->records[i]);
	sqlite3_finalize(stmt);
	return error;
}

/* --- rows --- */

static void give_sheet(struct reading *reading, struct sheet *sheet)
{
	for (uint32_t i = 0; i < sheet->count && !reading->stopped; i++) {
		const struct sheet_cell *cell = &sheet->cells[i];
		const struct pair *pair = &sheet->pairs.at[cell->pair];
		struct hours_count count = {
			.device = pair->who,
			.name = pair->name,
			.hour = cell->hour * SHEET_HOUR,
			.count = cell->count,
			.sunk = cell->sunk,
		};

		give(reading, &count);
	}
	sheet_clear(sheet);
}

static void take_row(struct reading *reading, struct sheet *sheet,
		     const struct devices *devices, const struct row *row)
{
	int64_t device = asker_device(row, devices);

	if (!sheet_add_row(sheet, row, device)) {
		give_sheet(reading, sheet);
		sheet_add_row(sheet, row, device);
	}
}

static int scan_rows(struct reading *reading, struct sheet *sheet,
		     const struct devices *devices)
{
	struct scan_filter filter = {
		.since = reading->since,
		.until = reading->until,
		.after = reading->progress,
		.name = reading->filter->name,
		.below = reading->filter->below,
	};
	struct scan *scan = NULL;
	struct row row;
	int got = scan_open(&scan, reading->db, &filter);

	if (got < 0)
		return got;
	while (!reading->stopped && (got = scan_next(scan, &row)) > 0)
		take_row(reading, sheet, devices, &row);
	scan_close(scan);
	if (got >= 0)
		give_sheet(reading, sheet);
	return got < 0 ? got : 0;
}

static int read_rows(struct reading *reading)
{
	struct devices *devices = NULL;
	struct sheet sheet;
	int error;

	if (reading->stopped)
		return 0;
	if (sheet_init(&sheet) < 0)
		return -ENOMEM;
	error = database_error(reading->db,
			       devices_load(&devices, reading->db));
	if (error == 0)
		error = scan_rows(reading, &sheet, devices);
	devices_free(devices);
	sheet_release(&sheet);
	return error;
}

int hours_each(sqlite3 *db, const struct hours_filter *filter,
	       bool (*each)(void *context, const struct hours_count *count),
	       void *context)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	int error = 0;

	if (reading == NULL)
		return -ENOMEM;
	reading->db = db;
	reading->filter = filter;
	reading->each = each;
	reading->context = context;
	reading->since = filter->since - filter->since % SHEET_HOUR;
	if (filter->until != 0 && filter->until <= INT64_MAX)
		reading->until = filter->until +
			(SHEET_HOUR - filter->until % SHEET_HOUR) % SHEET_HOUR;
	if (filter->name != NULL)
		error = subtree_parse(&reading->subtree,
				      bytes_of_string(filter->name));
	if (error == 0)
		error = database_error(db, transaction_read(db, list_all,
							 reading));
	if (error == 0)
		error = read_records(reading);
	if (error == 0)
		error = read_rows(reading);
	free(reading->records);
	free(reading);
	return error;
}
