/*
 * store: memory that grows at its end, up to what 32 bits can address; with
 * strings in it that are kept once.  For the compiler, not for a server.
 *
 * Offsets stay, pointers only until the next call.
 */
#ifndef POLICY_STORE_H
#define POLICY_STORE_H

#include "base/bytes.h"
#include "base/hash.h"

struct store {
	uint8_t *at;
	size_t len, room;
};

/*
 * Room for `size` more bytes behind the last one, not yet counted in `len`.
 * 0, -ENOMEM, ERROR_FULL over 4 GB.
 */
int store_reserve(struct store *store, size_t size);

/* Adds bytes and tells their offset. */
int store_add(struct store *store, struct bytes bytes, uint32_t *at);

/* Adds a string: its length as a number of layout.h, its bytes. */
int store_add_string(struct store *store, struct bytes string, uint32_t *at);
struct bytes store_string(const struct store *store, uint32_t at);

void store_release(struct store *store);

/* Strings, none of them twice. */
struct store_set {
	struct store strings;
	struct hash_key key;
	uint32_t *places;	/* offset + 1; 0: free */
	size_t count, size;	/* size: a power of two, or 0 */
};

void store_set_init(struct store_set *set, const struct hash_key *key);
int store_set_put(struct store_set *set, struct bytes string, uint32_t *at);
void store_set_release(struct store_set *set);

#endif
