/*
 * Whoever is called here may be alone with the database, or be one step of a
 * commit: both have to be whole.
 */
#include "journal/transaction.h"

#include <errno.h>

#include "base/error.h"
#include "journal/database.h"

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int run_in(sqlite3 *db, const char *begin,
		  int (*work)(sqlite3 *db, void *context), void *context)
{
	int rc;

	if (!sqlite3_get_autocommit(db))
		return work(db, context);
	rc = run(db, begin);
	if (rc == SQLITE_OK)
		rc = work(db, context);
	if (rc == SQLITE_OK)
		rc = run(db, "COMMIT");
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
		run(db, "ROLLBACK");
	return rc;
}

int transaction_run(sqlite3 *db, int (*work)(sqlite3 *db, void *context),
		    void *context)
{
	return run_in(db, "BEGIN IMMEDIATE", work, context);
}

int transaction_read(sqlite3 *db, int (*work)(sqlite3 *db, void *context),
		     void *context)
{
	return run_in(db, "BEGIN", work, context);
}

int transaction_do(sqlite3 *db, const char *sql, unsigned count,
		   const sqlite3_int64 *numbers)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	for (unsigned i = 0; i < count; i++)
		sqlite3_bind_int64(stmt, (int)i + 1, numbers[i]);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		;
	return sqlite3_finalize(stmt);
}

int transaction_ask(sqlite3 *db, const char *sql, sqlite3_int64 *value)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	*value = 0;
	if (rc != SQLITE_OK)
		return rc;
	rc = database_ask(stmt, value);
	sqlite3_finalize(stmt);
	return rc;
}

int transaction_progress(sqlite3 *db, const char *what, sqlite3_int64 *number)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT number FROM progress"
				    " WHERE what = ?", -1, &stmt, NULL);

	*number = 0;
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, what, -1, SQLITE_STATIC);
	rc = database_ask(stmt, number);
	sqlite3_finalize(stmt);
	return rc;
}

int transaction_set_progress(sqlite3 *db, const char *what,
			     sqlite3_int64 number, uint64_t time)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "REPLACE INTO progress"
				    " VALUES (?, ?, ?)", -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, what, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, number);
	sqlite3_bind_int64(stmt, 3, (sqlite3_int64)time);
	rc = database_run(stmt);
	sqlite3_finalize(stmt);
	return rc;
}

/* Not SQLITE_ERROR: that is taken for damage of the whole database. */
int transaction_code(int error)
{
	switch (error) {
	case 0:
		return SQLITE_OK;
	case -ENOMEM:
		return SQLITE_NOMEM;
	case -ENOSPC:
		return SQLITE_FULL;
	case ERROR_BUSY:
		return SQLITE_BUSY;
	case ERROR_DAMAGED:
		return SQLITE_CORRUPT;
	default:
		return SQLITE_IOERR;
	}
}
