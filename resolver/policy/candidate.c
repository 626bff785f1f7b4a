/*
 * Hashes are even, so the first half of them, digit by digit from the lowest,
 * brings all but a few to their places, and an insertion sort finds nearly
 * nothing to do.  Each pass keeps the order of what is equal.
 */
#include "policy/candidate.h"

#include <errno.h>
#include <stdlib.h>

#include "dns/name.h"

enum { DIGIT = 11, DIGITS = 1 << DIGIT };

struct candidate candidate_make(const struct hash_key *key,
				const struct name *name, uint32_t at)
{
	struct hash_walk walk;
	uint64_t hash;

	hash_walk_init(&walk, key);
	for (unsigned i = name->labels; i-- > 0;)
		hash_walk_label(&walk, name->wire + name->label[i]);
	hash = hash_walk_value(&walk);
	return (struct candidate){ (uint32_t)(hash >> 32), (uint32_t)hash, at };
}

static void sort_digit(const struct candidate *from, struct candidate *to,
		       size_t count, unsigned shift)
{
	size_t start[DIGITS] = { 0 }, sum = 0, size;

	for (size_t i = 0; i < count; i++)
		start[from[i].high >> shift & (DIGITS - 1)]++;
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		size = start[digit];
		start[digit] = sum;
		sum += size;
	}
	for (size_t i = 0; i < count; i++)
		to[start[from[i].high >> shift & (DIGITS - 1)]++] = from[i];
}

static void sort_rest(struct candidate *at, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct candidate moving = at[i];
		uint64_t hash = candidate_hash(&moving);
		size_t to = i;

		for (; to > 0 && hash < candidate_hash(&at[to - 1]); to--)
			at[to] = at[to - 1];
		at[to] = moving;
	}
}

int candidates_sort(struct candidate **at, size_t count)
{
	struct candidate *from = *at;
	struct candidate *to = reallocarray(NULL, count + 1, sizeof(*to));

	if (!to)
		return -ENOMEM;
	sort_digit(from, to, count, 0);
	sort_digit(to, from, count, DIGIT);
	sort_digit(from, to, count, 2 * DIGIT);
	sort_rest(to, count);
	free(from);
	*at = to;
	return 0;
}

size_t candidates_hashes(const struct candidate *at, size_t count)
{
	size_t hashes = 0;

	for (size_t i = 0; i < count; i++)
		hashes += i == 0 || candidate_hash(&at[i]) !=
					    candidate_hash(&at[i - 1]);
	return hashes;
}
