/*
 * candidate: a rule that waits for its place in an image: the hash of its
 * name or pattern, and where the rest of it is.  For build*.c.
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

uint64_t candidate_hash_name(const struct hash_key *key,
			     const struct name *name);

static inline struct candidate candidate_of(uint64_t hash, uint32_t at)
{
	return (struct candidate){ (uint32_t)(hash >> 32), (uint32_t)hash, at };
}

static inline uint64_t candidate_hash(const struct candidate *candidate)
{
	return (uint64_t)candidate->high << 32 | candidate->low;
}

/* By hash, and what has one hash by `at`; in place. */
void candidates_sort(struct candidate *at, size_t count);

/* How many hashes there are among sorted ones. */
size_t candidates_hashes(const struct candidate *at, size_t count);

#endif
