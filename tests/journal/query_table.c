/*
 * What the virtual table is asked in a way it knows must be what SQLite finds
 * when it looks at all rows itself.
 */
#include "journal/query_table.h"

#include <time.h>

#include "archive.h"

enum { ROWS = 1500, ROUNDS = 400 };

static struct fixture fixture;
static sqlite3 *db;

static const char *const names[] = {
	"example", "a.example", "B.a.Example", "notexample", "other",
	"a.other", "x.example", "a\\.example",
};

/* Devices: 1 is 10.0.0.1, and 10.0.0.2 from the middle on; 2 was before. */
static const char devices[] =
	"INSERT INTO device VALUES (1, x'020000000001', 1, 9),"
	" (2, x'020000000002', 1, 9);"
	"INSERT INTO device_address VALUES (x'0a000001', 1, 1),"
	" (x'0a000002', 1, 2), (x'0a000002', 750000, 1);"
	"INSERT INTO device_name VALUES (1, 'given', 1, 'laptop');"
	"INSERT INTO image VALUES (3, 1, 1, 1, NULL);"
	"INSERT INTO image_list VALUES (3, 0, 'ads', 17, 1, NULL, 1, 0);"
	"INSERT INTO upstream VALUES (5, '9.9.9.9');";

static void fill(sqlite3 *writer)
{
	archive_run(writer, devices);
	archive_run(writer, "BEGIN");
	for (int i = 1; i <= ROWS; i++) {
		struct row row = {
			.number = 2 * i, .time = (uint64_t)i * 1000,
			.name = bytes_of_string(names[i % 8]),
			.client = { 10, 0, 0, (uint8_t)(i % 5) },
			.client_len = 4, .type = (uint16_t)(1 + i % 2 * 27),
			.verdict = (uint8_t)(i % 4), .image = 3,
			.list = i % 4 == 1 ? 0 : ROW_NO_LIST, .line = 7,
			.upstream = i % 3 == 0 ? 5 : 0,
			.duration = (uint32_t)i, .ttl = 60,
		};

		if (i % 7 == 0)
			row.alias = bytes_of_string("alias.example");
		archive_put(writer, &row);
	}
	archive_run(writer, "COMMIT");
}

static void set_up(void)
{
	sqlite3 *writer;

	setenv("TZ", "UTC0", 1);
	tzset();
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	writer = archive_open(&fixture);
	fill(writer);
	for (int i = 0; i < 1200; i += 150)
		archive_seal(writer, i + 1, i + 150);
	sqlite3_close(writer);
	db = archive_read(&fixture);
	cr_assert_eq(query_table_register(db, NULL), SQLITE_OK);
}

static void tear_down(void)
{
	cr_assert_eq(sqlite3_close(db), SQLITE_OK);
	fixture_remove(&fixture);
}

TestSuite(query_table, .init = set_up, .fini = tear_down, .timeout = 60);

/* All of the first column, one after the other. */
static const char *ask(const char *sql)
{
	static char answer[1 << 17];
	sqlite3_stmt *stmt = archive_prepare(db, sql);
	struct text text;

	text_init(&text, answer, sizeof(answer));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *value = (const char *)sqlite3_column_text(stmt, 0);

		text_put(&text, "%s ", value != NULL ? value : "NULL");
	}
	cr_assert_eq(sqlite3_finalize(stmt), SQLITE_OK, "%s: %s", sql,
		     sqlite3_errmsg(db));
	cr_assert(!text.cut);
	return answer;
}

/* A term SQLite may hand down, and the same behind a + so that it may not. */
static void put_term(uint64_t *seed, struct text *down, struct text *kept)
{
	static const char *const operators[] = { "=", "<", "<=", ">", ">=" };
	static const char *const values[] = {
		"750", "1500.5", "-3", "0", "9000", "'x'", "NULL", "2999",
		"750000", "1e300", "-1e300", "9223372036854775807", "''",
		"749999.5", "x'31'", "1000000",
	};
	static const char *const words[] = {
		"verdict = 'sunk'", "verdict = 'pass'", "verdict = 'none'",
		"client = '10.0.0.2'", "client = '10.0.0.9'",
		"name = 'example'", "name = 'A.EXAMPLE'", "name = 'a..b'",
		"client = 'nonsense'", "verdict = NULL", "name = 'other'",
	};
	uint64_t bits = fixture_random(seed);
	char term[64];

	if (bits % 3 > 0)
		snprintf(term, sizeof(term), "%s %s %s",
			 bits / 3 % 2 ? "number" : "at",
			 operators[bits / 8 % 5], values[bits / 64 % 16]);
	else
		snprintf(term, sizeof(term), "%s", words[bits / 8 % 11]);
	text_put(down, " AND %s", term);
	text_put(kept, " AND +%s%s", term,
		 strncmp(term, "name", 4) == 0 ? " COLLATE NOCASE" : "");
}

Test(query_table, any_question_gives_what_all_rows_give)
{
	static const char *const orders[] = {
		"", " ORDER BY number", " ORDER BY number DESC",
		" ORDER BY rowid DESC", " ORDER BY at, number",
	};
	uint64_t seed = 11;

	for (int round = 0; round < ROUNDS; round++) {
		const char *order = orders[fixture_random(&seed) % 5];
		char one[512], other[512], *expected;
		struct text down, kept;

		text_init(&down, one, sizeof(one));
		text_init(&kept, other, sizeof(other));
		text_put(&down, "SELECT number FROM query WHERE 1");
		text_put(&kept, "SELECT number FROM query WHERE 1");
		for (uint64_t i = fixture_random(&seed) % 4; i > 0; i--)
			put_term(&seed, &down, &kept);
		text_put(&down, "%s", order);
		text_put(&kept, "%s", order);
		fprintf(stderr, "%s\n", one);
		expected = strdup(ask(other));
		cr_assert_str_eq(ask(one), expected, "%s", one);
		free(expected);
	}
}

Test(query_table, a_row_in_words)
{
	cr_expect_str_eq(ask("SELECT concat FROM (SELECT number || '|' || "
		"time || '|' || client || '|' || transport || '|' || name || "
		"'|' || type || '|' || verdict || '|' || source || '|' || "
		"rcode || '|' || answered || '|' || list || '|' || version "
		"|| '|' || line || '|' || upstream || '|' || ms || '|' || "
		"device || '|' || ttl || '|' || at || '|' || day || '|' || "
		"class AS concat FROM query WHERE number = 42)"),
		"42|1970-01-01 00:00:00.021|10.0.0.1|udp|a.other|AAAA|sunk|"
		"cache|NOERROR|1|ads|17|7|9.9.9.9|0.021|laptop|60|21000|"
		"1970-01-01|IN ");
	cr_expect_str_eq(ask("SELECT coalesce(action, list, version, "
			     "upstream, alias, device, below) FROM query "
			     "WHERE number = 8"), "NULL ");
	cr_expect_str_eq(ask("SELECT alias FROM query WHERE number = 14"),
			 "alias.example ");
}

Test(query_table, below_takes_a_name_and_all_below_it)
{
	static char expected[1 << 17];

	strcpy(expected, ask("SELECT number FROM query WHERE name LIKE "
			     "'example' OR (name LIKE '%.example' AND name "
			     "NOT LIKE '%\\.example')"));
	cr_expect_str_eq(ask("SELECT number FROM query WHERE below = "
			     "'Example.'"), expected);
	cr_expect_str_eq(ask("SELECT count(*) FROM query WHERE below = 'a."
			     "example' AND name = 'b.a.example'"), "188 ");
	cr_expect_str_eq(ask("SELECT count(*) FROM query WHERE below = '.'"),
			 "1500 ");
	cr_expect_str_eq(ask("SELECT count(*) FROM query WHERE below IN "
			     "('other', 'x.example')"), "562 ");
	cr_expect_str_eq(ask("SELECT sum(n) FROM (SELECT (SELECT count(*) "
			     "FROM query WHERE below = t.x) AS n FROM "
			     "(SELECT 'other' AS x UNION SELECT 'x.example') "
			     "AS t)"), "562 ");
}

/* Each address in the time when it was the device's. */
Test(query_table, a_device_by_any_of_its_names)
{
	static const char *const words[] = {
		"laptop", "LAPTOP", "02:00:00:00:00:01", "10.0.0.1", "#1",
	};
	char sql[128];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM query WHERE "
			 "device = '%s'", words[i]);
		cr_expect_str_eq(ask(sql), "450 ", "%s: %s", words[i],
				 ask(sql));
	}
	cr_expect_str_eq(ask("SELECT count(*) FROM query WHERE device = "
			     "'laptop' AND client = '10.0.0.2'"), "150 ");
	cr_expect_str_eq(ask("SELECT count(*) FROM query WHERE device = "
			     "'nobody'"), "0 ");
	cr_expect_str_eq(ask("SELECT DISTINCT device FROM query ORDER BY 1"),
			 "NULL 02:00:00:00:00:02 laptop ");
}

Test(query_table, a_client_by_its_prefix)
{
	cr_expect_str_eq(ask("SELECT count(*) FROM query WHERE client = "
			     "'10.0.0.0/31'"), "600 ");
	cr_expect_str_eq(ask("SELECT count(*) FROM query WHERE client = "
			     "'fd00::/8'"), "0 ");
}

/* The answer is in the last rows: a year before them costs nothing. */
Test(query_table, order_by_number_needs_no_sorting)
{
	cr_expect_str_eq(ask("SELECT count(*) FROM (SELECT 1)"), "1 ");
	cr_expect_null(strstr(ask("SELECT group_concat(detail) FROM (SELECT "
				  "1 AS detail)"), "SORT"));
	for (int i = 0; i < 2; i++) {
		sqlite3_stmt *stmt = archive_prepare(db, i == 0
			? "EXPLAIN QUERY PLAN SELECT * FROM query "
			  "ORDER BY number DESC LIMIT 5"
			: "EXPLAIN QUERY PLAN SELECT * FROM query "
			  "ORDER BY name LIMIT 5");
		bool sorts = false;

		while (sqlite3_step(stmt) == SQLITE_ROW)
			sorts |= strstr((const char *)sqlite3_column_text(
					stmt, 3), "B-TREE") != NULL;
		sqlite3_finalize(stmt);
		cr_expect_eq(sorts, i == 1);
	}
	cr_expect_str_eq(ask("SELECT number FROM query ORDER BY number DESC "
			     "LIMIT 3"), "3000 2998 2996 ");
}

Test(query_table, a_statement_can_be_asked_again)
{
	sqlite3_stmt *stmt = archive_prepare(db, "SELECT count(*) FROM query "
					     "WHERE number > ?");

	for (int i = 0; i <= 3000; i += 300) {
		sqlite3_bind_int(stmt, 1, i);
		cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
		cr_expect_eq(sqlite3_column_int(stmt, 0), (3000 - i) / 2);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
}

Test(query_table, joined_with_itself)
{
	cr_expect_str_eq(ask("SELECT count(*) FROM query AS a JOIN query AS b "
			     "ON b.number = a.number + 2 WHERE a.number > "
			     "2900"), "49 ");
}

static void count_damaged(void *context, const struct block_summary *block)
{
	cr_expect_eq(block->number, 152);
	++*(unsigned *)context;
}

Test(query_table, a_block_that_is_damaged_is_told)
{
	unsigned told = 0;
	struct query_table_options options = { count_damaged, &told };
	sqlite3 *writer = archive_open(&fixture);

	archive_run(writer, "DELETE FROM block_data WHERE number = 152");
	sqlite3_close(writer);
	cr_assert_eq(query_table_register(db, &options), SQLITE_OK);
	cr_expect_str_eq(ask("SELECT count(*) FROM query"), "1425 ");
	cr_expect_eq(told, 1);
}

Test(query_table, not_over_a_database_of_something_else)
{
	sqlite3_stmt *stmt;
	sqlite3 *other;

	cr_assert_eq(sqlite3_open(":memory:", &other), SQLITE_OK);
	cr_assert_eq(query_table_register(other, NULL), SQLITE_OK);
	cr_expect_neq(sqlite3_prepare_v2(other, "SELECT * FROM query", -1,
					 &stmt, NULL), SQLITE_OK);
	cr_expect_not_null(strstr(sqlite3_errmsg(other), "not a journal"));
	sqlite3_close(other);
}
