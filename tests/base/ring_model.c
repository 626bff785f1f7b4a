/*
 * Rings against a naive model: a list of queries that were asked, each of
 * which must come out once, as an entry or inside a gap.
 */
#include "base/ring.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/entry.h"

static char path[64];

static void choose_path(void)
{
	snprintf(path, sizeof(path), "/tmp/homebound-ring-%d", (int)getpid());
}

static void remove_ring(void)
{
	unlink(path);
}

TestSuite(ring_model, .init = choose_path, .fini = remove_ring);

/* Query number `wall`, with an alias if that is odd. */
static bool put(struct ring *ring, uint64_t wall)
{
	unsigned count = 1 + wall % 2;
	uint64_t first;

	if (!ring_claim(ring, count, wall, &first))
		return false;
	for (unsigned i = 0; i < count; i++) {
		struct entry *entry = ring_slot(ring, first + i);

		entry->kind = i == 0 ? ENTRY_QUERY : ENTRY_ALIAS;
		entry->wall = wall;
		entry->name_len = (uint8_t)wall;
		memset(entry->name, (uint8_t)wall, ENTRY_NAME);
	}
	ring_publish(ring, first, count);
	return true;
}

static void assert_intact(const struct entry *entry, uint64_t wall)
{
	cr_assert_eq(entry->wall, wall);
	cr_assert_eq(entry->name_len, (uint8_t)wall);
	cr_assert_eq(entry->name[0], (uint8_t)wall);
	cr_assert_eq(entry->name[ENTRY_NAME - 1], (uint8_t)wall);
}

/* What the reader expects: queries come in order and none is missing. */
struct reading {
	uint64_t query;		/* the next one */
	uint64_t entry;		/* the next one */
	uint64_t gaps;
};

static void read_one(struct reading *reading, const struct ring *ring)
{
	const struct entry *entry = ring_slot(ring, reading->entry++);

	switch (entry->kind) {
	case ENTRY_QUERY:
		assert_intact(entry, reading->query++);
		break;
	case ENTRY_ALIAS:
		assert_intact(entry, reading->query - 1);
		break;
	case ENTRY_GAP:
		cr_assert_eq(entry->since, reading->query);
		reading->query += entry->count;
		cr_assert_eq(entry->wall, reading->query - 1);
		reading->gaps++;
		break;
	default:
		cr_assert(false, "kind %u", entry->kind);
	}
}

static void read_some(struct reading *reading, struct ring *ring, uint64_t most)
{
	uint64_t head = ring_head(ring);

	cr_assert(reading->entry <= head);
	while (reading->entry < head && most-- > 0)
		read_one(reading, ring);
	ring_free_until(ring, reading->entry);
}

Test(ring_model, any_order_of_calls)
{
	struct reading reading = { 0 };
	struct ring ring;
	uint64_t wall = 0;

	srand(20261122);
	cr_assert_eq(ring_open(&ring, path, 16), 0);
	for (unsigned step = 0; step < 200000; step++) {
		switch (rand() % 16) {
		case 0:
			read_some(&reading, &ring, (uint64_t)rand() % 20);
			break;
		case 1:
			ring_settle_gap(&ring, wall);
			break;
		case 2:
			if (rand() % 100 > 0)
				break;
			ring_close(&ring);
			cr_assert_eq(ring_open(&ring, path, 16), 0);
			break;
		default:
			put(&ring, wall++);
			break;
		}
	}
	read_some(&reading, &ring, UINT64_MAX);
	ring_settle_gap(&ring, wall);
	read_some(&reading, &ring, UINT64_MAX);
	cr_assert_eq(reading.query, wall);
	cr_assert(reading.gaps > 1000 && reading.entry > 10000);
	ring_close(&ring);
}

enum { BETWEEN_THREADS = 200000 };

struct writing {
	struct ring ring;
	_Atomic bool ended;
};

static void *write_many(void *context)
{
	struct writing *writing = context;

	for (uint64_t wall = 0; wall < BETWEEN_THREADS; wall++)
		put(&writing->ring, wall);
	writing->ended = true;
	return NULL;
}

/* When the writer has ended, the reader is alone and settles for it. */
Test(ring_model, two_threads)
{
	struct writing writing = { .ended = false };
	struct reading reading = { 0 };
	pthread_t writer;

	cr_assert_eq(ring_open(&writing.ring, path, 64), 0);
	cr_assert_eq(pthread_create(&writer, NULL, write_many, &writing), 0);
	while (!writing.ended)
		read_some(&reading, &writing.ring, 48);
	pthread_join(writer, NULL);
	read_some(&reading, &writing.ring, UINT64_MAX);
	ring_settle_gap(&writing.ring, BETWEEN_THREADS);
	read_some(&reading, &writing.ring, UINT64_MAX);
	cr_assert_eq(reading.query, BETWEEN_THREADS);
	ring_close(&writing.ring);
}
