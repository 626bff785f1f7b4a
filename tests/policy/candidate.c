/*
 * Candidates: sorted as qsort would, and equal hashes in the order they came,
 * which is what "the first line counts" stands on.
 */
#include "policy/candidate.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static int by_hash_then_age(const void *one, const void *other)
{
	const struct candidate *a = one, *b = other;
	uint64_t first = candidate_hash(a), second = candidate_hash(b);

	if (first != second)
		return first < second ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* `high` and `low` say how many different halves there are. */
static void check(size_t count, unsigned high, unsigned low)
{
	struct candidate *ours = calloc(count + 1, sizeof(*ours));
	struct candidate *wanted = calloc(count + 1, sizeof(*wanted));
	size_t hashes = 0;

	for (size_t i = 0; i < count; i++)
		ours[i] = (struct candidate){
			(uint32_t)(random() % high) * 0x9e3779b1u,
			(uint32_t)(random() % low) * 0x85ebca77u,
			(uint32_t)(i * 7919 % (count + 7919)),
		};
	memcpy(wanted, ours, count * sizeof(*ours));
	qsort(wanted, count, sizeof(*wanted), by_hash_then_age);
	for (size_t i = 0; i < count; i++)
		hashes += !i || candidate_hash(&wanted[i]) !=
				candidate_hash(&wanted[i - 1]);
	candidates_sort(ours, count);
	cr_assert_arr_eq(ours, wanted, count * sizeof(*ours),
			 "%zu of %u, %u", count, high, low);
	cr_assert_eq(candidates_hashes(ours, count), hashes);
	free(ours);
	free(wanted);
}

Test(candidate, none_and_one)
{
	check(0, 1, 1);
	check(1, 1, 1);
}

Test(candidate, equal_hashes_are_in_the_order_they_came)
{
	srandom(5);
	check(1000, 1, 1);
	check(3000, 10, 3);
	check(3000, 1, 1000);
}

Test(candidate, many_are_sorted)
{
	srandom(6);
	check(50000, 1u << 31, 1u << 31);
}
