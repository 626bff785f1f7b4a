/*
 * candidate: a rule that waits for its place in an image: the hash of its
 * name, and where the rest of it is.  For build.c.
 */
#ifndef POLICY_CANDIDATE_H
#define POLICY_CANDIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct name;

struct candidate {
	uint32_t high, low;	/* the hash in halves: 12 bytes, not 16 */
	uint32_t at;		/* offset of name and rule */
};

struct candidate candidate_make(const struct hash_key *key,
				const struct name *name, uint32_t at);

static inline uint64_t candidate_hash(const struct candidate *candidate)
{
	return (uint64_t)candidate->high << 32 | candidate->low;
}

/*
 * By hash, and what has one hash in the order it came.  The array is freed
 * and another put in its place.  0, or -ENOMEM and nothing is changed.
 */
int candidates_sort(struct candidate **at, size_t count);

/* How many hashes there are among sorted ones. */
size_t candidates_hashes(const struct candidate *at, size_t count);

#endif
