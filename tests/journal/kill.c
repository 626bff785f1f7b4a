/*
 * The promise itself: a process that is killed at any moment loses nothing
 * that was answered.  After each kill the next process finds the folder as it
 * was left; in the end every query is a row or inside a gap, and once.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "ask.h"
#include "fixture.h"
#include "journal/chain.h"
#include "journal/database.h"
#include "journal/scan.h"

enum { WORKERS = 2, ROUNDS = 40, LATEST_US = 45000 };

/* A small ring fills the tail; a large one brings floods. */
static uint32_t slots;

/* Shared with the process that is killed; outlives it. */
struct score {
	/* Of each worker: queries begun, and those a client was answered. */
	atomic_uint begun[WORKERS], answered[WORKERS];
};

struct work {
	struct journal *journal;
	struct score *score;
	unsigned worker;
};

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

TestSuite(kill, .init = set_up, .fini = tear_down, .timeout = 120);

static struct journal *open_journal(void)
{
	struct journal_options options = {
		.enabled = true,
		.path = fixture.database,
		.rings = fixture.rings,
		.workers = WORKERS,
		.slots = slots,
		.commit_ms = 3,
		.group = (gid_t)-1,
	};
	struct journal *journal;

	return journal_open(&journal, &options) == 0 ? journal : NULL;
}

/* The last worker is not faster than its ring is emptied. */
static void keep_pace(const struct work *work, const struct ring *ring)
{
	while (work->worker == WORKERS - 1 &&
	       ring_head(ring) - ring_tail(ring) > slots / 2)
		sched_yield();
}

/* Every seventh is an alias too; every query has a line of its own. */
static void *answer_queries(void *context)
{
	struct work *work = context;
	struct ring *ring = journal_ring(work->journal, work->worker);
	struct entry entry = fixture_query("kill.example", 0);

	entry.qtype = (uint16_t)(work->worker + 1);
	for (;;) {
		unsigned line = ++work->score->begun[work->worker];
		unsigned count = line % 7 == 0 ? 2 : 1;
		uint64_t first;

		entry.line = line;
		entry.mono++;
		entry.wall++;
		if (ring_claim(ring, count, entry.wall, &first)) {
			*ring_slot(ring, first) = entry;
			if (count == 2) {
				*ring_slot(ring, first + 1) = entry;
				ring_slot(ring, first + 1)->kind = ENTRY_ALIAS;
			}
			ring_publish(ring, first, count);
		}
		++work->score->answered[work->worker];
		if (line % 16 == 0)
			journal_nudge(work->journal, work->worker);
		keep_pace(work, ring);
	}
	return NULL;
}

static void live(struct score *score)
{
	struct journal *journal = open_journal();
	struct work work[WORKERS];
	pthread_t threads[WORKERS];

	if (journal == NULL || journal_start(journal) != 0)
		_exit(1);
	for (unsigned i = 0; i < WORKERS; i++) {
		work[i] = (struct work){ journal, score, i };
		pthread_create(&threads[i], NULL, answer_queries, &work[i]);
	}
	pause();
	_exit(1);
}

static void live_and_die(struct score *score, long us)
{
	struct timespec time = { .tv_nsec = us * 1000 };
	int status;
	pid_t pid = fork();

	if (pid == 0)
		live(score);
	cr_assert_gt(pid, 0);
	nanosleep(&time, NULL);
	kill(pid, SIGKILL);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSIGNALED(status), "it could not begin");
}

/* Which queries are rows: a bit for each line of each worker. */
struct seen {
	uint8_t *bits[WORKERS];
	unsigned most;
	int64_t rows;
};

static void take(struct seen *seen, const struct row *row)
{
	uint8_t *bits = seen->bits[row->type - 1];

	cr_assert_leq(row->line, seen->most);
	cr_assert_not(bits[row->line / 8] & 1u << row->line % 8,
		      "%u of worker %u is there twice", row->line, row->type);
	bits[row->line / 8] |= (uint8_t)(1u << row->line % 8);
	cr_assert_eq(row->line % 7 == 0, row->alias.len > 0);
	seen->rows++;
}

static int64_t look_at_rows(sqlite3 *db, unsigned most)
{
	struct scan_filter filter = { .since = 0 };
	struct seen seen = { .most = most };
	struct scan *scan;
	struct row row;
	int got;

	for (unsigned i = 0; i < WORKERS; i++)
		seen.bits[i] = calloc(most / 8 + 1, 1);
	cr_assert_eq(scan_open(&scan, db, &filter), 0);
	while ((got = scan_next(scan, &row)) > 0)
		take(&seen, &row);
	cr_assert_eq(got, 0);
	scan_close(scan);
	for (unsigned i = 0; i < WORKERS; i++)
		free(seen.bits[i]);
	return seen.rows;
}

static bool take_finding(void *context, const struct chain_finding *found)
{
	cr_assert_eq(found->state, CHAIN_OK, "link %lld: %s",
		     (long long)found->link.link, found->words);
	++*(unsigned *)context;
	return true;
}

/* In the end all is stored, and the ledger has counted each row once. */
static void look_at_all(const struct score *score)
{
	unsigned begun = 0, answered = 0, most = 0, links = 0;
	int64_t rows, gaps;
	sqlite3 *db;

	for (unsigned i = 0; i < WORKERS; i++) {
		begun += score->begun[i];
		answered += score->answered[i];
		most = score->begun[i] > most ? score->begun[i] : most;
	}
	cr_assert_eq(database_open_reader(&db, fixture.database), 0);
	rows = look_at_rows(db, most);
	cr_assert_eq(chain_check(db, take_finding, &links), 0);
	sqlite3_close(db);
	gaps = fixture_number(&fixture, "SELECT sum(count) FROM gap");
	cr_assert_geq(rows + gaps, answered, "%lld rows, %lld in gaps, "
		      "answered %u", (long long)rows, (long long)gaps,
		      answered);
	cr_assert_leq(rows + gaps, begun);
	cr_assert_eq(fixture_number(&fixture, "SELECT " FIXTURE_ROWS), rows);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM gap WHERE "
				    "reason != 'full'"), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT (SELECT "
		"coalesce(sum(count), 0) FROM ledger) + (SELECT "
		"coalesce(sum(count), 0) FROM ledger_more)"), rows);
	cr_assert_gt(rows, ROUNDS);
	cr_assert_gt(links, 0);
}

/* What is in the tail is in the ledger only when it is sealed. */
static void seal_the_rest(void)
{
	struct writer *writer = fixture_writer(&fixture);

	cr_assert_eq(writer->ops->seal(writer), 0);
	writer->ops->close(writer);
}

static void kill_again_and_again(void)
{
	struct score *score = mmap(NULL, sizeof(*score),
				   PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t seed = 1122;

	for (int round = 0; round < ROUNDS; round++)
		live_and_die(score, 2000 + (long)(fixture_random(&seed) %
						 LATEST_US));
	journal_close(open_journal());
	seal_the_rest();
	look_at_all(score);
	munmap(score, sizeof(*score));
}

Test(kill, nothing_that_was_answered_is_lost_or_doubled)
{
	slots = 256;
	kill_again_and_again();
}

Test(kill, nor_in_a_flood_that_goes_into_blocks)
{
	slots = 16384;
	kill_again_and_again();
}
