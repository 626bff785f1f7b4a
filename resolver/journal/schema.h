/*
 * schema: the tables of the journal's database, and how an older database
 * becomes one of today (journal/SCHEMA describes them for people).
 */
#ifndef JOURNAL_SCHEMA_H
#define JOURNAL_SCHEMA_H

#include <sqlite3.h>

enum {
	SCHEMA_VERSION = 4,			/* PRAGMA user_version */
	SCHEMA_APPLICATION = 0x68626e64,	/* application_id: "hbnd" */
};

/* What a database says it is. */
enum schema_kind {
	SCHEMA_CURRENT,
	SCHEMA_EMPTY,		/* nothing in it yet */
	SCHEMA_OLDER,
	SCHEMA_NEWER,		/* made by a later program */
	SCHEMA_STRANGE,		/* a database of something else */
};

/* Both return SQLite's codes. */
int schema_look(sqlite3 *db, enum schema_kind *kind, int *version);

/*
 * Makes the tables, or takes an older database up to today's version, in one
 * transaction.  Of a current database it changes nothing.  For the others:
 * SQLITE_MISMATCH.
 */
int schema_prepare(sqlite3 *db);

#endif
