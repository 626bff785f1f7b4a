/*
 * One word of 8 bytes goes in with one round, three rounds finish:
 *
 *	v3 ^= word; round; v0 ^= word	for every word, little-endian
 *	v2 ^= 0xff; round; round; round; v0 ^ v1 ^ v2 ^ v3
 *
 * The walk needs no length at the end as the plain form does: its labels
 * bring their lengths along.  A label is read without a loop over bytes and
 * never beyond its end: the last word is read so that it ends where the label
 * ends, and shifted.
 */
#include "base/hash.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void hash_key_draw(struct hash_key *key)
{
	if (getentropy(key, sizeof(*key)) != 0)
		abort();
}

static inline uint64_t load64(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return le64toh(word);
}

static inline uint64_t load32(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return le32toh(word);
}

static inline uint64_t load16(const uint8_t *at)
{
	uint16_t word;

	memcpy(&word, at, sizeof(word));
	return le16toh(word);
}

/* 1 to 7 bytes, zeros above; parts that overlap are the same bytes. */
static inline uint64_t load_few(const uint8_t *at, size_t len)
{
	if (len >= 4)
		return load32(at) | load32(at + len - 4) << (8 * (len - 4));
	if (len >= 2)
		return load16(at) | load16(at + len - 2) << (8 * (len - 2));
	return at[0];
}

static inline uint64_t turn(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

/* By value and by name: an array here is kept in memory by some compilers. */
struct state {
	uint64_t a, b, c, d;
};

static inline struct state mix(struct state v)
{
	v.a += v.b;
	v.c += v.d;
	v.b = turn(v.b, 13) ^ v.a;
	v.d = turn(v.d, 16) ^ v.c;
	v.a = turn(v.a, 32) + v.d;
	v.c += v.b;
	v.b = turn(v.b, 17) ^ v.c;
	v.d = turn(v.d, 21) ^ v.a;
	v.c = turn(v.c, 32);
	return v;
}

static inline struct state take(struct state v, uint64_t word)
{
	v.d ^= word;
	v = mix(v);
	v.a ^= word;
	return v;
}

static inline uint64_t finish(struct state v)
{
	v.c ^= 0xff;
	v = mix(mix(mix(v)));
	return v.a ^ v.b ^ v.c ^ v.d;
}

static inline struct state begin(const struct hash_key *key)
{
	return (struct state){
		.a = key->word[0] ^ 0x736f6d6570736575,
		.b = key->word[1] ^ 0x646f72616e646f6d,
		.c = key->word[0] ^ 0x6c7967656e657261,
		.d = key->word[1] ^ 0x7465646279746573,
	};
}

static inline struct state load(const struct hash_walk *walk)
{
	return (struct state){ walk->v[0], walk->v[1], walk->v[2], walk->v[3] };
}

static inline void store(struct hash_walk *walk, struct state v)
{
	walk->v[0] = v.a;
	walk->v[1] = v.b;
	walk->v[2] = v.c;
	walk->v[3] = v.d;
}

uint64_t hash_bytes(const struct hash_key *key, const void *at, size_t len)
{
	const uint8_t *byte = at;
	size_t whole = len & ~(size_t)7;
	uint64_t last = (uint64_t)len << 56;
	struct state v = begin(key);

	for (size_t i = 0; i < whole; i += 8)
		v = take(v, load64(byte + i));
	if (len > whole)
		last |= load_few(byte + whole, len - whole);
	return finish(take(v, last));
}

void hash_walk_init(struct hash_walk *walk, const struct hash_key *key)
{
	store(walk, begin(key));
}

void hash_walk_label(struct hash_walk *walk, const uint8_t *label)
{
	size_t len = 1u + label[0];
	const uint8_t *end = label + len;
	struct state v = load(walk);

	if (len < 8) {
		store(walk, take(v, load_few(label, len)));
		return;
	}
	for (; end - label >= 8; label += 8)
		v = take(v, load64(label));
	if (label < end)
		v = take(v, load64(end - 8) >> (8 * (8 - (end - label))));
	store(walk, v);
}

uint64_t hash_walk_value(const struct hash_walk *walk)
{
	return finish(load(walk));
}
