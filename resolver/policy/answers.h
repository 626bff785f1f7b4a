/*
 * answers: what a rule is answered with, from its text into terms.
 *
 * The words of rule.h, the values of AdGuard's dnsrewrite and those of
 * Pi-hole's reply.
 */
#ifndef POLICY_ANSWERS_H
#define POLICY_ANSWERS_H

#include <stdbool.h>

struct draft;
struct rule;

/* False: refused, draft->why says why. */
bool answers_write(struct draft *draft, const struct rule *rule);

#endif
