/*
 * database: the journal's file, opened as the writer or as a reader wants it,
 * and set aside when SQLite can do nothing with it.
 */
#ifndef JOURNAL_DATABASE_H
#define JOURNAL_DATABASE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* The log (-wal) is taken back into the database at so many pages. */
enum { DATABASE_PAGE = 4096, DATABASE_WAL_PAGES = 1000 };

/*
 * For the writer: made if it is not there, its tables brought up to date.
 * The file and what SQLite puts beside it are 0640 and belong to `group`,
 * unless that is -1.  SQLite's code, and a sentence in `words`:
 * SQLITE_MISMATCH for a database that is not ours to touch, SQLITE_CORRUPT or
 * SQLITE_NOTADB for one that should be set aside.
 */
struct database_options {
	const char *path;
	long group;
	char *words;
	size_t room;		/* of words */
};
int database_open(sqlite3 **db, const struct database_options *options);

/*
 * Read only, for whoever may read the file.  0, -errno, ERROR_FOREIGN (not a
 * journal, or of another version), ERROR_DAMAGED, ERROR_BUSY, ERROR_DATABASE;
 * logged.
 */
int database_open_reader(sqlite3 **db, const char *path);

/*
 * Renames the file and those beside it to PATH.damaged-YYYYmmdd-HHMMSS, and
 * leaves a symbolic link PATH.carry that says so, for salvage.h; logged.  0 or
 * -errno.
 */
#define DATABASE_MARK ".carry"
int database_set_aside(const char *path);

/* Reads what was set aside, whatever it is.  SQLite's code; *db NULL then. */
int database_open_damaged(sqlite3 **db, const char *path);

/* Is the file at the path no longer the one that is open? */
int database_has_moved(sqlite3 *db);

/* How long it is, or with "-wal" its log; 0 where there is none. */
uint64_t database_bytes(const char *path, const char *suffix);

/* SQLite's code as one of ours; `db` may be NULL. */
int database_error(sqlite3 *db, int rc);

/* The same in words; what SQLite quotes from the file is made harmless. */
void database_explain(sqlite3 *db, int rc, char *words, size_t room);

/* Prepared to stay. */
int database_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **stmt);

/* Steps to the end and resets: SQLITE_OK or what went wrong. */
int database_run(sqlite3_stmt *stmt);

/* The number in the first row, or 0 where there is none; resets. */
int database_ask(sqlite3_stmt *stmt, sqlite3_int64 *value);

#endif
