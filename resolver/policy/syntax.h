/*
 * syntax: reads a regular expression as far as is needed to say which
 * literals it needs.
 *
 * Not a check: what does not compile is none of its business, and of what it
 * does not know (look at syntax.c) it says that no literal is needed.
 */
#ifndef POLICY_SYNTAX_H
#define POLICY_SYNTAX_H

#include "base/bytes.h"

struct literals;

void syntax_literals(struct bytes regex, struct literals *literals);

#endif
