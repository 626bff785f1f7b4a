/*
 * Rows go into a sheet in the order of their numbers, until there is one that
 * must wait: it is of a day that is not over, or of another day than the first
 * one.  What a clock has dated into the future does not stop it, or one such
 * row would stop it for years; it gets a record of that day, whatever it is.
 *
 *	rows	... day 1 | day 1 | day 2 | ...
 *	            ^ progress.hours  ^ where it stops
 */
#include "journal/hours.h"

#include <stdlib.h>

#include "journal/asker.h"
#include "journal/hours_record.h"
#include "journal/row.h"
#include "journal/scan.h"
#include "journal/sheet.h"
#include "journal/transaction.h"

enum {
	MOST_ROWS = 500000,		/* for one call */
	MOST_DAYS = 16,			/* that a clock made of them */
};

#define DAY (HOURS_A_DAY * SHEET_HOUR)

struct sealing {
	const struct devices *devices;
	struct sheet sheet;
	uint64_t until;		/* rows from here on wait; 0: none do */
	uint64_t now;		/* later ones are nonsense */
	int64_t through;	/* numbers; 0: all */
	uint32_t days[MOST_DAYS];
	unsigned day_count;
	int64_t last;		/* number of the last row taken */
	uint64_t rows;
};

static bool take_day(struct sealing *sealing, uint32_t day)
{
	for (unsigned i = 0; i < sealing->day_count; i++)
		if (sealing->days[i] == day)
			return true;
	if (sealing->day_count == MOST_DAYS)
		return false;
	sealing->days[sealing->day_count++] = day;
	return true;
}

static bool must_wait(const struct sealing *sealing, const struct row *row)
{
	return sealing->until != 0 && row->time >= sealing->until &&
	       row->time <= sealing->now;
}

/* The day of the first row ends the sheet, if it does not wait itself. */
static void begin_day(struct sealing *sealing, const struct row *row)
{
	uint64_t end = row->time - row->time % DAY + DAY;

	if (sealing->until == 0 || end < sealing->until)
		sealing->until = end;
}

/* False: this row and what comes after it is for another time. */
static bool take_row(struct sealing *sealing, const struct row *row)
{
	if (sealing->rows == MOST_ROWS || must_wait(sealing, row))
		return false;
	if (sealing->rows == 0)
		begin_day(sealing, row);
	if (!take_day(sealing, sheet_hour(row->time) / HOURS_A_DAY) ||
	    !sheet_add_row(&sealing->sheet, row,
			   asker_device(row, sealing->devices)))
		return false;
	sealing->rows++;
	sealing->last = row->number;
	return true;
}

static int gather(struct sealing *sealing, sqlite3 *db, bool *more)
{
	struct scan_filter filter = { .through = sealing->through };
	struct scan *scan = NULL;
	struct row row;
	sqlite3_int64 after;
	int rc = transaction_progress(db, "hours", &after), got;

	if (rc != SQLITE_OK)
		return rc;
	filter.after = after;
	got = scan_open(&scan, db, &filter);
	if (got < 0)
		return transaction_code(got);
	while ((got = scan_next(scan, &row)) > 0)
		if (!take_row(sealing, &row))
			break;
	scan_close(scan);
	*more = got > 0 && sealing->rows > 0;
	return got < 0 ? transaction_code(got) : SQLITE_OK;
}

static int put_record(sqlite3 *db, uint32_t day,
		      const struct hours_packed *packed)
{
	sqlite3_stmt *put;
	int rc = sqlite3_prepare_v2(db, "INSERT INTO hours SELECT ?1,"
		" coalesce(max(part) + 1, 0), ?2, ?3 FROM hours"
		" WHERE day = ?1", -1, &put, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(put, 1, day);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)packed->rows);
	sqlite3_bind_blob64(put, 3, packed->at, packed->len, SQLITE_STATIC);
	sqlite3_step(put);
	return sqlite3_finalize(put);
}

static int store_day(struct sealing *sealing, sqlite3 *db, uint32_t day)
{
	struct hours_packed packed;
	int error = hours_record_pack(&sealing->sheet, day, &packed), rc;

	if (error < 0)
		return transaction_code(error);
	rc = put_record(db, day, &packed);
	free(packed.at);
	return rc;
}

static int store(sqlite3 *db, void *context)
{
	struct sealing *sealing = context;
	int rc = SQLITE_OK;

	for (unsigned i = 0; i < sealing->day_count && rc == SQLITE_OK; i++)
		rc = store_day(sealing, db, sealing->days[i]);
	if (rc == SQLITE_OK)
		rc = transaction_set_progress(db, "hours", sealing->last,
					      sealing->now);
	return rc;
}

static int seal(struct sealing *sealing, sqlite3 *db, bool *more)
{
	int rc;

	*more = false;
	if (sheet_init(&sealing->sheet) < 0)
		return SQLITE_NOMEM;
	rc = gather(sealing, db, more);
	if (rc == SQLITE_OK && sealing->rows > 0)
		rc = transaction_run(db, store, sealing);
	sheet_release(&sealing->sheet);
	return rc;
}

int hours_seal(sqlite3 *db, const struct devices *devices, uint64_t now,
	       bool *more)
{
	uint64_t over = now > SHEET_HOUR ? now - SHEET_HOUR : 0;
	struct sealing sealing = {
		.devices = devices,
		.until = over - over % DAY,
		.now = now,
	};

	*more = false;
	return sealing.until == 0 ? SQLITE_OK : seal(&sealing, db, more);
}

int hours_seal_through(sqlite3 *db, const struct devices *devices,
		       int64_t number, bool *more)
{
	struct sealing sealing = {
		.devices = devices, .now = UINT64_MAX, .through = number,
	};

	return seal(&sealing, db, more);
}
