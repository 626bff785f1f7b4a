/*
 * entries: what the rings hold, as rows.
 *
 * The rings are merged by time; gap entries and steps of the clock become
 * remarks on the way, and nonsense is counted.  Rows are taken one by one, or
 * by SQLite: `INSERT INTO tail SELECT * FROM entries` stores all that are
 * left in one statement.
 */
#ifndef JOURNAL_ENTRIES_H
#define JOURNAL_ENTRIES_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/name.h"
#include "journal/row.h"

struct dictionary;
struct privacy;
struct remarks;
struct writer_source;

/* Where one ring stands; the caller may look at the counts afterwards. */
struct entries_front {
	const struct writer_source *source;
	uint64_t at, until;
	uint64_t key;		/* of the entry at `at`: its place in time */
	uint64_t wall;		/* of the last row */
	uint64_t gaps;		/* queries in gap entries */
	uint64_t unreadable;	/* entries that made no sense */
};

struct entries_name {
	size_t len;		/* 0: none */
	char at[NAME_TEXT];
};

struct entries {
	struct dictionary *dictionary;
	struct remarks *remarks;
	const struct privacy *privacy;	/* or NULL */
	struct entries_front *fronts;
	unsigned count, room;
	struct entries_front *current;
	uint64_t rival;		/* the smallest key of the others */
	uint64_t rows;		/* given since entries_begin */
	uint64_t withheld;	/* not to be stored, likewise */
	struct row row;		/* the last that was given */
	struct entries_name name, alias;	/* its text */
	bool again;		/* it is given once more */
};

/* The statement that stores what is left (entries_table.c). */
extern const char entries_insert[];

/* Makes the table known to the connection.  SQLite's code. */
int entries_init(struct entries *entries, sqlite3 *db);
void entries_release(struct entries *entries);

/* Room for so many rings: 0 or SQLITE_NOMEM; then each is added. */
int entries_begin(struct entries *entries, unsigned count);
void entries_add(struct entries *entries, const struct writer_source *source,
		 uint64_t from);

/* SQLITE_ROW: it is in `row`; SQLITE_DONE; or an error. */
int entries_next(struct entries *entries);

/* The last row has found no place: the next call gives it again. */
void entries_put_back(struct entries *entries);

/* At most so many rows are still to come. */
uint64_t entries_left(const struct entries *entries);

#endif
