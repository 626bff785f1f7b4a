/*
 * sink: what a name is answered with that policy answers.
 *
 * Pure functions; everything is borrowed from the verdict and the house.
 */
#ifndef POLICY_SINK_H
#define POLICY_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "dns/name.h"
#include "policy/terms.h"

struct house_sink;
struct question;
struct verdict;

/* The rcode that goes with an action (policy/verdict.h). */
unsigned sink_rcode(unsigned action);

/*
 * The address a sunk name has, 4 bytes for a question of type A, 16 for AAAA;
 * len 0: none, for any other type, for actions that give none, and where the
 * house has no sink of that family.  Borrowed from `sink`.
 */
struct bytes sink_address(const struct house_sink *sink, unsigned action,
			  unsigned type);

/*
 * An answer, in this order: `drop`, no answer at all; `truncate`, by UDP an
 * empty one with TC, by TCP as if there was no rule; else `rcode`, the
 * records that sink_next gives, and
 *
 *	nodata	there are none, and an SOA says how long that holds
 *		(RFC 2308); never set with an rcode that is an error
 *	follow	the one record is a CNAME and the question was for another
 *		type: the answer goes on with what `target` has
 */
struct sink_answer {
	unsigned rcode;
	bool drop, truncate, nodata, follow;
	const struct name *name;	/* of the question */
	struct name target;		/* of a CNAME */
	struct terms_answer records;	/* not given yet; of the terms */
	struct terms_record address;	/* instead; len 0: none */
	uint16_t type;			/* of the records to give */
};

/* For a verdict that verdict_answers; the question stays the caller's. */
void sink_answer(struct sink_answer *answer, const struct verdict *verdict,
		 const struct house_sink *sink,
		 const struct question *question);

/* The next record; all have the TTL of the sink.  False: that was the last. */
bool sink_next(struct sink_answer *answer, struct terms_record *record);

#endif
