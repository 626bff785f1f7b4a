/*
 * suffix: going up from a printed name to what it stands below.
 */
#ifndef REVIEW_SUFFIX_H
#define REVIEW_SUFFIX_H

#include "base/bytes.h"

/*
 * "b.example" of "a.b.example"; len 0: nothing is above it.  A dot behind a
 * backslash is a byte of its label (RFC 1035, section 5.1).
 */
static inline struct bytes suffix_above(struct bytes name)
{
	size_t at = 0;

	while (at < name.len && name.at[at] != '.')
		at += name.at[at] == '\\' ? 2 : 1;
	at++;
	return at < name.len ? bytes_of(name.at + at, name.len - at)
			     : bytes_of(name.at, 0);
}

#endif
