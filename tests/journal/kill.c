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

enum { WORKERS = 2, ROUNDS = 40, LATEST_US = 45000 };

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
		.slots = 256,
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
	       ring_head(ring) - ring_tail(ring) > 128)
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

Test(kill, nothing_that_was_answered_is_lost_or_doubled)
{
	struct score *score = mmap(NULL, sizeof(*score),
				   PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t begun = 0, answered = 0, rows, gaps;
	uint64_t seed = 1122;

	for (int round = 0; round < ROUNDS; round++)
		live_and_die(score, 2000 + (long)(fixture_random(&seed) %
						 LATEST_US));
	journal_close(open_journal());
	for (unsigned i = 0; i < WORKERS; i++) {
		begun += score->begun[i];
		answered += score->answered[i];
	}
	rows = fixture_number(&fixture, "SELECT count(*) FROM tail");
	gaps = fixture_number(&fixture, "SELECT sum(count) FROM gap");
	cr_assert_geq(rows + gaps, answered, "%lld rows, %lld in gaps, "
		      "answered %lld", (long long)rows, (long long)gaps,
		      (long long)answered);
	cr_assert_leq(rows + gaps, begun);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM (SELECT 1 "
		"FROM tail GROUP BY type, line)"), rows);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail WHERE "
		"(line % 7 = 0) != (alias IS NOT NULL)"), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM gap WHERE "
				    "reason != 'full'"), 0);
	cr_assert_gt(rows, ROUNDS);
	munmap(score, sizeof(*score));
}
