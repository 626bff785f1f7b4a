/*
 * terms: rules with conditions and answers, made in a line or two.
 */
#ifndef TESTS_POLICY_TERMS_H
#define TESTS_POLICY_TERMS_H

#include <criterion/criterion.h>

#include "base/error.h"
#include "base/text.h"
#include "policy/rule.h"
#include "policy/terms.h"

struct made_terms {
	uint8_t at[TERMS_MAX];
	int len;		/* or an error, and why */
	const char *why;
};

static inline struct bytes made_bytes(const struct made_terms *made)
{
	cr_assert_geq(made->len, 0, "%s", made->why);
	return bytes_of(made->at, (size_t)made->len);
}

static inline void made_write(struct made_terms *made, const struct rule *rule)
{
	made->why = NULL;
	made->len = terms_write(rule, made->at, sizeof(made->at), &made->why);
	if (made->len < 0)
		cr_assert_not_null(made->why);
}

static inline void made_condition(struct made_terms *made, unsigned condition,
				  const char *value)
{
	struct rule rule = { .effect = RULE_BLOCK };

	rule.has[condition] = true;
	rule.condition[condition] = bytes_of_string(value);
	made_write(made, &rule);
}

static inline void made_answer(struct made_terms *made, const char *answer)
{
	struct rule rule = { .effect = RULE_REWRITE };

	rule.answer = bytes_of_string(answer);
	made_write(made, &rule);
}

static inline struct name made_question_name(const char *words)
{
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(words)), 0, "%s",
		     words);
	return name;
}

static inline const char *made_words(struct bytes terms, char words[1024])
{
	struct text text;

	text_init(&text, words, 1024);
	terms_print(terms, &text);
	return words;
}

#endif
