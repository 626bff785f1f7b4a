/*
 * query: one question from one client, from arrival to answer.
 *
 * resolver/query.c is the program; everything else is what it needs.  A
 * `struct queries` is all that the queries of one worker share; it belongs to
 * that worker's thread.
 */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ring.h"
#include "cache/cache.h"
#include "policy/policy.h"
#include "transport/channel.h"
#include "upstream/upstream.h"

struct query;

struct query_options {
	unsigned waiting;	/* queries that may wait at once */
	uint16_t payload;	/* our EDNS size, and the most we send by UDP */
};

/* Written by the worker (base/counter.h), read by anybody. */
struct query_counts {
	uint64_t arrived;	/* messages */
	uint64_t malformed;	/* answered FORMERR, NOTIMP or BADVERS */
	uint64_t ignored;	/* what is no query: answered with silence */
	uint64_t denied;	/* from clients that may not ask */
	uint64_t sunk;		/* dropped ones too */
	uint64_t rewritten;	/* answered with what a rule says */
	uint64_t paused;	/* let through by a pause */
	uint64_t observed;
	uint64_t allowed;	/* by rule */
	uint64_t cached;	/* answered from the cache */
	uint64_t forwarded;	/* answered from upstream */
	uint64_t failed;	/* SERVFAIL of our own making, as are these: */
	uint64_t crowded;	/* no place to wait, or none upstream */
	uint64_t looped;	/* our own probes came back to us */
};

struct queries {
	struct receiver receiver;	/* transports deliver here */

	/* The owner's to set, before queries_init; the policy between turns. */
	const struct policy *policy;
	struct cache *cache;		/* shared; or NULL */
	struct upstream *upstream;
	struct ring *ring;		/* or NULL: nothing is recorded */
	struct matcher_scratch *scratch;	/* of this thread; or NULL */
	struct clock *clock;
	struct query_options options;
	bool stale_clock;		/* a new turn: look at the time first */
	bool draining;			/* begin nothing that has to wait */
	/* Who asks for a name below this one asks in a circle. */
	struct name probe;
	void (*looped)(struct queries *queries, const struct name *asked);
	/* A query ended while draining. */
	void (*drained)(struct queries *queries);

	struct query_counts counts;
	unsigned waiting;		/* queries that wait now */
	struct query *slots, *free, *current;
	unsigned fresh;			/* slots from here on: never touched */
};

/* 0, or -ENOMEM. */
int queries_init(struct queries *queries);
void queries_release(struct queries *queries);

#endif
