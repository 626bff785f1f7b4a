/*
 * decisions: what the household has said of a name, once: fine, block or
 * watch; and of what is below it.
 */
#ifndef JOURNAL_DECISIONS_H
#define JOURNAL_DECISIONS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct decision {
	const char *name;	/* lower case, without the last dot */
	const char *verdict;	/* "fine", "block", "watch" */
	const char *note;	/* or NULL */
	uint64_t time;
};

/* SQLite's codes; within a transaction. */
int decisions_put(sqlite3 *db, const struct decision *decision);
int decisions_drop(sqlite3 *db, const char *name);	/* SQLITE_NOTFOUND */

/* 0 or an error (database_error). */
int decisions_each(sqlite3 *db,
		   bool (*each)(void *context, const struct decision *one),
		   void *context);

#endif
