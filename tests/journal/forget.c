/*
 * What is forgotten is in no byte of the files, what is not is as it was, and
 * the chain says so.
 */
#include "journal/forget.h"

#include <ctype.h>

#include "journal/edit.h"
#include "journal/hours.h"
#include "journal/ledger.h"
#include "journal/scan.h"
#include "stock.h"

enum { ROWS = 6000 };

static struct fixture fixture;
static struct devices *devices;
static struct ledger *ledger;
static sqlite3 *db;

static void set_up(void)
{
	struct ledger_options options;

	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	db = stock_open(&fixture);
	cr_assert_eq(devices_load(&devices, db), SQLITE_OK);
	options = (struct ledger_options){ .devices = devices };
	cr_assert_eq(ledger_open(&ledger, db, &options), SQLITE_OK);
	stock_run(db, "ATTACH ':memory:' AS mine;"
		  "CREATE TABLE mine.copy (number INTEGER PRIMARY KEY, time,"
		  " device, name, alias, verdict);"
		  "CREATE TABLE mine.found (number INTEGER PRIMARY KEY, time,"
		  " device, name, alias, verdict);"
		  "CREATE TABLE mine.hour (device, name, hour, count, sunk)");
}

static void tear_down(void)
{
	ledger_close(ledger);
	devices_free(devices);
	sqlite3_close(db);
	fixture_remove(&fixture);
}

TestSuite(forget, .init = set_up, .fini = tear_down, .timeout = 120);

static int64_t device_of(const struct row *row)
{
	struct address address;
	int64_t device;

	address_from_raw(&address, row->client, row->client_len, 0);
	cr_assert_eq(devices_take(devices, db, &address, row->time, &device),
		     SQLITE_OK);
	return device;
}

static void copy_row(const char *table, const struct row *row)
{
	sqlite3_stmt *stmt;
	char sql[96];

	snprintf(sql, sizeof(sql), "INSERT INTO mine.%s VALUES (?, ?, ?, ?, ?,"
		 " ?)", table);
	sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	sqlite3_bind_int64(stmt, 1, row->number);
	sqlite3_bind_int64(stmt, 2, (int64_t)row->time);
	sqlite3_bind_int64(stmt, 3, row->client[3]);
	stock_bind_text(stmt, 4, row->name);
	stock_bind_text(stmt, 5, row->alias.len > 0 ? row->alias
						    : bytes_of_string(""));
	sqlite3_bind_int(stmt, 6, row->verdict);
	sqlite3_step(stmt);
	cr_assert_eq(sqlite3_finalize(stmt), SQLITE_OK);
}

/* One in eight is about what is to be forgotten. */
static void name_of(char name[64], char alias[64], uint64_t draw)
{
	static const char *const secret[] = {
		"Secret-Clinic.example", "www.secret-clinic.example",
		"a.b.SECRET-CLINIC.EXAMPLE", "n1.example.org",
	};

	alias[0] = '\0';
	snprintf(name, 64, "n%u.Example.%s", (unsigned)(draw >> 32) % 300,
		 draw >> 60 > 7 ? "org" : "com");
	if (draw % 8 != 0)
		return;
	snprintf(name, 64, "%s", secret[draw / 8 % 4]);
	if (draw / 8 % 4 == 3)
		snprintf(alias, 64, "cdn7.secret-clinic.example");
}

static void put_rows(unsigned count)
{
	uint64_t random = 88172645463325252;
	char name[64], alias[64];

	stock_run(db, "BEGIN");
	for (unsigned i = 0; i < count; i++) {
		uint64_t draw = fixture_random(&random);
		struct row row;

		name_of(name, alias, draw);
		row = stock_row(name, (uint8_t)(1 + draw / 1024 % 5),
				i * (4 * STOCK_DAY / ROWS));
		row.alias = bytes_of_string(alias);
		row.verdict = draw / 65536 % 3 == 0;
		row.number = i + 1;
		stock_put(db, &row);
		device_of(&row);
		copy_row("copy", &row);
		cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	}
	cr_assert_eq(ledger_flush(ledger), SQLITE_OK);
	stock_run(db, "COMMIT");
}

/* Blocks and a tail; two days in the hours, and two that are rows. */
static void fill(void)
{
	bool more = true;

	put_rows(ROWS);
	for (unsigned i = 0; i < 5; i++)
		stock_seal(db, 1000);
	while (more)
		cr_assert_eq(hours_seal(db, devices, STOCK_START +
					5 * STOCK_DAY / 2, &more), SQLITE_OK);
	cr_assert_gt(stock_number(db, "SELECT count(*) FROM hours"), 1);
	stock_run(db, "INSERT INTO decision VALUES"
		  " ('secret-clinic.example', 'watch', NULL, 1),"
		  " ('n1.example.org', 'fine', NULL, 1);"
		  "INSERT INTO device_name VALUES"
		  " (1, 'ptr', 5, 'pc.secret-clinic.example'),"
		  " (1, 'given', 5, 'my pc')");
	cr_assert_eq(devices_reload(devices, db), SQLITE_OK);
}

/* As the daemon does it; at most so many steps. */
static struct forget_counts run_steps(const struct forget_what *what,
				      unsigned most)
{
	struct forget_counts counts;
	struct forget *forget;

	cr_assert_eq(forget_new(&forget, what, STOCK_START), 0);
	while (!forget_is_done(forget) && most-- > 0) {
		stock_run(db, "BEGIN IMMEDIATE");
		cr_assert_eq(forget_step(db, forget), SQLITE_OK, "%s",
			     sqlite3_errmsg(db));
		stock_run(db, "COMMIT");
	}
	counts = *forget_counted(forget);
	forget_free(forget);
	return counts;
}

static struct forget_counts forget_it(const struct forget_what *what)
{
	struct forget_counts counts = run_steps(what, 10000);

	cr_assert_eq(edit_empty_log(db), SQLITE_OK);
	return counts;
}

static bool keep_hour(void *context, const struct hours_count *count)
{
	char *sql = sqlite3_mprintf("INSERT INTO mine.hour VALUES (%lld, %Q,"
				    " %llu, %llu, %llu)",
				    (long long)count->device, count->name,
				    (unsigned long long)count->hour,
				    (unsigned long long)count->count,
				    (unsigned long long)count->sunk);

	(void)context;
	stock_run(db, sql);
	sqlite3_free(sql);
	return true;
}

static void find_all(void)
{
	struct scan_filter filter = { 0 };
	struct hours_filter hours = { 0 };
	struct scan *scan;
	struct row row;
	int got;

	stock_run(db, "DELETE FROM mine.found; DELETE FROM mine.hour");
	cr_assert_eq(scan_open(&scan, db, &filter), 0);
	while ((got = scan_next(scan, &row)) > 0)
		copy_row("found", &row);
	cr_assert_eq(got, 0);
	scan_close(scan);
	cr_assert_eq(hours_each(db, &hours, keep_hour, NULL), 0);
}

/* Rows of both that are in one only. */
static int64_t difference(const char *one, const char *other)
{
	int64_t count;
	char *sql = sqlite3_mprintf("WITH a AS (%s), b AS (%s) SELECT (SELECT"
				    " count(*) FROM (SELECT * FROM a EXCEPT"
				    " SELECT * FROM b)) + (SELECT count(*)"
				    " FROM (SELECT * FROM b EXCEPT SELECT *"
				    " FROM a))", one, other);

	count = stock_number(db, sql);
	sqlite3_free(sql);
	return count;
}

#define DEVICE "(SELECT device FROM device_address WHERE address =" \
	" unhex_of(copy.device))"

static void unhex_of(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	uint8_t raw[4] = { 192, 168, 0, 0 };

	(void)argc;
	raw[3] = (uint8_t)sqlite3_value_int(argv[0]);
	sqlite3_result_blob(context, raw, 4, SQLITE_TRANSIENT);
}

/* Rows, ledger and hours are those of the rows that are left of the copy. */
static void expect_all_of_copy(void)
{
	sqlite3_create_function(db, "unhex_of", 1, SQLITE_UTF8, NULL,
				unhex_of, NULL, NULL);
	find_all();
	cr_assert_gt(stock_number(db, "SELECT count(*) FROM mine.copy"), 100);
	cr_assert_eq(difference("SELECT * FROM mine.copy",
				"SELECT * FROM mine.found"), 0);
	cr_assert_eq(difference("SELECT " DEVICE ", lower(name), min(time),"
				" max(time), count(*), sum(verdict = 1) FROM"
				" mine.copy AS copy GROUP BY 1, 2",
				"SELECT * FROM ledger"), 0);
	cr_assert_eq(difference("SELECT " DEVICE ", lower(name), time - time"
				" % 3600000000, count(*), sum(verdict = 1)"
				" FROM mine.copy AS copy GROUP BY 1, 2, 3",
				"SELECT device, name, hour, sum(count),"
				" sum(sunk) FROM mine.hour GROUP BY 1, 2, 3"),
		     0);
}

static void expect_chain(unsigned redacted, unsigned untouched)
{
	cr_assert_eq(stock_links(db, CHAIN_REDACTED), redacted);
	cr_assert_eq(stock_links(db, CHAIN_OK), untouched);
	cr_assert_eq(stock_links(db, CHAIN_TAMPERED), 0);
	cr_assert_eq(stock_links(db, CHAIN_MISSING), 0);
}

/* In any case, in any byte of the file; how often. */
static unsigned occurrences(const char *suffix, const char *text)
{
	size_t len = strlen(text), size = 0, room = 64 << 20;
	char path[256], *bytes = malloc(room);
	unsigned count = 0;
	FILE *stream;

	snprintf(path, sizeof(path), "%s%s", fixture.database, suffix);
	stream = fopen(path, "rb");
	if (stream != NULL) {
		size = fread(bytes, 1, room, stream);
		fclose(stream);
	}
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)tolower((unsigned char)bytes[i]);
	for (size_t i = 0; i + len <= size; i++)
		count += memcmp(bytes + i, text, len) == 0;
	free(bytes);
	return count;
}

#define SECRET "(name LIKE '%secret-clinic.example' OR" \
	" alias LIKE '%secret-clinic.example')"

Test(forget, a_name_is_in_no_byte_and_all_else_is_as_it_was)
{
	const struct forget_what what = { .name = "Secret-clinic.Example." };
	struct forget_counts counts, look;
	int64_t rows, names, in_tail;

	fill();
	/* Rows that go with their alias leave no trace in counts: what they
	   asked for was something else. */
	stock_run(db, "DELETE FROM mine.copy WHERE alias != ''");
	rows = stock_number(db, "SELECT count(*) FROM mine.copy WHERE "
			    SECRET);
	cr_assert_gt(rows, 300);
	cr_assert_gt(occurrences("", "secret-clinic") +
		     occurrences("-wal", "secret-clinic"), 10);
	names = stock_number(db, "SELECT count(*) FROM ledger WHERE name"
			     " LIKE '%secret-clinic.example'");
	cr_assert_eq(forget_look(db, &what, &look), 0);
	counts = forget_it(&what);
	cr_assert_gt((int64_t)counts.rows, rows);
	cr_assert_eq(counts.rows, look.rows);
	cr_assert_eq((int64_t)counts.names, names);
	cr_assert_eq((int64_t)look.names, names);
	cr_assert_eq(counts.blocks, 5);
	cr_assert_eq(occurrences("", "secret-clinic"), 0);
	cr_assert_eq(occurrences("-wal", "secret-clinic"), 0);
	stock_run(db, "DELETE FROM mine.copy WHERE " SECRET);
	find_all();
	cr_assert_eq(difference("SELECT * FROM mine.copy",
				"SELECT * FROM mine.found"), 0);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM mine.hour WHERE"
				  " name LIKE '%secret%'"), 0);
	expect_chain(5, 0);
	in_tail = 1000 - stock_number(db, "SELECT count(*) FROM mine.found"
				      " WHERE number > 5000");
	cr_assert_eq(stock_number(db, "SELECT sum(gone) FROM redaction WHERE"
				  " reason = 'forget'") + in_tail,
		     (int64_t)counts.rows);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM decision"), 1);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM device_name"), 1);
	cr_assert_eq(stock_number(db, "PRAGMA freelist_count"), 0);
}

/* SQLite does not clear what it leaves behind when a page is divided. */
Test(forget, names_that_were_moved_from_page_to_page_leave_no_trace)
{
	const struct forget_what what = { .name = "secret-clinic.example" };

	stock_run(db, "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		  " WHERE i < 20000) INSERT INTO ledger SELECT 1,"
		  " printf('%08x.%s.example', i * 7919 % 20011 * 1103515245 &"
		  " 0xffffffff, iif(i % 2, 'secret-clinic', 'other')),"
		  " 1, 2, 3, 0 FROM n");
	forget_it(&what);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"), 10000);
	cr_assert_eq(occurrences("", "secret-clinic"), 0);
	cr_assert_eq(occurrences("-wal", "secret-clinic"), 0);
}

Test(forget, a_device_goes_with_all_it_asked)
{
	struct forget_what what = { 0 };
	struct row row = stock_row("", 3, 0);
	char sql[256];

	fill();
	what.device = device_of(&row);
	snprintf(sql, sizeof(sql), "INSERT INTO mark VALUES (1, 1, 'mine',"
		 " %lld, 'sink'); INSERT INTO device_name VALUES (%lld,"
		 " 'given', 5, 'telly')", (long long)what.device,
		 (long long)what.device);
	stock_run(db, sql);
	forget_it(&what);
	stock_run(db, "DELETE FROM mine.copy WHERE device = 3");
	expect_all_of_copy();
	expect_chain(5, 0);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM device"), 4);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM device_address"),
		     4);
	cr_assert_eq(occurrences("", "telly"), 0);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM mark WHERE device"
				  " IS NULL"), 1);
}

/* It is made one when it comes into the ledger. */
Test(forget, an_address_that_is_no_device_yet)
{
	struct forget_what what = { 0 };
	struct row row = stock_row("new.example", 77, 0);

	fill();
	row.number = ROWS + 1;
	stock_put(db, &row);
	address_from_raw(&what.client, row.client, 4, 0);
	cr_assert_eq(forget_it(&what).rows, 1);
	expect_all_of_copy();
	expect_chain(0, 5);
}

/* At a whole hour: else the counts of that hour go too. */
static void forget_before(uint64_t time)
{
	struct forget_what what = { .before = STOCK_START + time };
	char sql[128];

	what.before -= what.before % STOCK_HOUR;
	fill();
	forget_it(&what);
	snprintf(sql, sizeof(sql), "DELETE FROM mine.copy WHERE time < %llu",
		 (unsigned long long)what.before);
	stock_run(db, sql);
	stock_run(db, "UPDATE ledger SET first = (SELECT min(time) FROM"
		  " mine.copy AS copy WHERE " DEVICE " = ledger.device AND"
		  " lower(copy.name) = ledger.name)"
		  " WHERE first % 3600000000 = 0");
}

Test(forget, before_a_moment_that_the_hours_have)
{
	sqlite3_create_function(db, "unhex_of", 1, SQLITE_UTF8, NULL,
				unhex_of, NULL, NULL);
	forget_before(STOCK_DAY);
	expect_all_of_copy();
	expect_chain(2, 3);
}

Test(forget, before_a_moment_that_only_rows_have)
{
	sqlite3_create_function(db, "unhex_of", 1, SQLITE_UTF8, NULL,
				unhex_of, NULL, NULL);
	forget_before(3 * STOCK_DAY);
	expect_all_of_copy();
	expect_chain(5, 0);
}

Test(forget, a_name_that_begins_alike_stays)
{
	const struct forget_what what = { .name = "n1.example.org" };

	fill();
	forget_it(&what);
	stock_run(db, "DELETE FROM mine.copy WHERE"
		  " lower(name) = 'n1.example.org'");
	expect_all_of_copy();
	cr_assert_gt(stock_number(db, "SELECT count(*) FROM mine.copy WHERE"
				  " name LIKE 'n1_.example.org'"), 0);
}

/* Killed after any step, begun anew. */
Test(forget, goes_on_where_it_was_cut_off)
{
	const struct forget_what what = { .name = "secret-clinic.example" };

	fill();
	for (unsigned steps = 1; steps < 8; steps++)
		run_steps(&what, steps);
	forget_it(&what);
	cr_assert_eq(occurrences("", "secret-clinic"), 0);
	stock_run(db, "DELETE FROM mine.copy WHERE " SECRET);
	find_all();
	cr_assert_eq(difference("SELECT * FROM mine.copy",
				"SELECT * FROM mine.found"), 0);
	expect_chain(5, 0);
}

Test(forget, a_step_that_was_rolled_back_has_changed_nothing)
{
	const struct forget_what what = { .name = "secret-clinic.example" };
	struct forget *forget;

	fill();
	cr_assert_eq(forget_new(&forget, &what, STOCK_START), 0);
	for (unsigned i = 0; i < 3; i++) {
		stock_run(db, "BEGIN IMMEDIATE");
		cr_assert_eq(forget_step(db, forget), SQLITE_OK);
		stock_run(db, "ROLLBACK");
	}
	forget_free(forget);
	expect_all_of_copy();
	expect_chain(0, 5);
}

/* What its memory has is not written over what is gone. */
Test(forget, the_ledger_in_memory_forgets_too)
{
	const struct forget_what what = { .name = "secret-clinic.example" };
	struct row row = stock_row("new.secret-clinic.example", 1, 0);

	fill();
	row.number = ROWS + 1;
	stock_put(db, &row);
	cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	forget_it(&what);
	stock_run(db, "BEGIN IMMEDIATE");
	cr_assert_eq(ledger_flush(ledger), SQLITE_BUSY);
	stock_run(db, "ROLLBACK");
	cr_assert_eq(ledger_forget(ledger), SQLITE_OK);
	stock_run(db, "BEGIN IMMEDIATE");
	cr_assert_eq(ledger_flush(ledger), SQLITE_OK);
	stock_run(db, "COMMIT");
	cr_assert_eq(occurrences("-wal", "secret-clinic"), 0);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger WHERE name"
				  " LIKE '%secret%'"), 0);
}

Test(forget, a_damaged_block_that_may_have_it_goes_whole)
{
	const struct forget_what what = { .name = "secret-clinic.example" };

	fill();
	stock_run(db, "UPDATE block_data SET data = substr(data, 1, 999)"
		  " WHERE number = 1001");
	forget_it(&what);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM block"), 4);
	expect_chain(5, 0);
	cr_assert_eq(stock_number(db, "SELECT gone FROM redaction WHERE hash"
				  " IS NULL"), 1000);
}

Test(forget, what_is_nothing_or_everything_is_refused)
{
	static const struct forget_what bad[] = {
		{ 0 },
		{ .name = "." },
		{ .name = "a..b" },
		{ .name = "" },
		{ .device = 1, .name = "a.example" },
		{ .device = 1, .before = 1 },
		{ .before = UINT64_MAX },
	};
	struct forget *forget;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(forget_new(&forget, &bad[i], 1),
			     ERROR_MALFORMED, "%zu", i);
}
