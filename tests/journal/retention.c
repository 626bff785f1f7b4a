/*
 * What is old goes, and only that; what goes is counted before and written
 * down after; and the file becomes smaller.
 */
#include "journal/retention.h"

#include "journal/hours.h"
#include "journal/ledger.h"
#include "stock.h"

#define NOW (STOCK_START + 100 * STOCK_DAY)

static struct fixture fixture;
static struct devices *devices;
static struct ledger *ledger;
static sqlite3 *db;
static struct retention_options options;

static void set_up(void)
{
	struct ledger_options with;

	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	db = stock_open(&fixture);
	cr_assert_eq(devices_load(&devices, db), SQLITE_OK);
	with = (struct ledger_options){ .devices = devices };
	cr_assert_eq(ledger_open(&ledger, db, &with), SQLITE_OK);
	options = (struct retention_options){
		.row_days = RETENTION_ROW_DAYS,
		.hour_days = RETENTION_HOUR_DAYS,
		.devices = devices,
	};
}

static void tear_down(void)
{
	ledger_close(ledger);
	devices_free(devices);
	sqlite3_close(db);
	fixture_remove(&fixture);
}

TestSuite(retention, .init = set_up, .fini = tear_down, .timeout = 120);

/* A block of a day, `days` before now. */
static void put_day(unsigned days, unsigned rows)
{
	char name[64];

	stock_run(db, "BEGIN");
	for (unsigned i = 0; i < rows; i++) {
		struct row row;

		snprintf(name, sizeof(name), "n%u.d%u.example", i, days);
		row = stock_row(name, (uint8_t)(i % 5), (100 - days) *
				STOCK_DAY + i * 1000000);
		stock_put(db, &row);
		cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	}
	stock_run(db, "COMMIT");
	stock_seal(db, rows);
}

static void count_all(void)
{
	bool more = true;

	stock_run(db, "BEGIN");
	cr_assert_eq(ledger_flush(ledger), SQLITE_OK);
	stock_run(db, "COMMIT");
	while (more)
		cr_assert_eq(hours_seal(db, devices, NOW + 2 * STOCK_DAY,
					&more), SQLITE_OK);
}

static unsigned thin(void)
{
	bool more = true;
	unsigned steps = 0;

	for (; more; steps++) {
		cr_assert_lt(steps, 1000);
		cr_assert_eq(retention_step(db, &options, NOW, &more),
			     SQLITE_OK, "%s", sqlite3_errmsg(db));
	}
	return steps;
}

static int64_t blocks(void)
{
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM block"),
		     stock_number(db, "SELECT count(*) FROM block_data"));
	return stock_number(db, "SELECT count(*) FROM block");
}

Test(retention, rows_go_when_they_are_old)
{
	for (unsigned days = 40; days > 20; days -= 2)
		put_day(days, 50);
	count_all();
	thin();
	cr_assert_eq(blocks(), 5);
	cr_assert_eq((uint64_t)stock_number(db, "SELECT min(until_time) FROM "
					    "block") / STOCK_DAY,
		     (NOW - 30 * STOCK_DAY) / STOCK_DAY);
	cr_assert_eq(stock_number(db, "SELECT sum(count) FROM ledger"), 500);
	cr_assert_eq(stock_number(db, "SELECT sum(rows) FROM hours"), 500);
}

Test(retention, what_went_is_written_down_beside_the_chain)
{
	for (unsigned days = 40; days > 20; days -= 4)
		put_day(days, 50);
	count_all();
	thin();
	cr_assert_eq(blocks(), 2);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM redaction WHERE"
				  " reason = 'age' AND gone = 50 AND hash IS"
				  " NULL"), 3);
	cr_assert_eq(stock_links(db, CHAIN_REDACTED), 3);
	cr_assert_eq(stock_links(db, CHAIN_OK), 2);
}

Test(retention, rows_that_are_not_counted_yet_stay)
{
	put_day(40, 50);
	thin();
	cr_assert_eq(blocks(), 1);
	stock_run(db, "BEGIN");
	cr_assert_eq(ledger_flush(ledger), SQLITE_OK);
	stock_run(db, "COMMIT");
	thin();
	cr_assert_eq(blocks(), 1);
	count_all();
	thin();
	cr_assert_eq(blocks(), 0);
}

Test(retention, a_step_takes_one_block)
{
	bool more;

	for (unsigned days = 40; days > 35; days--)
		put_day(days, 50);
	count_all();
	for (int64_t left = 5; left > 0; left--) {
		cr_assert_eq(blocks(), left);
		cr_assert_eq(retention_step(db, &options, NOW, &more),
			     SQLITE_OK);
		cr_assert(more);
	}
	cr_assert_eq(blocks(), 0);
}

Test(retention, a_block_from_the_future_does_not_keep_the_others)
{
	put_day(90, 50);
	put_day(40, 50);
	stock_run(db, "UPDATE block SET until_time = until_time * 2"
		  " WHERE number = 1");
	count_all();
	thin();
	cr_assert_eq(blocks(), 1);
	cr_assert_eq(stock_number(db, "SELECT number FROM block"), 1);
}

Test(retention, gaps_and_clock_go_with_their_rows)
{
	char sql[512];

	put_day(40, 50);
	put_day(2, 50);
	snprintf(sql, sizeof(sql), "INSERT INTO gap VALUES"
		 " (1000, %llu, %llu, 5, 'full'), (-5, %llu, %llu, 5, 'full');"
		 "INSERT INTO clock VALUES (-9, 1, 1, 0, 'a'),"
		 " (-8, 2, 1, 0, 'a'), (51, 3, 1, 0, 'a');",
		 (unsigned long long)(NOW - 40 * STOCK_DAY),
		 (unsigned long long)(NOW - 40 * STOCK_DAY),
		 (unsigned long long)(NOW - 40 * STOCK_DAY),
		 (unsigned long long)(NOW - 40 * STOCK_DAY));
	stock_run(db, sql);
	thin();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM clock"), 2);
	count_all();
	thin();
	cr_assert_eq(blocks(), 1);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM gap"), 1);
	cr_assert_eq(stock_number(db, "SELECT number FROM gap"), 1000);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM clock"), 1);
	cr_assert_eq(stock_number(db, "SELECT number FROM clock"), 51);
}

Test(retention, hours_go_when_they_are_a_year_old)
{
	put_day(99, 10);
	put_day(60, 10);
	put_day(50, 10);
	count_all();
	options.hour_days = 60;
	thin();
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM hours"), 2);
	cr_assert_eq(stock_number(db, "SELECT sum(count) FROM ledger"), 30);
}

Test(retention, nothing_is_too_old_when_it_is_kept_for_ever)
{
	put_day(99, 10);
	count_all();
	options.row_days = options.hour_days = 0;
	cr_assert_eq(thin(), 1);
	cr_assert_eq(blocks(), 1);
}

static uint64_t file_size(void)
{
	return (uint64_t)(stock_number(db, "PRAGMA page_count") *
			  stock_number(db, "PRAGMA page_size"));
}

Test(retention, a_database_that_is_too_large_loses_its_oldest_rows)
{
	for (unsigned days = 20; days > 0; days--)
		put_day(days, 4000);
	count_all();
	stock_run(db, "DELETE FROM ledger");
	options.most = file_size() / 2;
	thin();
	cr_assert_leq(file_size(), options.most);
	cr_assert_gt(blocks(), 2);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM redaction WHERE"
				  " reason = 'size'"), 20 - blocks());
	cr_assert_eq(stock_number(db, "SELECT max(last) FROM block"), 80000);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM hours"), 20);
}

/* A flood of one day. */
Test(retention, hours_are_made_early_when_a_day_is_too_large)
{
	for (unsigned i = 0; i < 6; i++)
		put_day(0, 4000);
	stock_run(db, "BEGIN");
	cr_assert_eq(ledger_flush(ledger), SQLITE_OK);
	stock_run(db, "COMMIT");
	options.most = 1;
	thin();
	cr_assert_eq(blocks(), 0);
	cr_assert_eq(stock_number(db, "SELECT sum(gone) FROM redaction"),
		     24000);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM hours"), 0);
	cr_assert_eq(stock_number(db, "SELECT sum(count) FROM (SELECT count"
				  " FROM ledger UNION ALL SELECT count FROM"
				  " ledger_more)"), 24000);
}

Test(retention, what_never_can_be_smaller_is_left_alone)
{
	put_day(0, 50);
	options.most = 1;
	cr_assert_leq(thin(), 2);
	cr_assert_eq(blocks(), 1);
}
