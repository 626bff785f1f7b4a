/*
 * One decision a name: the last one counts.  Who gives a name gives it in
 * lower case; it is the key.
 */
#include "journal/decisions.h"

#include "journal/database.h"

int decisions_put(sqlite3 *db, const struct decision *decision)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO decision "
		"(name, verdict, note, time) VALUES (?, ?, ?, ?)", -1, &stmt,
		NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, decision->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, decision->verdict, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, decision->note, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, (sqlite3_int64)decision->time);
	rc = database_run(stmt);
	sqlite3_finalize(stmt);
	return rc;
}

int decisions_drop(sqlite3 *db, const char *name)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "DELETE FROM decision WHERE name = ?",
				    -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	rc = database_run(stmt);
	sqlite3_finalize(stmt);
	if (rc == SQLITE_OK && sqlite3_changes(db) == 0)
		rc = SQLITE_NOTFOUND;
	return rc;
}

static bool give(sqlite3_stmt *stmt,
		 bool (*each)(void *context, const struct decision *one),
		 void *context)
{
	struct decision decision = {
		.name = (const char *)sqlite3_column_text(stmt, 0),
		.verdict = (const char *)sqlite3_column_text(stmt, 1),
		.note = (const char *)sqlite3_column_text(stmt, 2),
		.time = (uint64_t)sqlite3_column_int64(stmt, 3),
	};

	return decision.name == NULL || decision.verdict == NULL ||
	       each(context, &decision);
}

int decisions_each(sqlite3 *db,
		   bool (*each)(void *context, const struct decision *one),
		   void *context)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT name, verdict, note, time "
		"FROM decision ORDER BY name", -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return database_error(db, rc);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		if (!give(stmt, each, context))
			break;
	rc = sqlite3_reset(stmt);
	if (rc != SQLITE_OK)
		rc = database_error(db, rc);
	sqlite3_finalize(stmt);
	return rc;
}
