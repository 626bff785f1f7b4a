/*
 * hours: how often a device asked for a name in each hour, for a year.
 *
 * Made of the rows themselves once a day is over and an hour more has passed:
 * one packed record a day, so that rows can go and the counts stay; several
 * after a flood, or when rows of a day were late.  `progress.hours` is the
 * number of the last row that is in a record: the rows behind it are counted
 * as they are, so that each row counts once whatever the clock did.
 */
#ifndef JOURNAL_HOURS_H
#define JOURNAL_HOURS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct devices;

/*
 * Journal thread: makes the record of the oldest rows that have none, of one
 * day and at most some 500,000 of them, if their day is over; *more: there
 * are others.  Days are those of UTC.  Outside of a transaction or in the
 * caller's.  SQLite's code.
 */
int hours_seal(sqlite3 *db, const struct devices *devices, uint64_t now,
	       bool *more);

/* The same up to the row with this number, though its day is not over. */
int hours_seal_through(sqlite3 *db, const struct devices *devices,
		       int64_t number, bool *more);

struct hours_count {
	int64_t device;
	const char *name;	/* lower case */
	uint64_t hour;		/* it begins: microseconds since 1970 */
	uint64_t count, sunk;
};

/*
 * Readers: all counts of the hours that begin in [since, until), `since`
 * rounded down to an hour, from records and rows, in no order; `until` 0:
 * open, `device` 0: all, `name` NULL: all.  An hour of a device and a name may
 * come in several parts.  `each` gives false to stop.  A record that is
 * damaged is left out (logged).  0 or an error (database_error).
 */
struct hours_filter {
	uint64_t since, until;
	int64_t device;
	const char *name;
	bool below;
};
int hours_each(sqlite3 *db, const struct hours_filter *filter,
	       bool (*each)(void *context, const struct hours_count *count),
	       void *context);

#endif
