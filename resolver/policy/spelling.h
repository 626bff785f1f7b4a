/*
 * spelling: names in few bits, by a fixed code of prefixes (policy/FORMAT).
 *
 *	www.example.com    w w w LABEL e x a m p l e ENDING(com)
 *
 * Any name can be spelled, in one way only: two names are the same when their
 * spellings are.  Pure functions for any thread; reading believes nothing.
 */
#ifndef POLICY_SPELLING_H
#define POLICY_SPELLING_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct name;

enum {
	SPELLING_MAX = 504,	/* bytes of a name of nothing but odd bytes */
	SPELLING_SLACK = 8,	/* bytes that must follow what is read */
};

/* The bytes it takes, at most SPELLING_MAX; the last is filled with zeros. */
size_t spelling_write(const struct name *name, uint8_t *to);

/*
 * The offset after the name that is spelled at `at`, if that is the name with
 * this wire form; 0: it is another, or none.
 */
size_t spelling_match(struct bytes from, size_t at, struct bytes wire);

/* The offset after the name, or 0 when none is spelled there. */
size_t spelling_read(struct bytes from, size_t at, struct name *name);

#endif
