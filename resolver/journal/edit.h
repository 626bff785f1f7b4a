/*
 * edit: a small change of the journal's database besides its rows: a mark, a
 * device's name, a decision, what is to be forgotten.
 *
 * There is one writer.  Where the daemon runs, an edit is handed to its
 * journal thread (journal_edit, journal/journal.h); else it is carried out
 * here, by who may write the file.
 */
#ifndef JOURNAL_EDIT_H
#define JOURNAL_EDIT_H

#include <sqlite3.h>
#include <stdbool.h>

/*
 * Within one transaction, after all that was published before is stored.
 * SQLite's code: SQLITE_OK commits; so does SQLITE_ROW, and there is more to
 * do (edit_alone calls again; with a daemon whoever asked asks again); so does
 * SQLITE_DONE, and SQLite's log is emptied, ERROR_BUSY when somebody reads it
 * all the time.  Anything else rolls back.  SQLITE_ABORT: it was refused, and
 * why is in `context`.
 */
typedef int edit_apply(sqlite3 *db, void *context);

static inline bool edit_commits(int rc)
{
	return rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/* Does the edit say no, rather than the disk? */
static inline bool edit_refuses(int rc)
{
	return rc == SQLITE_NOTFOUND || rc == SQLITE_ABORT ||
	       rc == SQLITE_CONSTRAINT || rc == SQLITE_MISMATCH ||
	       rc == SQLITE_ERROR;
}

/* What SQLITE_DONE asks for.  SQLite's code. */
int edit_empty_log(sqlite3 *db);

/*
 * Without a daemon: opens (or makes) the database, applies, commits, closes.
 * `group` as in database_options.  0 or an error, logged but for SQLITE_ABORT
 * and SQLITE_NOTFOUND (ERROR_ABSENT) of `apply`.
 */
int edit_alone(const char *path, long group, edit_apply *apply,
	       void *context);

#endif
