/*
 * canon: the rules of a list in a form that two readers can be compared by.
 *
 *	action TAB scope TAB name TAB detail TAB conditions LF
 *
 * One row a rule, sorted by bytes, none twice; what a $badfilter rule takes
 * back is not there, and neither are implied rules.  For people and tests:
 * it holds all rules in memory.
 */
#ifndef SUBSCRIBE_CANON_H
#define SUBSCRIBE_CANON_H

#include <stdint.h>
#include <stdio.h>

struct canon;
struct rule;

struct canon *canon_new(void);		/* NULL: no memory */
void canon_free(struct canon *canon);

/* 0, or -ENOMEM. */
int canon_add(struct canon *canon, const struct rule *rule);

/* Sorts and prints them; how many.  Once. */
uint64_t canon_print(struct canon *canon, FILE *out);

/* Words for an effect and a scope, as the rows have them. */
const char *canon_effect(unsigned effect);
const char *canon_scope(unsigned scope);

#endif
