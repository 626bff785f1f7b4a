#include "cache/stripe.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cache/kept.h"

enum { SIZE = 16384, MOVES = 16 };

static struct stripe stripe;
static uint8_t *memory;

static void make_stripe(void)
{
	memory = aligned_alloc(64, SIZE);
	memset(memory, 0, SIZE);
	stripe_init(&stripe, memory, SIZE);
}

static void free_memory(void)
{
	free(memory);
}

TestSuite(stripe, .init = make_stripe, .fini = free_memory);

static struct key make_key(uint32_t number)
{
	static const struct hash_key secret = { { 1, 2 } };
	struct key key = { .len = 20 };

	memset(key.at, 'k', key.len);
	memcpy(key.at, &number, sizeof(number));
	key.hash = hash_bytes(&secret, key.at, key.len);
	return key;
}

/* An answer of `len` bytes, fresh for a second; NULL: it is too large. */
static struct kept *put(uint32_t number, unsigned len, uint64_t now)
{
	struct key key = make_key(number);
	struct kept form = { .hash = key.hash, .stored = now, .lifetime = 1,
			     .key_len = key.len,
			     .message_len = (uint16_t)len };
	struct kept *kept = stripe_put(&stripe, &key, &form);

	if (kept != NULL) {
		memcpy(kept_key(kept), key.at, key.len);
		memset(kept_message(kept), (int)(number % 251), len);
	}
	return kept;
}

static struct kept *find(uint32_t number)
{
	struct key key = make_key(number);

	return stripe_find(&stripe, &key);
}

static struct kept *ask(uint32_t number)
{
	struct kept *kept = find(number);

	if (kept != NULL && kept->asked < KEPT_ASKED)
		kept->asked++;
	return kept;
}

static bool is_lasting(const struct kept *kept)
{
	return belt_holds(&stripe.lasting, &kept->parcel);
}

/* Strangers come and go until this one has left the brief belt. */
static void push_off(uint32_t number)
{
	uint32_t stranger = 1000000;

	while (find(number) != NULL && !is_lasting(find(number)))
		put(stranger++, 50, 0);
}

/* Both belts are full of what nobody asked for. */
static void fill(void)
{
	uint32_t stranger = 2000000;

	while (stripe.counts.evicted < 100)
		put(stranger++, 50, 0);
}

Test(stripe, a_stranger_goes_when_it_was_not_asked_for)
{
	fill();
	put(1, 50, 0);
	cr_assert_not(is_lasting(find(1)));
	push_off(1);
	cr_assert_null(find(1));
}

Test(stripe, what_was_asked_for_goes_on)
{
	fill();
	put(1, 50, 0);
	ask(1);
	push_off(1);
	cr_assert_not_null(find(1));
	cr_assert(is_lasting(find(1)));
	cr_assert_eq(find(1)->asked, 0);
}

Test(stripe, while_there_is_room_nothing_goes)
{
	for (uint32_t i = 0; i < 60; i++)
		put(i, 50, 0);
	for (uint32_t i = 0; i < 60; i++)
		cr_assert_not_null(find(i), "%u", i);
	cr_assert_eq(stripe.counts.entries, 60);
	cr_assert_eq(stripe.counts.bytes, 60 * 50);
}

Test(stripe, what_comes_back_is_no_stranger)
{
	fill();
	put(1, 50, 0);
	push_off(1);
	cr_assert_null(find(1));
	put(1, 50, 0);
	cr_assert(is_lasting(find(1)));
}

Test(stripe, a_stale_answer_makes_room_though_it_was_asked_for)
{
	uint64_t evicted;

	fill();
	put(1, 50, 0);
	ask(1);
	evicted = stripe.counts.evicted;
	for (uint32_t i = 2; find(1) != NULL && i < 100; i++)
		put(i, 50, 5000);
	cr_assert_null(find(1));
	cr_assert_eq(stripe.counts.evicted, evicted);
}

Test(stripe, a_new_version_lies_where_the_old_one_does)
{
	struct kept *kept = put(1, 400, 0);

	ask(1);
	cr_assert_eq(put(1, 400, 0), kept);
	cr_assert_eq(put(1, 350, 0), kept);
	cr_assert_eq(kept->asked, 1);
	cr_assert_eq(kept->message_len, 350);
	cr_assert_eq(stripe.counts.entries, 1);
	cr_assert_eq(stripe.counts.bytes, 350);
}

Test(stripe, a_new_version_does_not_waste_room)
{
	struct kept *kept = put(1, 500, 0);

	cr_assert_neq(put(1, 50, 0), kept);
	cr_assert_eq(find(1)->parcel.units, kept_units(find(1)));
	cr_assert_eq(kept->parcel.gone, 1);
	cr_assert_eq(stripe.counts.bytes, 50);
}

Test(stripe, a_larger_version_of_what_lasts_lasts)
{
	fill();
	put(1, 50, 0);
	ask(1);
	push_off(1);
	cr_assert(is_lasting(find(1)));
	put(1, 100, 0);
	cr_assert(is_lasting(find(1)));
}

Test(stripe, what_is_no_longer_asked_for_goes_at_last)
{
	uint32_t number;

	fill();
	for (number = 0; number < 20; number++) {
		put(number, 50, 0);
		for (unsigned i = 0; i < 5; i++)
			ask(number);
		push_off(number);
		for (unsigned i = 0; i < 5; i++)
			ask(number);
	}
	for (number = 1000; number < 2000; number++) {
		put(number, 50, 0);
		ask(number);
	}
	for (number = 0; number < 20; number++)
		cr_assert_null(find(number), "%u", number);
}

/* Everything was asked for, and yet one call does not go round and round. */
Test(stripe, a_call_makes_few_moves)
{
	struct kept *before[400];
	unsigned moved = 0, count = 0;

	for (uint32_t i = 0; i < 400; i++)
		put(i, 10, 0);
	for (uint32_t i = 0; i < 400; i++)
		for (unsigned j = 0; j < KEPT_ASKED; j++)
			before[i] = ask(i);
	put(1000, 600, 0);
	for (uint32_t i = 0; i < 400; i++) {
		if (before[i] == NULL || find(i) == NULL)
			continue;
		moved += before[i] != find(i);
		count++;
	}
	cr_assert(count > 50, "%u", count);
	cr_assert(moved > 0 && moved <= MOVES, "%u", moved);
}

Test(stripe, too_large_is_refused)
{
	cr_assert_null(put(1, 1400, 0));
	cr_assert_null(put(1, 65535, 0));
	cr_assert_not_null(put(1, 600, 0));
}

static void assert_whole(uint32_t number, struct kept *kept,
			 const uint16_t *lens)
{
	if (kept == NULL)
		return;
	cr_assert_eq(kept->message_len, lens[number]);
	for (unsigned i = 0; i < kept->message_len; i++)
		cr_assert_eq(kept_message(kept)[i], number % 251);
	cr_assert((uint8_t *)kept >= memory);
	cr_assert(kept_message(kept) + kept->message_len <= memory + SIZE);
}

/* Many times round both belts, all sizes, with what is asked and not. */
Test(stripe, nothing_is_harmed_in_a_long_run)
{
	static uint16_t lens[300];
	unsigned found = 0;
	uint32_t number;

	srand(20261122);
	for (unsigned step = 0; step < 300000; step++) {
		number = (uint32_t)rand() % 300;
		if (rand() % 2)
			number /= 5;
		if (rand() % 3) {
			assert_whole(number, ask(number), lens);
			found += find(number) != NULL;
			continue;
		}
		lens[number] = (uint16_t)(rand() % (rand() % 8 ? 100 : 600));
		cr_assert_not_null(put(number, lens[number], step));
		assert_whole(number, find(number), lens);
	}
	cr_assert(found > 10000, "%u", found);
	cr_assert(stripe.counts.evicted > 10000);
}
