/*
 * heard: what a reader says of a text, as a string: a rule a line.
 *
 *	block subtree a.example = null
 *	rewrite exact b.example = A 192.0.2.1 important dnstype=A
 */
#ifndef TESTS_SUBSCRIBE_HEARD_H
#define TESTS_SUBSCRIBE_HEARD_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "subscribe/canon.h"
#include "subscribe/format.h"

struct heard {
	char rules[8192], why[4096];
	struct text text, reasons;
	struct format_counts counts;
	bool lines;		/* with numbers of lines, and texts */
	int answer;		/* to give back */
	unsigned asked;
};

static inline void heard_bytes(struct heard *heard, const char *before,
			       struct bytes text)
{
	text_put(&heard->text, "%s%.*s", before, (int)text.len,
		 (const char *)text.at);
}

static inline void heard_subject(struct heard *heard, const struct rule *rule)
{
	switch (rule->scope) {
	case RULE_SUFFIX:
	case RULE_PATTERN:
	case RULE_GLOB:
	case RULE_REGEX:
		heard_bytes(heard, "", rule->pattern);
		break;
	case RULE_ADDRESS:
	case RULE_CLIENT:
	case RULE_NSIP:
		prefix_print(&rule->prefix, &heard->text);
		break;
	default:
		name_print(&rule->name, &heard->text);
	}
}

static inline void heard_conditions(struct heard *heard,
				    const struct rule *rule)
{
	static const char *const names[] = {
		[RULE_WHO] = " client=", [RULE_CTAG] = " ctag=",
		[RULE_DENYALLOW] = " denyallow=",
		[RULE_DNSTYPE] = " dnstype=",
		[RULE_DNSREWRITE] = " dnsrewrite=",
		[RULE_QUERYTYPE] = " querytype=",
		[RULE_SCHEDULE] = " schedule=",
	};

	for (unsigned i = 0; i < RULE_CONDITIONS; i++)
		if (rule->has[i])
			heard_bytes(heard, names[i], rule->condition[i]);
	text_put(&heard->text, "%s%s%s%s%s",
		 rule->important ? " important" : "", rule->bad ? " bad" : "",
		 rule->invert ? " invert" : "",
		 rule->outside ? " outside" : "",
		 rule->implied ? " implied" : "");
}

static inline int heard_rule(void *context, const struct rule *rule)
{
	struct heard *heard = context;

	heard->asked++;
	text_put(&heard->text, "%s %s ", rule->effect == RULE_PASS
		 ? "pass" : canon_effect(rule->effect),
		 canon_scope(rule->scope));
	heard_subject(heard, rule);
	if (rule->answer.len)
		heard_bytes(heard, " = ", rule->answer);
	if (rule->word.len)
		heard_bytes(heard, " : ", rule->word);
	heard_conditions(heard, rule);
	if (heard->lines) {
		text_put(&heard->text, " (%u ", rule->line);
		heard_bytes(heard, "", rule->text);
		text_put(&heard->text, ")");
	}
	text_put(&heard->text, "\n");
	return heard->answer;
}

static inline void heard_skipped(void *context, const char *reason,
				 uint32_t line, struct bytes text)
{
	struct heard *heard = context;

	(void)text;
	text_put(&heard->reasons, "%u %s\n", line, reason);
}

/* In memory of just its size, so that a read past it is seen. */
static inline int heard_read(struct heard *heard, unsigned format,
			     unsigned subdomains, struct bytes words)
{
	uint8_t *at = malloc(words.len ? words.len : 1);
	struct format_source source = {
		format, subdomains, bytes_of(at, words.len),
	};
	struct format_sink sink = { heard_rule, heard_skipped, heard };
	int error;

	if (words.len)
		memcpy(at, words.at, words.len);
	heard->asked = 0;
	text_init(&heard->text, heard->rules, sizeof(heard->rules));
	text_init(&heard->reasons, heard->why, sizeof(heard->why));
	error = format_read(&source, &sink, &heard->counts);
	free(at);
	return error;
}

struct heard_row {
	const char *text, *rules;
	unsigned rejected;
};

static inline void heard_check(const struct heard_row *rows, size_t count,
			       unsigned format, unsigned subdomains)
{
	static struct heard heard;

	for (size_t i = 0; i < count; i++) {
		const char *text = rows[i].text;

		cr_expect_eq(heard_read(&heard, format, subdomains,
					bytes_of_string(text)), 0);
		cr_expect_str_eq(heard.rules, rows[i].rules, "%s gave:\n%s",
				 text, heard.rules);
		cr_expect_eq(heard.counts.rejected, rows[i].rejected,
			     "%s: rejected %u\n%s", text,
			     (unsigned)heard.counts.rejected, heard.why);
		cr_expect_eq(heard.counts.rejected == 0,
			     heard.counts.first_rejected == 0, "%s", text);
	}
}

#define HEARD(rows, format) \
	heard_check(rows, sizeof(rows) / sizeof(*(rows)), format, \
		    LIST_SUBDOMAINS_AUTO)

#endif
