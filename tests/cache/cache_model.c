/*
 * The cache against a naive model: an array with the last answer to every
 * question.  What is found must be that answer, aged; and as long as nothing
 * has to go, what is fresh must be found.
 */
#include "cache/cache.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "made.h"

enum { MANY = 3000 };

struct known {
	struct question question;
	uint32_t version;
	uint64_t stored;
	uint32_t ttl, records;		/* ttl 0: never put */
};

struct model {
	struct cache *cache;
	struct known known[MANY];
	unsigned count;
	uint64_t now;
	unsigned found, missed;
};

static struct model model;
static struct made made;
static uint8_t room[MESSAGE_MAX];

static void make_model(size_t bytes, unsigned count)
{
	const struct cache_options options = {
		.bytes = bytes, .ttl_max = 1000, .negative_ttl_max = 1000
	};
	char name[64];

	srand(20261122);
	model.cache = cache_new(&options);
	model.count = count;
	model.now = 1000000;
	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "n%u.a%.*s.example", i,
			 (int)(i % 30), "bcdefghijklmnopqrstuvwxyz01234");
		model.known[i].question = made_question(name, TYPE_A);
	}
}

static void put(struct known *known)
{
	known->version = (uint32_t)rand();
	known->ttl = 1 + (uint32_t)rand() % 100;
	known->records = 1 + (uint32_t)rand() % (rand() % 10 ? 4 : 100);
	known->stored = model.now;
	made_begin(&made, &known->question, 0);
	for (uint32_t i = 0; i < known->records; i++)
		made_address(&made, 0, known->ttl + i, known->version + i);
	cache_put(model.cache, &known->question, model.now,
		  made_bytes(&made));
}

/* Every byte of it, built anew with the TTLs it should have. */
static void assert_aged(const struct known *known, const struct cache_hit *hit)
{
	uint32_t age = (uint32_t)((model.now - known->stored) / 1000);

	made_begin(&made, &known->question, 0);
	for (uint32_t i = 0; i < known->records; i++)
		made_address(&made, 0, known->ttl + i - age,
			     known->version + i);
	cr_assert_eq(hit->len, made.len);
	cr_assert_eq(memcmp(hit->at, made.at, made.len), 0);
}

static void find(const struct known *known, bool may_miss)
{
	struct cache_hit hit = { .at = room, .room = sizeof(room) };
	bool fresh = model.now < known->stored + known->ttl * 1000ull;
	bool found = cache_find(model.cache, &known->question, model.now,
				&hit);

	model.found += found;
	model.missed += fresh && !found;
	if (found)
		assert_aged(known, &hit);
	cr_assert(!found || fresh, "stale");
	cr_assert(found || !fresh || may_miss, "lost");
}

static void run(unsigned steps, bool may_miss)
{
	for (unsigned step = 0; step < steps; step++) {
		struct known *known = &model.known[(unsigned)rand() %
						   model.count];

		switch (rand() % 8) {
		case 0:
		case 1:
			put(known);
			break;
		case 2:
			model.now += (uint64_t)rand() % 200;
			break;
		default:
			find(known, may_miss);
			break;
		}
	}
}

Test(cache_model, while_all_fits_nothing_is_lost)
{
	make_model(4 << 20, 500);
	run(100000, false);
	cr_assert(model.found > 10000, "%u", model.found);
	cache_free(model.cache);
}

Test(cache_model, when_not_all_fits_what_is_found_is_right)
{
	struct cache_counts counts;

	make_model(256 << 10, MANY);
	run(100000, true);
	cache_count(model.cache, &counts);
	cr_assert(counts.evicted > 1000);
	cr_assert(model.found > 10000, "%u", model.found);
	cr_assert(model.missed > 1000, "%u", model.missed);
	cr_assert(counts.bytes < 256 << 10);
	cr_assert(counts.inserted >= counts.evicted + counts.entries);
	cache_free(model.cache);
}

/* Smallest answers: the table of places is full before the memory is. */
Test(cache_model, many_small_answers)
{
	const struct cache_options options = {
		.bytes = 64 << 10, .ttl_max = 60, .negative_ttl_max = 60
	};
	struct cache *cache = cache_new(&options);
	struct cache_counts counts;
	struct question question;
	char name[8];

	for (unsigned i = 0; i < 5000; i++) {
		struct cache_hit hit = { .at = room, .room = sizeof(room) };

		snprintf(name, sizeof(name), "%x", i);
		question = made_question(name, TYPE_A);
		made_begin(&made, &question, 0);
		made_address(&made, 0, 60, i);
		cache_put(cache, &question, 0, made_bytes(&made));
		cr_assert(cache_find(cache, &question, 0, &hit));
	}
	cache_count(cache, &counts);
	cr_assert_eq(counts.entries + counts.evicted, 5000);
	cr_assert(counts.entries > 300 && counts.entries < 512);
	cache_free(cache);
}

/*
 * Threads put and find the same few names.  Whose answer it is does not
 * matter: it must be a whole one, of the name that was asked for.
 */
enum { THREADS = 4, SHARED = 64, ROUNDS = 20000 };

static void find_whole(struct cache *cache, const struct question *question,
		       unsigned number)
{
	uint8_t at[2048];
	struct cache_hit hit = { .at = at, .room = sizeof(at) };
	uint32_t last;

	if (!cache_find(cache, question, 1000, &hit))
		return;
	last = bytes_get32(at + hit.len - 4);
	cr_assert_eq(last / 1000, number);
	cr_assert_eq(last % 1000 + 1, bytes_get16(at + 6));
}

static void *use_cache(void *context)
{
	struct cache *cache = model.cache;
	struct made *own = malloc(sizeof(*own));
	unsigned seed = *(const unsigned *)context;

	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned number = (unsigned)rand_r(&seed) % SHARED;
		unsigned records = 1 + (unsigned)rand_r(&seed) % 50;
		const struct question *question =
			&model.known[number].question;

		find_whole(cache, question, number);
		if (round % 4 > 0)
			continue;
		made_begin(own, question, 0);
		for (unsigned i = 0; i < records; i++)
			made_address(own, 0, 60, number * 1000 + i);
		cache_put(cache, question, 1000, made_bytes(own));
	}
	free(own);
	return NULL;
}

Test(cache_model, threads)
{
	unsigned seeds[THREADS];
	struct cache_counts counts;
	pthread_t threads[THREADS];

	make_model(64 << 10, SHARED);
	for (unsigned i = 0; i < THREADS; i++) {
		seeds[i] = i;
		cr_assert_eq(pthread_create(&threads[i], NULL, use_cache,
					    &seeds[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	cache_count(model.cache, &counts);
	cr_assert_eq(counts.inserted, THREADS * ROUNDS / 4);
	cr_assert(counts.evicted > 0);
	cr_assert(counts.entries <= SHARED);
	cache_free(model.cache);
}
