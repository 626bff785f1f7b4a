/*
 * A writer that is killed: at every single instruction of what a ring does,
 * and at random moments of a long run.  What it leaves must add up, and the
 * next writer must be able to go on.
 */
#include "base/ring.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/entry.h"

static char path[64], copy_path[72];

static void choose_path(void)
{
	snprintf(path, sizeof(path), "/tmp/homebound-kill-%d", (int)getpid());
	snprintf(copy_path, sizeof(copy_path), "%s.copy", path);
}

static void remove_rings(void)
{
	unlink(path);
	unlink(copy_path);
}

TestSuite(ring_kill, .init = choose_path, .fini = remove_rings);

static bool put(struct ring *ring, uint64_t wall, unsigned count)
{
	uint64_t first;

	if (!ring_claim(ring, count, wall, &first))
		return false;
	for (unsigned i = 0; i < count; i++) {
		struct entry *entry = ring_slot(ring, first + i);

		entry->wall = wall;
		entry->duration = (uint32_t)wall;
		entry->name_len = (uint8_t)wall;
		entry->name[0] = entry->name[254] = (uint8_t)wall;
		entry->kind = i == 0 ? ENTRY_QUERY : ENTRY_ALIAS;
	}
	ring_publish(ring, first, count);
	return true;
}

static void assert_intact(const struct entry *entry)
{
	if (entry->kind == ENTRY_GAP) {
		cr_assert(entry->since <= entry->wall);
		return;
	}
	cr_assert(entry->kind == ENTRY_QUERY || entry->kind == ENTRY_ALIAS);
	cr_assert_eq(entry->duration, (uint32_t)entry->wall);
	cr_assert_eq(entry->name_len, (uint8_t)entry->wall);
	cr_assert_eq(entry->name[0], (uint8_t)entry->wall);
	cr_assert_eq(entry->name[254], (uint8_t)entry->wall);
}

enum { SLOTS = 16, FULL = 16, LOST = 3, FREED = 7, SCRIPT_WALL = 1000 };

/* Before the stepping: a full ring with an open gap, partly read. */
static void prepare(struct ring *ring)
{
	cr_assert_eq(ring_open(ring, path, SLOTS), 0);
	for (uint64_t wall = 0; wall < FULL; wall++)
		cr_assert(put(ring, wall, 1));
	for (uint64_t wall = FULL; wall < FULL + LOST; wall++)
		cr_assert_not(put(ring, wall, 1));
	ring_free_until(ring, FREED);
}

/*
 * What is killed at every instruction: gaps closed by a query, by one with
 * an alias, and by nothing, and gaps opened again in between.
 */
static void play(struct ring *ring)
{
	uint64_t wall = SCRIPT_WALL;

	put(ring, wall++, 1);
	put(ring, wall++, 2);
	put(ring, wall++, 1);
	put(ring, wall++, 2);
	put(ring, wall++, 1);
	ring_free_until(ring, FREED + 1);
	ring_settle_gap(ring, wall);
	put(ring, wall++, 1);
	ring_free_until(ring, FREED + 4);
	put(ring, wall++, 2);
	put(ring, wall++, 1);
	ring_free_until(ring, FREED + 9);
	put(ring, wall++, 1);
}

struct sum {
	uint64_t queries;	/* entries, freed ones too */
	uint64_t in_gaps;	/* of gap entries */
};

/* Only queries were freed, and those are the first. */
static struct sum sum_up(const struct ring *ring)
{
	struct sum sum = { .queries = ring_tail(ring) };

	for (uint64_t i = ring_tail(ring); i < ring_head(ring); i++) {
		const struct entry *entry = ring_slot(ring, i);

		assert_intact(entry);
		if (entry->kind == ENTRY_QUERY)
			sum.queries++;
		else if (entry->kind == ENTRY_GAP)
			sum.in_gaps += entry->count;
	}
	return sum;
}

enum { FILE_SIZE = 384 + SLOTS * 384 };

static uint8_t seen[FILE_SIZE];

/* Takes a picture of the file; false if it is the same as before. */
static bool has_changed(const uint8_t *file)
{
	if (memcmp(seen, file, FILE_SIZE) == 0)
		return false;
	memcpy(seen, file, FILE_SIZE);
	return true;
}

static void copy_file(void)
{
	int fd = open(copy_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_eq(write(fd, seen, FILE_SIZE), FILE_SIZE);
	close(fd);
}

/*
 * As a reader finds it; returns how many queries are accounted for.  Each has
 * a wall of its own, so a gap is at least as long as its count.
 */
static uint64_t check_as_reader(void)
{
	struct ring ring;
	struct ring_gap gap;
	struct sum sum;
	uint64_t accounted;

	copy_file();
	cr_assert_eq(ring_open_existing(&ring, copy_path), 0);
	sum = sum_up(&ring);
	gap = ring_take_gap(&ring);
	cr_assert_eq(sum.in_gaps + gap.count, ring_lost(&ring));
	cr_assert(gap.count == 0 || gap.until - gap.since + 1 >= gap.count);
	cr_assert_eq(ring_take_gap(&ring).count, 0);
	accounted = sum.queries + ring_lost(&ring);
	ring_close(&ring);
	return accounted;
}

/* As the next writer finds it: it goes on, and still all adds up. */
static void check_as_writer(void)
{
	struct sum before, after;
	struct ring ring;
	uint64_t need;

	copy_file();
	cr_assert_eq(ring_open(&ring, copy_path, SLOTS), 0);
	before = sum_up(&ring);
	need = before.in_gaps < ring_lost(&ring) ? 2 : 1;
	while (ring_head(&ring) + need > ring_tail(&ring) + SLOTS)
		ring_free_until(&ring, ring_tail(&ring) + 1);
	if (ring_tail(&ring) <= FULL) {
		cr_assert(put(&ring, 5, 1));
		after = sum_up(&ring);
		cr_assert_eq(after.in_gaps, ring_lost(&ring));
		cr_assert_eq(after.queries, before.queries + 1);
	}
	ring_close(&ring);
}

static void be_stepped(struct ring *ring)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(77);
	raise(SIGSTOP);
	play(ring);
	_exit(0);
}

static void check_step(unsigned step, uint64_t *accounted)
{
	uint64_t now = check_as_reader();

	check_as_writer();
	cr_assert(now == *accounted || now == *accounted + 1,
		  "step %u: %llu, then %llu", step,
		  (unsigned long long)*accounted, (unsigned long long)now);
	*accounted = now;
}

Test(ring_kill, at_every_instruction, .timeout = 120)
{
	uint64_t accounted = FULL + LOST;
	unsigned steps = 0, changes = 0;
	struct ring ring;
	pid_t child;
	int status;

	prepare(&ring);
	child = fork();
	if (child == 0)
		be_stepped(&ring);
	cr_assert_eq(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		cr_skip_test("no ptrace here");
	for (; WIFSTOPPED(status); steps++) {
		if (has_changed((const uint8_t *)ring.header)) {
			check_step(steps, &accounted);
			changes++;
		}
		ptrace(PTRACE_SINGLESTEP, child, NULL, NULL);
		cr_assert_eq(waitpid(child, &status, 0), child);
	}
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	cr_assert_eq(accounted, FULL + LOST + 9);
	cr_assert(steps > 200 && changes > 50, "%u of %u", changes, steps);
	ring_close(&ring);
}

/* What child and parent share besides the ring. */
struct shared {
	_Atomic uint64_t asked;		/* queries that were begun */
};

static void write_until_killed(struct shared *shared)
{
	struct ring ring;

	if (ring_open(&ring, path, 256) < 0)
		_exit(1);
	for (;;) {
		uint64_t wall = shared->asked++;

		put(&ring, wall, 1 + wall % 2);
	}
}

/* Reads on; each query follows the one before it, or a gap as long. */
static void drain(struct ring *ring, uint64_t *tail, uint64_t *next)
{
	for (uint64_t head = ring_head(ring); *tail < head; ++*tail) {
		const struct entry *entry = ring_slot(ring, *tail);

		assert_intact(entry);
		if (entry->kind == ENTRY_QUERY)
			cr_assert_eq(entry->wall, (*next)++);
		else if (entry->kind == ENTRY_GAP)
			*next += entry->count;
	}
	ring_free_until(ring, *tail);
}

static void read_for(struct ring *ring, unsigned rounds, uint64_t *tail,
		     uint64_t *next)
{
	struct timespec nap = { .tv_nsec = 1000 * (rand() % 300) };

	while (rounds-- > 0) {
		drain(ring, tail, next);
		nanosleep(&nap, NULL);
	}
}

/* A query that was begun and not finished is not there: one, at most. */
static void assert_all_there(struct ring *ring, uint64_t *next,
			     struct shared *shared)
{
	*next += ring_take_gap(ring).count;
	cr_assert(*next == shared->asked || *next + 1 == shared->asked,
		  "%llu of %llu", (unsigned long long)*next,
		  (unsigned long long)shared->asked);
	shared->asked = *next;
}

Test(ring_kill, at_random_moments, .timeout = 120)
{
	struct shared *shared = mmap(NULL, sizeof(*shared),
				     PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t tail = 0, next = 0;
	struct ring ring;
	int status;

	srand(20261122);
	cr_assert_eq(ring_open(&ring, path, 256), 0);
	for (unsigned round = 0; round < 100; round++) {
		pid_t child = fork();

		if (child == 0)
			write_until_killed(shared);
		read_for(&ring, 1 + (unsigned)rand() % 20, &tail, &next);
		kill(child, SIGKILL);
		cr_assert_eq(waitpid(child, &status, 0), child);
		cr_assert(WIFSIGNALED(status));
		drain(&ring, &tail, &next);
		assert_all_there(&ring, &next, shared);
	}
	cr_assert(ring_lost(&ring) > 0);
	cr_assert(tail > 10000);
	ring_close(&ring);
	munmap(shared, sizeof(*shared));
}
