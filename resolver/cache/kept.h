/*
 * kept: one answer as it lies in the cache, a parcel on a belt.
 *
 *	[ struct kept | offsets of the TTLs | key | message | up to 7 bytes ]
 */
#ifndef CACHE_KEPT_H
#define CACHE_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cache/belt.h"

/* What an answer is found by: type, class, flags and name, and their hash. */
enum { KEY_SIZE = 260 };

struct key {
	uint64_t hash;
	uint16_t len;
	uint8_t at[KEY_SIZE];
};

struct kept {
	struct parcel parcel;
	uint64_t hash;
	uint64_t stored;	/* milliseconds since boot */
	uint32_t lifetime;	/* seconds */
	uint16_t ttl_count;
	uint16_t key_len;
	uint16_t message_len;
	uint8_t asked;		/* times, up to KEPT_ASKED */
	bool has_alias;
	uint16_t ttl_at[];
};

enum { KEPT_ASKED = 3 };

static inline uint8_t *kept_key(struct kept *kept)
{
	return (uint8_t *)(kept->ttl_at + kept->ttl_count);
}

static inline uint8_t *kept_message(struct kept *kept)
{
	return kept_key(kept) + kept->key_len;
}

/* The units it needs. */
static inline uint32_t kept_units(const struct kept *kept)
{
	size_t bytes = offsetof(struct kept, ttl_at) +
		       kept->ttl_count * sizeof(uint16_t) + kept->key_len +
		       kept->message_len;

	return (uint32_t)((bytes + BELT_UNIT - 1) / BELT_UNIT);
}

/* Whole seconds.  Another thread's clock may be a little ahead. */
static inline uint64_t kept_age(const struct kept *kept, uint64_t now)
{
	return now > kept->stored ? (now - kept->stored) / 1000 : 0;
}

static inline bool kept_is_fresh(const struct kept *kept, uint64_t now)
{
	return kept_age(kept, now) < kept->lifetime;
}

static inline bool kept_is(struct kept *kept, const struct key *key)
{
	return kept->hash == key->hash && kept->key_len == key->len &&
	       memcmp(kept_key(kept), key->at, key->len) == 0;
}

#endif
