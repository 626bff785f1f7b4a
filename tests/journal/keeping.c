/*
 * What the writer keeps, from entries in a ring to the tables: what is never
 * to be written down, hours, what is too old, and what edits leave behind.
 */
#include "journal/keeping.h"

#include "ask.h"
#include "fixture.h"
#include "journal/edit.h"
#include "journal/forget.h"

static struct fixture fixture;
static struct ring ring;
static struct writer *writer;
static struct keeping keeping;

#define DAY UINT64_C(86400000000)

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	fixture_ring(&fixture, &ring, 0, 32768);
	keeping = (struct keeping){ .new_names = 0 };
}

static void tear_down(void)
{
	if (writer != NULL)
		writer->ops->close(writer);
	ring_close(&ring);
	fixture_remove(&fixture);
}

TestSuite(keeping, .init = set_up, .fini = tear_down, .timeout = 60);

static void open_writer(void)
{
	struct writer_sqlite_options options = {
		.path = fixture.database, .group = -1, .keeping = &keeping,
	};

	cr_assert_eq(writer_sqlite(&writer, &options), 0);
}

static void put(const char *name, uint64_t at, uint8_t verdict)
{
	struct entry entry = fixture_query(name, at);

	entry.verdict = verdict;
	cr_assert(fixture_put(&ring, &entry));
}

static int64_t count(const char *sql)
{
	return fixture_number(&fixture, sql);
}

Test(keeping, rows_and_what_is_withheld_are_all_queries)
{
	static const char *const never[] = { "health.example" };

	keeping.privacy.level = PRIVACY_SUNK;
	keeping.privacy.never_names = never;
	keeping.privacy.never_name_count = 1;
	open_writer();
	for (unsigned i = 0; i < 300; i++) {
		put(i % 3 == 0 ? "a.health.example" : "b.example", i,
		    i % 2 == 0 ? VERDICT_SINK : VERDICT_PASS);
		if (i % 50 == 49)
			cr_assert_eq(fixture_store(writer, &ring), 0);
	}
	cr_assert_eq(count("SELECT count(*) FROM tail"), 100);
	cr_assert_eq(count("SELECT count(*) FROM tail WHERE verdict != 1 OR"
			   " name != 'b.example'"), 0);
	cr_assert_eq(count("SELECT number FROM progress WHERE"
			   " what = 'withheld'"), 200);
	cr_assert_eq(count("SELECT count(*) FROM gap"), 0);
}

/* A flood goes into blocks, not into the tail. */
Test(keeping, what_is_withheld_in_a_flood_is_counted_too)
{
	keeping.privacy.level = PRIVACY_SUNK;
	open_writer();
	for (unsigned i = 0; i < 20000; i++)
		put("b.example", i, i % 2 == 0 ? VERDICT_SINK : VERDICT_PASS);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(count("SELECT (SELECT count(*) FROM tail) + (SELECT"
			   " coalesce(sum(rows), 0) FROM block)"), 10000);
	cr_assert_eq(count("SELECT number FROM progress WHERE"
			   " what = 'withheld'"), 10000);
}

Test(keeping, counts_have_no_name_in_any_table)
{
	keeping.privacy.level = PRIVACY_COUNTS;
	open_writer();
	for (unsigned i = 0; i < 5000; i++)
		put("secret.example", i, VERDICT_PASS);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	writer->ops->close(writer);
	writer = NULL;
	cr_assert_eq(count("SELECT sum(rows) FROM block"), 5000);
	cr_assert_eq(count("SELECT count(*) FROM ledger"), 1);
	cr_assert_eq(count("SELECT count FROM ledger WHERE name = ''"), 5000);
}

/* All entries are of 2023: their day is over, and longer than 30 days ago. */
Test(keeping, old_rows_become_hours_and_go)
{
	keeping.retention.row_days = RETENTION_ROW_DAYS;
	keeping.retention.hour_days = 0;
	open_writer();
	for (unsigned i = 0; i < 5000; i++)
		put("a.example", i, VERDICT_PASS);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(count("SELECT count(*) FROM block"), 1);
	cr_assert_eq(count("SELECT sum(rows) FROM hours"), 5000);
	writer->ops->close(writer);
	open_writer();
	put("a.example", 5 * DAY, VERDICT_PASS);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(count("SELECT count(*) FROM block"), 0);
	cr_assert_eq(count("SELECT gone FROM redaction WHERE"
			   " reason = 'age'"), 5000);
	cr_assert_eq(count("SELECT sum(count) FROM ledger"), 5000);
}

static int forget_one(sqlite3 *db, void *context)
{
	struct forget *forget = context;
	int rc = forget_step(db, forget);

	if (rc != SQLITE_OK)
		return rc;
	return forget_is_done(forget) ? SQLITE_DONE : SQLITE_ROW;
}

static void forget_name(const char *name)
{
	const struct forget_what what = { .name = name };
	struct forget *forget;

	cr_assert_eq(forget_new(&forget, &what, 1), 0);
	while (!forget_is_done(forget))
		cr_assert_eq(writer->ops->edit(writer, forget_one, forget), 0);
	forget_free(forget);
}

static unsigned bytes_of_log(void)
{
	char path[192];
	struct stat status;

	snprintf(path, sizeof(path), "%s-wal", fixture.database);
	return stat(path, &status) == 0 ? (unsigned)status.st_size : 0;
}

/* The ledger is in the writer's memory, and the rows are gone. */
Test(keeping, what_was_forgotten_does_not_come_back)
{
	open_writer();
	for (unsigned i = 0; i < 5000; i++)
		put(i % 2 ? "secret.example" : "other.example", i,
		    VERDICT_PASS);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_gt(bytes_of_log(), 0);
	forget_name("secret.example");
	cr_assert_eq(bytes_of_log(), 0);
	for (unsigned i = 0; i < 5000; i++)
		put("other.example", i, VERDICT_PASS);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	writer->ops->close(writer);
	writer = NULL;
	cr_assert_eq(count("SELECT count(*) FROM ledger"), 1);
	cr_assert_eq(count("SELECT count FROM ledger WHERE"
			   " name = 'other.example'"), 7500);
}

/* Else what comes next would be taken for what was counted already. */
Test(keeping, numbers_of_rows_that_were_forgotten_are_not_given_again)
{
	int64_t last;

	open_writer();
	for (unsigned i = 0; i < 100; i++)
		put("secret.example", i, VERDICT_PASS);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	last = count("SELECT max(number) FROM tail");
	cr_assert_eq(count("SELECT number FROM progress WHERE"
			   " what = 'hours'"), last);
	forget_name("secret.example");
	writer->ops->close(writer);
	open_writer();
	put("other.example", 0, VERDICT_PASS);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_gt(count("SELECT min(number) FROM tail"), last);
}

Test(keeping, a_change_of_any_of_it_is_seen)
{
	static const char *const one[] = { "a.example" };
	static const char *const other[] = { "b.example" };
	struct keeping same = keeping, changed;
	struct prefix clients[2];

	prefix_parse(&clients[0], "192.168.0.0/16");
	prefix_parse(&clients[1], "192.168.0.0/24");
	same.privacy.never_names = one;
	same.privacy.never_name_count = 1;
	same.privacy.never_clients = clients;
	same.privacy.never_client_count = 1;
	changed = same;
	cr_assert(keeping_alike(&same, &changed));
	changed.privacy.never_names = other;
	cr_assert_not(keeping_alike(&same, &changed));
	changed = same;
	changed.privacy.never_clients = clients + 1;
	cr_assert_not(keeping_alike(&same, &changed));
	changed = same;
	changed.retention.row_days = 1;
	cr_assert_not(keeping_alike(&same, &changed));
	changed = same;
	changed.privacy.level = PRIVACY_COUNTS;
	cr_assert_not(keeping_alike(&same, &changed));
}
