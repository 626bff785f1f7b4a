/*
 * Every rule that matched, in the order in which they are believed: the one
 * that decides first, and of each other the reason why it does not.
 */
#include "commands/why.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "policy/own.h"
#include "policy/rule.h"
#include "policy/terms.h"

static void keep(void *context, const struct policy_witness *witness)
{
	struct why *why = context;
	struct why_rule *kept = &why->rules[why->count];

	if (why->count == WHY_RULES) {
		why->more++;
		return;
	}
	why->count++;
	kept->witness = *witness;
	if (witness->rule)
		kept->rule = *witness->rule;
	if (witness->pattern)
		kept->pattern = *witness->pattern;
}

void why_listen(struct why *why)
{
	policy_explain(why->policy, &why->question, &why->verdict, keep, why);
}

static bool is_winner(const struct why *why, const struct why_rule *rule)
{
	const struct verdict *won = &why->verdict;
	const struct verdict *its = &rule->witness.verdict;

	return rule->witness.fate == POLICY_HEARD &&
	       rule->witness.precedence > 0 && won->kind != VERDICT_PASS &&
	       its->kind == won->kind && its->list == won->list &&
	       its->line == won->line && its->scope == won->scope &&
	       its->labels == won->labels;
}

/* What the winner is, for those that come later. */
static const char *winner_words(unsigned precedence)
{
	static const char *const words[] = {
		[1] = "a pause", [2] = "a rule of the household itself",
		[3] = "a rewrite ($dnsrewrite)",
		[4] = "an important exception", [5] = "an important rule",
		[6] = "an allow list or an exception",
		[7] = "a list that sinks",
		[8] = "an exception of a list that observes",
		[9] = "a list that observes",
	};

	return precedence < sizeof(words) / sizeof(words[0]) &&
	       words[precedence] ? words[precedence] : "another rule";
}

static unsigned winning_precedence(const struct why *why)
{
	for (unsigned i = 0; i < why->count; i++)
		if (is_winner(why, &why->rules[i]))
			return why->rules[i].witness.precedence;
	return 0;
}

static void print_lost(const struct why *why, const struct why_rule *rule)
{
	unsigned won = winning_precedence(why);
	const struct verdict *its = &rule->witness.verdict;

	if (rule->witness.precedence == 0) {
		printf(terms_is_rewrite_exception(its->terms)
		       ? "an exception from rewrites, and only from those\n"
		       : "it only says that its list is silent here\n");
		return;
	}
	if (won && rule->witness.precedence != won) {
		printf("%s comes first\n", winner_words(won));
		return;
	}
	if (its->by != VERDICT_BY_NAME && why->verdict.by == VERDICT_BY_NAME)
		printf("a rule of the name itself comes first\n");
	else if (its->labels != why->verdict.labels)
		printf("another rule is more specific\n");
	else if (its->scope != why->verdict.scope)
		printf("a rule for the very name comes first\n");
	else
		printf("its list or its line comes later\n");
}

static void print_fate(const struct why *why, const struct why_rule *rule)
{
	if (is_winner(why, rule))
		return;
	printf("      not this one: ");
	switch (rule->witness.fate) {
	case POLICY_UNUSED:
		printf("the configuration has no such list, or it is "
		       "disabled\n");
		break;
	case POLICY_OFF:
		printf("its list is off for this group at this time\n");
		break;
	case POLICY_UNMET:
		printf("its conditions are not met\n");
		break;
	case POLICY_HIDDEN:
		printf("its list has a more specific rule\n");
		break;
	case POLICY_REVOKED:
		printf("an exception takes this rewrite back\n");
		break;
	default:
		print_lost(why, rule);
	}
}

static void print_times(const struct why *why, const char *list)
{
	const struct settings *settings = why->settings;
	char words[512];
	struct text text;

	for (unsigned i = 0; i < settings->list_count; i++) {
		const struct list_options *options = &settings->lists[i];

		if (strcmp(options->name, list) != 0 ||
		    options->times.count == 0)
			continue;
		text_init(&text, words, sizeof(words));
		schedule_print(&options->times, &text);
		printf("      its list is in use: %s\n", words);
	}
}

static void print_covers(const struct why *why, const struct why_rule *rule)
{
	static const char *const scopes[] = {
		[RULE_EXACT] = " alone", [RULE_SUBTREE] = " and all below it",
		[RULE_BELOW] = ", all below it but not itself",
	};
	unsigned labels = rule->witness.verdict.labels;
	char covers[NAME_TEXT];
	struct text text;

	if (rule->witness.verdict.kind == VERDICT_PAUSED ||
	    rule->witness.verdict.scope > RULE_BELOW)
		return;
	text_init(&text, covers, sizeof(covers));
	name_print_wire(name_suffix(&why->name, why->name.labels - labels),
			&text);
	printf("      %s%s\n", covers, scopes[rule->witness.verdict.scope]);
}

static void print_terms(const struct why_rule *rule)
{
	char words[512];
	struct text text;

	if (rule->witness.verdict.terms.len == 0)
		return;
	text_init(&text, words, sizeof(words));
	terms_print(rule->witness.verdict.terms, &text);
	if (text.len)
		printf("      %s\n", words);
}

const char *why_line(const struct why *why, const struct why_rule *rule,
		     char shown[COMMANDS_LINE])
{
	const struct image *image = policy_image(why->policy);
	char line[IMAGE_TEXT + 1];
	struct text text, out;

	text_init(&text, line, sizeof(line));
	text_init(&out, shown, COMMANDS_LINE - 4);
	if (rule->witness.own) {
		own_print(rule->witness.own, &out);
		return shown;
	}
	if (rule->witness.rule)
		image_text(image, &rule->rule, &why->name, &text);
	else
		image_pattern_text(image, rule->pattern.number, &text);
	text_put_line(&out, bytes_of(line, text.len));
	if (out.cut)
		strcpy(shown + out.len, " ...");
	return shown;
}

static void print_text(const struct why *why, const struct why_rule *rule)
{
	char shown[COMMANDS_LINE];

	printf("      > %s\n", why_line(why, rule, shown));
}

static void print_place(const struct why *why, const struct why_rule *rule)
{
	const struct verdict *verdict = &rule->witness.verdict;
	const char *mark = is_winner(why, rule) ? "* " : "  ";
	const struct image_list *list;
	char when[32];
	struct text text;

	if (rule->witness.own) {
		printf("  %s%s: the household's own rules, line %" PRIu32
		       "\n", mark, verdict->kind == VERDICT_PAUSED ? "pause"
		       : action_words(verdict->action), verdict->line);
		return;
	}
	list = image_list(policy_image(why->policy), verdict->list);
	text_init(&text, when, sizeof(when));
	clock_print(list->time * 1000000, false, &text);
	printf("  %s%s: %s, line %" PRIu32 " of version %" PRIu64 " (%s)\n",
	       mark, verdict->action ? action_words(verdict->action)
				     : "unused", list->name, verdict->line,
	       list->version, when);
	print_times(why, list->name);
}

static void print_rule(const struct why *why, const struct why_rule *rule)
{
	print_place(why, rule);
	print_text(why, rule);
	print_covers(why, rule);
	print_terms(rule);
	if (is_winner(why, rule))
		printf("      this one decides\n");
	print_fate(why, rule);
}

void why_print_rules(const struct why *why)
{
	if (why->count == 0) {
		printf("No rule covers it.\n");
		return;
	}
	printf("Rules that cover it:\n");
	for (unsigned i = 0; i < why->count; i++)
		if (is_winner(why, &why->rules[i]))
			print_rule(why, &why->rules[i]);
	for (unsigned i = 0; i < why->count; i++)
		if (!is_winner(why, &why->rules[i]))
			print_rule(why, &why->rules[i]);
	if (why->more)
		printf("  and %u more\n", why->more);
}
