/*
 * remote: one server as we know it: how far away it is, whether it answers.
 *
 * Up: it is asked in its turn.  Down: after REMOTE_STRIKES questions in a row
 * that it left unanswered, or when its machine said that nobody is there.
 * A server that is down is asked last, and now and then along with another
 * one (a probe), so that nobody waits for it; one answer and it is up.
 *
 * The worker's thread writes.  The fields marked "any" may be read by others
 * (counter_read; the address as upstream.c says).
 */
#ifndef UPSTREAM_REMOTE_H
#define UPSTREAM_REMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

enum {
	REMOTE_STRIKES = 3,
	REMOTE_PROBE_MS = 1000,		/* the first; doubled each time */
	REMOTE_PROBE_MAX_MS = 30000,
	REMOTE_WAIT_UNKNOWN_MS = 400,	/* for an answer: nothing known yet */
	REMOTE_WAIT_MIN_MS = 150,
	REMOTE_WAIT_MAX_MS = 1500,
	REMOTE_PLAIN_MS = 15 * 60000,	/* how long EDNS is left out */
	REMOTE_CASE_STRIKES = 3,
};

struct remote {
	struct address address;		/* any */
	bool used;
	uint64_t up;			/* any; 0 or 1 */
	uint64_t smoothed_us;		/* any; round trip, 0: not known */
	uint64_t asked;			/* any */
	uint64_t answered;		/* any */
	uint64_t timeouts;		/* any */
	uint64_t mismatched;		/* any */
	uint64_t variation_us;		/* of the round trip */
	uint64_t heard_us;		/* mono of its last answer; 0: never */
	uint64_t probe_at_ms;		/* down: when it may be probed */
	unsigned probe_wait_ms;
	unsigned strikes;		/* unanswered in a row */
	uint64_t plain_until_ms;	/* it does not understand EDNS */
	unsigned case_strikes;		/* it lost the case of a question */
};

void remote_init(struct remote *remote, const struct address *address);

bool remote_is_up(const struct remote *remote);

/* How long an answer may take before another server is asked as well. */
unsigned remote_wait_ms(const struct remote *remote);

/* An answer of its own: it is up.  rtt_us 0: came by a way not to measure. */
void remote_answered(struct remote *remote, uint64_t now_us, uint64_t rtt_us);

/* No answer in time to what it was asked at `asked_us`. */
void remote_missed(struct remote *remote, uint64_t now_us, uint64_t asked_us);

/* Its machine says that nobody is there, or no way leads there. */
void remote_refused(struct remote *remote, uint64_t now_us);

/* Down, and it is time to see whether it still is; counts as the probe. */
bool remote_probe(struct remote *remote, uint64_t now_us);

#endif
