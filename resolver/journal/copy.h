/*
 * copy: rows out of a database that is damaged into one that is whole.
 *
 * What the old one says (SQLITE_CORRUPT, a table that is not there, a query
 * that takes too long because somebody made it so) is a hole in what is
 * copied and no error; the codes that functions return are those of the new
 * one.  Journal thread.
 */
#ifndef JOURNAL_COPY_H
#define JOURNAL_COPY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct copy {
	sqlite3 *from;		/* NULL: SQLite cannot open it at all */
	sqlite3 *to;
	uint64_t copied, refused;	/* rows; refused: the new one would
					   not have them */
	unsigned work;		/* steps of SQLite's machine, in units */
};

/* Opens the old one for reading: never fails, see `from`. */
void copy_open(struct copy *copy, sqlite3 *to, const char *path);
void copy_close(struct copy *copy);

/*
 * `select` has the columns that `insert` takes.  copy_all puts the key behind
 * it ("ORDER BY key"), and reads from both ends towards the damage; *whole
 * says that there was none.  At most `limit` rows from either end.
 */
struct copy_table {
	const char *name, *select, *key, *insert;
};
int copy_all(struct copy *copy, const struct copy_table *table,
	     unsigned limit, bool *whole);

/*
 * Rows by a whole number, a few at a time: `select` is "SELECT key, ... FROM
 * ... WHERE key > ?1 ORDER BY key LIMIT ?2", from where `at` stands; `put`
 * gets each of them (a code of the new one's; SQLITE_CONSTRAINT and
 * SQLITE_MISMATCH refuse the row).  Damage is passed over, to the next row
 * that can be read.
 */
struct copy_walk {
	const char *select;
	int (*put)(void *context, sqlite3_stmt *row);
	void *context;
	int64_t at;		/* the last key that was looked at */
	uint64_t holes;
	bool ended;
};
int copy_some(struct copy *copy, struct copy_walk *walk, unsigned limit);

/* All columns of the row, as they are, into the insert; its code. */
int copy_row(sqlite3_stmt *row, sqlite3_stmt *insert);

/* The number a query of the old one gives; false: none, or unreadable. */
bool copy_ask(struct copy *copy, const char *sql, int64_t *number);

#endif
