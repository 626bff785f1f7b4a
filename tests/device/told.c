/*
 * Only changes are said.
 */
#include "device/told.h"

#include <criterion/criterion.h>
#include <stdio.h>

static bool is_new(struct told *told, const char *what, const char *word)
{
	return told_is_new(told, bytes_of_string(what),
			   bytes_of_string(word));
}

Test(told, changes_and_nothing_else)
{
	struct told *told = told_new();

	cr_assert_not_null(told);
	cr_assert(is_new(told, "a", "1"));
	cr_assert_not(is_new(told, "a", "1"));
	cr_assert(is_new(told, "b", "1"));
	cr_assert(is_new(told, "a", "2"));
	cr_assert_not(is_new(told, "a", "2"));
	cr_assert(is_new(told, "a", "1"), "back again is a change");
	cr_assert_not(is_new(told, "b", "1"));
	told_forget(told);
	cr_assert(is_new(told, "b", "1"));
	told_free(told);
}

Test(told, many_things_are_said_anew_but_not_lost)
{
	struct told *told = told_new();
	unsigned again = 0;
	char what[32];

	for (unsigned i = 0; i < TOLD_ROOM; i++) {
		snprintf(what, sizeof(what), "%u", i);
		cr_assert(is_new(told, what, "x"));
	}
	for (unsigned i = 0; i < TOLD_ROOM - 1; i++) {
		snprintf(what, sizeof(what), "more %u", i);
		cr_assert(is_new(told, what, "x"), "%s", what);
	}
	for (unsigned i = 0; i < TOLD_ROOM - 1; i++) {
		snprintf(what, sizeof(what), "more %u", i);
		again += is_new(told, what, "x");
	}
	cr_assert_eq(again, 0);
	told_free(told);
}
