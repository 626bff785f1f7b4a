/*
 * There are few marks: a person made each of them.  So they have no index and
 * are looked at one by one.
 *
 * Labels are compared without case as SQLite's NOCASE does, which knows the
 * letters of ASCII: "Plugged in" is "plugged in".
 */
#include "journal/marks.h"

#include "journal/database.h"

/* As 0 and NULL cost no byte. */
static void bind_or_null(sqlite3_stmt *stmt, int at, int64_t value)
{
	if (value != 0)
		sqlite3_bind_int64(stmt, at, value);
}

int marks_put(sqlite3 *db, struct mark *mark)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "INSERT INTO mark "
		"(time, label, device, mode) VALUES (?, ?, ?, ?)", -1, &stmt,
		NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, (sqlite3_int64)mark->time);
	sqlite3_bind_text(stmt, 2, mark->label, -1, SQLITE_STATIC);
	bind_or_null(stmt, 3, mark->device);
	sqlite3_bind_text(stmt, 4, mark->mode, -1, SQLITE_STATIC);
	rc = database_run(stmt);
	if (rc == SQLITE_OK)
		mark->id = sqlite3_last_insert_rowid(db);
	sqlite3_finalize(stmt);
	return rc;
}

int marks_drop(sqlite3 *db, int64_t id)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "DELETE FROM mark WHERE id = "
		"coalesce(nullif(?, 0), (SELECT max(id) FROM mark))", -1,
		&stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, id);
	rc = database_run(stmt);
	sqlite3_finalize(stmt);
	if (rc == SQLITE_OK && sqlite3_changes(db) == 0)
		rc = SQLITE_NOTFOUND;
	return rc;
}

/* Text of the database, which a stranger may have written; never NULL. */
static const char *text_at(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return text != NULL ? text : "";
}

static bool give(sqlite3_stmt *stmt,
		 bool (*each)(void *context, const struct mark *mark),
		 void *context)
{
	struct mark mark = {
		.id = sqlite3_column_int64(stmt, 0),
		.time = (uint64_t)sqlite3_column_int64(stmt, 1),
		.label = text_at(stmt, 2),
		.device = sqlite3_column_int64(stmt, 3),
		.mode = text_at(stmt, 4),
	};

	return each(context, &mark);
}

/* A time before 1970 or beyond what is counted is none of ours. */
static const char each_sql[] =
	"SELECT id, time, label, device, mode FROM mark"
	" WHERE time >= max(?1, 0) AND (?2 = 0 OR time < ?2)"
	" AND (?3 IS NULL OR label = ?3 COLLATE NOCASE)"
	" AND (?4 = 0 OR coalesce(device, 0) IN (0, ?4))"
	" ORDER BY time, id";

int marks_each(sqlite3 *db, const struct marks_filter *filter,
	       bool (*each)(void *context, const struct mark *mark),
	       void *context)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, each_sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return database_error(db, rc);
	sqlite3_bind_int64(stmt, 1, (sqlite3_int64)filter->since);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)filter->until);
	sqlite3_bind_text(stmt, 3, filter->label, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, filter->device);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		if (!give(stmt, each, context))
			break;
	rc = sqlite3_reset(stmt);
	if (rc != SQLITE_OK)
		rc = database_error(db, rc);
	sqlite3_finalize(stmt);
	return rc;
}
