/*
 * verdict: what policy says of a name, and what is done about it.
 */
#ifndef POLICY_VERDICT_H
#define POLICY_VERDICT_H

#include <stdint.h>

/* Numbers stand in journals: never reuse one. */
enum verdict_kind {
	VERDICT_PASS = 0,	/* no rule says anything */
	VERDICT_SINK = 1,	/* answered here, as `action` says */
	VERDICT_ALLOW = 2,	/* a rule says: leave it alone */
	VERDICT_OBSERVE = 3,	/* forwarded, but it would have been sunk */
	VERDICT_DENIED = 4,	/* the client may not ask (allow_clients) */
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
};

struct verdict {
	uint8_t kind;		/* enum verdict_kind */
	uint8_t action;		/* enum action of the list that won */
	uint8_t labels;		/* of the rule's name: how specific it is */
	uint8_t exact;		/* 1: the rule covers no names below */
	uint16_t list;		/* its number in the image */
	uint32_t line;		/* in the list, from 1 */
};

/* "pass", "sunk", "allowed", "observed", "denied"; for any thread. */
const char *verdict_words(unsigned kind);
/* The number for a word as verdict_words prints it, or ERROR_MALFORMED. */
int verdict_parse(const char *word);

/* "sink", "nxdomain", ...; "" for none. */
const char *action_words(unsigned action);
int action_parse(const char *word);

#endif
