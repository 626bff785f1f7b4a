/*
 * Images: what was built is found again, and nothing else, compared with a
 * list of rules that is simply searched.
 */
#include "policy/image.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/error.h"
#include "made.h"

enum { FOUND_MAX = 64 };

struct found {
	struct image_rule rules[FOUND_MAX];
	unsigned count, wanted;
};

static bool note(void *context, const struct image_rule *rule)
{
	struct found *found = context;

	cr_assert_lt(found->count, FOUND_MAX);
	found->rules[found->count++] = *rule;
	return found->count < found->wanted;
}

static struct found match(const struct image *image, const char *words)
{
	struct found found = { .wanted = FOUND_MAX };
	struct name name = made_name(words);

	image_match(image, &name, note, &found);
	return found;
}

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
	cr_expect_not(found.rules[0].exact);
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
	cr_expect(found.rules[0].exact && found.rules[0].line == 5);
	cr_expect(!found.rules[1].exact && found.rules[1].line == 7);
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
	image_match(image, &name, note, &found);
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
	cr_expect_eq(strlen(build_find(made.build, "x") ? "" : "none"), 4);
	image = made_open(&made);
	cr_expect_eq(strlen(image_list(image, 0)->name), IMAGE_LIST_NAME - 1);
	image_close(image);
}

Test(image, a_rule_without_a_list_is_refused)
{
	struct name name = made_name("example.org");

	cr_expect_eq(build_rule(made.build, &name, true, 1), ERROR_ABSENT);
}

/* --- beside a list that is searched --- */

struct model_rule {
	struct name name;
	bool exact;
	unsigned list;
	uint32_t line;
};

static bool model_is_repeated(const struct model_rule *rules, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (rules[i].list == rules[at].list &&
		    rules[i].exact == rules[at].exact &&
		    name_equal(&rules[i].name, &rules[at].name))
			return true;
	return false;
}

static void model_match(const struct model_rule *rules, unsigned count,
			const struct name *name, struct found *found)
{
	for (int labels = name->labels; labels >= 0; labels--)
		for (unsigned i = 0; i < count; i++) {
			const struct model_rule *rule = &rules[i];

			if (rule->name.labels != labels ||
			    !name_is_below(name, &rule->name) ||
			    (rule->exact && labels != name->labels) ||
			    model_is_repeated(rules, i))
				continue;
			found->rules[found->count++] = (struct image_rule){
				(uint16_t)rule->list, rule->line, rule->exact,
				(uint8_t)labels,
			};
		}
}

static bool same(const struct found *one, const struct found *other)
{
	if (one->count != other->count)
		return false;
	for (unsigned i = 0; i < one->count; i++) {
		const struct image_rule *a = &one->rules[i];
		const struct image_rule *b = &other->rules[i];

		if (a->list != b->list || a->line != b->line ||
		    a->exact != b->exact || a->labels != b->labels)
			return false;
	}
	return true;
}

Test(image, agrees_with_a_list_that_is_searched)
{
	enum { RULES = 600, ASKED = 3000 };
	struct model_rule *rules = calloc(RULES, sizeof(*rules));
	char words[64];
	struct image *image;

	srandom(42);
	for (unsigned i = 0; i < RULES; i++) {
		struct model_rule *rule = &rules[i];

		if (i % (RULES / 4) == 0)
			made_list(&made, (char[]){ (char)('0' + i / 100), 0 });
		made_random(words, 1 + (unsigned)random() % 5);
		rule->name = made_name(words);
		rule->exact = random() & 1;
		rule->list = i / (RULES / 4);
		rule->line = i * 37;
		cr_assert_eq(build_rule(made.build, &rule->name, rule->exact,
					rule->line), 0);
	}
	image = made_open(&made);
	for (unsigned i = 0; i < ASKED; i++) {
		struct found wanted = { .count = 0 }, got;
		struct name name;

		made_random(words, 1 + (unsigned)random() % 6);
		name = made_name(words);
		model_match(rules, RULES, &name, &wanted);
		got = match(image, words);
		cr_assert(same(&got, &wanted), "%s, seed 42", words);
	}
	image_close(image);
	free(rules);
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

Test(image, a_folder_that_is_not_there_is_an_error)
{
	made_list(&made, "one");
	made_rule(&made, "example.org", true, 1);
	cr_expect_eq(build_write(made.build, "/tmp/no/such/folder", 1,
				 made_inputs), -ENOENT);
}
