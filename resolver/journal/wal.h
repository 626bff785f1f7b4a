/*
 * wal: SQLite's log beside the database: it is taken back by hand, and what it
 * costs the disk is counted.
 *
 * Counted is what is given to the disk to write, which is what wears an SD
 * card: pages into the log, and from there into the database.  What the file
 * system adds is not in it.
 */
#ifndef JOURNAL_WAL_H
#define JOURNAL_WAL_H

#include <sqlite3.h>
#include <stdint.h>

struct wal {
	const char *path;	/* of the database; the caller's */
	int pages;		/* in the log after the last commit */
	int tried;		/* so many were in it at the last try; or 0 */
	int taken;		/* of them are back already */
	uint64_t written;	/* bytes, since it was zero */
};

/* A database was opened: its commits are seen from now on. */
void wal_watch(struct wal *wal, sqlite3 *db);

/* After a commit: counts, and takes the log back when it is long. */
void wal_take_back(struct wal *wal, sqlite3 *db);

#endif
