/*
 * Stores: what was put in is found where it was said to be; sets keep a
 * string once.
 */
#include "policy/store.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

Test(store, keeps_what_is_added)
{
	struct store store = { 0 };
	uint32_t at[2000];
	char words[16];

	for (unsigned i = 0; i < 2000; i++) {
		snprintf(words, sizeof(words), "%u", i);
		cr_assert_eq(store_add_string(&store, bytes_of_string(words),
					      &at[i]), 0);
	}
	for (unsigned i = 0; i < 2000; i++) {
		struct bytes string = store_string(&store, at[i]);

		snprintf(words, sizeof(words), "%u", i);
		cr_assert_eq(string.len, strlen(words));
		cr_assert_arr_eq(string.at, words, string.len);
	}
	store_release(&store);
	cr_expect_eq(store.len, 0);
}

Test(store, strings_can_be_empty_and_long)
{
	struct store store = { 0 };
	uint8_t *long_one = calloc(1, 300000);
	uint32_t first, second;

	cr_assert_eq(store_add_string(&store, bytes_of(NULL, 0), &first), 0);
	cr_assert_eq(store_add_string(&store, bytes_of(long_one, 300000),
				      &second), 0);
	cr_expect_eq(store_string(&store, first).len, 0);
	cr_expect_eq(store_string(&store, second).len, 300000);
	store_release(&store);
	free(long_one);
}

/* Nothing is asked of the system for it. */
Test(store, ends_at_four_gigabytes)
{
	struct store store = { .len = UINT32_MAX - 100, .room = UINT32_MAX };

	cr_expect_eq(store_reserve(&store, 100), 0);
	cr_expect_eq(store_reserve(&store, 101), ERROR_FULL);
}

Test(store, a_set_keeps_a_string_once)
{
	static const struct hash_key key = { { 1, 2 } };
	struct store_set set;
	uint32_t at[5000], again;
	char words[16];

	store_set_init(&set, &key);
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(words, sizeof(words), "term %u", i);
		cr_assert_eq(store_set_put(&set, bytes_of_string(words),
					   &at[i]), 0);
	}
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(words, sizeof(words), "term %u", i);
		cr_assert_eq(store_set_put(&set, bytes_of_string(words),
					   &again), 0);
		cr_assert_eq(again, at[i]);
	}
	cr_expect_eq(set.count, 5000);
	store_set_release(&set);
}
