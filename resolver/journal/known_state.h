/*
 * known_state: what the parts of known share.
 */
#ifndef JOURNAL_KNOWN_STATE_H
#define JOURNAL_KNOWN_STATE_H

#include "dns/name.h"
#include "journal/known.h"
#include "journal/pairs.h"

struct devices;

/* Where the table stands. */
struct known_state {
	sqlite3_int64 ledger, forgotten;
};

struct known {
	sqlite3 *db;
	struct devices *devices;
	sqlite3_stmt *where, *find, *page, *count_devices;
	struct pairs recent;		/* of rows behind the table */
	struct known_state state;
	sqlite3_int64 device_count;	/* fewer: two became one */
	int64_t end;			/* rows are gathered up to here */
	char name[NAME_TEXT];
};

/*
 * `look` reads the table while it stands where `recent` begins; it may be
 * called again, and `recent` be gathered anew before.  0 or an error.
 */
int known_look(struct known *known,
	       int (*look)(struct known *known, void *context), void *context);

bool known_is_same(struct known_state one, struct known_state other);

/* What rows add to it. */
void known_add(struct known_name *name, const struct pair *pair);

/* Of a column; what is below 0 is 0. */
uint64_t known_number(sqlite3_stmt *stmt, int column);

/* first, last, count and sunk, from this column on. */
void known_counts(sqlite3_stmt *stmt, int column, struct known_name *name);

#endif
