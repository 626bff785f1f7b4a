/*
 * cache: answers of upstreams, as they came, in fixed memory.
 *
 * Shared by all workers: stripes with a lock each, held for a look-up and a
 * copy and nothing else; messages are copied in and out.  The world as it is
 * stands here: policy is applied on the way out.
 *
 * Positive answers live as long as their lowest TTL, negative ones as long
 * as their SOA says (RFC 2308, section 5), neither longer than the options
 * allow.  Answers that differ in DO, CD or RD are different answers.
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct question;
struct cache;

struct cache_options {
	size_t bytes;			/* of memory, in all; 0: no cache */
	uint32_t ttl_max;		/* seconds */
	uint32_t negative_ttl_max;	/* seconds */
};

struct cache_counts {
	uint64_t entries;		/* now */
	uint64_t bytes;			/* now, of messages */
	uint64_t inserted;		/* since the start, as are these */
	uint64_t evicted;		/* pushed out while still fresh */
};

/*
 * NULL: no memory, or options->bytes is 0: then all of the below do nothing.
 * Fewer than 64 KB are taken for 64 KB.  Memory becomes real as it is used.
 */
struct cache *cache_new(const struct cache_options *options);
void cache_free(struct cache *cache);

/*
 * Copies the answer to hit->at with its TTLs aged; `now` in milliseconds since
 * boot.  The question in it has the case of whoever asked first.  False: it
 * is not there, or too long for the room.  `has_alias`: there is a CNAME in
 * it, so that it must be inspected.
 */
struct cache_hit {
	uint8_t *at;		/* in: where the answer goes */
	size_t room;		/* in: how much there is */
	size_t len;		/* out: of the answer */
	bool has_alias;		/* out */
};
bool cache_find(struct cache *cache, const struct question *question,
		uint64_t now, struct cache_hit *hit);

/*
 * Keeps an answer that message_strip_edns has checked.  Not kept: truncated
 * ones, TTL 0, rcodes other than NOERROR and NXDOMAIN, negative ones without
 * an SOA, and what is larger than a stripe can bear.
 */
void cache_put(struct cache *cache, const struct question *question,
	       uint64_t now, struct bytes message);

void cache_count(struct cache *cache, struct cache_counts *counts);

#endif
