/*
 * Each entry is stored once and each lost query counted once, whatever was
 * killed between which two steps.
 */
#include "ask.h"
#include "fixture.h"

static struct fixture fixture;

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
}

static void tear_down(void)
{
	fixture_remove(&fixture);
}

TestSuite(account, .init = set_up, .fini = tear_down, .timeout = 60);

static int64_t rows(void)
{
	return fixture_number(&fixture, "SELECT count(*) FROM tail");
}

static int64_t lost(void)
{
	return fixture_number(&fixture, "SELECT sum(count) FROM gap");
}

static void fill(struct ring *ring, unsigned count)
{
	struct entry entry = fixture_query("example", 1);

	for (unsigned i = 0; i < count; i++) {
		entry.wall++;
		entry.mono++;
		fixture_put(ring, &entry);
	}
}

/* As a start finds it: its worker is dead. */
static int drain(struct writer *writer, struct ring *ring)
{
	struct writer_source source = {
		.ring = ring, .from = ring_tail(ring),
		.until = ring_head(ring), .gap = ring_take_gap(ring),
		.ended = true,
	};

	return writer->ops->store(writer, &source, 1);
}

Test(account, killed_between_commit_and_freeing)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 16);
	fill(&ring, 10);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(ring_tail(&ring), 0);
	writer->ops->close(writer);
	writer = fixture_writer(&fixture);
	fill(&ring, 3);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(rows(), 13);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(account, an_open_gap_is_stored_once)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 16);
	fill(&ring, 20);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(rows(), 16);
	cr_assert_eq(lost(), 4);
	cr_assert_eq(fixture_number(&fixture, "SELECT until_time - from_time "
				    "FROM gap"), 3);
	writer->ops->close(writer);
	ring_close(&ring);
}

/* The gap is out of the header, and its rows were never committed. */
Test(account, killed_after_the_gap_was_taken)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 16);
	fill(&ring, 20);
	cr_assert_eq(ring_take_gap(&ring).count, 4);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(rows(), 16);
	cr_assert_eq(lost(), 4);
	cr_assert_eq(fixture_number(&fixture, "SELECT from_time FROM gap"),
		     fixture_number(&fixture, "SELECT max(time) FROM tail"));
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(account, gap_entries_and_the_open_gap_add_up)
{
	struct writer *writer = fixture_writer(&fixture);
	uint64_t seed = 7;
	struct ring ring;
	unsigned given = 0;

	fixture_ring(&fixture, &ring, 0, 16);
	for (int round = 0; round < 50; round++) {
		unsigned count = (unsigned)fixture_random(&seed) % 40;

		fill(&ring, count);
		given += count;
		if (round % 5 == 4)
			cr_assert_eq(drain(writer, &ring), 0);
		else
			cr_assert_eq(fixture_store(writer, &ring), 0);
		if (round % 5 == 4)
			ring_free_until(&ring, ring_head(&ring));
	}
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(rows() + lost(), given);
	cr_assert_gt(lost(), 100);
	writer->ops->close(writer);
	ring_close(&ring);
}

/* The database is new, the ring is not: nothing is counted twice. */
Test(account, a_ring_whose_database_is_gone)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 16);
	fill(&ring, 20);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fill(&ring, 2);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(rows() + lost(), 22);
	writer->ops->close(writer);
	cr_assert_eq(unlink(fixture.database), 0);
	writer = fixture_writer(&fixture);
	fill(&ring, 17);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(rows(), 16);
	cr_assert_eq(lost(), 1);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(account, a_position_that_cannot_be_is_not_believed)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 16);
	fill(&ring, 5);
	cr_assert_eq(drain(writer, &ring), 0);
	fixture_run(&fixture, "UPDATE ring SET position = 1 << 40");
	fill(&ring, 1);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(rows(), 5 + 6);
	fixture_run(&fixture, "UPDATE ring SET position = -1, lost = -5");
	cr_assert_eq(drain(writer, &ring), 0);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(account, a_damaged_ring_is_a_gap_of_unknown_size)
{
	struct writer *writer = fixture_writer(&fixture);
	struct writer_source source = {
		.gap = { .since = 1000000, .until = 2000000 }, .ended = true,
	};

	cr_assert_eq(writer->ops->store(writer, &source, 1), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM gap WHERE "
		"reason = 'damaged' AND count = 0 AND from_time = 1000000"),
		1);
	writer->ops->close(writer);
}

Test(account, rings_that_are_gone_are_forgotten)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 16);
	fill(&ring, 5);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM ring"), 1);
	cr_assert_eq(writer->ops->forget(writer), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM ring"), 0);
	writer->ops->close(writer);
	ring_close(&ring);
}

/* A damaged -wal: SQLite takes what is before the damage for all there is. */
Test(account, a_database_that_lost_its_last_commits)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 16);
	fill(&ring, 5);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fill(&ring, 7);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(ring_tail(&ring), 12);
	fixture_run(&fixture, "DELETE FROM tail WHERE number > 6");
	fixture_run(&fixture, "UPDATE ring SET position = 5");
	fill(&ring, 2);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count FROM gap WHERE "
				    "reason = 'damaged'"), 7);
	cr_assert_eq(rows() + lost(), 14);
	cr_assert_eq(drain(writer, &ring), 0);
	cr_assert_eq(lost(), 7);
	writer->ops->close(writer);
	ring_close(&ring);
}
