/*
 * What is carried over from a database that was set aside: all that can be
 * read, once, and what cannot is named.
 */
#include <fcntl.h>
#include <unistd.h>

#include "journal/chain.h"
#include "journal/salvage.h"
#include "rows_of.h"

/* The first row is number 2, behind a row of `clock`. */
enum { PAGE = 4096, FLOODS = 8, FLOOD = 4500, TAIL = 700 };

#define ROWS (FLOODS * FLOOD + TAIL)

static struct fixture fixture;
static struct ring ring;

static void put_and_store(struct writer *writer, unsigned from,
			  unsigned count)
{
	rows_of_put(&ring, from, count);
	cr_assert_eq(fixture_store(writer, &ring), 0, "%s", writer->words);
}

/* Blocks, a tail, a ledger, and some of everything else. */
static void set_up(void)
{
	struct writer *writer;

	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	writer = fixture_writer(&fixture);
	fixture_ring(&fixture, &ring, 0, 8192);
	for (unsigned i = 0; i < FLOODS; i++)
		put_and_store(writer, 1 + i * FLOOD, FLOOD);
	put_and_store(writer, 1 + FLOODS * FLOOD, TAIL);
	writer->ops->close(writer);
	fixture_run(&fixture, "INSERT INTO mark VALUES (1, 5, 'plugged in', "
		    "NULL, NULL); INSERT INTO decision VALUES ('a.example', "
		    "'fine', NULL, 7); INSERT INTO hours VALUES (3, 0, 9, "
		    "x'00'); INSERT INTO upstream VALUES (1, '9.9.9.9')");
}

static void tear_down(void)
{
	ring_close(&ring);
	fixture_remove(&fixture);
}

TestSuite(salvage, .init = set_up, .fini = tear_down, .timeout = 120);

static void carry_all(void)
{
	struct writer *writer = fixture_writer(&fixture);

	while (writer->ops->idle(writer))
		;
	writer->ops->close(writer);
}

static void set_aside(void)
{
	/* It has much to say. */
	log_level = (enum log_level)(LOG_LEVEL_ERROR - 1);
	cr_assert_eq(database_set_aside(fixture.database), 0);
}

static int64_t number(const char *sql)
{
	return fixture_number(&fixture, sql);
}

#define COUNTED "SELECT coalesce(sum(count), 0) FROM ledger"

static bool take_finding(void *context, const struct chain_finding *found)
{
	unsigned *states = context;

	states[found->state]++;
	return true;
}

static void check_chain(unsigned states[4])
{
	sqlite3 *db;

	memset(states, 0, 4 * sizeof(states[0]));
	cr_assert_eq(database_open_reader(&db, fixture.database), 0);
	cr_assert_eq(chain_check(db, take_finding, states), 0);
	sqlite3_close(db);
}

static void expect_all(void)
{
	unsigned states[4];

	cr_assert_eq(rows_of_look(&fixture, ROWS), ROWS);
	check_chain(states);
	cr_assert_eq(states[CHAIN_OK], FLOODS + 1);
	cr_assert_eq(states[CHAIN_REDACTED] + states[CHAIN_TAMPERED] +
		     states[CHAIN_MISSING], 0);
	cr_assert_eq(number(COUNTED), ROWS);
	cr_assert_eq(number("SELECT count(*) FROM gap"), 0);
	cr_assert_eq(number("SELECT count(*) FROM clock"), 1);
	cr_assert_eq(number("SELECT count(*) FROM mark"), 1);
	cr_assert_eq(number("SELECT count(*) FROM decision"), 1);
	cr_assert_eq(number("SELECT count(*) FROM hours WHERE day = 3"), 1);
	cr_assert_eq(number("SELECT count(*) FROM upstream"), 1);
	cr_assert_eq(number("SELECT count(*) FROM device"), 7);
	cr_assert_eq(number("SELECT count(*) FROM progress WHERE what LIKE "
			    "'carry%' OR what LIKE 'name%'"), 0);
	cr_assert_eq(fixture_files(&fixture, "journal.db.carry"), 0);
}

Test(salvage, of_a_whole_database_nothing_is_lost)
{
	set_aside();
	carry_all();
	expect_all();
}

/* Closed and opened again after every piece, and some are rolled back. */
Test(salvage, it_goes_on_where_it_was)
{
	struct writer *writer;
	unsigned pieces = 0;
	bool more = true;

	set_aside();
	for (; more; pieces++) {
		writer = fixture_writer(&fixture);
		more = writer->ops->idle(writer);
		writer->ops->close(writer);
	}
	cr_assert_gt(pieces, 10);
	expect_all();
}

Test(salvage, new_rows_come_behind_the_old_ones)
{
	struct writer *writer;
	int64_t last = number("SELECT max(number) FROM tail");

	set_aside();
	writer = fixture_writer(&fixture);
	for (unsigned i = 0; i < 5; i++)
		put_and_store(writer, ROWS + 1 + i * 50, 50);
	cr_assert_gt(number("SELECT min(number) FROM tail"), last);
	while (writer->ops->idle(writer))
		;
	cr_assert_eq(writer->ops->seal(writer), 0);
	writer->ops->close(writer);
	cr_assert_eq(rows_of_look(&fixture, ROWS + 250), ROWS + 250);
	cr_assert_eq(number(COUNTED), ROWS + 250);
}

/* The second is set aside while the first is being carried over. */
Test(salvage, one_after_the_other)
{
	struct writer *writer;

	set_aside();
	writer = fixture_writer(&fixture);
	for (int i = 0; i < 6; i++)
		cr_assert(writer->ops->idle(writer));
	writer->ops->close(writer);
	set_aside();
	carry_all();
	expect_all();
}

static void overwrite(const char *path, off_t at, size_t len, int byte)
{
	int fd = open(path, O_RDWR);
	uint8_t bytes[PAGE];

	cr_assert_geq(fd, 0);
	memset(bytes, byte, sizeof(bytes));
	cr_assert_eq(pwrite(fd, bytes, len, at), (ssize_t)len);
	close(fd);
}

/* Every block is found by itself; what cannot be known begins at the clock. */
Test(salvage, a_header_that_is_gone)
{
	unsigned states[4];

	overwrite(fixture.database, 0, PAGE, 'x');
	set_aside();
	carry_all();
	cr_assert_eq(rows_of_look(&fixture, ROWS), FLOODS * FLOOD);
	cr_assert_gt(number("SELECT count(*) FROM gap WHERE reason = "
			    "'damaged' AND count = 0"), 0);
	check_chain(states);
	cr_assert_eq(states[CHAIN_TAMPERED] + states[CHAIN_MISSING], 0);
	cr_assert_gt(number("SELECT number FROM progress WHERE what = "
			    "'numbers'"), (int64_t)1700000000 * 1000000);
}

static off_t root_of(const char *table)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "SELECT rootpage FROM sqlite_schema WHERE "
		 "name = '%s'", table);
	return (off_t)(number(sql) - 1) * PAGE;
}

Test(salvage, a_tree_without_a_root)
{
	overwrite(fixture.database, root_of("block_data"), PAGE, 0);
	set_aside();
	carry_all();
	expect_all();
}

Test(salvage, a_chain_without_a_root)
{
	unsigned states[4];

	overwrite(fixture.database, root_of("chain"), PAGE, 0);
	set_aside();
	carry_all();
	cr_assert_eq(rows_of_look(&fixture, ROWS), ROWS);
	check_chain(states);
	cr_assert_eq(states[CHAIN_TAMPERED] + states[CHAIN_MISSING], 0);
	cr_assert_gt(states[CHAIN_REDACTED], 0);
}

Test(salvage, a_ledger_without_a_root)
{
	overwrite(fixture.database, root_of("ledger"), PAGE, 0);
	set_aside();
	carry_all();
	cr_assert_eq(rows_of_look(&fixture, ROWS), ROWS);
}

/* What retention or a person took out stays out, whatever is still there. */
Test(salvage, what_was_taken_out_does_not_come_back)
{
	fixture_run(&fixture, "PRAGMA secure_delete = OFF;"
		"CREATE TEMP TABLE t AS SELECT number FROM block ORDER BY "
		"number LIMIT 1 OFFSET 3;"
		"DELETE FROM block_data WHERE number IN t;"
		"DELETE FROM block WHERE number IN t;"
		"INSERT INTO redaction (link, time, reason, gone) SELECT link,"
		" 1, 'forget', rows FROM chain WHERE number IN t");
	overwrite(fixture.database, root_of("block"), PAGE, 0);
	set_aside();
	carry_all();
	cr_assert_eq(rows_of_look(&fixture, ROWS), ROWS - FLOOD);
	cr_assert_eq(number("SELECT count(*) FROM redaction"), 1);
}

/* Of a commit that is only in the log as well. */
Test(salvage, a_log_that_was_not_taken_back)
{
	struct writer *writer = fixture_writer(&fixture);
	char command[700];

	put_and_store(writer, ROWS + 1, FLOOD);
	snprintf(command, sizeof(command), "cd %s && for s in '' -wal; do "
		 "cp journal.db$s copy.db$s; done", fixture.folder);
	cr_assert_eq(system(command), 0);
	writer->ops->close(writer);
	snprintf(command, sizeof(command), "cd %s && rm journal.db*; for s in "
		 "'' -wal; do mv copy.db$s journal.db$s; done",
		 fixture.folder);
	cr_assert_eq(system(command), 0);
	overwrite(fixture.database, 0, PAGE, 'x');
	set_aside();
	carry_all();
	cr_assert_eq(rows_of_look(&fixture, ROWS + FLOOD),
		     (FLOODS + 1) * FLOOD + TAIL);
}

static void damage_pages(uint64_t *seed, unsigned count)
{
	off_t pages = (off_t)(database_bytes(fixture.database, "") / PAGE);

	for (unsigned i = 0; i < count; i++) {
		off_t page = (off_t)(fixture_random(seed) % (uint64_t)pages);
		off_t at = (off_t)(fixture_random(seed) % (PAGE - 64));
		size_t len = i % 2 == 0 ? PAGE : 64;

		overwrite(fixture.database, page * PAGE +
			  (len == PAGE ? 0 : at), len,
			  (int)fixture_random(seed));
	}
}

/* A link as a word; all that there were before the damage. */
#define LINK "link || '.' || number || '.' || last || '.' || rows || '.' || " \
	"from_time || '.' || until_time || '.' || hex(hash) || hex(sealed)"
static char links[(FLOODS + 1) * 256];

/* Bytes of a link that were damaged unseen cannot be told from a lie. */
static int64_t links_changed(void)
{
	char sql[sizeof(links) + 512];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM chain WHERE link <= "
		 "%d AND instr('%s', " LINK ") = 0", FLOODS, links);
	return number(sql);
}

/*
 * All that was in blocks is there, or a gap says that something is not.  A
 * page of the tail that is damaged so that SQLite does not see it cannot be
 * told from one that was never there.
 */
static void expect_the_rest(unsigned round)
{
	int64_t rows = number("SELECT coalesce(sum(rows), 0) FROM block WHERE "
			      "number < 2 + 8 * 4500");
	int64_t lost = number("SELECT sum(count) FROM gap");
	int64_t unknown = number("SELECT count(*) FROM gap WHERE count = 0");
	unsigned states[4];

	cr_assert_leq(rows_of_look(&fixture, ROWS), ROWS);
	if (links_changed() > 0)
		return;
	check_chain(states);
	cr_assert_eq(states[CHAIN_TAMPERED] + states[CHAIN_MISSING], 0,
		     "round %u: %u tampered, %u missing", round,
		     states[CHAIN_TAMPERED], states[CHAIN_MISSING]);
	cr_assert_leq(rows + lost, FLOODS * FLOOD, "round %u", round);
	cr_assert(unknown > 0 || rows + lost == FLOODS * FLOOD,
		  "round %u: %lld rows, %lld lost", round, (long long)rows,
		  (long long)lost);
}

Test(salvage, damaged_at_random_every_loss_is_named)
{
	char command[400];
	uint64_t seed = 4711;

	snprintf(command, sizeof(command), "cp %s %s.whole", fixture.database,
		 fixture.database);
	cr_assert_eq(system(command), 0);
	fixture_ask(&fixture, "SELECT group_concat(" LINK ") FROM chain",
		    links, sizeof(links));
	rows_of_plain = number("SELECT min(number) FROM tail");
	for (unsigned round = 0; round < 40; round++) {
		damage_pages(&seed, 1 + round / 4);
		set_aside();
		carry_all();
		expect_the_rest(round);
		snprintf(command, sizeof(command), "cd %s && rm -f *damaged* "
			 "journal.db journal.db-* && cp journal.db.whole "
			 "journal.db", fixture.folder);
		cr_assert_eq(system(command), 0);
	}
}
