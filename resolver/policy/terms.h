/*
 * terms: what a rule says beyond "block", in few bytes.
 *
 *	flags  what follows, and $important; effect
 *	...    conditions: clients, tags, types, names that are left out
 *	...    the answer: an rcode and records in wire form
 *
 * The layout is this file's and stands in policy/FORMAT.  A reader takes them
 * from a mapped file and believes no length in them.  Pure functions; reading
 * neither allocates nor locks.
 */
#ifndef POLICY_TERMS_H
#define POLICY_TERMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "dns/name.h"

struct rule;
struct text;

enum { TERMS_MAX = 4096 };

/*
 * Writes the terms of a rule (all but scope, name, pattern, prefix, bad, line,
 * text).  Returns their length, 0 for a plain "block"; ERROR_MALFORMED when
 * an answer or a condition makes no sense or cannot be kept here, and *why
 * says what ("dnsrewrite: no such record type"); ERROR_FULL over `room`.
 * Equal terms have equal bytes (types and names are sorted).
 */
int terms_write(const struct rule *rule, uint8_t *to, size_t room,
		const char **why);

/* Whom and what a rule is asked about. */
struct terms_question {
	const struct name *name;
	unsigned type;		/* of the question; of an alias: CNAME */
	const struct address *client;	/* NULL: not known */
	const char *client_name;	/* of the device; NULL: none */
	const char *const *tags;	/* ctag, NULL-ended; NULL: none */
};

/* The effect, rule.h's; of damaged terms RULE_PASS. */
unsigned terms_effect(struct bytes terms);
bool terms_important(struct bytes terms);
bool terms_inverted(struct bytes terms);
/* @@...$dnsrewrite: no exception from blocks, only from rewrites. */
bool terms_is_rewrite_exception(struct bytes terms);
/* A rewrite by $dnsrewrite: it goes before other rules. */
bool terms_is_dnsrewrite(struct bytes terms);
/* Is it an exception from this rewrite?  From all if it has no value. */
bool terms_take_back(struct bytes exception, struct bytes rewrite);

/* Are all conditions met?  No conditions: yes.  Damaged: no. */
bool terms_meet(struct bytes terms, const struct terms_question *question);

/* How a rule answers. */
enum terms_answer_kind {
	TERMS_AS_LIST,		/* the list's action says */
	TERMS_NULL,		/* 0.0.0.0 and :: */
	TERMS_NXDOMAIN,
	TERMS_NODATA,
	TERMS_REFUSED,
	TERMS_DROP,
	TERMS_TRUNCATE,		/* UDP: TC; TCP: as if there was no rule */
	TERMS_RECORDS,		/* rcode and records; no fitting one: NODATA */
};

struct terms_record {
	uint16_t type;
	struct bytes rdata;	/* wire, names not compressed */
};

struct terms_answer {
	uint8_t kind;
	uint8_t rcode;		/* TERMS_RECORDS */
	struct bytes rest;	/* records not given yet */
};

/* Loopback (127.0.0.1) in a hosts file is "null": it means "nowhere". */
void terms_answer(struct bytes terms, struct terms_answer *answer);
/* The next record; false: that was all (or what follows is damaged). */
bool terms_record(struct terms_answer *answer, struct terms_record *record);
/*
 * Where a CNAME leads for a name that is asked for: "*.garden.example" puts
 * the name in front (RPZ).  False: no CNAME, damaged, or longer than a name.
 */
bool terms_target(const struct terms_record *record, const struct name *name,
		  struct name *target);

/* For people: "important, only A and AAAA, answers 192.0.2.1". */
void terms_print(struct bytes terms, struct text *out);

#endif
