/*
 * marks: moments with a label: "plugged the reader in".
 */
#ifndef JOURNAL_MARKS_H
#define JOURNAL_MARKS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { MARK_LABEL = 200 };	/* bytes, UTF-8, printable */

struct mark {
	int64_t id;
	uint64_t time;		/* microseconds since 1970 */
	const char *label;
	int64_t device;		/* 0: the whole house */
	const char *mode;	/* how the house answered: "sink", "paused" */
};

/* SQLite's codes; within a transaction.  marks_put sets mark->id. */
int marks_put(sqlite3 *db, struct mark *mark);

/* SQLITE_NOTFOUND: there is none of that number (0: the last one put). */
int marks_drop(sqlite3 *db, int64_t id);

/*
 * In order of time; `label` NULL: all; since and until 0: open; `each` gives
 * false to stop.  0 or an error (database_error).
 */
struct marks_filter {
	uint64_t since, until;
	const char *label;	/* compared without case */
	int64_t device;		/* 0: any; else of it or of the house */
};
int marks_each(sqlite3 *db, const struct marks_filter *filter,
	       bool (*each)(void *context, const struct mark *mark),
	       void *context);

#endif
