/*
 * pattern: a rule of the Adblock kind on a bare host name.
 *
 *	||	at the start: the start of the name or of a label
 *	|	at the start: the start of the name
 *	^ |	at the end: the end of the name
 *	*	any bytes, none also
 *
 * Everything else stands for itself, in lower case; without a sign at its
 * end, a pattern may go on there.  Time is linear in the name.
 */
#ifndef POLICY_PATTERN_H
#define POLICY_PATTERN_H

#include <stdbool.h>

#include "base/bytes.h"

struct literals;

/* NULL, or what is wrong with it. */
const char *pattern_check(struct bytes pattern);

bool pattern_matches(struct bytes pattern, struct bytes text);

void pattern_literals(struct bytes pattern, struct literals *literals);

#endif
