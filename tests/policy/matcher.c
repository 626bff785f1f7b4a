/*
 * Many rules of all kinds together: who is told, how often, and what is left
 * out.
 */
#include "policy/matcher.h"

#include <pthread.h>
#include <stdio.h>

#include "base/error.h"
#include "matching.h"

static struct matcher *matcher;
static struct matcher_scratch *scratch;

static void begin(void)
{
	matcher = matcher_new();
	scratch = matcher_scratch_new();
	cr_assert(matcher && scratch);
}

static void end(void)
{
	matcher_free(matcher);
	matcher_scratch_free(scratch);
}

static void put(unsigned scope, const char *pattern, uint32_t number)
{
	put_rule(matcher, scope, pattern, number);
}

static uint64_t told(const char *name)
{
	struct seen seen = match_name(matcher, scratch, name);

	cr_expect_eq(seen.count, (unsigned)__builtin_popcountll(seen.set),
		     "%s: a rule is told of once", name);
	return seen.set;
}

/* Is this program without PCRE2? */
static bool without_regexes(void)
{
	char words[200];

	return matcher_check(RULE_REGEX, bytes_of_string("x"), words,
			     sizeof(words)) < 0;
}

Test(matcher, none_says_nothing, .init = begin, .fini = end)
{
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect_eq(told("example.org"), 0);
	cr_expect_not(matcher_has_names(matcher));
	cr_expect_not(matcher_has_addresses(matcher));
	cr_expect_not(matcher_has_clients(matcher));
}

Test(matcher, kinds_together, .init = begin, .fini = end)
{
	put(RULE_SUFFIX, "ample.org", 0);
	put(RULE_PATTERN, "||example.", 1);
	put(RULE_GLOB, "*.exa[m]ple.*", 2);
	put(RULE_SUFFIX, "g", 3);
	put(RULE_PATTERN, "|w*g^", 4);
	put(RULE_GLOB, "???????????????", 5);
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect(matcher_has_names(matcher));
	cr_expect_eq(told("www.example.org"), 63);
	cr_expect_eq(told("WWW.EXAMPLE.ORG"), 63);
	cr_expect_eq(told("example.org"), 1 | 2 | 8);
	cr_expect_eq(told("sample.org"), 1 | 8);
	cr_expect_eq(told("example.net"), 2);
	cr_expect_eq(told("example.net.example.org"), 15);
	cr_expect_eq(told("."), 0);
}

Test(matcher, a_rule_is_told_of_once, .init = begin, .fini = end)
{
	if (without_regexes())
		cr_skip_test("without PCRE2");
	put(RULE_PATTERN, "ads", 0);
	put(RULE_REGEX, "(tracker|beacon|pixel)", 1);
	put(RULE_REGEX, "beacon|beacon", 2);
	put(RULE_REGEX, "racker|tracker", 3);
	put(RULE_GLOB, "*ads*ads*", 4);
	put(RULE_PATTERN, "aaa", 5);
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect_eq(told("ads.tracker.beacon.pixel.tracker.ads"), 31);
	cr_expect_eq(told("ads.pixel.ads.beacon"), 1 | 2 | 4 | 16);
	cr_expect_eq(told("aaaaaaaaa.aaaa"), 32);
}

Test(matcher, stops_when_no_more_is_wanted, .init = begin, .fini = end)
{
	struct seen seen = { .limit = 3 };
	struct name name;

	for (uint32_t i = 0; i < 10; i++) {
		put(RULE_PATTERN, "ads.", i);
		put(RULE_PATTERN, "*", i + 20);
		put_prefix(matcher, RULE_ADDRESS, "192.0.2.0/24", i);
	}
	cr_assert_eq(matcher_ready(matcher), 0);
	name_parse(&name, bytes_of_string("ads.example"));
	matcher_match(matcher, scratch, &name, see, &seen);
	cr_expect_eq(seen.count, 3);
	seen = (struct seen){ .limit = 13 };
	matcher_match(matcher, scratch, &name, see, &seen);
	cr_expect_eq(seen.count, 13);
	seen = (struct seen){ .limit = 2 };
	matcher_match_address(matcher, bytes_of("\300\0\2\1", 4), see, &seen);
	cr_expect_eq(seen.count, 2);
}

Test(matcher, invert_is_of_names_that_do_not_match, .init = begin,
     .fini = end)
{
	if (without_regexes())
		cr_skip_test("without PCRE2");
	put(RULE_REGEX, "!\\.example\\.org$", 0);
	put(RULE_PATTERN, "!||example.org^", 1);
	put(RULE_GLOB, "!*.org", 2);
	put(RULE_SUFFIX, "!.org", 3);
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect_eq(told("www.example.org"), 0);
	cr_expect_eq(told("example.org"), 1);
	cr_expect_eq(told("example.net"), 15);
	cr_expect_eq(told("."), 15);
}

Test(matcher, a_regex_that_gives_up_does_not_match, .init = begin,
     .fini = end)
{
	static const char name[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-";

	if (without_regexes())
		cr_skip_test("without PCRE2");
	put(RULE_REGEX, "^(a+)+$", 0);
	put(RULE_REGEX, "!^(a+)+$", 1);
	put(RULE_PATTERN, "aaa-^", 2);
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect_eq(told(name), 4);
	cr_expect_eq(matcher_scratch_given_up(scratch), 2);
	cr_expect_eq(told("aaa"), 1);
	cr_expect_eq(told("b"), 2);
	cr_expect_eq(matcher_scratch_given_up(scratch), 2);
}

Test(matcher, the_text_of_odd_names_is_as_printed, .init = begin, .fini = end)
{
	put(RULE_PATTERN, "||example.org^", 0);
	put(RULE_PATTERN, "\\.org^", 1);
	put(RULE_PATTERN, "\\000", 2);
	put(RULE_PATTERN, "*x.org", 3);
	put(RULE_PATTERN, "a@b", 4);
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect_eq(told("example\\.org"), 2);
	cr_expect_eq(told("\\000x.org"), 4 | 8);
	cr_expect_eq(told("*x.org"), 8);
	cr_expect_eq(told("x.org"), 8);
	cr_expect_eq(told("a\\@b"), 0);
	cr_expect_eq(told("a.example.org"), 1);
}

Test(matcher, the_longest_names_fit, .init = begin, .fini = end)
{
	char text[1100] = "";
	uint8_t wire[NAME_MAX_WIRE];
	struct seen seen = { 0 };
	struct name name;

	while (strlen(text) < 252)
		strcat(text, "a.");
	text[252] = 'z';
	put(RULE_PATTERN, ".a.z^", 0);
	put(RULE_GLOB, "*\\255", 1);
	put(RULE_PATTERN, "*", 2);
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect_eq(told(text), 5);
	memset(wire, 255, sizeof(wire));
	wire[0] = wire[64] = wire[128] = 63;
	wire[192] = 61;
	wire[254] = 0;
	cr_assert_eq(name_from_wire(&name, bytes_of(wire, 255)), 0);
	matcher_match(matcher, scratch, &name, see, &seen);
	cr_expect_eq(seen.set, 6);
}

Test(matcher, what_does_not_compile_is_left_out, .init = begin, .fini = end)
{
	static const struct {
		unsigned scope;
		const char *pattern;
	} wrong[] = {
		{ RULE_SUFFIX, "" }, { RULE_PATTERN, "" },
		{ RULE_PATTERN, "a|b" }, { RULE_GLOB, "[a" },
		{ RULE_REGEX, "(" }, { RULE_EXACT, "a" },
		{ RULE_ADDRESS, "" }, { RULE_CLIENT, "" }, { 99, "a" },
	};
	enum { WRONG = sizeof(wrong) / sizeof(wrong[0]) };
	char words[200];

	for (unsigned i = 0; i < WRONG; i++) {
		put(wrong[i].scope, wrong[i].pattern, i);
		words[0] = '\0';
		cr_expect_eq(matcher_check(wrong[i].scope,
					   bytes_of_string(wrong[i].pattern),
					   words, sizeof(words)),
			     ERROR_MALFORMED, "row %u", i);
		cr_expect_str_not_empty(words, "row %u", i);
	}
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect_eq(matcher_left_out(matcher), WRONG);
	cr_expect_not(matcher_has_names(matcher));
	cr_expect_eq(told("a"), 0);
}

Test(matcher, a_good_pattern_is_checked_so)
{
	char words[200];

	cr_expect_eq(matcher_check(RULE_SUFFIX, bytes_of_string("x"), words,
				   sizeof(words)), 0);
	cr_expect_eq(matcher_check(RULE_PATTERN, bytes_of_string("||x^"),
				   words, sizeof(words)), 0);
	cr_expect_eq(matcher_check(RULE_GLOB, bytes_of_string("[x]*"), words,
				   sizeof(words)), 0);
}

Test(matcher, addresses_and_clients_are_apart, .init = begin, .fini = end)
{
	struct seen seen = { 0 };
	struct address client;

	put_prefix(matcher, RULE_ADDRESS, "192.0.2.0/24", 0);
	put_prefix(matcher, RULE_ADDRESS, "192.0.2.1", 1);
	put_prefix(matcher, RULE_ADDRESS, "2001:db8::/32", 2);
	put_prefix(matcher, RULE_CLIENT, "192.0.2.1", 3);
	cr_assert_eq(matcher_ready(matcher), 0);
	cr_expect(matcher_has_addresses(matcher));
	cr_expect(matcher_has_clients(matcher));
	cr_expect_not(matcher_has_names(matcher));
	matcher_match_address(matcher, bytes_of("\300\0\2\1", 4), see, &seen);
	cr_expect_eq(seen.set, 3);
	seen = (struct seen){ 0 };
	matcher_match_address(matcher, bytes_of("\x20\1\xd\xb8\0\0\0\0\0\0\0"
						"\0\0\0\0\0", 16), see, &seen);
	cr_expect_eq(seen.set, 4);
	seen = (struct seen){ 0 };
	address_parse(&client, "192.0.2.1", 4711);
	matcher_match_client(matcher, &client, see, &seen);
	cr_expect_eq(seen.set, 8);
	client.family = 0;
	matcher_match_client(matcher, &client, see, &seen);
	cr_expect_eq(seen.count, 1);
}

/* --- threads --- */

enum { THREADS = 4, ROUNDS = 2000 };

static void *ask(void *argument)
{
	struct matcher_scratch *own = matcher_scratch_new();
	unsigned *wrong = argument;

	for (unsigned i = 0; i < ROUNDS; i++) {
		char name[32];
		unsigned number = i % 60;

		snprintf(name, sizeof(name), "tracker%02u.example", number);
		*wrong += match_name(matcher, own, name).set !=
			  (1ull << number | 1ull << 60);
	}
	matcher_scratch_free(own);
	return NULL;
}

Test(matcher, is_shared_by_threads, .init = begin, .fini = end)
{
	static char patterns[60][32];
	unsigned scope = without_regexes() ? RULE_PATTERN : RULE_REGEX;
	unsigned wrong[THREADS] = { 0 };
	pthread_t threads[THREADS];

	for (uint32_t i = 0; i < 60; i++) {
		snprintf(patterns[i], sizeof(patterns[i]), "tracker%02u", i);
		put(scope, patterns[i], i);
	}
	put(RULE_PATTERN, "*", 60);
	cr_assert_eq(matcher_ready(matcher), 0);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, ask, &wrong[i]);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		cr_expect_eq(wrong[i], 0);
	}
}
