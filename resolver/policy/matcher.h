/*
 * matcher: rules that are no names: patterns, globs, suffixes and regular
 * expressions of names, and prefixes of addresses.
 *
 * Made from the image's records when it is opened; immutable afterwards, for
 * any number of threads, each with a scratch of its own.  Thousands of rules
 * that could not match cost a query one walk over its name (a filter of the
 * literals that each rule needs).  Nothing allocates after opening.
 */
#ifndef POLICY_MATCHER_H
#define POLICY_MATCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "dns/name.h"

/* One of them, as the image keeps it; all borrowed. */
struct matcher_rule {
	uint16_t list;
	uint8_t scope;		/* RULE_SUFFIX to RULE_CLIENT */
	bool invert;		/* Pi-hole: of names that do not match */
	uint32_t line;
	uint32_t number;	/* its place in the image */
	struct bytes pattern;
	struct prefix prefix;
	struct bytes terms;
};

struct matcher;
struct matcher_scratch;

/* What the compiler asks before a pattern goes into the image. */
/* 0; or ERROR_MALFORMED with words: does not compile, at which byte. */
int matcher_check(unsigned scope, struct bytes pattern, char *words,
		  size_t room);

/*
 * A regex that says no more than EXACT or SUBTREE of one name: that scope and
 * the name.  -1: it says more.  The forms: ^x$ ; ^(.*\.)?x$, (^|\.)x$,
 * (\.|^)x$, ^(.+\.)?x$, ^([^.]+\.)*x$, also with (?: and \- ; x of letters,
 * digits, -, _ and \. only.
 */
int matcher_reduce(struct bytes regex, struct name *name);

/*
 * Empty one, rules added one by one (their memory must stay: the image's),
 * then made ready.  A rule that does not compile is left out and counted: the
 * compiler has refused it before.  0, or -ENOMEM.
 */
struct matcher *matcher_new(void);			/* NULL: no memory */
int matcher_add(struct matcher *matcher, const struct matcher_rule *rule);
int matcher_ready(struct matcher *matcher);
void matcher_free(struct matcher *matcher);
uint64_t matcher_left_out(const struct matcher *matcher);

bool matcher_has_names(const struct matcher *matcher);
bool matcher_has_addresses(const struct matcher *matcher);
bool matcher_has_clients(const struct matcher *matcher);

/* For one thread; serves any number of matchers, one after the other. */
struct matcher_scratch *matcher_scratch_new(void);	/* NULL: no memory */
void matcher_scratch_free(struct matcher_scratch *scratch);
/* Regular expressions that reached their limit: counted as no match. */
uint64_t matcher_scratch_given_up(const struct matcher_scratch *scratch);

/* Calls `each` for every rule that matches; stops when it gives false. */
void matcher_match(const struct matcher *matcher,
		   struct matcher_scratch *scratch, const struct name *name,
		   bool (*each)(void *context,
				const struct matcher_rule *rule),
		   void *context);
/* An address of an answer, 4 or 16 bytes: RULE_ADDRESS. */
void matcher_match_address(const struct matcher *matcher, struct bytes raw,
			   bool (*each)(void *context,
					const struct matcher_rule *rule),
			   void *context);
/* Who asks: RULE_CLIENT. */
void matcher_match_client(const struct matcher *matcher,
			  const struct address *client,
			  bool (*each)(void *context,
				       const struct matcher_rule *rule),
			  void *context);

#endif
