/*
 * The ledger as of now is the same whenever it is asked: before and after a
 * flush, and while one happens.
 */
#include "journal/known.h"

#include "journal/ledger.h"
#include "stock.h"

static struct fixture fixture;
static struct devices *devices;
static sqlite3 *db, *reader;
static struct ledger *ledger;
static struct known *known;

static void set_up(void)
{
	struct ledger_options options;

	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	db = stock_open(&fixture);
	cr_assert_eq(devices_load(&devices, db), SQLITE_OK);
	options = (struct ledger_options){ .devices = devices };
	cr_assert_eq(ledger_open(&ledger, db, &options), SQLITE_OK);
	cr_assert_eq(sqlite3_open(fixture.database, &reader), SQLITE_OK);
	cr_assert_eq(known_open(&known, reader), 0);
}

static void tear_down(void)
{
	known_close(known);
	sqlite3_close(reader);
	ledger_close(ledger);
	devices_free(devices);
	sqlite3_close(db);
	fixture_remove(&fixture);
}

TestSuite(known, .init = set_up, .fini = tear_down, .timeout = 120);

static int64_t device_of(uint8_t client)
{
	struct row row = stock_row("", client, 0);
	struct address address;

	address_from_raw(&address, row.client, 4, 0);
	return devices_at(devices, &address, row.time);
}

static void put(const char *name, uint8_t client, uint64_t time)
{
	struct row row = stock_row(name, client, time);
	struct address address;
	int64_t device;

	row.verdict = time % 3 == 0;
	address_from_raw(&address, row.client, 4, 0);
	stock_run(db, "BEGIN");
	stock_put(db, &row);
	cr_assert_eq(devices_take(devices, db, &address, row.time, &device),
		     SQLITE_OK);
	cr_assert_eq(ledger_add(ledger, &row), SQLITE_OK);
	stock_run(db, "COMMIT");
}

static void flush(void)
{
	stock_run(db, "BEGIN IMMEDIATE");
	cr_assert_eq(ledger_flush(ledger), SQLITE_OK);
	stock_run(db, "COMMIT");
}

struct gathered {
	char text[1 << 16];
	size_t len;
	unsigned count, stop_at, flush_at;
};

static bool gather(void *context, const struct known_name *name)
{
	struct gathered *all = context;

	all->len += (size_t)snprintf(all->text + all->len,
				     sizeof(all->text) - all->len,
				     "%lld %s %llu %llu %llu %llu %llu\n",
				     (long long)name->device, name->name,
				     (unsigned long long)name->first,
				     (unsigned long long)name->last,
				     (unsigned long long)name->count,
				     (unsigned long long)name->sunk,
				     (unsigned long long)name->names);
	cr_assert_lt(all->len, sizeof(all->text));
	if (++all->count == all->flush_at)
		flush();
	return all->count != all->stop_at;
}

static void put_some(unsigned from, unsigned until)
{
	char name[64];

	for (unsigned i = from; i < until; i++) {
		snprintf(name, sizeof(name), "n%u.Example.org",
			 i * 7919 % 401);
		put(name, (uint8_t)(1 + i % 3), i);
	}
}

static void expect_same(const struct gathered *one,
			const struct gathered *other)
{
	cr_assert_gt(one->count, 0);
	cr_assert_eq(one->count, other->count, "%u, %u", one->count,
		     other->count);
	cr_assert_str_eq(one->text, other->text);
}

Test(known, says_the_same_before_and_after_a_flush)
{
	static struct gathered before, after;

	put_some(0, 300);
	flush();
	put_some(200, 700);
	cr_assert_eq(known_refresh(known), 0);
	cr_assert_eq(known_each(known, 0, 0, gather, &before), 0);
	flush();
	cr_assert_eq(known_each(known, 0, 0, gather, &after), 0);
	expect_same(&before, &after);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM ledger"),
		     after.count);
}

/* The daemon does not wait for who reads. */
Test(known, a_flush_in_the_middle_changes_nothing)
{
	static struct gathered before, during;

	put_some(0, 300);
	flush();
	put_some(200, 900);
	cr_assert_eq(known_refresh(known), 0);
	cr_assert_eq(known_each(known, 0, 0, gather, &before), 0);
	during.flush_at = 150;
	cr_assert_eq(known_each(known, 0, 0, gather, &during), 0);
	expect_same(&before, &during);
}

Test(known, rows_in_blocks_count_as_those_of_the_tail_do)
{
	static struct gathered before, after;

	put_some(0, 300);
	cr_assert_eq(known_refresh(known), 0);
	cr_assert_eq(known_each(known, 0, 0, gather, &before), 0);
	stock_seal(db, 250);
	known_close(known);
	cr_assert_eq(known_open(&known, reader), 0);
	cr_assert_eq(known_each(known, 0, 0, gather, &after), 0);
	expect_same(&before, &after);
}

Test(known, a_refresh_takes_only_what_is_new)
{
	struct known_name found;

	put("a.example", 1, 0);
	cr_assert_eq(known_refresh(known), 0);
	stock_seal(db, 1);
	put("a.example", 1, 1);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(known_refresh(known), 0);
	cr_assert_eq(known_find(known, device_of(1), "A.example", &found), 1);
	cr_assert_eq(found.count, 2);
	cr_assert_eq(found.sunk, 1);
	cr_assert_eq(found.first, STOCK_START);
	cr_assert_eq(found.last, STOCK_START + 1);
	cr_assert_str_eq(found.name, "a.example");
}

Test(known, one_is_found_in_the_table_and_in_rows_together)
{
	struct known_name found;

	put("a.example", 1, 10);
	put("a.example", 2, 20);
	flush();
	put("a.example", 1, 30);
	cr_assert_eq(known_refresh(known), 0);
	cr_assert_eq(known_find(known, device_of(1), "a.example", &found), 1);
	cr_assert_eq(found.count, 2);
	cr_assert_eq(known_find(known, device_of(2), "a.example", &found), 1);
	cr_assert_eq(found.count, 1);
	cr_assert_eq(known_find(known, device_of(2), "b.example", &found), 0);
	cr_assert_eq(known_find(known, 99, "a.example", &found), 0);
}

Test(known, one_device_since_a_time)
{
	static struct gathered all;

	put("a.example", 1, 10);
	put("b.example", 1, 100);
	put("c.example", 2, 100);
	flush();
	put("d.example", 1, 5);
	put("a.example", 1, 200);
	cr_assert_eq(known_refresh(known), 0);
	cr_assert_eq(known_each(known, device_of(1), STOCK_START + 50,
				gather, &all), 0);
	cr_assert_eq(all.count, 2);
	cr_assert_not_null(strstr(all.text, "a.example"));
	cr_assert_not_null(strstr(all.text, "b.example"));
}

Test(known, stops_when_it_is_told)
{
	static struct gathered all = { .stop_at = 5 };

	put_some(0, 300);
	cr_assert_eq(known_refresh(known), 0);
	cr_assert_eq(known_each(known, 0, 0, gather, &all), 0);
	cr_assert_eq(all.count, 5);
}

Test(known, what_was_counted_together_says_how_many_names_it_was)
{
	static struct gathered all;

	put("x.example", 1, 10);
	flush();
	stock_run(db, "INSERT INTO ledger_more SELECT device, 'x.example', 1,"
		  " 2, 30, 4, 20 FROM ledger");
	stock_run(db, "INSERT INTO ledger_more SELECT device, '*', 1,"
		  " 2, 3, 4, 2 FROM ledger");
	put("x.example", 1, 10);
	cr_assert_eq(known_refresh(known), 0);
	cr_assert_eq(known_each(known, 0, 0, gather, &all), 0);
	cr_assert_eq(all.count, 3);
	cr_assert_not_null(strstr(all.text, "* 1 2 3 4 2\n"));
	cr_assert_not_null(strstr(all.text, "x.example 1 2 30 4 20\n"));
	cr_assert_not_null(strstr(all.text, " 2 0 0\n"));
}

/* Somebody wrote a thousand names that are one when they are cut. */
Test(known, names_that_are_none_of_ours_end_it)
{
	static struct gathered all;

	stock_run(db, "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		  " WHERE i < 1000) INSERT INTO ledger SELECT 1,"
		  " printf('%.*c%d', 2000, 'a', i), 1, 2, 3, 4 FROM n");
	cr_assert_eq(known_each(known, 0, 0, gather, &all), ERROR_DAMAGED);
}
