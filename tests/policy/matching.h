/*
 * matching: matchers made of tables, and who was matched.
 */
#ifndef TESTS_POLICY_MATCHING_H
#define TESTS_POLICY_MATCHING_H

#include <criterion/criterion.h>

#include "policy/matcher.h"
#include "policy/rule.h"

struct seen {
	unsigned count, limit;		/* limit: then no more is wanted */
	uint32_t last;
	uint64_t set;			/* of the numbers 0 to 63 */
};

static inline bool see(void *context, const struct matcher_rule *rule)
{
	struct seen *seen = context;

	seen->count++;
	seen->last = rule->number;
	seen->set |= (uint64_t)1 << rule->number % 64;
	return seen->count != seen->limit;
}

static inline void put_rule(struct matcher *matcher, unsigned scope,
			    const char *pattern, uint32_t number)
{
	struct matcher_rule rule = {
		.scope = (uint8_t)scope, .number = number,
		.pattern = bytes_of_string(pattern),
	};

	if (pattern[0] == '!') {
		rule.invert = true;
		rule.pattern = bytes_of_string(pattern + 1);
	}
	cr_assert_eq(matcher_add(matcher, &rule), 0);
}

static inline void put_prefix(struct matcher *matcher, unsigned scope,
			      const char *words, uint32_t number)
{
	struct matcher_rule rule = {
		.scope = (uint8_t)scope, .number = number,
	};

	cr_assert_eq(prefix_parse(&rule.prefix, words), 0, "%s", words);
	cr_assert_eq(matcher_add(matcher, &rule), 0);
}

static inline struct seen match_name(const struct matcher *matcher,
				     struct matcher_scratch *scratch,
				     const char *words)
{
	struct seen seen = { 0 };
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(words)), 0, "%s",
		     words);
	matcher_match(matcher, scratch, &name, see, &seen);
	return seen;
}

/* One rule, one name: how often it is told. */
static inline unsigned match_once(unsigned scope, const char *pattern,
				  const char *name)
{
	struct matcher_scratch *scratch = matcher_scratch_new();
	struct matcher *matcher = matcher_new();
	struct seen seen;

	put_rule(matcher, scope, pattern, 0);
	cr_assert_eq(matcher_ready(matcher), 0);
	seen = match_name(matcher, scratch, name);
	matcher_free(matcher);
	matcher_scratch_free(scratch);
	return seen.count;
}

/* The same numbers in every run. */
static inline uint64_t draw(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random >> 11;
}

#endif
