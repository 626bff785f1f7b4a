/*
 * sink: what a sunk name is answered with.
 */
#ifndef POLICY_SINK_H
#define POLICY_SINK_H

#include "base/bytes.h"

struct house_sink;

/* The rcode that goes with an action (policy/verdict.h). */
unsigned sink_rcode(unsigned action);

/*
 * The address a sunk name has, 4 bytes for a question of type A, 16 for AAAA;
 * len 0: none, for any other type, for actions that give none, and where the
 * house has no sink of that family.  Borrowed from `sink`.
 */
struct bytes sink_address(const struct house_sink *sink, unsigned action,
			  unsigned type);

#endif
