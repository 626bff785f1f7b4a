/*
 * ttl: how long somebody may keep what a message says.
 */
#ifndef DNS_TTL_H
#define DNS_TTL_H

#include <stdint.h>

#include "base/bytes.h"

struct record;

enum { TTL_RECORDS = 32 };

/* One with its highest bit set is none (RFC 2181, section 8). */
static inline uint32_t ttl_seconds(uint32_t ttl)
{
	return ttl > INT32_MAX ? 0 : ttl;
}

/*
 * What an SOA allows a negative answer: its TTL or its MINIMUM (RFC 2308,
 * section 5); 0 when it is too short to have one.
 */
uint32_t ttl_of_soa(const struct record *soa, struct bytes message);

/*
 * Of a whole message: the lowest of its answer section, or what the SOA allows
 * where that is empty; 0: none.  Looks at TTL_RECORDS records at most.
 */
uint32_t ttl_of_message(struct bytes message);

#endif
