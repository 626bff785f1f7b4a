/*
 * Which names say that they are for updates.
 */
#include "review/update.h"

#include <criterion/criterion.h>

static bool is_named(const char *name)
{
	return update_is_named(bytes_of_string(name));
}

Test(update, a_label_or_a_part_of_one_says_it)
{
	cr_expect(is_named("update.example.com"));
	cr_expect(is_named("fw-update.vendor.example"));
	cr_expect(is_named("eu.ota.vendor.example"));
	cr_expect(is_named("download.windowsupdate.com"));
	cr_expect(is_named("firmware"));
}

Test(update, and_a_word_with_more_letters_does_not)
{
	cr_expect_not(is_named("updater1.example"));
	cr_expect_not(is_named("quota.example"));
	cr_expect_not(is_named("www.example.com"));
	cr_expect_not(is_named("-"));
	cr_expect_not(is_named("."));
	cr_expect_not(is_named(""));
}
