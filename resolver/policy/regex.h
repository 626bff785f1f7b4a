/*
 * regex: one regular expression over the text of a name, with PCRE2.
 *
 * It matches anywhere in the text and without regard to case.  Lists are
 * strangers' work: what an expression may cost is limited, and one that
 * reaches its limit does not match.  Matching allocates nothing.
 *
 * Pi-hole's lists are written for TRE (POSIX, extended).  For yes or no the
 * two agree, but for:
 *
 *	[\w] [\.]	there a \ in brackets is a \; here it escapes
 *	\< \>		there the bounds of a word; here plain < and >, which
 *			no name has: \b is meant
 *	a{,3}		there at most three; before PCRE2 10.43 plain text
 *	a{~2}		there "roughly", with two errors; here plain text
 *	*a, a**		there allowed; here they do not compile
 *
 * The only file that knows PCRE2.  Without it nothing compiles.
 */
#ifndef POLICY_REGEX_H
#define POLICY_REGEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct regex;
struct regex_scratch;
struct text;

enum { REGEX_LEN = 1000 };		/* bytes of an expression */

/* For any number of threads.  ERROR_MALFORMED, and why in words; -ENOMEM. */
int regex_new(struct regex **regex, struct bytes pattern, struct text *why);
void regex_free(struct regex *regex);

/* For one thread; NULL: no memory. */
struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *scratch);

/*
 * Before the expressions that one name is tried with: each has its limit, and
 * after a few that reached it the others are not tried for that name.
 */
void regex_begin(struct regex_scratch *scratch);

enum regex_outcome { REGEX_NO, REGEX_MATCHES, REGEX_GAVE_UP };

enum regex_outcome regex_match(const struct regex *regex,
			       struct regex_scratch *scratch,
			       struct bytes text);

/* How often that was REGEX_GAVE_UP. */
uint64_t regex_given_up(const struct regex_scratch *scratch);

#endif
