/*
 * verdict: what policy says of a name, and what is done about it.
 */
#ifndef POLICY_VERDICT_H
#define POLICY_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* Numbers stand in journals: never reuse one. */
enum verdict_kind {
	VERDICT_PASS = 0,	/* no rule says anything */
	VERDICT_SINK = 1,	/* answered here, as `action` says */
	VERDICT_ALLOW = 2,	/* a rule says: leave it alone */
	VERDICT_OBSERVE = 3,	/* forwarded, but it would have been sunk */
	VERDICT_DENIED = 4,	/* the client may not ask (allow_clients) */
	VERDICT_REWRITE = 5,	/* answered with what a rule says */
	VERDICT_PAUSED = 6,	/* the household has paused its lists */
	VERDICT_KINDS
};

/* What a list does with its names; as the configuration spells them. */
enum action {
	ACTION_NONE = 0,
	ACTION_SINK = 1,	/* the sink addresses */
	ACTION_NXDOMAIN = 2,
	ACTION_NODATA = 3,
	ACTION_NULL = 4,	/* 0.0.0.0 and :: */
	ACTION_REFUSE = 5,
	ACTION_DROP = 6,	/* no answer at all */
	ACTION_ALLOW = 7,
	ACTION_OBSERVE = 8,
	/* Of rules, never of lists: */
	ACTION_REWRITE = 9,	/* the records in the rule's terms */
	ACTION_TRUNCATE = 10,	/* by UDP: come again by TCP (rpz-tcp-only) */
};

/* Those of lists, as they are written. */
#define ACTION_WORDS "sink|nxdomain|nodata|null|refuse|drop|allow|observe"

/* What a rule looked at. */
enum verdict_by {
	VERDICT_BY_NAME = 0,
	VERDICT_BY_PATTERN = 1,	/* a pattern or regular expression */
	VERDICT_BY_ADDRESS = 2,	/* an address in the answer */
	VERDICT_BY_CLIENT = 3,	/* who asked (rpz-client-ip) */
	VERDICT_BY_HOUSEHOLD = 4,	/* its own rules */
};

/* Instead of a list's number: the household's own rules. */
enum { VERDICT_OWN_LIST = 0xfffe };

struct verdict {
	uint8_t kind;		/* enum verdict_kind */
	uint8_t action;		/* enum action: what is done */
	uint8_t by;		/* enum verdict_by */
	uint8_t labels;		/* of the rule's name: how specific it is */
	uint8_t scope;		/* enum rule_scope */
	uint16_t list;		/* its number in the image, VERDICT_OWN_LIST,
				 * or ENTRY_NO_LIST */
	uint32_t line;		/* in the list, from 1 */
	struct bytes terms;	/* the rule's, for its records; the policy's */
};

/* "pass", "sunk", "allowed", "observed", "denied", "rewritten", "paused". */
const char *verdict_words(unsigned kind);
/* The number for a word as verdict_words prints it, or ERROR_MALFORMED. */
int verdict_parse(const char *word);

/* Is the query answered here, by policy? */
static inline bool verdict_answers(const struct verdict *verdict)
{
	return verdict->kind == VERDICT_SINK ||
	       verdict->kind == VERDICT_REWRITE;
}

/* "sink", "nxdomain", ...; "" for none. */
const char *action_words(unsigned action);
/* Of those that a list can have. */
int action_parse(const char *word);

#endif
