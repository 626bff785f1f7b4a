/*
 * The file is open for reading only, and what is no question is refused
 * before it begins: nothing can be attached, changed, loaded or left open.
 */
#include "review/question.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/utf8.h"
#include "journal/block.h"
#include "journal/database.h"
#include "journal/query_table.h"
#include "review/result.h"

enum { VALUE_MAX = 64 << 20 };		/* bytes of a value */

struct question {
	sqlite3 *db;
	const struct print_options *print;
	struct text *trouble;
};

static int say(const struct question *question, int error, const char *words)
{
	utf8_put_hostile(question->trouble, bytes_of_string(words));
	return error;
}

/* --- what may be asked --- */

/* Those that tell of the tables, and what the virtual table itself asks. */
static bool may_be_told(const char *pragma)
{
	static const char *const harmless[] = {
		"data_version", "table_info", "table_xinfo", "table_list",
		"index_list", "index_info", "user_version", "application_id",
		"compile_options", "integrity_check", "quick_check",
		"page_count", "page_size", "freelist_count",
	};

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (strcasecmp(harmless[i], pragma) == 0)
			return true;
	return false;
}

static int authorize(void *context, int action, const char *first,
		     const char *second, const char *database,
		     const char *trigger)
{
	(void)context, (void)second, (void)database, (void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_PRAGMA:
		return may_be_told(first) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_UPDATE:
		/* What it calls the declaration of a virtual table; nobody may
		   do it by himself. */
		return strcmp(first, "sqlite_master") == 0 ? SQLITE_OK
							   : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static void warn_damaged(void *context, const struct block_summary *block)
{
	(void)context;
	log_warning("block %" PRId64 " is damaged: %" PRIu32 " rows are left "
		    "out", block->number, block->rows);
}

static int question_open(struct question *question, const char *path)
{
	struct query_table_options options = { .damaged = warn_damaged };
	int error = database_open_reader(&question->db, path), rc;

	if (error < 0)
		return error;
	sqlite3_limit(question->db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	rc = query_table_register(question->db, &options);
	if (rc == SQLITE_OK)
		rc = sqlite3_set_authorizer(question->db, authorize, NULL);
	return rc == SQLITE_OK ? 0 : say(question, ERROR_DATABASE,
					 sqlite3_errmsg(question->db));
}

/* --- answers --- */

static int show_rows(struct question *question, sqlite3_stmt *stmt,
		     struct result *result)
{
	bool goes_on = true;

	while (goes_on && sqlite3_step(stmt) == SQLITE_ROW)
		goes_on = result_row(result);
	if (!goes_on || !result_flush(result))
		return say(question, -errno, error_words(-errno));
	return sqlite3_reset(stmt) == SQLITE_OK
	       ? 0 : say(question, ERROR_DATABASE,
			 sqlite3_errmsg(question->db));
}

static int show(struct question *question, sqlite3_stmt *stmt)
{
	struct result *result;
	int error = result_open(&result, stmt, question->print);

	if (error == ERROR_ABSENT)
		return say(question, error, "built without jansson, so there "
			   "is no --json");
	if (error < 0)
		return say(question, error, error_words(error));
	error = show_rows(question, stmt, result);
	result_close(result);
	return error;
}

static int refuse(struct question *question, int rc)
{
	if (rc == SQLITE_AUTH)
		return say(question, ERROR_REFUSED, "the journal is only "
			   "read here: SELECT, and PRAGMA table_info and its "
			   "like");
	return say(question, ERROR_MALFORMED, sqlite3_errmsg(question->db));
}

/* One statement after the other, to the first that fails. */
static int ask(struct question *question, const char *sql)
{
	sqlite3_stmt *stmt;
	int error = 0, rc;

	while (error == 0 && *sql != '\0') {
		rc = sqlite3_prepare_v2(question->db, sql, -1, &stmt, &sql);
		if (rc != SQLITE_OK)
			return refuse(question, rc);
		if (stmt != NULL)
			error = show(question, stmt);
		sqlite3_finalize(stmt);
	}
	return error;
}

int question_ask(const char *path, const char *sql,
		 const struct print_options *print, struct text *trouble)
{
	struct question question = { .print = print, .trouble = trouble };
	int error = question_open(&question, path);

	if (error == 0)
		error = ask(&question, sql);
	sqlite3_close(question.db);
	return error;
}
