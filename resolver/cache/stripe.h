/*
 * stripe: a part of the cache that stands on its own, with its own lock.
 *
 * What is new comes onto the brief belt.  When it falls off there and was
 * asked for again meanwhile, it goes on to the lasting one, else it is gone;
 * what falls off the lasting one and was asked for goes round once more
 * (S3-FIFO; Yang, Zhang, Qiu, Yue, Rashmi, 2023).  So a flood of names that
 * are asked once passes over the brief belt only.  A name that has just gone
 * is remembered for a while (ghosts): when it comes back it is no stranger,
 * and comes onto the lasting belt at once.
 *
 * All functions but the first want the lock to be held.
 */
#ifndef CACHE_STRIPE_H
#define CACHE_STRIPE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "cache/belt.h"
#include "cache/cache.h"
#include "cache/places.h"

struct kept;
struct key;

struct stripe {
	_Alignas(64) pthread_mutex_t lock;
	struct places places;
	struct belt brief, lasting;
	uint32_t *ghosts;		/* zeros at first */
	uint32_t ghost_count;
	uint64_t *memory;		/* of both belts */
	unsigned moves;			/* that this call may still make */
	struct cache_counts counts;
};

/* `memory`: `size` bytes of zeros, aligned to 8. */
void stripe_init(struct stripe *stripe, uint8_t *memory, size_t size);

/* NULL: it is not there.  It may be stale. */
struct kept *stripe_find(const struct stripe *stripe, const struct key *key);

/*
 * Room for an answer to this key, in place of one that is there, with the
 * fixed part of `form` in it; what follows that is the caller's to fill in.
 * NULL: it is too large.
 */
struct kept *stripe_put(struct stripe *stripe, const struct key *key,
			const struct kept *form);

#endif
