/*
 * freshness: how long an answer may be kept, and its TTLs as time goes by.
 *
 * The lowest TTL of all its records counts, in a negative answer also what
 * its SOA says (RFC 2308, section 5).  A TTL of 2^31 or more is 0 (RFC 2181,
 * section 8).
 */
#ifndef CACHE_FRESHNESS_H
#define CACHE_FRESHNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct cache_options;
struct question;

/* Answers with more records are not kept. */
enum { FRESHNESS_TTLS = 1024 };

struct freshness {
	uint32_t lifetime;		/* seconds */
	uint32_t ttl_max;
	uint32_t soa_ttl;		/* of a negative answer */
	uint16_t soa_ttl_at;		/* its offset; 0: it has none */
	bool has_alias;
	uint16_t count;
	uint16_t ttl_at[FRESHNESS_TTLS];	/* offsets, in order */
};

/* Reads an answer; false: it is not to be kept. */
bool freshness_read(struct freshness *freshness,
		    const struct question *question, struct bytes message,
		    const struct cache_options *options);

/* Cuts the TTLs of a copy of that answer to what the options allow. */
void freshness_cut(const struct freshness *freshness, uint8_t *message);

/* Takes `age` seconds, fewer than the lifetime, from the TTLs of a copy. */
void freshness_age(uint8_t *message, const uint16_t *ttl_at, unsigned count,
		   uint32_t age);

#endif
