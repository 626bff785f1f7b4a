/*
 * Without a daemon this process is the writer for a moment: what the daemon's
 * journal thread does, in one go.  Rings of an earlier run stay for the daemon.
 */
#include "journal/edit.h"

#include "base/log.h"
#include "journal/database.h"

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int transact(sqlite3 *db, edit_apply *apply, void *context)
{
	int rc = run(db, "BEGIN IMMEDIATE");

	if (rc != SQLITE_OK)
		return rc;
	rc = apply(db, context);
	if (edit_commits(rc)) {
		int committed = run(db, "COMMIT");

		if (committed != SQLITE_OK)
			rc = committed;
	}
	return rc;
}

/* Those who read are waited for, as long as the connection is patient. */
int edit_empty_log(sqlite3 *db)
{
	return sqlite3_wal_checkpoint_v2(db, "main",
					 SQLITE_CHECKPOINT_TRUNCATE, NULL,
					 NULL);
}

static int transact_all(sqlite3 *db, edit_apply *apply, void *context)
{
	int rc;

	do
		rc = transact(db, apply, context);
	while (rc == SQLITE_ROW);
	return rc == SQLITE_DONE ? edit_empty_log(db) : rc;
}

/* What was refused is for the caller to say: it knows what it is. */
static void complain(const char *path, int rc, const char *words)
{
	if (rc != SQLITE_NOTFOUND && rc != SQLITE_ABORT)
		log_error("%s: %s", path, words);
}

int edit_alone(const char *path, long group, edit_apply *apply, void *context)
{
	char words[256];
	struct database_options options = {
		.path = path, .group = group,
		.words = words, .room = sizeof(words),
	};
	sqlite3 *db;
	int rc = database_open(&db, &options), error;

	if (rc != SQLITE_OK) {
		complain(path, rc, words);
		return database_error(NULL, rc);
	}
	rc = transact_all(db, apply, context);
	error = database_error(db, rc);
	if (rc != SQLITE_OK) {
		database_explain(db, rc, words, sizeof(words));
		complain(path, rc, words);
		if (!sqlite3_get_autocommit(db))
			run(db, "ROLLBACK");
	}
	sqlite3_close(db);
	return error;
}
