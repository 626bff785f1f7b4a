/*
 * Each thing is there once, is found again, and there are no more of them
 * than was said.
 */
#include "review/catalogue.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

struct thing {
	struct catalogue_key key;
	unsigned value;
};

static struct catalogue catalogue;

static void tear_down(void)
{
	catalogue_release(&catalogue);
}

TestSuite(catalogue, .fini = tear_down, .timeout = 60);

static int take(uint32_t owner, const char *text, uint32_t *place)
{
	return catalogue_take(&catalogue, owner, bytes_of_string(text),
			      place);
}

Test(catalogue, the_same_is_there_once)
{
	uint32_t one, other, again;

	catalogue_init(&catalogue, sizeof(struct thing), 10);
	cr_expect_eq(catalogue_find(&catalogue, 1, bytes_of_string("a")),
		     CATALOGUE_NONE);
	cr_expect_eq(take(1, "a", &one), 1);
	cr_expect_eq(take(2, "a", &other), 1);
	cr_expect_neq(one, other, "another owner's is another");
	cr_expect_eq(take(1, "a", &again), 0);
	cr_expect_eq(again, one);
	cr_expect_eq(catalogue.count, 2);
	cr_expect_eq(catalogue_find(&catalogue, 1, bytes_of_string("A")),
		     CATALOGUE_NONE);
}

Test(catalogue, bytes_are_bytes)
{
	static const char with_nul[] = { 'a', 0, 'b' };
	uint32_t one, other;

	catalogue_init(&catalogue, sizeof(struct thing), 10);
	cr_expect_eq(catalogue_take(&catalogue, 0, bytes_of(with_nul, 3),
				    &one), 1);
	cr_expect_eq(catalogue_take(&catalogue, 0, bytes_of(with_nul, 1),
				    &other), 1);
	cr_expect_neq(one, other, "what begins alike is not the same");
	cr_expect_eq(catalogue_take(&catalogue, 0, bytes_of(NULL, 0), &other),
		     1);
	cr_expect_eq(catalogue_take(&catalogue, 0, bytes_of(NULL, 0), &other),
		     0, "nothing is a key, too");
	cr_expect_str_eq(catalogue_text(&catalogue, other), "");
}

Test(catalogue, many_are_found_again_after_it_grew)
{
	enum { MANY = 50000 };
	char text[32];
	uint32_t place;

	catalogue_init(&catalogue, sizeof(struct thing), MANY);
	for (unsigned i = 0; i < MANY; i++) {
		struct thing *thing;

		snprintf(text, sizeof(text), "thing %u", i);
		cr_assert_eq(take(i % 3, text, &place), 1);
		thing = catalogue_at(&catalogue, place);
		cr_assert_eq(thing->value, 0, "a new one is zero");
		thing->value = i;
	}
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "thing %u", i);
		place = catalogue_find(&catalogue, i % 3,
				       bytes_of_string(text));
		cr_assert_neq(place, CATALOGUE_NONE);
		cr_assert_eq(((struct thing *)catalogue_at(&catalogue,
							   place))->value, i);
		cr_assert_str_eq(catalogue_text(&catalogue, place), text);
	}
}

Test(catalogue, is_no_larger_than_was_said)
{
	uint32_t place;

	catalogue_init(&catalogue, sizeof(struct thing), 2);
	cr_expect_eq(take(0, "a", &place), 1);
	cr_expect_eq(take(0, "b", &place), 1);
	cr_expect_eq(take(0, "c", &place), ERROR_FULL);
	cr_expect_eq(place, CATALOGUE_NONE);
	cr_expect_eq(take(0, "a", &place), 0, "what is there stays");
}

/* Few things with long keys take no more memory than many with short ones. */
Test(catalogue, all_keys_together_have_a_limit)
{
	static char text[1 << 20];
	uint32_t place;
	int taken = 1;
	unsigned count = 0;

	catalogue_init(&catalogue, sizeof(struct thing), 1000);
	memset(text, 'x', sizeof(text) - 1);
	for (; taken == 1; count += taken == 1) {
		snprintf(text, 8, "%07u", count);
		text[7] = 'x';
		taken = take(0, text, &place);
	}
	cr_expect_eq(taken, ERROR_FULL);
	cr_expect_eq(count, CATALOGUE_TEXT / sizeof(text));
}
