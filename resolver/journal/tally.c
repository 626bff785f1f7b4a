/*
 * The virtual table gives the rows and SQLite groups; what does not fit its
 * cache goes into its temporary file, so that a long time takes no more memory
 * than a short one.
 */
#include "journal/tally.h"

#include <sqlite3.h>

#include "base/log.h"
#include "dns/record.h"
#include "journal/database.h"
#include "journal/query_table.h"

static const char lists_sql[] =
	"SELECT list, count(*) FROM query WHERE at >= ?1"
	" AND list IS NOT NULL GROUP BY list";

static const char questions_sql[] =
	"SELECT client, name COLLATE BINARY, type, count(*) FROM query"
	" WHERE at >= ?1 AND class = 'IN' GROUP BY 1, 2, 3";

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
	rc = query_table_register(tally->db, NULL);
	if (rc == SQLITE_OK)
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

/* The words of a row are read back: false, where there are none. */
static bool take_question(sqlite3_stmt *stmt, struct tally_question *question)
{
	const char *client = (const char *)sqlite3_column_text(stmt, 0);
	const char *type = (const char *)sqlite3_column_text(stmt, 2);

	*question = (struct tally_question){
		.name = (const char *)sqlite3_column_text(stmt, 1),
		.count = (uint64_t)sqlite3_column_int64(stmt, 3),
	};
	if (client != NULL)
		address_parse(&question->client, client, 0);
	return question->name != NULL && type != NULL &&
	       record_parse_type(type, &question->type) == 0;
}

int tally_questions(const char *path, uint64_t since,
		    bool (*each)(void *context,
				 const struct tally_question *question),
		    void *context)
{
	struct tally tally = { .path = path };
	int error = tally_open(&tally, questions_sql, since);
	struct tally_question question;
	bool more = true;

	while (error == 0 && more && sqlite3_step(tally.stmt) == SQLITE_ROW)
		if (take_question(tally.stmt, &question))
			more = each(context, &question);
	return tally_close(&tally, error);
}
