/*
 * known: what the ledger says, as it is at this moment: the table, and what
 * rows behind progress.ledger add to it.  For readers.
 */
#ifndef JOURNAL_KNOWN_H
#define JOURNAL_KNOWN_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct known;

struct known_name {
	int64_t device;
	const char *name;		/* lower case */
	uint64_t first, last;		/* microseconds since 1970 */
	uint64_t count, sunk;
	/* Of ledger_more: so many names are counted together here; else 0. */
	uint64_t names;
};

/* `db` stays the caller's.  0 or an error (database_error). */
int known_open(struct known **known, sqlite3 *db);
void known_close(struct known *known);

/* Rows that came since it was opened, or since the last call. */
int known_refresh(struct known *known);

/* 1 and *found; 0: that device never asked for it (or under a "*"). */
int known_find(struct known *known, int64_t device, const char *name,
	       struct known_name *found);

/*
 * All of a device (0: of all), by device, then name, that were asked at
 * `since` or later (0: all); `each` gives false to stop.
 */
int known_each(struct known *known, int64_t device, uint64_t since,
	       bool (*each)(void *context, const struct known_name *name),
	       void *context);

#endif
