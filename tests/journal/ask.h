/*
 * Questions to the database of a fixture, as SQL.
 */
#ifndef TESTS_JOURNAL_ASK_H
#define TESTS_JOURNAL_ASK_H

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "journal/query_table.h"

/* The first column of the first row as text; "" for NULL or no row. */
static UNUSED void fixture_ask(const struct fixture *fixture, const char *sql,
			       char *answer, size_t room)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;
	const char *text = NULL;

	cr_assert_eq(sqlite3_open_v2(fixture->database, &db,
				     SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	cr_assert_eq(query_table_register(db, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK,
		     "%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(stmt) == SQLITE_ROW)
		text = (const char *)sqlite3_column_text(stmt, 0);
	snprintf(answer, room, "%s", text != NULL ? text : "");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* Rows, wherever they are. */
#define FIXTURE_ROWS "((SELECT count(*) FROM tail) + " \
	"(SELECT coalesce(sum(rows), 0) FROM block))"

static UNUSED int64_t fixture_number(const struct fixture *fixture,
				     const char *sql)
{
	char answer[64];

	fixture_ask(fixture, sql, answer, sizeof(answer));
	return strtoll(answer, NULL, 10);
}

static UNUSED void fixture_run(const struct fixture *fixture, const char *sql)
{
	sqlite3 *db;
	char *words = NULL;

	cr_assert_eq(sqlite3_open(fixture->database, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	sqlite3_exec(db, sql, NULL, NULL, &words);
	cr_assert_null(words, "%s: %s", sql, words);
	sqlite3_close(db);
}

/* How many files of the folder have a name that begins so. */
static UNUSED unsigned fixture_files(const struct fixture *fixture,
				     const char *pattern)
{
	char command[256], answer[32] = "";
	FILE *pipe;

	snprintf(command, sizeof(command), "ls -d %s/%s 2>/dev/null | wc -l",
		 fixture->folder, pattern);
	pipe = popen(command, "r");
	cr_assert_not_null(pipe);
	cr_assert_not_null(fgets(answer, sizeof(answer), pipe));
	pclose(pipe);
	return (unsigned)strtoul(answer, NULL, 10);
}

#endif
