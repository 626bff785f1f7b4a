/*
 * The ledger against counting with SQL: through kills, rollbacks and floods
 * each row counts once, and the table stays bounded.
 */
#include "journal/ledger.h"

#include "stock.h"

static struct fixture fixture;
static struct devices *devices;
static sqlite3 *db;
static struct ledger *ledger;

static void open_with(uint32_t new_names)
{
	struct ledger_options options = {
		.new_names = new_names, .devices = devices,
	};

	cr_assert_eq(ledger_open(&ledger, db, &options), SQLITE_OK, "%s",
		     sqlite3_errmsg(db));
}

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	db = stock_open(&fixture);
	cr_assert_eq(devices_load(&devices, db), SQLITE_OK);
	stock_run(db, "CREATE TEMP TABLE copy (number, time, client, name,"
		  " verdict)");
}

static void tear_down(void)
{
	ledger_close(ledger);
	devices_free(devices);
	sqlite3_close(db);
	fixture_remove(&fixture);
}

TestSuite(ledger, .init = set_up, .fini = tear_down, .timeout = 120);

static void note_copy(const struct row *row)
{
	sqlite3_stmt *stmt;

	sqlite3_prepare_v2(db, "INSERT INTO copy VALUES (?, ?, ?, ?, ?)", -1,
			   &stmt, NULL);
	sqlite3_bind_int64(stmt, 1, row->number);
	sqlite3_bind_int64(stmt, 2, (int64_t)row->time);
	sqlite3_bind_int(stmt, 3, row->client[3]);
	stock_bind_text(stmt, 4, row->name);
	sqlite3_bind_int(stmt, 5, row->verdict);
	sqlite3_step(stmt);
	sqlite3_finalize(stmt);
}

/* Stored and counted, as one commit. */
static void put(const char *name, uint8_t client, uint64_t time,
		uint8_t verdict)
{
	struct row row = stock_row(name, client, time);

	row.verdict = verdict;
	stock_put(db, &row);
	note_copy(&row);
	cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
}

static void flush(void)
{
	stock_run(db, "BEGIN IMMEDIATE");
	cr_assert_eq(ledger_flush(ledger), SQLITE_OK, "%s",
		     sqlite3_errmsg(db));
	stock_run(db, "COMMIT");
}

/* How many (device, name) the table has otherwise than SQL counts them. */
static int64_t differences(void)
{
	return stock_number(db,
		"WITH counted AS (SELECT a.device AS device,"
		" lower(copy.name) AS name, min(time) AS first,"
		" max(time) AS last, count(*) AS count,"
		" sum(verdict = 1) AS sunk FROM copy"
		" JOIN device_address a ON a.address ="
		" unhex_of(copy.client) GROUP BY 1, 2)"
		" SELECT (SELECT count(*) FROM (SELECT * FROM counted EXCEPT"
		" SELECT * FROM ledger)) + (SELECT count(*) FROM (SELECT *"
		" FROM ledger EXCEPT SELECT * FROM counted))");
}

static void unhex_of(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	uint8_t raw[4] = { 192, 168, 0, 0 };

	(void)argc;
	raw[3] = (uint8_t)sqlite3_value_int(argv[0]);
	sqlite3_result_blob(context, raw, 4, SQLITE_TRANSIENT);
}

static void name_of(char *name, uint64_t random)
{
	snprintf(name, 64, random & 1 ? "Host%u.Example.COM"
				      : "host%u.example.com",
		 (unsigned)(random >> 1 & 127));
}

Test(ledger, counts_what_sql_counts_through_kills_and_rollbacks)
{
	uint64_t random = 88172645463325252;

	sqlite3_create_function(db, "unhex_of", 1, SQLITE_UTF8, NULL,
				unhex_of, NULL, NULL);
	open_with(0);
	for (unsigned i = 0; i < 6000; i++) {
		uint64_t draw = fixture_random(&random);
		char name[64];

		name_of(name, draw);
		put(name, (uint8_t)(1 + draw / 256 % 5), i * 1000000,
		    draw / 2048 % 4 == 0);
		switch (draw >> 20 & 255) {
		case 0:
			flush();
			break;
		case 1:
			ledger_close(ledger);
			open_with(0);
			break;
		case 2:
			cr_assert_eq(ledger_forget(ledger), SQLITE_OK);
			break;
		case 3:
			stock_seal(db, 100);
			break;
		default:
			break;
		}
	}
	flush();
	cr_assert_eq(differences(), 0);
	cr_assert_gt(stock_number(db, "SELECT count(*) FROM ledger"), 500);
	cr_assert_eq(stock_number(db, "SELECT number FROM progress"
				  " WHERE what = 'ledger'"), 6000);
}

Test(ledger, a_row_that_comes_twice_counts_once)
{
	struct row row = stock_row("a.example", 1, 0);

	open_with(0);
	stock_put(db, &row);
	cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	flush();
	cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	flush();
	cr_assert_eq(stock_number(db, "SELECT count FROM ledger"), 1);
}

Test(ledger, names_over_the_limit_are_counted_under_their_receiver)
{
	open_with(10);
	for (unsigned i = 0; i < 50; i++) {
		char name[64];

		snprintf(name, sizeof(name), "x%u.tracker.co.uk", i);
		put(name, 1, i, i % 2);
		put("known.example", 2, i, 0);
	}
	flush();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"), 11);
	cr_assert_eq(stock_number(db, "SELECT count FROM ledger_more WHERE"
				  " receiver = 'tracker.co.uk'"), 40);
	cr_assert_eq(stock_number(db, "SELECT names FROM ledger_more"), 40);
	cr_assert_eq(stock_number(db, "SELECT sum(sunk) FROM (SELECT sunk FROM"
				  " ledger UNION ALL SELECT sunk FROM"
				  " ledger_more)"), 25);
	cr_assert_eq(stock_number(db, "SELECT count FROM ledger WHERE"
				  " name = 'known.example'"), 50);
}

Test(ledger, names_that_come_again_over_the_limit_are_not_counted_as_more)
{
	open_with(10);
	for (unsigned i = 0; i < 100; i++) {
		char name[64];

		snprintf(name, sizeof(name), "x%u.tracker.example", i % 50);
		put(name, 1, i, 0);
		if (i == 49)
			flush();
	}
	flush();
	cr_assert_eq(stock_number(db, "SELECT names FROM ledger_more"), 40);
	cr_assert_eq(stock_number(db, "SELECT count FROM ledger_more"), 80);
}

Test(ledger, the_limit_is_an_hours_and_comes_back)
{
	char name[64];

	open_with(60);
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "a%u.example.net", i);
		put(name, 1, 0, 0);
	}
	flush();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"), 60);
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "b%u.example.net", i);
		put(name, 1, STOCK_HOUR / 2, 0);
	}
	flush();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"), 90);
}

Test(ledger, a_flood_of_receivers_ends_in_one_row)
{
	char name[64];

	open_with(100);
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "a.made-up-%u.net", i);
		put(name, 1, 0, 0);
	}
	flush();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"), 100);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger_more"),
		     101);
	cr_assert_eq(stock_number(db, "SELECT count FROM ledger_more WHERE"
				  " receiver = '*'"), 4800);
	cr_assert_eq(stock_number(db, "SELECT sum(names) FROM ledger_more"),
		     4900);
}

Test(ledger, one_device_does_not_use_up_what_another_has)
{
	char name[64];

	open_with(20);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "n%u.example.org", i % 30);
		put(name, (uint8_t)(1 + i / 30), 0, 0);
	}
	flush();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"), 200);
	cr_assert_eq(stock_number(db, "SELECT sum(names) FROM ledger_more"),
		     100);
}

Test(ledger, more_clients_and_names_than_it_holds_are_flushed_on_the_way)
{
	int64_t sum;

	open_with(1000000);
	stock_run(db, "BEGIN IMMEDIATE");
	for (unsigned i = 0; i < 40000; i++) {
		char name[64];
		struct row row;

		snprintf(name, sizeof(name), "n%u.example.org", i);
		row = stock_row(name, (uint8_t)i, i);
		row.number = i + 1;
		row.client[2] = (uint8_t)(i >> 8 & 7);
		cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	}
	cr_assert_eq(ledger_flush(ledger), SQLITE_OK);
	stock_run(db, "COMMIT");
	sum = stock_number(db, "SELECT sum(count) FROM ledger");
	cr_assert_eq(sum, 40000);
}

/* What is in memory was counted from rows that are gone. */
Test(ledger, what_was_forgotten_behind_its_back_is_not_written)
{
	open_with(0);
	put("secret.example", 1, 0, 0);
	put("other.example", 1, 0, 0);
	stock_run(db, "DELETE FROM tail WHERE name = 'secret.example';"
		  "INSERT INTO progress VALUES ('forgotten', 1, 0)");
	stock_run(db, "BEGIN IMMEDIATE");
	cr_assert_eq(ledger_flush(ledger), SQLITE_BUSY);
	stock_run(db, "ROLLBACK");
	cr_assert_eq(ledger_forget(ledger), SQLITE_OK);
	flush();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"), 1);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger WHERE"
				  " name = 'other.example'"), 1);
}

Test(ledger, is_due_when_half_an_hour_has_passed_or_it_is_nearly_full)
{
	struct clock clock = { 0 };
	uint64_t now;

	clock_update(&clock);
	now = clock_ms(&clock);
	open_with(0);
	cr_assert_not(ledger_is_due(ledger, now + 100000000));
	put("a.example", 1, 0, 0);
	cr_assert_not(ledger_is_due(ledger, now + 60000));
	cr_assert(ledger_is_due(ledger, now + 31 * 60000));
	flush();
	cr_assert_not(ledger_is_due(ledger, now + 100000000));
}

Test(ledger, names_of_any_bytes_and_length_are_taken)
{
	static char hostile[3000];
	struct row row = stock_row("", 1, 0);

	memset(hostile, 0xff, sizeof(hostile));
	open_with(0);
	stock_put(db, &row);
	cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	row.number = 2;
	row.name = bytes_of(hostile, sizeof(hostile));
	cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	flush();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"), 2);
}
