/*
 * transaction: some work on the database, all of it or nothing.
 */
#ifndef JOURNAL_TRANSACTION_H
#define JOURNAL_TRANSACTION_H

#include <sqlite3.h>
#include <stdint.h>

/*
 * Within the transaction that is open, or in one of its own, which is rolled
 * back when `work` does not say SQLITE_OK.  SQLite's code.
 */
int transaction_run(sqlite3 *db, int (*work)(sqlite3 *db, void *context),
		    void *context);

/* For work that only reads: all of it of one moment. */
int transaction_read(sqlite3 *db, int (*work)(sqlite3 *db, void *context),
		     void *context);

/* A statement of one use, its whole numbers bound in order; SQLite's code. */
int transaction_do(sqlite3 *db, const char *sql, unsigned count,
		   const sqlite3_int64 *numbers);

/* The first column of its first row; 0 where there is none or NULL. */
int transaction_ask(sqlite3 *db, const char *sql, sqlite3_int64 *value);

/* table progress: how far something came.  0: it was never begun. */
int transaction_progress(sqlite3 *db, const char *what,
			 sqlite3_int64 *number);
int transaction_set_progress(sqlite3 *db, const char *what,
			     sqlite3_int64 number, uint64_t time);

/* An error of ours (base/error.h) as SQLite would say it. */
int transaction_code(int error);

#endif
