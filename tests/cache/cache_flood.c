/*
 * What the household asks for every day must still be there after a flood of
 * names that nobody asks for twice: a scan, a broken device, a random
 * subdomain attack.  The same queries go through the cache and through a
 * list of the same size that keeps what was asked last (LRU).
 */
#include "cache/cache.h"

#include <stdio.h>
#include <stdlib.h>

#include "made.h"

enum { HOUSEHOLD = 250, FLOOD = 10, ROUNDS = 6000, LRU_MAX = 2000 };

struct lru {
	unsigned count, size;
	unsigned names[LRU_MAX];	/* asked last comes first */
};

static struct cache *cache;
static struct made made;
static struct lru lru;
static unsigned stranger = HOUSEHOLD;

/* True: it was there.  It is, afterwards. */
static bool lru_ask(unsigned name)
{
	unsigned i = 0;

	while (i < lru.count && lru.names[i] != name)
		i++;
	if (i < lru.count) {
		memmove(lru.names + 1, lru.names, i * sizeof(lru.names[0]));
		lru.names[0] = name;
		return true;
	}
	if (lru.count < lru.size)
		lru.count++;
	memmove(lru.names + 1, lru.names,
		(lru.count - 1) * sizeof(lru.names[0]));
	lru.names[0] = name;
	return false;
}

static bool cache_ask(unsigned name)
{
	uint8_t at[512];
	struct cache_hit hit = { .at = at, .room = sizeof(at) };
	struct question question;
	char words[64];

	snprintf(words, sizeof(words), "host%u.example.com", name);
	question = made_question(words, TYPE_A);
	if (cache_find(cache, &question, 0, &hit))
		return true;
	made_begin(&made, &question, 0);
	made_address(&made, 0, 60, name);
	cache_put(cache, &question, 0, made_bytes(&made));
	return false;
}

/* Few names are asked for often and many seldom. */
static unsigned some_of_the_household(void)
{
	double x = rand() / (RAND_MAX + 1.0);

	return (unsigned)(x * x * HOUSEHOLD);
}

static void ask_household(unsigned *cache_hits, unsigned *lru_hits)
{
	unsigned name = some_of_the_household();

	*cache_hits += cache_ask(name);
	*lru_hits += lru_ask(name);
}

static void ask_strangers(unsigned count)
{
	for (; count > 0; count--) {
		cache_ask(stranger);
		lru_ask(stranger++);
	}
}

/* A cache that is full of strangers; the list gets as much room. */
static void fill(void)
{
	const struct cache_options options = {
		.bytes = 64 << 10, .ttl_max = 60, .negative_ttl_max = 60
	};
	struct cache_counts counts;

	srand(20261122);
	cache = cache_new(&options);
	for (unsigned i = 0; i < LRU_MAX; i++)
		cache_ask(stranger++);
	cache_count(cache, &counts);
	cr_assert(counts.entries > HOUSEHOLD && counts.entries < LRU_MAX);
	lru.size = (unsigned)counts.entries;
}

Test(cache_flood, the_household_survives_it)
{
	unsigned cache_hits = 0, lru_hits = 0;

	fill();
	for (unsigned round = 0; round < ROUNDS / 4; round++)
		ask_household(&cache_hits, &lru_hits);
	cache_hits = lru_hits = 0;
	for (unsigned round = 0; round < ROUNDS; round++) {
		ask_household(&cache_hits, &lru_hits);
		ask_strangers(FLOOD);
	}
	cr_log_info("%u of %u from the cache, %u from the list", cache_hits,
		    ROUNDS, lru_hits);
	cr_assert(cache_hits > ROUNDS / 100 * 90, "%u", cache_hits);
	cr_assert(cache_hits > lru_hits + ROUNDS / 4, "%u, %u", cache_hits,
		  lru_hits);
	cache_free(cache);
}

/* It settles down while the flood goes on. */
Test(cache_flood, the_household_moves_in_during_it)
{
	unsigned cache_hits = 0, lru_hits = 0;

	fill();
	for (unsigned round = 0; round < ROUNDS; round++) {
		if (round == ROUNDS / 2)
			cache_hits = lru_hits = 0;
		ask_household(&cache_hits, &lru_hits);
		ask_strangers(FLOOD);
	}
	cr_log_info("%u of %u from the cache, %u from the list", cache_hits,
		    ROUNDS / 2, lru_hits);
	cr_assert(cache_hits > lru_hits + ROUNDS / 8, "%u, %u", cache_hits,
		  lru_hits);
	cache_free(cache);
}

/*
 * Moving in among strangers costs up to two misses a name; then it is as good
 * as the list.
 */
Test(cache_flood, without_a_flood_it_is_as_good_as_a_list)
{
	unsigned cache_hits = 0, lru_hits = 0;

	fill();
	for (unsigned round = 0; round < ROUNDS / 2; round++)
		ask_household(&cache_hits, &lru_hits);
	cr_assert(cache_hits + 2 * HOUSEHOLD > lru_hits, "%u, %u", cache_hits,
		  lru_hits);
	cache_hits = lru_hits = 0;
	for (unsigned round = 0; round < ROUNDS / 2; round++)
		ask_household(&cache_hits, &lru_hits);
	cr_log_info("%u of %u from the cache, %u from the list", cache_hits,
		    ROUNDS / 2, lru_hits);
	cr_assert(cache_hits + ROUNDS / 50 > lru_hits, "%u, %u", cache_hits,
		  lru_hits);
	cache_free(cache);
}
