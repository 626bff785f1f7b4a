/*
 * The clock is compared with itself: steps are rows, lateness is not.
 */
#include "ask.h"
#include "fixture.h"

enum { SECOND = 1000000, HOUR = 3600 };

static struct fixture fixture;
static struct writer *writer;
static struct ring ring;

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	writer = fixture_writer(&fixture);
	fixture_ring(&fixture, &ring, 0, 64);
}

static void tear_down(void)
{
	writer->ops->close(writer);
	ring_close(&ring);
	fixture_remove(&fixture);
}

TestSuite(remarks, .init = set_up, .fini = tear_down, .timeout = 60);

static void at(int64_t wall, int64_t mono)
{
	struct entry entry = fixture_query("example", 0);

	entry.wall += (uint64_t)(wall * SECOND);
	entry.mono += (uint64_t)(mono * SECOND);
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
}

/* The first row is the boot itself and no step. */
static void expect(const char *steps)
{
	char text[128];

	fixture_ask(&fixture, "SELECT group_concat(step / 1000000) FROM "
		    "(SELECT step FROM clock WHERE number > 1 ORDER BY "
		    "number)", text, sizeof(text));
	cr_assert_str_eq(text, steps);
}

static void restart(void)
{
	writer->ops->close(writer);
	writer = fixture_writer(&fixture);
}

Test(remarks, a_steady_clock_is_one_row)
{
	for (int i = 0; i < 20; i++)
		at(i * HOUR, i * HOUR);
	restart();
	at(21 * HOUR, 21 * HOUR);
	expect("");
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM clock"), 1);
}

Test(remarks, a_step_stands_before_its_row)
{
	at(0, 0);
	at(1, 1);
	at(HOUR + 2, 2);
	at(3, 3);
	at(4, 4);
	expect("3600,-3600");
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM clock JOIN "
		"tail ON tail.number = clock.number + 1 AND tail.time = "
		"clock.time"), 3);
	cr_assert_eq(fixture_number(&fixture, "SELECT max(number) FROM tail"),
		     8);
}

Test(remarks, a_step_while_nobody_was_running)
{
	at(0, 0);
	restart();
	at(HOUR, 10);
	restart();
	at(HOUR + 10, 20);
	expect("3590");
}

Test(remarks, small_steps_add_up)
{
	struct entry entry = fixture_query("example", 0);

	for (int i = 0; i < 13; i++) {
		entry.wall += SECOND + 300000;
		entry.mono += SECOND;
		fixture_put(&ring, &entry);
	}
	cr_assert_eq(fixture_store(writer, &ring), 0);
	expect("1,1,1");
}

/* It arrived before the step and was answered behind it. */
Test(remarks, a_late_entry_is_no_step)
{
	at(10, 10);
	at(HOUR + 20, 20);
	at(15, 15);
	at(HOUR + 21, 21);
	expect("3600");
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail WHERE "
		"time = 1700000000000000 + (3600 + 15) * 1000000"), 1);
}

Test(remarks, another_boot_is_a_row_and_no_step)
{
	at(0, 0);
	restart();
	fixture_run(&fixture, "UPDATE clock SET boot = 'another'");
	restart();
	at(HOUR, -4000);
	expect("0");
}

Test(remarks, a_boot_that_runs_behind_the_last_row_is_a_step)
{
	at(0, 0);
	at(HOUR, HOUR);
	fixture_run(&fixture, "UPDATE clock SET boot = 'another'");
	restart();
	at(HOUR / 2, -4000);
	expect("-1800");
}

Test(remarks, a_failed_commit_forgets_what_it_saw)
{
	sqlite3 *db;

	at(0, 0);
	cr_assert_eq(sqlite3_open(fixture.database, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), 0);
	fixture_put(&ring, &(struct entry){ 0 });
	cr_assert_eq(fixture_store(writer, &ring), ERROR_BUSY);
	cr_assert_eq(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), 0);
	sqlite3_close(db);
	at(HOUR, 10);
	expect("3590");
	cr_assert_eq(fixture_number(&fixture, "SELECT max(number) FROM tail"),
		     4);
}

Test(remarks, a_clock_table_of_a_stranger)
{
	at(0, 0);
	fixture_run(&fixture, "UPDATE clock SET time = -9223372036854775808, "
		    "mono = 9223372036854775807");
	restart();
	at(1, 1);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail"), 2);
}
