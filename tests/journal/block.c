/*
 * Blocks: what goes in comes out, field by field, and what is asked for is
 * what a look at every row would have found.
 */
#include "journal/block.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>

#include "../bench/household.h"
#include "base/error.h"
#include "rows.h"

static struct block_builder *builder;
static struct block *block;
static struct rows rows;

static void setup(void)
{
	builder = block_builder_new();
	block = block_new();
	cr_assert_not_null(builder);
	cr_assert_not_null(block);
}

static void teardown(void)
{
	block_builder_free(builder);
	block_free(block);
	rows_release(&rows);
	rows.row = NULL;
}

TestSuite(block, .init = setup, .fini = teardown);

static void open_sealed(const struct rows_sealed *sealed)
{
	cr_assert_eq(block_open(block, sealed->data), 0);
	cr_assert_eq(memcmp(block_summary(block), &sealed->summary,
			    sizeof(sealed->summary)), 0);
}

/* All of them, forwards and backwards. */
static void expect_all(const struct row *expected, size_t count)
{
	struct block_wanted all = { 0 };
	struct row row;

	cr_assert_eq(block_select(block, &all), 0);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(block_next(block, &row), 1);
		cr_assert(rows_same(&row, &expected[i]), "row %zu", i);
	}
	cr_assert_eq(block_next(block, &row), 0);
	cr_assert_eq(block_next(block, &row), 0);
	for (size_t i = count; i-- > 0;) {
		cr_assert_eq(block_previous(block, &row), 1);
		cr_assert(rows_same(&row, &expected[i]), "row %zu", i);
	}
	cr_assert_eq(block_previous(block, &row), 0);
}

Test(block, gives_every_field_back)
{
	static const size_t sizes[] = { 1, 2, 3, 40, 500, 3000 };

	for (unsigned seed = 0; seed < 60; seed++) {
		struct rows_sealed sealed;

		rows_make(&rows, seed, sizes[seed % 6]);
		rows_seal(builder, &rows, (int)(seed % 5) - 1, &sealed);
		open_sealed(&sealed);
		expect_all(rows.row, rows.count);
		rows_release(&rows);
		rows.row = NULL;
	}
}

Test(block, gives_a_household_back)
{
	static char texts[BLOCK_ROWS][96];
	static struct row expected[BLOCK_ROWS];
	struct household_trace *trace = household_trace_new(3, 1);
	struct block_summary summary;
	struct bytes data, filter;

	cr_assert_not_null(trace);
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		household_trace_next(trace, &expected[i]);
		memcpy(texts[i], expected[i].name.at, expected[i].name.len);
		expected[i].name.at = (const uint8_t *)texts[i];
		cr_assert(block_add(builder, &expected[i]));
	}
	household_trace_free(trace);
	cr_expect_not(block_add(builder, &expected[0]), "it is full");
	cr_assert_eq(block_end(builder, 3, &summary, &data, &filter), 0);
	cr_assert_eq(block_open(block, data), 0);
	expect_all(expected, BLOCK_ROWS);
	cr_expect_leq(data.len + filter.len, BLOCK_ROWS * 17 / 2,
		      "%zu bytes", data.len + filter.len);
}

Test(block, is_the_same_whatever_was_built_before)
{
	struct rows_sealed first, second;
	uint8_t *before;

	rows_make(&rows, 5, 700);
	rows_seal(builder, &rows, 3, &first);
	before = malloc(first.data.len);
	cr_assert_not_null(before);
	memcpy(before, first.data.at, first.data.len);
	rows_release(&rows);
	rows_make(&rows, 6, 3000);
	rows_seal(builder, &rows, 1, &second);
	rows_release(&rows);
	rows_make(&rows, 5, 700);
	rows_seal(builder, &rows, 3, &second);
	cr_assert_eq(second.data.len, first.data.len);
	cr_expect_eq(memcmp(second.data.at, before, first.data.len), 0);
	free(before);
}

Test(block, without_rows_is_none)
{
	struct block_summary summary;
	struct bytes data, filter;

	cr_expect_eq(block_end(builder, 3, &summary, &data, &filter),
		     ERROR_ABSENT);
}

Test(block, takes_only_numbers_that_rise)
{
	struct rows_sealed sealed;
	struct row row = { .number = 7 };

	cr_expect(block_add(builder, &row));
	cr_expect_not(block_add(builder, &row));
	row.number = 6;
	cr_expect_not(block_add(builder, &row));
	row.number = INT64_MAX;
	cr_expect(block_add(builder, &row));
	cr_expect_not(block_add(builder, &row));
	cr_assert_eq(block_end(builder, 1, &sealed.summary, &sealed.data,
			       &sealed.filter), 0);
	open_sealed(&sealed);
	cr_expect_eq(sealed.summary.number, 7);
	cr_expect_eq(sealed.summary.last, INT64_MAX);
}

Test(block, refuses_a_negative_number)
{
	struct rows_sealed sealed;
	struct row row = { .number = INT64_MIN };

	cr_expect(block_add(builder, &row));
	cr_expect_eq(block_end(builder, 1, &sealed.summary, &sealed.data,
			       &sealed.filter), ERROR_MALFORMED);
}

/* Nobody prints such a name, but somebody may write one into a database. */
Test(block, cuts_what_is_no_name)
{
	static uint8_t text[3 << 20];
	struct rows_sealed sealed;
	struct row row = { .number = 1, .name = { text, sizeof(text) } };

	memset(text, 'a', sizeof(text));
	cr_assert(block_add(builder, &row));
	cr_assert_eq(block_end(builder, 1, &sealed.summary, &sealed.data,
			       &sealed.filter), 0);
	open_sealed(&sealed);
	row.name.len = NAME_TEXT;
	expect_all(&row, 1);
}

Test(block, is_full_when_its_names_are)
{
	static uint8_t text[NAME_TEXT];
	struct rows_sealed sealed;
	struct row row = { .name = { text, sizeof(text) } };

	memset(text, 'a', sizeof(text));
	while (row.number++, block_add(builder, &row))
		memcpy(text, &row.number, sizeof(row.number));
	cr_expect_gt(row.number, 2000);
	cr_expect_lt(row.number, BLOCK_ROWS);
	cr_assert_eq(block_end(builder, 1, &sealed.summary, &sealed.data,
			       &sealed.filter), 0);
	open_sealed(&sealed);
	cr_expect_eq(sealed.summary.rows, row.number - 1);
	block_begin(builder);
	cr_expect(block_add(builder, &row), "another begins");
}

/* --- selecting, beside a look at every row --- */

struct asked {
	struct bytes name;
	uint8_t client;			/* its first byte */
	unsigned names, clients;	/* how often */
};

static bool wants_name(void *context, struct bytes name)
{
	struct asked *asked = context;

	asked->names++;
	return rows_same_text(name, asked->name);
}

static bool wants_client(void *context, struct bytes address)
{
	struct asked *asked = context;

	asked->clients++;
	return address.len > 0 && address.at[0] == asked->client;
}

static bool is_wanted(const struct block_wanted *wanted,
		      const struct row *row)
{
	const struct asked *asked = wanted->context;

	return row->time >= wanted->since &&
	       (!wanted->until || row->time <= wanted->until) &&
	       (!wanted->after || row->number > wanted->after) &&
	       (!wanted->through || row->number <= wanted->through) &&
	       (!wanted->wants_name ||
		rows_same_text(row->name, asked->name)) &&
	       (!wanted->wants_client ||
		(row->client_len > 0 && row->client[0] == asked->client));
}

static void expect_same(const struct block_wanted *wanted)
{
	struct row row;

	cr_assert_eq(block_select(block, wanted), 0);
	for (size_t i = 0; i < rows.count; i++) {
		if (!is_wanted(wanted, &rows.row[i]))
			continue;
		cr_assert_eq(block_next(block, &row), 1);
		cr_assert(rows_same(&row, &rows.row[i]), "row %zu", i);
	}
	cr_assert_eq(block_next(block, &row), 0);
	cr_assert_eq(block_select(block, wanted), 0);
	for (size_t i = rows.count; i-- > 0;) {
		if (!is_wanted(wanted, &rows.row[i]))
			continue;
		cr_assert_eq(block_previous(block, &row), 1);
		cr_assert(rows_same(&row, &rows.row[i]), "row %zu", i);
	}
	cr_assert_eq(block_previous(block, &row), 0);
}

static void ask_anything(struct block_wanted *wanted, struct asked *asked)
{
	const struct row *some = &rows.row[rows_draw(&rows) % rows.count];
	const struct row *other = &rows.row[rows_draw(&rows) % rows.count];
	uint64_t which = rows_draw(&rows);

	*asked = (struct asked){ .name = some->name,
				 .client = other->client[0] };
	*wanted = (struct block_wanted){ .context = asked };
	if (which & 1)
		wanted->since = some->time;
	if (which & 2)
		wanted->until = other->time;
	if (which & 4)
		wanted->after = some->number;
	if (which & 8)
		wanted->through = other->number;
	if (which & 16)
		wanted->wants_name = wants_name;
	if (which & 32)
		wanted->wants_client = wants_client;
}

Test(block, selects_what_a_look_at_all_rows_finds)
{
	for (unsigned seed = 100; seed < 120; seed++) {
		struct block_wanted wanted;
		struct rows_sealed sealed;
		struct asked asked;

		rows_make(&rows, seed, 1 + seed * 3);
		rows_seal(builder, &rows, 1, &sealed);
		open_sealed(&sealed);
		for (unsigned i = 0; i < 200; i++) {
			ask_anything(&wanted, &asked);
			expect_same(&wanted);
		}
		rows_release(&rows);
		rows.row = NULL;
	}
}

Test(block, asks_once_for_each_name_and_client)
{
	struct asked asked = { .name = { (const uint8_t *)"a.example", 9 } };
	struct block_wanted wanted = {
		.wants_name = wants_name, .wants_client = wants_client,
		.context = &asked,
	};
	struct rows_sealed sealed;

	for (int64_t i = 0; i < 100; i++) {
		struct row row = { .number = i, .client_len = 4,
				   .client = { (uint8_t)(i % 3) } };

		row.name = bytes_of_string(i % 2 ? "a.example" : "b.example");
		cr_assert(block_add(builder, &row));
	}
	cr_assert_eq(block_end(builder, 1, &sealed.summary, &sealed.data,
			       &sealed.filter), 0);
	open_sealed(&sealed);
	cr_assert_eq(block_select(block, &wanted), 0);
	cr_expect_eq(asked.names, 2);
	cr_expect_eq(asked.clients, 3);
}

Test(block, goes_on_from_the_row_that_was_given_last)
{
	struct block_wanted all = { 0 };
	struct rows_sealed sealed;
	struct row row;

	rows_make(&rows, 9, 10);
	rows_seal(builder, &rows, 1, &sealed);
	open_sealed(&sealed);
	cr_assert_eq(block_select(block, &all), 0);
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(block_next(block, &row), 1);
	cr_assert_eq(block_previous(block, &row), 1);
	cr_expect_eq(row.number, rows.row[1].number);
	cr_assert_eq(block_next(block, &row), 1);
	cr_expect_eq(row.number, rows.row[2].number);
}

Test(block, is_closed_until_one_is_open)
{
	struct block_wanted all = { 0 };
	struct row row;

	cr_expect_eq(block_select(block, &all), ERROR_DAMAGED);
	cr_expect_eq(block_next(block, &row), 0);
	cr_expect_eq(block_previous(block, &row), 0);
}

/* --- padding --- */

static void sql(sqlite3 *db, const char *words)
{
	cr_assert_eq(sqlite3_exec(db, words, NULL, NULL, NULL), SQLITE_OK,
		     "%s: %s", words, sqlite3_errmsg(db));
}

static sqlite3_int64 number_of(sqlite3 *db, const char *words)
{
	sqlite3_stmt *stmt;
	sqlite3_int64 number;

	cr_assert_eq(sqlite3_prepare_v2(db, words, -1, &stmt, NULL),
		     SQLITE_OK, "%s", sqlite3_errmsg(db));
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
	number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return number;
}

/* SQLite itself says how many rows a leaf has, where it was built so. */
Test(block, padding_keeps_blocks_on_pages_of_their_own)
{
	sqlite3 *db;
	char words[128];

	cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	sql(db, "PRAGMA page_size = 4096");
	sql(db, "CREATE TABLE t (number INTEGER PRIMARY KEY, data BLOB)");
	for (size_t i = 1; i < 400; i++) {
		size_t len = i * 97;

		cr_assert_leq(block_padding(len), 2600, "%zu", len);
		snprintf(words, sizeof(words),
			 "INSERT INTO t VALUES (%zu, zeroblob(%zu))",
			 i * 10000000, len + block_padding(len));
		sql(db, words);
	}
	if (sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB"))
		cr_expect_eq(number_of(db, "SELECT max(ncell) FROM dbstat "
				       "WHERE name = 't' AND "
				       "pagetype = 'leaf'"), 1);
	sqlite3_close(db);
}

Test(block, reads_what_is_padded)
{
	struct rows_sealed sealed;
	uint8_t *padded;
	size_t len;

	rows_make(&rows, 4, 50);
	rows_seal(builder, &rows, 1, &sealed);
	len = sealed.data.len;
	padded = calloc(1, len + 100);
	cr_assert_not_null(padded);
	memcpy(padded, sealed.data.at, len);
	sealed.data = bytes_of(padded, len + 100);
	open_sealed(&sealed);
	expect_all(rows.row, rows.count);
	padded[len + 99] = 1;
	cr_expect_eq(block_open(block, sealed.data), ERROR_DAMAGED);
	free(padded);
}
