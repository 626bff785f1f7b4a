/*
 * Rows of any statement: whatever is in them, they can be read back, and no
 * byte of them steers a terminal.
 */
#include "review/result.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *db;

static void set_up(void)
{
	cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
}

static void tear_down(void)
{
	sqlite3_close(db);
}

TestSuite(result, .init = set_up, .fini = tear_down, .timeout = 60);

/* What is written for a statement; free(3). */
static char *written(const char *sql, enum print_form form, unsigned width)
{
	struct print_options options = { .form = form, .width = width };
	struct result *result;
	sqlite3_stmt *stmt;
	char *at = NULL;
	size_t len;

	options.out = open_memstream(&at, &len);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK,
		     "%s", sqlite3_errmsg(db));
	cr_assert_eq(result_open(&result, stmt, &options), 0);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		cr_assert(result_row(result));
	cr_assert(result_flush(result));
	result_close(result);
	sqlite3_finalize(stmt);
	fclose(options.out);
	return at;
}

static void expect(const char *sql, enum print_form form,
		   const char *expected)
{
	char *at = written(sql, form, 0);

	cr_expect_str_eq(at, expected, "%s", at);
	free(at);
}

Test(result, each_kind_of_value_in_each_form)
{
	static const char sql[] = "SELECT 7 AS n, 1.5 AS r, NULL AS z, "
				  "x'00ff' AS b, 'a,\"b' AS t";

	expect(sql, PRINT_TABLE, "n    r  z  b     t\n"
				 "7  1.5     00ff  a,\"b\n");
	expect(sql, PRINT_CSV, "n,r,z,b,t\r\n7,1.5,,00ff,\"a,\"\"b\"\r\n");
	expect(sql, PRINT_JSON, "{\"n\":7,\"r\":1.5,\"z\":null,"
				"\"b\":\"00ff\",\"t\":\"a,\\\"b\"}\n");
}

Test(result, no_row_still_has_titles)
{
	static const char sql[] = "SELECT 1 AS one, 2 AS two WHERE 0";

	expect(sql, PRINT_TABLE, "one  two\n");
	expect(sql, PRINT_CSV, "one,two\r\n");
	expect(sql, PRINT_JSON, "");
}

Test(result, text_of_a_stranger_is_escaped)
{
	static const char sql[] =
		"SELECT char(27) || '[2J' || char(155) AS \"\033\"";

	expect(sql, PRINT_TABLE, "\\027\n\\027[2J\\194\\155\n");
	expect(sql, PRINT_CSV, "\\027\r\n\\027[2J\\194\\155\r\n");
	expect("SELECT char(27) AS x", PRINT_JSON, "{\"x\":\"\\\\027\"}\n");
	expect("SELECT CAST(x'ff' AS TEXT) AS x", PRINT_JSON,
	       "{\"x\":\"\\\\255\"}\n");
	expect("SELECT '\303\274' AS x", PRINT_TABLE, "x\n\303\274\n");
}

/* Numbers below zero are numbers; text is what a formula is made of. */
Test(result, no_text_is_a_formula)
{
	expect("SELECT '=1+1' AS a, -1 AS b, '@x' AS c", PRINT_CSV,
	       "a,b,c\r\n\\0611+1,-1,\\064x\r\n");
}

Test(result, what_json_does_not_have)
{
	expect("SELECT 9e999 AS inf, 1 AS a, 2 AS a", PRINT_JSON,
	       "{\"inf\":null,\"a\":2}\n");
}

static void expect_lines_within(char *at, unsigned width)
{
	char *rest, *line;

	for (line = strtok_r(at, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		cr_expect_leq(strlen(line), width, "%s", line);
}

Test(result, a_table_fits_any_terminal)
{
	for (unsigned width = 10; width < 200; width += 7) {
		char *at = written("WITH RECURSIVE n(i) AS (SELECT 1 UNION "
				   "ALL SELECT i + 1 FROM n WHERE i < 200) "
				   "SELECT i, substr(hex(zeroblob(200)), 1, i) "
				   "AS a, i * i AS b, 'words' AS c FROM n",
				   PRINT_TABLE, width);

		expect_lines_within(at, width);
		free(at);
	}
}

Test(result, more_than_a_screenful)
{
	char *at = written("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
			   "SELECT i + 1 FROM n WHERE i < 1000) SELECT i "
			   "FROM n", PRINT_TABLE, 0);
	unsigned lines = 0;

	for (const char *c = at; *c != '\0'; c++)
		lines += *c == '\n';
	cr_expect_eq(lines, 1001);
	free(at);
}

Test(result, nobody_listens_any_more)
{
	struct print_options options = {
		.form = PRINT_CSV, .out = fopen("/dev/full", "w"),
	};
	struct result *result;
	sqlite3_stmt *stmt;

	cr_assert_not_null(options.out);
	cr_assert_eq(sqlite3_prepare_v2(db, "SELECT 1", -1, &stmt, NULL),
		     SQLITE_OK);
	cr_assert_eq(result_open(&result, stmt, &options), 0);
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
	result_row(result);
	cr_expect_not(result_flush(result));
	cr_expect_eq(errno, ENOSPC);
	result_close(result);
	sqlite3_finalize(stmt);
	fclose(options.out);
}
