/*
 * Matching allocates nothing: malloc and its kin are counted while names and
 * addresses go past rules of all kinds, by machine code and by interpreter.
 */
#include <stdlib.h>

#include "matching.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#ifndef SANITIZED

static bool counting;
static unsigned counted;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);

void *malloc(size_t size)
{
	counted += counting;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	counted += counting;
	return __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
	counted += counting;
	return __libc_realloc(at, size);
}

static const struct {
	unsigned scope;
	const char *pattern;
} rules[] = {
	{ RULE_PATTERN, "||ads*.example^" }, { RULE_SUFFIX, "ple" },
	{ RULE_GLOB, "*[a-z].*" }, { RULE_REGEX, "^(a|d)+s" },
	{ RULE_REGEX, "(*NO_JIT)^([^.]+\\.)*example$" },
	{ RULE_REGEX, "^(a+)+$" }, { RULE_REGEX, "(*NO_JIT)^(a+)+$" },
	{ RULE_REGEX, "(*NO_JIT)^(?:a(?:b?))*+(?<x>.)\\k<x>-$" },
	{ RULE_REGEX, "!(*NO_JIT)^([ab]|(.)(?=\\2))*x" },
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

static const char *const names[] = {
	"ads.example", "www.example.org", "a\\000b.example",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-",
	".", "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.example",
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static void put_rules(struct matcher *matcher)
{
	char words[200];
	bool regexes = matcher_check(RULE_REGEX, bytes_of_string("x"), words,
				     sizeof(words)) == 0;

	for (uint32_t i = 0; i < RULES; i++)
		if (regexes || rules[i].scope != RULE_REGEX)
			put_rule(matcher, rules[i].scope, rules[i].pattern, i);
	put_prefix(matcher, RULE_ADDRESS, "192.0.2.0/24", RULES);
	cr_assert_eq(matcher_left_out(matcher), 0);
	cr_assert_eq(matcher_ready(matcher), 0);
}

#endif

Test(matcher, allocates_nothing_while_it_matches)
{
#ifdef SANITIZED
	cr_skip_test("a sanitizer has its own malloc");
#else
	struct matcher_scratch *scratch = matcher_scratch_new();
	struct matcher *matcher = matcher_new();
	struct seen seen = { 0 };
	struct name name[NAMES];

	put_rules(matcher);
	for (unsigned i = 0; i < NAMES; i++)
		name_parse(&name[i], bytes_of_string(names[i]));
	counting = true;
	for (unsigned i = 0; i < 100; i++) {
		matcher_match(matcher, scratch, &name[i % NAMES], see, &seen);
		matcher_match_address(matcher, bytes_of("\300\0\2\1", 4), see,
				      &seen);
	}
	counting = false;
	cr_expect_eq(counted, 0);
	cr_expect_gt(seen.count, 200);
	matcher_free(matcher);
	matcher_scratch_free(scratch);
#endif
}
