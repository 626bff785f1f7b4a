/*
 * When rows become a block, and that they do so once, whatever the disk says.
 */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "journal/block.h"
#include "journal/seal.h"
#include "rows_of.h"

static struct fixture fixture;
static struct writer *writer;
static struct ring ring;
static unsigned next;		/* line of the next query */

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	writer = fixture_writer(&fixture);
	fixture_ring(&fixture, &ring, 0, 32768);
	next = 1;
}

static void tear_down(void)
{
	if (writer != NULL)
		writer->ops->close(writer);
	ring_close(&ring);
	fixture_remove(&fixture);
}

TestSuite(seal, .init = set_up, .fini = tear_down, .timeout = 60);

static void put(unsigned count)
{
	rows_of_put(&ring, next, count);
	next += count;
}

static void store(unsigned count)
{
	put(count);
	cr_assert_eq(fixture_store(writer, &ring), 0, "%s", writer->words);
}

static int64_t in_tail(void)
{
	return fixture_number(&fixture, "SELECT count(*) FROM tail");
}

static int64_t blocks(void)
{
	return fixture_number(&fixture, "SELECT count(*) FROM block");
}

static void look(void)
{
	cr_assert_eq(rows_of_look(&fixture, next - 1), next - 1);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM block "
				    "JOIN block_data USING (number) JOIN chain "
				    "USING (number, last, rows, from_time, "
				    "until_time)"), blocks());
}

Test(seal, quiet_rows_wait_in_the_tail)
{
	for (int i = 0; i < 5; i++)
		store(3000);
	cr_assert_eq(in_tail(), 15000);
	cr_assert_eq(blocks(), 0);
	look();
}

/* The first number is a row of the table clock. */
Test(seal, a_block_is_filled_to_the_brim_and_the_rest_begins_the_next_tail)
{
	for (int i = 0; i < 8; i++)
		store(2000);
	cr_assert_eq(blocks(), 0);
	store(500);
	cr_assert_eq(blocks(), 1);
	cr_assert_eq(in_tail(), 16500 - BLOCK_ROWS);
	cr_assert_eq(fixture_number(&fixture, "SELECT rows FROM block"),
		     BLOCK_ROWS);
	look();
	store(3);
	cr_assert_eq(in_tail(), 16503 - BLOCK_ROWS);
	look();
}

Test(seal, a_flood_does_not_go_through_the_tail)
{
	store(100);
	store(SEAL_FLOOD);
	cr_assert_eq(in_tail(), 0);
	cr_assert_eq(blocks(), 1);
	store(BLOCK_ROWS + SEAL_FLOOD + 1000);
	cr_assert_eq(blocks(), 3);
	cr_assert_eq(in_tail(), 0);
	store(BLOCK_ROWS + 1000);
	cr_assert_eq(blocks(), 4);
	cr_assert_eq(in_tail(), 1000);
	look();
}

Test(seal, a_tail_of_more_than_a_day_is_sealed)
{
	struct entry entry = rows_of_entry(1);

	entry.mono = entry.wall - 1700000000000000 + 5000000000;
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	entry.wall += (uint64_t)25 * 3600 * 1000000;
	entry.mono += (uint64_t)25 * 3600 * 1000000;
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(in_tail(), 2);
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(in_tail(), 0);
	cr_assert_eq(blocks(), 1);
}

Test(seal, whoever_asks_gets_it)
{
	struct writer_size size;

	cr_assert_eq(writer->ops->seal(writer), 0);
	cr_assert_eq(blocks(), 0);
	store(10);
	cr_assert_eq(writer->ops->seal(writer), 0);
	cr_assert_eq(in_tail(), 0);
	look();
	store(5);
	cr_assert_eq(in_tail(), 5);
	writer->ops->measure(writer, &size);
	cr_assert_eq(size.blocks, 1);
	cr_assert_eq(size.sealed_rows, 10);
	cr_assert_gt(size.block_bytes, 100);
	cr_assert_gt(size.written, 3 * 4096);
	writer->ops->close(writer);
	writer = fixture_writer(&fixture);
	writer->ops->measure(writer, &size);
	cr_assert_eq(size.blocks, 1);
	cr_assert_eq(size.sealed_rows, 10);
}

static int store_with_limit(rlim_t limit)
{
	struct rlimit old, tight;
	int error;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tight = old;
	tight.rlim_cur = limit;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
	error = fixture_store(writer, &ring);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	return error;
}

/*
 * The log ends at every page that the sealing writes, one after the other: it
 * begins anew when the writer opens the database again after an error.
 */
Test(seal, a_sealing_that_fails_at_any_page_changes_nothing)
{
	unsigned failed = 0;
	int error = -1;

	for (int i = 0; i < 8; i++)
		store(2000);
	put(2000);
	for (rlim_t limit = 0; error < 0; limit += 4096 + 24) {
		error = store_with_limit(32768 + limit);
		failed += error < 0;
		if (error < 0 && failed % 7 == 0) {
			cr_assert_eq(in_tail(), 16000);
			cr_assert_eq(blocks(), 0);
		}
	}
	cr_assert_gt(failed, 20, "%u", failed);
	cr_assert_eq(blocks(), 1);
	cr_assert_eq(fixture_files(&fixture, "*damaged*"), 0);
	look();
	cr_assert_eq(writer->ops->seal(writer), 0);
	writer->ops->close(writer);
	writer = NULL;
	cr_assert_eq(fixture_number(&fixture, "SELECT sum(count) FROM ledger"),
		     next - 1);
}

/* A tail as versions without blocks have left it. */
Test(seal, a_tail_without_end_is_sealed_a_piece_at_a_time)
{
	store(1);
	fixture_run(&fixture, "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL "
		"SELECT i + 1 FROM n WHERE i < 150009) INSERT INTO tail "
		"(number, time, name) SELECT i, 1700000000000000, 'old.example'"
		" FROM n");
	store(10);
	cr_assert_eq(in_tail(), 150001 - 4 * BLOCK_ROWS + 10);
	store(10);
	store(10);
	cr_assert_lt(in_tail(), BLOCK_ROWS);
	cr_assert_eq(fixture_number(&fixture, "SELECT " FIXTURE_ROWS), 150031);
}

Test(seal, rows_that_somebody_wrote_are_cut_to_size)
{
	store(1);
	fixture_run(&fixture, "INSERT INTO tail (number, time, client, name, "
		"alias, type, list, ttl, duration, verdict) VALUES "
		"(100, -5, x'010203', replace(hex(zeroblob(40000)), '0', 'a'), "
		"char(10) || 'x', -1, 70000, -7, 1 << 40, 999), "
		"(101, 9223372036854775807, zeroblob(99999), '', NULL, 0, "
		"NULL, 0, 0, 0), (102, 0, NULL, NULL, NULL, NULL, NULL, NULL, "
		"NULL, NULL)");
	cr_assert_eq(writer->ops->seal(writer), 0, "%s", writer->words);
	cr_assert_eq(fixture_number(&fixture, "SELECT sum(rows) FROM block"),
		     4);
	store(5);
}
