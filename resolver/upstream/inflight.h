/*
 * inflight: the questions that are out, and how they are found again: by the
 * question, so that who asks the same waits with it, and by lane and id when
 * an answer comes.
 *
 * A flight is one question on its way for one or more waiters; an attempt is
 * one sending of it to one server.  All of a flight's attempts are good for
 * an answer until the flight ends.  The pool is fixed; memory that was never
 * needed is never touched.
 */
#ifndef UPSTREAM_INFLIGHT_H
#define UPSTREAM_INFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/wheel.h"
#include "dns/message.h"
#include "upstream/carrier.h"

struct upstream;
struct waiter;

enum {
	FLIGHT_TRIES = 6,	/* begun because nothing came in time */
	FLIGHT_ATTEMPTS = 8,	/* with those over TCP or without EDNS */
	FLIGHT_NO_RCODE = -1,
};

struct attempt {
	struct attempt *next_id;	/* in the table of ids */
	struct attempt *next, *prev;	/* that wait on the same lane */
	struct lane *lane;		/* NULL: over */
	struct flight *flight;
	uint64_t asked_us;		/* mono */
	uint16_t id;
	uint8_t server;
	bool plain;			/* without EDNS */
	bool mixed;			/* with the flight's letters */
};

struct flight {
	struct flight *next;		/* of the same hash, or free */
	struct waiter *waiters;		/* NULL: not in use */
	struct waiter **last;
	uint64_t hash;			/* of the question */
	uint64_t ends_ms;		/* given up then */
	uint64_t letters;		/* see letters.h */
	struct upstream *upstream;
	struct deadline deadline;	/* the next thing to do */
	struct flight *next_failed;	/* while a failure is dealt with */
	struct attempt *current;	/* whose time the deadline measures */
	int rcode;			/* what a server said that is no help */
	uint8_t attempts;		/* used, from the first */
	uint8_t out;			/* of them still waiting */
	bool failed;			/* on the list of next_failed */
	struct question question;
	struct attempt attempt[FLIGHT_ATTEMPTS];
};

struct inflight {
	struct hash_key key;
	struct flight *pool;
	struct flight *free;
	unsigned size, fresh;		/* flights; the first never used */
	unsigned flying;
	struct flight **by_question;	/* chains */
	struct attempt **by_id;
	uint64_t question_mask, id_mask;
};

/* 0 or -ENOMEM. */
int inflight_init(struct inflight *inflight, unsigned flights);
void inflight_release(struct inflight *inflight);

uint64_t inflight_hash(const struct inflight *inflight,
		       const struct question *question);
struct flight *inflight_find(const struct inflight *inflight,
			     const struct question *question, uint64_t hash);

/* A flight of its own for a question that is not out yet; NULL: full. */
struct flight *inflight_take(struct inflight *inflight,
			     const struct question *question, uint64_t hash);

/* None of its attempts waits any more. */
void inflight_drop(struct inflight *inflight, struct flight *flight);

/* Who waits for an answer with this id on that lane, or NULL. */
struct attempt *inflight_waits(const struct inflight *inflight,
			       const struct lane *lane, uint16_t id);

/* From now on `attempt` (its flight, lane and id set) waits. */
void inflight_wait(struct inflight *inflight, struct attempt *attempt);

/* No more.  True when it was the last on its lane. */
bool inflight_leave(struct inflight *inflight, struct attempt *attempt);

#endif
