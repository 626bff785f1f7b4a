/*
 * A key's hash says which stripe it belongs to; there a lock is held for one
 * look-up and one copy.  All memory is asked for at once and used as it is
 * needed: a cache that is empty costs address space only.
 *
 *	[ struct cache | struct stripe ... | memory of stripe 0 | of 1 | ... ]
 */
#include "cache/cache.h"

#include <string.h>
#include <sys/mman.h>

#include "base/hash.h"
#include "cache/freshness.h"
#include "cache/kept.h"
#include "cache/stripe.h"
#include "dns/message.h"

enum {
	SIZE_MIN = 64 * 1024,
	STRIPE_MIN = 512 * 1024,	/* answers up to 20 KB fit */
	STRIPES_MAX = 64,
	KEY_DO = 1, KEY_CD = 2, KEY_RD = 4,
	KEY_NAME = 5,			/* where the name begins in a key */
};

struct cache {
	struct cache_options options;
	struct hash_key secret;
	size_t mapped;
	unsigned stripe_count;		/* a power of two */
	struct stripe stripes[];
};

static unsigned count_stripes(size_t bytes)
{
	unsigned count = 1;

	while (count < STRIPES_MAX && bytes / (count * 2) >= STRIPE_MIN)
		count *= 2;
	return count;
}

/* What does not divide evenly is left at the end. */
static void lay_out(struct cache *cache)
{
	size_t head = sizeof(*cache) +
		      cache->stripe_count * sizeof(struct stripe);
	size_t each = (cache->mapped - head) / cache->stripe_count;

	each -= each % 64;
	for (unsigned i = 0; i < cache->stripe_count; i++)
		stripe_init(&cache->stripes[i],
			    (uint8_t *)cache + head + i * each, each);
}

struct cache *cache_new(const struct cache_options *options)
{
	size_t size = options->bytes < SIZE_MIN ? SIZE_MIN : options->bytes;
	struct cache *cache;

	if (options->bytes == 0)
		return NULL;
	cache = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (cache == MAP_FAILED)
		return NULL;
	/* A huge page would make memory of what is only addresses yet. */
	madvise(cache, size, MADV_NOHUGEPAGE);
	cache->options = *options;
	cache->mapped = size;
	cache->stripe_count = count_stripes(size);
	hash_key_draw(&cache->secret);
	lay_out(cache);
	return cache;
}

void cache_free(struct cache *cache)
{
	if (cache == NULL)
		return;
	for (unsigned i = 0; i < cache->stripe_count; i++)
		pthread_mutex_destroy(&cache->stripes[i].lock);
	munmap(cache, cache->mapped);
}

static void make_key(struct key *key, const struct cache *cache,
		     const struct question *question)
{
	bytes_put16(key->at, question->type);
	bytes_put16(key->at + 2, question->class);
	key->at[4] = (uint8_t)((question->dnssec_ok ? KEY_DO : 0) |
			       (question->cd ? KEY_CD : 0) |
			       (question->rd ? KEY_RD : 0));
	memcpy(key->at + KEY_NAME, question->name.wire, question->name.len);
	key->len = (uint16_t)(KEY_NAME + question->name.len);
	key->hash = hash_bytes(&cache->secret, key->at, key->len);
}

/* The lowest bits of the upper half: places and ghosts use the others. */
static struct stripe *stripe_of(struct cache *cache, uint64_t hash)
{
	return &cache->stripes[(hash >> 32) & (cache->stripe_count - 1)];
}

static bool copy_out(struct kept *kept, uint64_t now, struct cache_hit *hit)
{
	if (kept == NULL || !kept_is_fresh(kept, now) ||
	    kept->message_len > hit->room)
		return false;
	memcpy(hit->at, kept_message(kept), kept->message_len);
	freshness_age(hit->at, kept->ttl_at, kept->ttl_count,
		      (uint32_t)kept_age(kept, now));
	hit->len = kept->message_len;
	hit->has_alias = kept->has_alias;
	if (kept->asked < KEPT_ASKED)
		kept->asked++;
	return true;
}

bool cache_find(struct cache *cache, const struct question *question,
		uint64_t now, struct cache_hit *hit)
{
	struct stripe *stripe;
	struct key key;
	bool found;

	if (cache == NULL)
		return false;
	make_key(&key, cache, question);
	stripe = stripe_of(cache, key.hash);
	pthread_mutex_lock(&stripe->lock);
	found = copy_out(stripe_find(stripe, &key), now, hit);
	pthread_mutex_unlock(&stripe->lock);
	return found;
}

static void copy_in(struct kept *kept, const struct key *key,
		    const struct freshness *freshness, struct bytes message)
{
	memcpy(kept->ttl_at, freshness->ttl_at,
	       freshness->count * sizeof(freshness->ttl_at[0]));
	memcpy(kept_key(kept), key->at, key->len);
	memcpy(kept_message(kept), message.at, message.len);
	freshness_cut(freshness, kept_message(kept));
}

void cache_put(struct cache *cache, const struct question *question,
	       uint64_t now, struct bytes message)
{
	struct freshness freshness;
	struct stripe *stripe;
	struct kept form, *kept;
	struct key key;

	if (cache == NULL || !freshness_read(&freshness, question, message,
					     &cache->options))
		return;
	make_key(&key, cache, question);
	form = (struct kept){
		.hash = key.hash,
		.stored = now,
		.lifetime = freshness.lifetime,
		.ttl_count = freshness.count,
		.key_len = key.len,
		.message_len = (uint16_t)message.len,
		.has_alias = freshness.has_alias,
	};
	stripe = stripe_of(cache, key.hash);
	pthread_mutex_lock(&stripe->lock);
	kept = stripe_put(stripe, &key, &form);
	if (kept != NULL)
		copy_in(kept, &key, &freshness, message);
	pthread_mutex_unlock(&stripe->lock);
}

void cache_count(struct cache *cache, struct cache_counts *counts)
{
	*counts = (struct cache_counts){ 0 };
	if (cache == NULL)
		return;
	for (unsigned i = 0; i < cache->stripe_count; i++) {
		struct stripe *stripe = &cache->stripes[i];

		pthread_mutex_lock(&stripe->lock);
		counts->entries += stripe->counts.entries;
		counts->bytes += stripe->counts.bytes;
		counts->inserted += stripe->counts.inserted;
		counts->evicted += stripe->counts.evicted;
		pthread_mutex_unlock(&stripe->lock);
	}
}
