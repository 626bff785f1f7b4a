/*
 * Hash and offset are one number of 12 bytes.  Each round deals the
 * candidates out by one of its bytes, the highest first, within the memory
 * they stand in: whatever lies on a heap that is not its own goes to its own,
 * and takes the place of what it finds there.  Hashes are even, so few heaps
 * need a third round; an insertion sort puts small ones right.
 */
#include "policy/candidate.h"

#include "dns/name.h"

enum { DIGITS = 12, HEAPS = 256, SMALL = 24 };

uint64_t candidate_hash_name(const struct hash_key *key,
			     const struct name *name)
{
	struct hash_walk walk;

	hash_walk_init(&walk, key);
	for (unsigned i = name->labels; i-- > 0;)
		hash_walk_label(&walk, name->wire + name->label[i]);
	return hash_walk_value(&walk);
}

static inline bool is_before(const struct candidate *one,
			     const struct candidate *other)
{
	uint64_t first = candidate_hash(one), second = candidate_hash(other);

	return first != second ? first < second : one->at < other->at;
}

static void sort_small(struct candidate *at, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct candidate moving = at[i];
		size_t to = i;

		for (; to > 0 && is_before(&moving, &at[to - 1]); to--)
			at[to] = at[to - 1];
		at[to] = moving;
	}
}

static inline uint8_t digit_of(const struct candidate *candidate,
			       unsigned digit)
{
	unsigned shift = 24 - digit % 4 * 8;

	switch (digit / 4) {
	case 0:
		return (uint8_t)(candidate->high >> shift);
	case 1:
		return (uint8_t)(candidate->low >> shift);
	default:
		return (uint8_t)(candidate->at >> shift);
	}
}

/* Brings each to its heap; end[n] is where heap n ends. */
static void deal(struct candidate *at, size_t count, unsigned digit,
		 size_t end[HEAPS])
{
	size_t next[HEAPS] = { 0 }, sum = 0;

	for (size_t i = 0; i < count; i++)
		next[digit_of(&at[i], digit)]++;
	for (unsigned heap = 0; heap < HEAPS; heap++) {
		end[heap] = sum + next[heap];
		next[heap] = sum;
		sum = end[heap];
	}
	for (unsigned heap = 0; heap < HEAPS; heap++)
		while (next[heap] < end[heap]) {
			struct candidate moving = at[next[heap]];
			uint8_t home = digit_of(&moving, digit);

			at[next[heap]] = at[next[home]];
			at[next[home]++] = moving;
		}
}

static void sort(struct candidate *at, size_t count, unsigned digit)
{
	size_t end[HEAPS], start = 0;

	if (count <= SMALL || digit == DIGITS) {
		sort_small(at, count);
		return;
	}
	deal(at, count, digit, end);
	for (unsigned heap = 0; heap < HEAPS; heap++) {
		sort(at + start, end[heap] - start, digit + 1);
		start = end[heap];
	}
}

void candidates_sort(struct candidate *at, size_t count)
{
	sort(at, count, 0);
}

size_t candidates_hashes(const struct candidate *at, size_t count)
{
	size_t hashes = 0;

	for (size_t i = 0; i < count; i++)
		hashes += i == 0 || candidate_hash(&at[i]) !=
					    candidate_hash(&at[i - 1]);
	return hashes;
}
