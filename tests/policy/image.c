/*
 * Images: what was built is found again, and nothing else.  image_rules.c has
 * what rules say, image_model.c a comparison with tables that are searched.
 */
#include "policy/image.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "found.h"

static struct made made;

static void setup(void)
{
	made_init(&made);
}

static void teardown(void)
{
	made_release(&made);
}

TestSuite(image, .init = setup, .fini = teardown);

Test(image, of_nothing_matches_nothing)
{
	struct image *image = made_open(&made);

	cr_expect_eq(match(image, "example.org").count, 0);
	cr_expect_eq(match(image, ".").count, 0);
	cr_expect_eq(image_names(image), 0);
	cr_expect_eq(image_rules(image), 0);
	cr_expect_eq(image_lists(image), 0);
	cr_expect_null(image_list(image, 0));
	cr_expect_eq(image_serial(image), 7);
	cr_expect_arr_eq(image_inputs(image), made_inputs, 32);
	image_close(image);
}

Test(image, an_exact_rule_covers_nothing_below)
{
	struct image *image;
	struct found found;

	made_list(&made, "one");
	made_rule(&made, "example.org", true, 1);
	made_rule(&made, "below.net", false, 2);
	image = made_open(&made);
	cr_expect_eq(match(image, "example.org").count, 1);
	cr_expect_eq(match(image, "EXAMPLE.ORG").count, 1);
	cr_expect_eq(match(image, "www.example.org").count, 0);
	cr_expect_eq(match(image, "xample.org").count, 0);
	cr_expect_eq(match(image, "org").count, 0);
	found = match(image, "a.b.below.net");
	cr_assert_eq(found.count, 1);
	cr_expect_eq(found.rules[0].labels, 2);
	cr_expect_eq(found.rules[0].line, 2);
	cr_expect_eq(found.rules[0].scope, RULE_SUBTREE);
	cr_expect(found.rules[0].covers);
	image_close(image);
}

Test(image, a_rule_said_twice_is_kept_once_with_its_first_line)
{
	struct image *image;
	struct found found;

	made_list(&made, "one");
	made_rule(&made, "example.org", true, 5);
	made_rule(&made, "other.org", true, 6);
	made_rule(&made, "example.org", false, 7);
	made_rule(&made, "example.org", true, 8);
	made_rule(&made, "example.org", false, 9);
	build_rejected(made.build, 4);
	made_list(&made, "two");
	made_rule(&made, "Example.Org", false, 1);
	image = made_open(&made);
	found = match(image, "example.org");
	cr_assert_eq(found.count, 3);
	cr_expect_eq(found.rules[0].scope, RULE_EXACT);
	cr_expect_eq(found.rules[0].line, 5);
	cr_expect_eq(found.rules[1].scope, RULE_SUBTREE);
	cr_expect_eq(found.rules[1].line, 7);
	cr_expect(found.rules[2].list == 1 && found.rules[2].line == 1);
	cr_expect_eq(image_names(image), 2);
	cr_expect_eq(image_rules(image), 4);
	cr_expect_eq(image_list(image, 0)->rules, 3);
	cr_expect_eq(image_list(image, 0)->rejected, 4);
	cr_expect_eq(image_list(image, 1)->rules, 1);
	cr_expect_eq(image_list(image, 1)->rejected, 0);
	cr_expect_str_eq(image_list(image, 1)->name, "two");
	cr_expect_eq(image_list(image, 1)->version, 3);
	cr_expect_null(image_list(image, 2));
	image_close(image);
}

Test(image, stops_when_told_and_goes_from_long_to_short)
{
	struct found found = { .wanted = 2 };
	struct name name = made_name("a.b.c");
	struct image *image;

	made_list(&made, "one");
	made_rule(&made, ".", false, 1);
	made_rule(&made, "c", false, 2);
	made_rule(&made, "b.c", false, 3);
	made_rule(&made, "a.b.c", false, 4);
	image = made_open(&made);
	image_match(image, &name, found_note, &found);
	cr_assert_eq(found.count, 2);
	cr_expect_eq(found.rules[0].line, 4);
	cr_expect_eq(found.rules[1].line, 3);
	found = match(image, "a.b.c");
	cr_assert_eq(found.count, 4);
	cr_expect_eq(found.rules[3].line, 1);
	cr_expect_eq(found.rules[3].labels, 0);
	cr_expect_eq(match(image, ".").count, 1);
	image_close(image);
}

Test(image, holds_the_longest_names_and_the_highest_numbers)
{
	char words[300] = "", name[16];
	struct image *image;
	struct found found;

	for (int i = 0; i < IMAGE_LISTS; i++) {
		snprintf(name, sizeof(name), "list%d", i);
		cr_assert_eq(made_list(&made, name), i);
	}
	cr_assert_eq(made_list(&made, "more"), ERROR_FULL);
	for (int i = 0; i < NAME_MAX_LABELS; i++)
		strcat(words, i ? ".x" : "x");
	made_rule(&made, words, true, UINT32_MAX);
	image = made_open(&made);
	found = match(image, words);
	cr_assert_eq(found.count, 1);
	cr_expect_eq(found.rules[0].list, IMAGE_LISTS - 1);
	cr_expect_eq(found.rules[0].line, UINT32_MAX);
	cr_expect_eq(found.rules[0].labels, NAME_MAX_LABELS);
	cr_expect_eq(match(image, words + 2).count, 0);
	image_close(image);
}

Test(image, a_list_name_without_an_end_gets_one)
{
	struct image_list list = { .version = 1 };
	struct image *image;

	memset(list.name, 'x', sizeof(list.name));
	cr_assert_eq(build_list(made.build, &list), 0);
	image = made_open(&made);
	cr_expect_null(image_find_list(image, "x"));
	cr_expect_eq(strlen(image_list(image, 0)->name), IMAGE_LIST_NAME - 1);
	image_close(image);
}

Test(image, knows_its_own_file_from_the_next)
{
	struct image *image, *next;

	made_list(&made, "one");
	made_rule(&made, "example.org", true, 1);
	image = made_open(&made);
	cr_expect(image_is_at(image, made.path));
	build_free(made.build);
	made.build = build_new();
	made_list(&made, "one");
	made_rule(&made, "example.org", true, 1);
	next = made_open(&made);
	cr_expect_not(image_is_at(image, made.path), "the same rules");
	cr_expect(image_is_at(next, made.path));
	unlink(made.path);
	cr_expect_not(image_is_at(next, made.path));
	image_close(next);
	image_close(image);
}

Test(image, a_rule_without_a_list_is_refused)
{
	struct name name = made_name("example.org");

	cr_expect_eq(plain_rule(made.build, &name, true, 1), ERROR_ABSENT);
}

/* Enough for lines of the index to pass names on, the last ones too. */
Test(image, finds_each_of_many_names)
{
	enum { NAMES = 60000 };
	struct image *image;
	struct found found;
	char words[64];

	made_list(&made, "many");
	for (uint32_t i = 0; i < NAMES; i++) {
		snprintf(words, sizeof(words), "n%u.d%u.example", i, i % 77);
		made_rule(&made, words, false, i + 1);
	}
	image = made_open(&made);
	cr_assert_eq(image_names(image), NAMES);
	for (uint32_t i = 0; i < NAMES; i++) {
		snprintf(words, sizeof(words), "n%u.d%u.example", i, i % 77);
		found = match(image, words);
		cr_assert(found.count == 1 && found.rules[0].line == i + 1,
			  "%s", words);
		snprintf(words, sizeof(words), "n%u.d%u.example", i,
			 i % 77 + 1);
		cr_assert_eq(match(image, words).count, 0, "%s", words);
	}
	image_close(image);
}

/* --- the file --- */

Test(image, is_not_for_everybody_to_read)
{
	struct stat status;

	image_close(made_open(&made));
	cr_assert_eq(stat(made.path, &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0640);
}

Test(image, a_file_that_takes_nothing_is_an_error)
{
	int fd = open("/dev/full", O_RDWR | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	made_list(&made, "one");
	made_rule(&made, "example.org", true, 1);
	cr_expect_eq(build_write(made.build, fd, 1, made_inputs), -ENOSPC);
	close(fd);
}
