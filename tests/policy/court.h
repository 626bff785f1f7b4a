/*
 * court: lists whose rules are said in a table, a household's own rules, and
 * a judge who goes by them.
 */
#ifndef TESTS_POLICY_COURT_H
#define TESTS_POLICY_COURT_H

#include <stdio.h>

#include "base/entry.h"
#include "base/file.h"
#include "dns/message.h"
#include "made.h"
#include "policy/matcher.h"
#include "policy/own.h"
#include "policy/terms.h"

enum { COURT_LISTS = 8, COURT_NOW = 1700000000 };

/* A rule; `name` is a name, a pattern or a prefix, as the scope has it. */
struct said {
	uint8_t effect, scope;
	bool important, bad;
	const char *name, *answer;
	const char *client, *dnstype, *denyallow;
	const char *except;	/* @@$dnsrewrite=; "" means any */
};

/* Its lists are those of the house, too, unless others are set. */
struct court {
	struct made made;
	struct house_list lists[COURT_LISTS];
	struct house house;
	uint32_t line;
	struct policy *policy;
	struct matcher_scratch *scratch;
	struct policy_question question;	/* but for the name */
	struct name name;
};

static inline void court_open(struct court *court)
{
	memset(court, 0, sizeof(*court));
	made_init(&court->made);
	court->house.lists = court->lists;
	court->scratch = matcher_scratch_new();
	cr_assert_not_null(court->scratch);
	court->question = (struct policy_question){
		.name = &court->name, .type = TYPE_A, .now = COURT_NOW,
		.scratch = court->scratch,
	};
}

static inline void court_close(struct court *court)
{
	policy_free(court->policy);
	matcher_scratch_free(court->scratch);
	made_release(&court->made);
}

/* Behind the others; its lines are counted from 1. */
static inline void court_list(struct court *court, const char *name,
			      unsigned action, unsigned flags)
{
	struct image_list list = { .version = 1, .flags = flags };
	struct house_list *ours = &court->lists[court->house.list_count++];

	strcpy(list.name, name);
	strcpy(ours->name, name);
	ours->action = (uint8_t)action;
	court->line = 0;
	cr_assert_geq(build_list(court->made.build, &list), 0);
}

static inline void court_condition(struct rule *rule, unsigned condition,
				   const char *value)
{
	rule->has[condition] = value != NULL;
	if (value)
		rule->condition[condition] = bytes_of_string(value);
}

/* Returns its line. */
static inline uint32_t court_rule(struct court *court, const struct said *said)
{
	struct rule rule = {
		.effect = said->effect, .scope = said->scope,
		.important = said->important, .bad = said->bad,
		.line = ++court->line,
	};
	uint8_t terms[TERMS_MAX];
	const char *why = "";
	int len;

	if (said->scope <= RULE_BELOW)
		rule.name = made_name(said->name);
	else if (said->scope >= RULE_ADDRESS)
		cr_assert_eq(prefix_parse(&rule.prefix, said->name), 0);
	else
		rule.pattern = bytes_of_string(said->name);
	if (said->answer)
		rule.answer = bytes_of_string(said->answer);
	court_condition(&rule, RULE_WHO, said->client);
	court_condition(&rule, RULE_DNSTYPE, said->dnstype);
	court_condition(&rule, RULE_DENYALLOW, said->denyallow);
	court_condition(&rule, RULE_DNSREWRITE, said->except);
	len = terms_write(&rule, terms, sizeof(terms), &why);
	cr_assert_geq(len, 0, "%s: %s", said->name, why);
	cr_assert_eq(build_rule(court->made.build, &rule,
				bytes_of(terms, (size_t)len)), 0);
	return rule.line;
}

static inline void court_complain(void *context, unsigned line,
				  const char *words)
{
	(void)context;
	cr_assert(false, "own.rules:%u: %s", line, words);
}

/* The household's own rules, for the house that is made next. */
static inline void court_own(struct court *court, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/own.rules", court->made.folder);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
	cr_assert_eq(own_read(&court->house.own, court->made.folder,
			      court_complain, NULL), 0);
	unlink(path);
}

static inline void court_begin(struct court *court)
{
	court->policy = policy_new(made_open(&court->made),
				   house_new(&court->house));
	cr_assert_not_null(court->policy);
	court->house.own = NULL;
}

/* Everything anew, for the next row of a table. */
static inline void court_begin_again(struct court *court)
{
	court_close(court);
	court_open(court);
}

static inline struct verdict court_ask(struct court *court, const char *words)
{
	struct verdict verdict;

	memset(&verdict, 0xff, sizeof(verdict));
	court->name = made_name(words);
	policy_judge(court->policy, &court->question, &verdict);
	return verdict;
}

static inline struct verdict court_ask_type(struct court *court,
					    const char *words, uint16_t type)
{
	struct verdict verdict;

	court->question.type = type;
	verdict = court_ask(court, words);
	court->question.type = TYPE_A;
	return verdict;
}

static inline struct verdict court_ask_as(struct court *court,
					  const char *words,
					  const char *client)
{
	struct verdict verdict;
	struct address address;

	cr_assert_eq(address_parse(&address, client, 0), 0);
	court->question.client = &address;
	verdict = court_ask(court, words);
	court->question.client = NULL;
	return verdict;
}

static inline struct verdict court_ask_address(struct court *court,
					       const char *words)
{
	struct verdict verdict;
	struct address address;
	const uint8_t *raw;
	size_t len;

	cr_assert_eq(address_parse(&address, words, 0), 0);
	raw = address_raw(&address, &len);
	memset(&verdict, 0xff, sizeof(verdict));
	policy_judge_address(court->policy, &court->question,
			     bytes_of(raw, len), &verdict);
	return verdict;
}

#endif
