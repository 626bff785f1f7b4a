/*
 * A small change beside the rows: by the journal's thread, after what waited;
 * by whoever is there without one; whole, or not at all.
 */
#include "journal/edit.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

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

TestSuite(edit, .init = set_up, .fini = tear_down, .timeout = 60);

static struct journal *open_journal(bool enabled, bool start)
{
	struct journal_options options = {
		.enabled = enabled, .path = fixture.database,
		.rings = fixture.rings, .workers = 1, .slots = 256,
		.commit_ms = 3600000, .group = (gid_t)-1,
	};
	struct journal *journal;

	cr_assert_eq(journal_open(&journal, &options), 0);
	if (start)
		cr_assert_eq(journal_start(journal), 0);
	return journal;
}

/* What an edit finds and leaves. */
struct change {
	int number;		/* of the mark */
	int rc;			/* what apply gives in the end */
	int64_t rows;		/* in the tail, when it is applied */
	pthread_t thread;
	_Atomic int done;	/* 1, or the error */
};

static int apply(sqlite3 *db, void *context)
{
	struct change *change = context;
	sqlite3_stmt *stmt;
	char sql[128];

	change->thread = pthread_self();
	cr_assert_eq(sqlite3_prepare_v2(db, "SELECT count(*) FROM tail", -1,
					&stmt, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
	change->rows = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	snprintf(sql, sizeof(sql), "INSERT INTO mark (id, time, label)"
		 " VALUES (%d, 1, 'x')", change->number);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	return change->rc;
}

static void note_done(void *context, int error)
{
	struct change *change = context;

	cr_assert_eq(change->done, 0, "done twice");
	change->done = error < 0 ? error : 1;
}

static void await(struct change *change)
{
	for (int i = 0; i < 50000 && change->done == 0; i++)
		usleep(100);
	cr_assert_neq(change->done, 0, "never done");
}

static int64_t marks(void)
{
	return fixture_number(&fixture, "SELECT count(*) FROM mark");
}

Test(edit, by_the_thread_after_what_waited)
{
	struct journal *journal = open_journal(true, true);
	struct entry entry = fixture_query("some.name.example", 0);
	struct change change = { .number = 5 };

	for (int i = 0; i < 10; i++)
		fixture_put(journal_ring(journal, 0), &entry);
	cr_assert_eq(journal_edit(journal, apply, &change, note_done), 0);
	await(&change);
	cr_assert_eq(change.done, 1);
	cr_assert_eq(change.rows, 10);
	cr_assert_not(pthread_equal(change.thread, pthread_self()));
	cr_assert_eq(marks(), 1);
	journal_close(journal);
}

Test(edit, many_in_their_order)
{
	struct journal *journal = open_journal(true, true);
	struct change changes[20] = { { 0 } };

	for (int i = 0; i < 20; i++) {
		changes[i].number = i + 1;
		changes[i].rc = i == 7 ? SQLITE_NOTFOUND : SQLITE_OK;
		if (i == 19)
			changes[i].number = 8;
		cr_assert_eq(journal_edit(journal, apply, &changes[i],
					  note_done), 0);
	}
	for (int i = 0; i < 20; i++) {
		await(&changes[i]);
		cr_assert_eq(changes[i].done, i == 7 ? ERROR_ABSENT : 1, "%d",
			     i);
	}
	cr_assert_eq(marks(), 19);
	journal_close(journal);
}

Test(edit, what_it_refuses_leaves_nothing_and_harms_nobody)
{
	static const int codes[] = {
		SQLITE_NOTFOUND, SQLITE_ERROR, SQLITE_CONSTRAINT,
		SQLITE_MISMATCH, SQLITE_ABORT,
	};
	struct journal *journal = open_journal(true, true);
	struct entry entry = fixture_query("some.name.example", 0);

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct change change = { .number = 1, .rc = codes[i] };

		fixture_put(journal_ring(journal, 0), &entry);
		journal_edit(journal, apply, &change, note_done);
		await(&change);
		cr_assert_lt(change.done, 0);
		cr_assert_eq(marks(), 0);
		cr_assert_eq(change.rows, (int64_t)i + 1);
	}
	cr_assert_eq(fixture_files(&fixture, "*damaged*"), 0);
	journal_close(journal);
}

Test(edit, a_disk_that_is_full_is_said)
{
	struct journal *journal = open_journal(true, true);
	struct change full = { .number = 1, .rc = SQLITE_FULL };
	struct change good = { .number = 1 };

	journal_edit(journal, apply, &full, note_done);
	await(&full);
	cr_assert_eq(full.done, -ENOSPC);
	journal_edit(journal, apply, &good, note_done);
	await(&good);
	cr_assert_eq(good.done, 1);
	journal_close(journal);
}

Test(edit, without_a_thread_it_is_done_here)
{
	struct journal *journal = open_journal(true, false);
	struct change change = { .number = 5 };

	cr_assert_eq(journal_edit(journal, apply, &change, note_done), 0);
	cr_assert_eq(change.done, 1);
	cr_assert(pthread_equal(change.thread, pthread_self()));
	cr_assert_eq(marks(), 1);
	journal_close(journal);
}

Test(edit, what_was_asked_for_last_is_done_before_the_end)
{
	struct journal *journal = open_journal(true, true);
	struct change changes[50] = { { 0 } };

	for (int i = 0; i < 50; i++) {
		changes[i].number = i + 1;
		journal_edit(journal, apply, &changes[i], note_done);
	}
	journal_close(journal);
	for (int i = 0; i < 50; i++)
		cr_assert_eq(changes[i].done, 1);
	cr_assert_eq(marks(), 50);
}

Test(edit, a_journal_that_is_off_says_so)
{
	struct journal *journal = open_journal(false, false);
	struct change change = { .number = 5 };

	cr_assert_eq(journal_edit(journal, apply, &change, note_done),
		     ERROR_ABSENT);
	cr_assert_eq(change.done, 0);
	journal_close(journal);
}

/* --- without a daemon --- */

Test(edit, alone)
{
	struct change change = { .number = 1 };

	cr_assert_eq(edit_alone(fixture.database, -1, apply, &change), 0);
	cr_assert_eq(marks(), 1);
	change.number = 2;
	change.rc = SQLITE_NOTFOUND;
	cr_assert_eq(edit_alone(fixture.database, -1, apply, &change),
		     ERROR_ABSENT);
	cr_assert_eq(marks(), 1);
	change.rc = SQLITE_OK;
	cr_assert_eq(edit_alone(fixture.database, -1, apply, &change), 0);
	cr_assert_eq(marks(), 2);
}

/* A mark each time; number 4 is the last. */
static int apply_some(sqlite3 *db, void *context)
{
	struct change *change = context;
	int rc = apply(db, context);

	if (rc != SQLITE_OK)
		return rc;
	return ++change->number > 4 ? SQLITE_DONE : SQLITE_ROW;
}

Test(edit, alone_goes_on_until_it_is_done_and_empties_the_log)
{
	struct change change = { .number = 1 };
	char path[192];
	struct stat status;

	cr_assert_eq(edit_alone(fixture.database, -1, apply_some, &change),
		     0);
	cr_assert_eq(marks(), 4);
	snprintf(path, sizeof(path), "%s-wal", fixture.database);
	cr_assert(stat(path, &status) != 0 || status.st_size == 0);
}

Test(edit, alone_where_that_cannot_be)
{
	struct change change = { .number = 1 };
	char path[200];

	log_level = (enum log_level)-1;
	snprintf(path, sizeof(path), "%s/none/journal.db", fixture.folder);
	cr_assert_lt(edit_alone(path, -1, apply, &change), 0);
	fixture_run(&fixture, "CREATE TABLE theirs (a)");
	cr_assert_eq(edit_alone(fixture.database, -1, apply, &change),
		     ERROR_FOREIGN);
	cr_assert_eq(fixture_files(&fixture, "*damaged*"), 0);
}
