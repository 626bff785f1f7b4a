/*
 * conditions: what else must be so for a rule, from its text into terms.
 *
 * As "AdGuard DNS filtering rules syntax" has client, ctag, denyallow and
 * dnstype, and as Pi-hole's "regex extensions" have querytype.
 */
#ifndef POLICY_CONDITIONS_H
#define POLICY_CONDITIONS_H

#include <stdbool.h>

struct draft;
struct rule;

/* False: refused, draft->why says which and why. */
bool conditions_write(struct draft *draft, const struct rule *rule);

#endif
