/*
 * retention: what is old enough goes, a little at a time: rows first, hourly
 * counts later, the ledger never.
 *
 *	rows	blocks whose last row is older than `row_days`, each when its
 *		rows are in the ledger and in the hours (hours_seal); with
 *		them the gaps and the steps of the clock of that time
 *	hours	records of days older than `hour_days`
 *	size	while the database has more than `most` bytes: the oldest
 *		block, whatever its age; when there is none, the oldest
 *		record of hours
 *
 * A block that goes leaves a redaction beside its link (chain.h).  Rows that
 * are not sealed yet stay: they are of a day at the most.
 */
#ifndef JOURNAL_RETENTION_H
#define JOURNAL_RETENTION_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct devices;

enum { RETENTION_ROW_DAYS = 30, RETENTION_HOUR_DAYS = 365 };

struct retention_options {
	uint32_t row_days;	/* 0: for ever */
	uint32_t hour_days;	/* 0: for ever */
	uint64_t most;		/* bytes of the database; 0: any */
	const struct devices *devices;	/* for hours that are made early */
};

/*
 * Journal thread, whenever it is idle, outside of a transaction: at most one
 * block or one record, and some pages given back to the file system: some
 * milliseconds, or some 200 where the hours of a flood have to be made early.
 * *more: call again; there is more to do.  `now` in microseconds since 1970.
 * SQLite's code.
 */
int retention_step(sqlite3 *db, const struct retention_options *options,
		   uint64_t now, bool *more);

#endif
