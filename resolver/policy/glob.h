/*
 * glob: shell wildcards over a whole name, as dnscrypt-proxy and fnmatch have
 * them.
 *
 *	*		any bytes, dots too, none also
 *	?		one byte
 *	[a-z0]		one of these; [!a-z] or [^a-z]: none of these.  A ]
 *			that comes first is one of them
 *
 * There is no escape.  Time is at most name times glob.
 */
#ifndef POLICY_GLOB_H
#define POLICY_GLOB_H

#include <stdbool.h>

#include "base/bytes.h"

struct literals;

/* NULL, or what is wrong with it. */
const char *glob_check(struct bytes glob);

bool glob_matches(struct bytes glob, struct bytes text);

void glob_literals(struct bytes glob, struct literals *literals);

#endif
