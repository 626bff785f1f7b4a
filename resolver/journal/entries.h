/*
 * entries: what the rings hold, as a table for SQLite to read.
 *
 * `INSERT INTO tail SELECT * FROM entries` stores all of it in one statement.
 * The rings are merged by time; gap entries and steps of the clock become
 * remarks on the way, and nonsense is counted.
 */
#ifndef JOURNAL_ENTRIES_H
#define JOURNAL_ENTRIES_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct dictionary;
struct entry;
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

struct entries {
	struct dictionary *dictionary;
	struct remarks *remarks;
	struct entries_front *fronts;
	unsigned count, room;
	struct entries_front *current;
	uint64_t rival;		/* the smallest key of the others */
	uint64_t rows;		/* given since entries_begin */
};

/* The statement that stores; columns as xColumn has them. */
extern const char entries_insert[];

/* Makes the table known to the connection.  SQLite's code. */
int entries_init(struct entries *entries, sqlite3 *db);
void entries_release(struct entries *entries);

/* Room for so many rings: 0 or SQLITE_NOMEM; then each is added. */
int entries_begin(struct entries *entries, unsigned count);
void entries_add(struct entries *entries, const struct writer_source *source,
		 uint64_t from);

#endif
