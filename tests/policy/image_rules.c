/*
 * What rules say comes back as it went in: scope, terms, and what they take
 * back; patterns; counts.
 */
#include "policy/image.h"

#include <criterion/criterion.h>

#include "base/error.h"
#include "found.h"
#include "policy/matcher.h"

static struct made made;

static void setup(void)
{
	made_init(&made);
}

static void teardown(void)
{
	made_release(&made);
}

TestSuite(image_rules, .init = setup, .fini = teardown);

static void keep(unsigned scope, const char *words, const char *terms)
{
	static uint32_t line;
	struct rule rule = made_rule_of(scope, words, ++line);

	made_keep(&made, &rule, terms);
}

static void take_back(unsigned scope, const char *words, const char *terms)
{
	struct rule rule = made_rule_of(scope, words, 1000);

	rule.bad = true;
	made_keep(&made, &rule, terms);
}

Test(image_rules, a_rule_for_all_below_is_not_for_the_name_itself)
{
	struct image *image;

	made_list(&made, "one");
	keep(RULE_BELOW, "example.org", "");
	image = made_open(&made);
	cr_expect_eq(match(image, "example.org").count, 0);
	cr_expect_eq(match(image, "org").count, 0);
	cr_expect_eq(match(image, "a.example.org").count, 1);
	cr_expect_eq(match(image, "b.a.example.org").count, 1);
	cr_expect_eq(match(image, "a.example.org").rules[0].scope,
		     RULE_BELOW);
	image_close(image);
}

Test(image_rules, of_a_nearest_list_are_given_when_they_only_hide_others)
{
	struct image_list zone = { .name = "zone",
				   .flags = IMAGE_LIST_NEAREST };
	struct found found;
	struct image *image;

	cr_assert_eq(build_list(made.build, &zone), 0);
	keep(RULE_BELOW, "org", "");
	keep(RULE_EXACT, "example.org", "");
	keep(RULE_BELOW, "a.example.org", "");
	made_list(&made, "plain");
	keep(RULE_EXACT, "example.org", "");
	keep(RULE_BELOW, "a.example.org", "");
	image = made_open(&made);
	found = match(image, "a.example.org");
	cr_assert_eq(found.count, 3);
	cr_expect(found.rules[0].scope == RULE_BELOW &&
		  found.rules[0].labels == 3 && !found.rules[0].covers);
	cr_expect(found.rules[1].scope == RULE_EXACT &&
		  found.rules[1].labels == 2 && !found.rules[1].covers);
	cr_expect(found.rules[2].scope == RULE_BELOW &&
		  found.rules[2].labels == 1 && found.rules[2].covers);
	found = match(image, "b.a.example.org");
	cr_assert_eq(found.count, 4);
	cr_expect(found.rules[0].covers && found.rules[0].list == 0);
	cr_expect(found.rules[1].covers && found.rules[1].list == 1);
	cr_expect_not(found.rules[2].covers);
	cr_expect_eq(image_list(image, 0)->flags, IMAGE_LIST_NEAREST);
	cr_expect_eq(image_list(image, 1)->flags, 0);
	image_close(image);
}

static bool terms_are(const struct image_rule *rule, const char *words)
{
	return rule->terms.len == strlen(words) &&
	       memcmp(rule->terms.at, words, rule->terms.len) == 0;
}

Test(image_rules, with_other_terms_are_other_rules)
{
	struct found found;
	struct image *image;

	made_list(&made, "one");
	keep(RULE_SUBTREE, "example.org", "");
	keep(RULE_SUBTREE, "example.org", "first");
	keep(RULE_SUBTREE, "example.org", "second");
	keep(RULE_SUBTREE, "example.org", "first");
	keep(RULE_EXACT, "example.org", "first");
	keep(RULE_SUBTREE, "other.org", "second");
	image = made_open(&made);
	found = match(image, "example.org");
	cr_assert_eq(found.count, 4);
	cr_expect(terms_are(&found.rules[0], ""));
	cr_expect(terms_are(&found.rules[1], "first"));
	cr_expect(terms_are(&found.rules[2], "second"));
	cr_expect(terms_are(&found.rules[3], "first"));
	cr_expect_eq(found.rules[3].scope, RULE_EXACT);
	found = match(image, "other.org");
	cr_assert_eq(found.count, 1);
	cr_expect(terms_are(&found.rules[0], "second"));
	cr_expect_eq(image_list(image, 0)->rules, 5);
	image_close(image);
}

Test(image_rules, are_unique_when_no_other_list_has_the_name)
{
	struct image *image;

	made_list(&made, "one");
	keep(RULE_SUBTREE, "both.org", "");
	keep(RULE_SUBTREE, "both.org", "");
	keep(RULE_EXACT, "scope.org", "");
	keep(RULE_SUBTREE, "terms.org", "a");
	keep(RULE_PATTERN, "||both^", "");
	keep(RULE_PATTERN, "||mine^", "");
	made_list(&made, "two");
	keep(RULE_SUBTREE, "both.org", "");
	keep(RULE_SUBTREE, "scope.org", "");
	keep(RULE_SUBTREE, "terms.org", "b");
	keep(RULE_PATTERN, "||both^", "");
	made_list(&made, "three");
	keep(RULE_SUBTREE, "both.org", "");
	image = made_open(&made);
	cr_expect_eq(image_list(image, 0)->rules, 5);
	cr_expect_eq(image_list(image, 0)->unique, 1);
	cr_expect_eq(image_list(image, 1)->rules, 4);
	cr_expect_eq(image_list(image, 1)->unique, 0);
	cr_expect_eq(image_list(image, 2)->rules, 1);
	cr_expect_eq(image_list(image, 2)->unique, 0);
	cr_expect_eq(image_rules(image), 10);
	image_close(image);
}

Test(image_rules, are_taken_back_whatever_their_order)
{
	struct image *image;

	made_list(&made, "one");
	keep(RULE_SUBTREE, "before.org", "");
	take_back(RULE_SUBTREE, "after.org", "");
	keep(RULE_SUBTREE, "same.org", "");
	take_back(RULE_SUBTREE, "same.org", "");
	keep(RULE_SUBTREE, "terms.org", "a");
	keep(RULE_SUBTREE, "terms.org", "b");
	keep(RULE_EXACT, "scope.org", "");
	keep(RULE_SUBTREE, "scope.org", "");
	made_list(&made, "two");
	take_back(RULE_SUBTREE, "before.org", "");
	keep(RULE_SUBTREE, "after.org", "");
	take_back(RULE_SUBTREE, "terms.org", "a");
	take_back(RULE_EXACT, "scope.org", "");
	take_back(RULE_EXACT, "nothing.org", "");
	keep(RULE_SUBTREE, "same.org", "");
	image = made_open(&made);
	cr_expect_eq(match(image, "before.org").count, 0);
	cr_expect_eq(match(image, "after.org").count, 0);
	cr_expect_eq(match(image, "same.org").count, 0);
	cr_assert_eq(match(image, "terms.org").count, 1);
	cr_expect(terms_are(&match(image, "terms.org").rules[0], "b"));
	cr_assert_eq(match(image, "scope.org").count, 1);
	cr_expect_eq(match(image, "scope.org").rules[0].scope, RULE_SUBTREE);
	cr_expect_eq(image_names(image), 2);
	cr_expect_eq(image_rules(image), 2);
	cr_expect_eq(image_list(image, 0)->rules, 2);
	cr_expect_eq(image_list(image, 1)->rules, 0);
	image_close(image);
}

/* A list of nothing but one name must not make each query for it slow. */
Test(image_rules, of_one_name_are_not_too_many)
{
	struct image *image;
	char terms[16];

	for (unsigned list = 0; list < 2; list++) {
		made_list(&made, list ? "two" : "one");
		for (unsigned i = 0; i < BUILD_RULES_OF_ONE + 7; i++) {
			snprintf(terms, sizeof(terms), "%u", i);
			keep(RULE_SUBTREE, "example.org", terms);
			keep(RULE_SUBTREE, "example.org", "0");
		}
	}
	image = made_open(&made);
	for (unsigned list = 0; list < 2; list++) {
		cr_expect_eq(image_list(image, list)->rules,
			     BUILD_RULES_OF_ONE);
		cr_expect_eq(image_list(image, list)->rejected, 7);
		cr_expect_eq(image_list(image, list)->unique, 0);
	}
	image_close(image);
}

Test(image_rules, that_no_image_holds_are_foreign)
{
	static char long_one[BUILD_RULES_OF_ONE * 1024];
	struct rule rule = made_rule_of(RULE_EXACT, "example.org", 1);
	struct bytes none = bytes_of(NULL, 0);

	made_list(&made, "one");
	rule.effect = RULE_FORWARD;
	cr_expect_eq(build_rule(made.build, &rule, none), ERROR_FOREIGN);
	rule = made_rule_of(RULE_NSIP, "", 1);
	cr_expect_eq(build_rule(made.build, &rule, none), ERROR_FOREIGN);
	rule = made_rule_of(RULE_NSDNAME_BELOW, "", 1);
	cr_expect_eq(build_rule(made.build, &rule, none), ERROR_FOREIGN);
	memset(long_one, 'x', sizeof(long_one) - 1);
	rule = made_rule_of(RULE_REGEX, long_one, 1);
	cr_expect_eq(build_rule(made.build, &rule, none), ERROR_FOREIGN);
	long_one[65535] = '\0';
	rule = made_rule_of(RULE_REGEX, long_one, 1);
	cr_expect_eq(build_rule(made.build, &rule, none), 0);
}

/* --- patterns --- */

static struct matcher_rule pattern_of(const struct image *image,
				      unsigned number)
{
	struct matcher_rule rule;

	cr_assert(image_pattern(image, number, &rule), "%u", number);
	cr_expect_eq(rule.number, number);
	return rule;
}

static bool pattern_is(const struct image *image, unsigned number,
		       unsigned scope, const char *words)
{
	struct matcher_rule rule = pattern_of(image, number);

	return rule.scope == scope && rule.pattern.len == strlen(words) &&
	       memcmp(rule.pattern.at, words, rule.pattern.len) == 0;
}

Test(image_rules, patterns_come_in_their_order)
{
	struct matcher_rule last;
	struct image *image;
	struct rule rule;

	made_list(&made, "one");
	keep(RULE_REGEX, "^ad[0-9]", "");
	keep(RULE_GLOB, "ad*", "terms");
	keep(RULE_EXACT, "example.org", "");
	keep(RULE_REGEX, "^ad[0-9]", "");
	rule = made_rule_of(RULE_REGEX, "^ad[0-9]", 77);
	rule.invert = true;
	made_keep(&made, &rule, "");
	made_list(&made, "two");
	keep(RULE_SUFFIX, "tracker", "");
	keep(RULE_GLOB, "ad*", "terms");
	image = made_open(&made);
	cr_assert_eq(image_patterns(image), 5);
	cr_expect(pattern_is(image, 0, RULE_REGEX, "^ad[0-9]"));
	cr_expect(pattern_is(image, 1, RULE_GLOB, "ad*"));
	cr_expect(pattern_is(image, 2, RULE_REGEX, "^ad[0-9]"));
	cr_expect(pattern_is(image, 3, RULE_SUFFIX, "tracker"));
	cr_expect(pattern_is(image, 4, RULE_GLOB, "ad*"));
	cr_expect_eq(pattern_of(image, 0).list, 0);
	cr_expect_eq(pattern_of(image, 4).list, 1);
	cr_expect_eq(pattern_of(image, 1).terms.len, 5);
	cr_expect_eq(pattern_of(image, 0).terms.len, 0);
	cr_expect_not(pattern_of(image, 0).invert);
	cr_expect(pattern_of(image, 2).invert);
	cr_expect_eq(pattern_of(image, 2).line, 77);
	cr_expect_not(image_pattern(image, 5, &last));
	image_close(image);
}

Test(image_rules, prefixes_are_patterns)
{
	struct rule rule = made_rule_of(RULE_ADDRESS, "", 4);
	struct matcher_rule found;
	struct image *image;

	rule.text = bytes_of_string("32.1.2.0.192.rpz-ip CNAME .");
	made_list(&made, "one");
	cr_assert_eq(prefix_parse(&rule.prefix, "192.0.2.1/32"), 0);
	made_keep(&made, &rule, "");
	cr_assert_eq(prefix_parse(&rule.prefix, "192.0.2.0/24"), 0);
	made_keep(&made, &rule, "");
	rule.scope = RULE_CLIENT;
	made_keep(&made, &rule, "");
	rule.bad = true;
	cr_assert_eq(prefix_parse(&rule.prefix, "192.0.2.1/32"), 0);
	made_keep(&made, &rule, "");
	rule.bad = false;
	cr_assert_eq(prefix_parse(&rule.prefix, "2001:db8::/32"), 0);
	made_keep(&made, &rule, "");
	image = made_open(&made);
	cr_assert_eq(image_patterns(image), 4);
	found = pattern_of(image, 3);
	cr_expect_arr_eq(found.prefix.at, rule.prefix.at,
			 sizeof(rule.prefix.at));
	cr_expect_eq(found.prefix.family, rule.prefix.family);
	cr_expect_eq(found.prefix.bits, 32);
	cr_expect_eq(found.scope, RULE_CLIENT);
	cr_expect_eq(pattern_of(image, 1).scope, RULE_ADDRESS);
	cr_expect_eq(pattern_of(image, 1).prefix.bits, 24);
	image_close(image);
}

Test(image_rules, patterns_are_taken_back)
{
	struct image *image;

	made_list(&made, "one");
	take_back(RULE_PATTERN, "||ads.*^", "");
	keep(RULE_PATTERN, "||ads.*^", "terms");
	made_list(&made, "two");
	keep(RULE_PATTERN, "||ads.*^", "");
	keep(RULE_GLOB, "||ads.*^", "");
	image = made_open(&made);
	cr_assert_eq(image_patterns(image), 2);
	cr_expect_eq(pattern_of(image, 0).terms.len, 5);
	cr_expect_eq(pattern_of(image, 1).scope, RULE_GLOB);
	image_close(image);
}

/* --- all of them --- */

struct walked {
	unsigned count, most;
	bool seen[300];
};

static bool walk(void *context, const struct name *name,
		 const struct image_rule *rule)
{
	struct walked *walked = context;
	char words[64], wanted[64];
	struct text text;

	text_init(&text, words, sizeof(words));
	name_print(name, &text);
	snprintf(wanted, sizeof(wanted), "n%u.example.org", rule->line / 2);
	cr_assert_str_eq(words, wanted);
	cr_assert_eq(rule->labels, 3);
	cr_assert_lt(rule->line, 300);
	cr_assert_not(walked->seen[rule->line]);
	walked->seen[rule->line] = true;
	return ++walked->count < walked->most;
}

Test(image_rules, a_walk_comes_by_all_of_them)
{
	struct walked all = { .most = 1000 }, some = { .most = 5 };
	struct image *image;
	char words[64];

	made_list(&made, "one");
	for (uint32_t i = 0; i < 300; i++) {
		struct rule rule;

		snprintf(words, sizeof(words), "n%u.example.org", i / 2);
		rule = made_rule_of(i % 2 ? RULE_EXACT : RULE_BELOW, words, i);
		made_keep(&made, &rule, i % 3 ? "" : "terms");
	}
	image = made_open(&made);
	image_walk(image, walk, &all);
	cr_expect_eq(all.count, 300);
	image_walk(image, walk, &some);
	cr_expect_eq(some.count, 5);
	image_close(image);
}
