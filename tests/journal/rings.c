/*
 * What an earlier run has left behind is found, stored and removed; what
 * cannot be stored is kept; and a folder has one daemon.
 */
#include "journal/rings.h"

#include <errno.h>
#include <sys/wait.h>

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

TestSuite(rings, .init = set_up, .fini = tear_down, .timeout = 60);

/* Rings as a killed daemon leaves them, so many queries in each. */
static void leave_behind(unsigned rings, unsigned queries)
{
	for (unsigned i = 0; i < rings; i++) {
		struct ring ring;

		fixture_ring(&fixture, &ring, i, 64);
		for (unsigned j = 0; j < queries; j++) {
			struct entry entry = fixture_query("left", i + 10 * j);

			fixture_put(&ring, &entry);
		}
		ring_close(&ring);
	}
}

static struct journal_options options_of(unsigned workers)
{
	return (struct journal_options){
		.enabled = true,
		.path = fixture.database,
		.rings = fixture.rings,
		.workers = workers,
		.slots = 64,
		.commit_ms = 10,
		.group = (gid_t)-1,
	};
}

static struct journal *open_journal(unsigned workers)
{
	struct journal_options options = options_of(workers);
	struct journal *journal;

	cr_assert_eq(journal_open(&journal, &options), 0);
	return journal;
}

static int64_t rows(void)
{
	return fixture_number(&fixture, "SELECT count(*) FROM tail");
}

Test(rings, whatever_number_was_left_is_drained)
{
	static const unsigned left[] = { 0, 1, 3, 12 };
	unsigned sum = 0;

	for (unsigned i = 0; i < 4; i++) {
		struct journal_counts counts;
		struct journal *journal;

		leave_behind(left[i], 50);
		sum += 50 * left[i];
		journal = open_journal(2);
		journal_count(journal, &counts);
		cr_assert_eq(counts.drained, 50 * left[i]);
		cr_assert_eq(counts.room, 128);
		cr_assert_eq(counts.waiting, 0);
		cr_assert_eq(rows(), sum);
		cr_assert_eq(fixture_files(&fixture, "rings/ring.*"), 2);
		journal_close(journal);
		cr_assert_eq(fixture_files(&fixture, "rings/ring.*"), 0);
		cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM "
					    "ring"), 0);
	}
}

Test(rings, an_open_gap_of_a_dead_worker_is_stored)
{
	struct journal *journal;

	leave_behind(2, 100);
	journal = open_journal(1);
	cr_assert_eq(rows(), 128);
	cr_assert_eq(fixture_number(&fixture, "SELECT sum(count) FROM gap"),
		     72);
	cr_assert_eq(fixture_number(&fixture, "SELECT max(until_time) - "
				    "min(from_time) FROM gap"), 10 * 35 + 1);
	journal_close(journal);
}

Test(rings, damaged_ones_are_set_aside_and_noted)
{
	struct journal *journal;
	char path[256];
	FILE *file;

	leave_behind(3, 10);
	snprintf(path, sizeof(path), "%s/ring.1", fixture.rings);
	file = fopen(path, "r+");
	fputs("ruined", file);
	fclose(file);
	snprintf(path, sizeof(path), "%s/ring.7", fixture.rings);
	file = fopen(path, "w");
	fputs("short", file);
	fclose(file);
	journal = open_journal(2);
	cr_assert_eq(rows(), 20);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM gap WHERE "
		"reason = 'damaged' AND count = 0 AND until_time > from_time"
		" - 1"), 2);
	cr_assert_eq(fixture_files(&fixture, "rings/ring.*.damaged"), 2);
	journal_close(journal);
	journal = open_journal(2);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM gap"), 2);
	journal_close(journal);
}

Test(rings, half_made_and_foreign_files)
{
	struct journal *journal;
	char path[256];

	snprintf(path, sizeof(path), "%s/ring.3.new", fixture.rings);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	snprintf(path, sizeof(path), "%s/ring.txt", fixture.rings);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	journal = open_journal(1);
	cr_assert_eq(fixture_files(&fixture, "rings/ring.3.new"), 0);
	cr_assert_eq(fixture_files(&fixture, "rings/ring.txt"), 1);
	journal_close(journal);
}

Test(rings, a_folder_has_one_daemon)
{
	struct journal_options options = options_of(1);
	struct journal *journal = open_journal(1), *other;

	cr_assert_eq(journal_open(&other, &options), ERROR_BUSY);
	journal_close(journal);
	cr_assert_eq(journal_open(&other, &options), 0);
	journal_close(other);
}

Test(rings, a_folder_that_cannot_be_used)
{
	struct journal_options options = options_of(1);
	struct journal *journal;

	options.rings = fixture.database;
	close(open(fixture.database, O_WRONLY | O_CREAT, 0600));
	cr_assert_eq(journal_open(&journal, &options), -ENOTDIR);
}

/* The database is one of tomorrow: entries wait, in the same rings. */
Test(rings, what_cannot_be_drained_is_kept_and_used)
{
	struct journal_counts counts;
	struct journal *journal;
	struct entry entry = fixture_query("later", 1);

	leave_behind(3, 100);
	fixture_run(&fixture, "PRAGMA application_id = 0x68626e64;"
		    "PRAGMA user_version = 99; CREATE TABLE x(y)");
	for (int i = 0; i < 3; i++) {
		journal = open_journal(2);
		journal_count(journal, &counts);
		cr_assert_eq(counts.error, ERROR_FOREIGN);
		cr_assert_eq(counts.drained, 192);
		cr_assert_eq(fixture_files(&fixture, "rings/ring.*"), 3);
		cr_assert_not(fixture_put(journal_ring(journal, 1), &entry));
		journal_close(journal);
	}
	cr_assert_eq(unlink(fixture.database), 0);
	journal = open_journal(5);
	cr_assert_eq(rows(), 192);
	cr_assert_eq(fixture_number(&fixture, "SELECT sum(count) FROM gap"),
		     108 + 3);
	cr_assert_eq(fixture_files(&fixture, "rings/ring.*"), 5);
	journal_close(journal);
}

/* More workers than rings were left, and the disk comes back while we run. */
Test(rings, kept_ones_are_drained_when_the_disk_comes_back)
{
	struct entry entry = fixture_query("later", 1);
	struct journal *journal;

	leave_behind(3, 70);
	fixture_run(&fixture, "PRAGMA application_id = 0x68626e64;"
		    "PRAGMA user_version = 99; CREATE TABLE x(y)");
	journal = open_journal(1);
	cr_assert_eq(fixture_files(&fixture, "rings/ring.*"), 3);
	cr_assert_not(fixture_put(journal_ring(journal, 0), &entry));
	cr_assert_eq(unlink(fixture.database), 0);
	journal_close(journal);
	cr_assert_eq(rows(), 192);
	cr_assert_eq(fixture_number(&fixture, "SELECT sum(count) FROM gap"),
		     18 + 1);
	cr_assert_eq(fixture_files(&fixture, "rings/ring.*"), 0);
}
