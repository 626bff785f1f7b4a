/*
 * owners: which names a text has said something of, by their hashes.
 *
 * For readers of one text, which is hostile: the key is drawn anew each time.
 * Sixteen bytes a name and up to twice that in reserve; two names are taken
 * for one with a chance of 1 in 2^63.
 */
#ifndef SUBSCRIBE_OWNERS_H
#define SUBSCRIBE_OWNERS_H

#include "base/hash.h"
#include "dns/name.h"

struct owner {
	uint64_t hash;		/* 0: none here */
	uint32_t line;		/* for the reader */
	uint32_t flags;		/* likewise; 0 at first */
};

struct owners {
	struct hash_key key;
	struct owner *at;
	size_t room, count;	/* room: a power of two, or 0 */
};

void owners_init(struct owners *owners);
void owners_release(struct owners *owners);

uint64_t owners_hash(const struct owners *owners, const struct name *name);

/* The same of the labels a walk with owners->key has taken in. */
uint64_t owners_value(const struct hash_walk *walk);

/*
 * The owner of that hash, put there if it is new; until the next put.  NULL:
 * no memory.
 */
struct owner *owners_put(struct owners *owners, uint64_t hash);

/* Or NULL. */
struct owner *owners_find(const struct owners *owners, uint64_t hash);

#endif
