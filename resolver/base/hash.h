/*
 * hash: SipHash-1-3 (Aumasson, Bernstein 2012) with a secret key, so that a
 * stranger cannot choose what collides.
 *
 * Besides the plain form there is one that goes through a domain name from
 * its last label to its first and can tell the hash of every suffix on the
 * way: each label is taken in as its length and its bytes, padded with zeros
 * to a multiple of 8, so that no two sequences of labels read the same.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
	uint64_t word[2];
};

/* The state between two labels. */
struct hash_walk {
	uint64_t v[4];
};

/* A key from the kernel's random source; aborts where there is none. */
void hash_key_draw(struct hash_key *key);

uint64_t hash_bytes(const struct hash_key *key, const void *at, size_t len);

void hash_walk_init(struct hash_walk *walk, const struct hash_key *key);

/* Takes one label in: its length byte (1 to 63) and what follows it. */
void hash_walk_label(struct hash_walk *walk, const uint8_t *label);

/* The hash of all labels so far; the walk goes on unchanged. */
uint64_t hash_walk_value(const struct hash_walk *walk);

#endif
