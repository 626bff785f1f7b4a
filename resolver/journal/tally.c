/*
 * SQLite groups; what does not fit its cache goes into its temporary file, so
 * that a long time takes no more memory than a short one.
 */
#include "journal/tally.h"

#include <sqlite3.h>

#include "base/log.h"
#include "journal/database.h"
#include "journal/schema.h"

static const char lists_sql[] =
	"SELECT " SCHEMA_LIST_NAME ", sum(count) FROM"
	" (SELECT image, list, count(*) AS count FROM tail"
	"  WHERE time >= ?1 AND list IS NOT NULL GROUP BY image, list) AS tail"
	" LEFT JOIN image_list ON image_list.image = tail.image"
	" AND image_list.list = tail.list GROUP BY 1";

static const char questions_sql[] =
	"SELECT client, name, type, count(*) FROM tail"
	" WHERE time >= ?1 AND class = 1"
	" GROUP BY client, name, type";

struct tally {
	const char *path;
	sqlite3 *db;
	sqlite3_stmt *stmt;
};

static int complain(const struct tally *tally, int rc)
{
	char words[256];

	database_explain(tally->db, rc, words, sizeof(words));
	log_error("%s: %s", tally->path, words);
	return database_error(tally->db, rc);
}

static int tally_open(struct tally *tally, const char *sql, uint64_t since)
{
	int error = database_open_reader(&tally->db, tally->path), rc;

	if (error < 0)
		return error;
	rc = database_prepare(tally->db, sql, &tally->stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(tally->stmt, 1,
					(sqlite3_int64)since);
	return rc == SQLITE_OK ? 0 : complain(tally, rc);
}

static int tally_close(struct tally *tally, int error)
{
	int rc = sqlite3_finalize(tally->stmt);

	if (error == 0 && rc != SQLITE_OK)
		error = complain(tally, rc);
	sqlite3_close(tally->db);
	return error;
}

int tally_lists(const char *path, uint64_t since,
		void (*each)(void *context, const char *list, uint64_t count),
		void *context)
{
	struct tally tally = { .path = path };
	int error = tally_open(&tally, lists_sql, since);

	while (error == 0 && sqlite3_step(tally.stmt) == SQLITE_ROW) {
		const char *list =
			(const char *)sqlite3_column_text(tally.stmt, 0);

		if (list)
			each(context, list, (uint64_t)
			     sqlite3_column_int64(tally.stmt, 1));
	}
	return tally_close(&tally, error);
}

int tally_questions(const char *path, uint64_t since,
		    bool (*each)(void *context,
				 const struct tally_question *question),
		    void *context)
{
	struct tally tally = { .path = path };
	int error = tally_open(&tally, questions_sql, since);
	bool more = true;

	while (error == 0 && more && sqlite3_step(tally.stmt) == SQLITE_ROW) {
		struct tally_question question = {
			.name = (const char *)sqlite3_column_text(tally.stmt,
								  1),
			.type = (uint16_t)sqlite3_column_int(tally.stmt, 2),
			.count = (uint64_t)sqlite3_column_int64(tally.stmt,
								3),
		};
		int len = sqlite3_column_bytes(tally.stmt, 0);

		if (len == 4 || len == 16)
			address_from_raw(&question.client,
					 sqlite3_column_blob(tally.stmt, 0),
					 (size_t)len, 0);
		if (question.name)
			more = each(context, &question);
	}
	return tally_close(&tally, error);
}
