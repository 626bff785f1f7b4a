/*
 * bloom: was this put in?  "No" is sure, "yes" is nearly so (Bloom 1970), in
 * memory that is taken once.  Keys are hashes with a secret key.
 */
#ifndef JOURNAL_BLOOM_H
#define JOURNAL_BLOOM_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOOM_BITS = 4 };	/* of the filter, for each key */

struct bloom {
	uint64_t *word;
	uint64_t mask;		/* of a bit's number */
	uint32_t count;		/* put in, as far as it was not there */
};

/* `bits` is a power of two, at least 64.  0 or -ENOMEM. */
static inline int bloom_init(struct bloom *bloom, uint64_t bits)
{
	bloom->word = calloc(bits / 64, sizeof(*bloom->word));
	bloom->mask = bits - 1;
	bloom->count = 0;
	return bloom->word != NULL ? 0 : -ENOMEM;
}

static inline void bloom_release(struct bloom *bloom)
{
	free(bloom->word);
	bloom->word = NULL;
}

static inline void bloom_clear(struct bloom *bloom)
{
	memset(bloom->word, 0, (bloom->mask + 1) / 8);
	bloom->count = 0;
}

/* A pair's key. */
static inline uint64_t bloom_key(int64_t who, uint32_t hash)
{
	uint64_t key = hash ^ (uint64_t)who * 0x9e3779b97f4a7c15;

	key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9;
	key = (key ^ key >> 27) * 0x94d049bb133111eb;
	return key ^ key >> 31;
}

/* All bits of a key lie in one line of a processor's cache. */
static inline uint64_t bloom_bit(const struct bloom *bloom, uint64_t key,
				 unsigned which)
{
	uint64_t line = key & bloom->mask & ~UINT64_C(511);

	return line | (key >> (28 + 9 * which) & 511);
}

static inline bool bloom_has(const struct bloom *bloom, uint64_t key)
{
	for (unsigned i = 0; i < BLOOM_BITS; i++) {
		uint64_t bit = bloom_bit(bloom, key, i);

		if ((bloom->word[bit / 64] >> bit % 64 & 1) == 0)
			return false;
	}
	return true;
}

/* Was it there? */
static inline bool bloom_put(struct bloom *bloom, uint64_t key)
{
	bool there = bloom_has(bloom, key);

	for (unsigned i = 0; i < BLOOM_BITS; i++) {
		uint64_t bit = bloom_bit(bloom, key, i);

		bloom->word[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	bloom->count += !there;
	return there;
}

#endif
