/*
 * lists check: what would become of a file, before it is a list: its format,
 * its rules, and every sort of line that is none.  The text is a stranger's.
 */
#include "commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "subscribe/canon.h"
#include "subscribe/format.h"
#include "subscribe/list.h"

enum { REASONS = 64, EXAMPLES = 3, SHOWN = 64, EFFECTS = 5, SCOPES = 12 };

/* One sort of lines that are no rules. */
struct reason {
	const char *words;
	uint64_t count;
	struct example {
		uint32_t line;
		char text[SHOWN];
		bool cut;
	} examples[EXAMPLES];
};

struct check {
	const char *path;
	struct format_source source;
	struct format_counts counts;
	uint64_t rules[EFFECTS][SCOPES];
	struct reason reasons[REASONS];
	unsigned sorts;
};

/* What other programs read, by how their lines begin. */
static const struct {
	const char *beginning, *program;
} foreign[] = {
	{ "DOMAIN", "Clash or Surge" },
	{ "HOST-SUFFIX", "Quantumult" },
	{ "IP-CIDR", "Clash or Surge" },
	{ "payload:", "Clash" },
	{ "address /", "SmartDNS" },
	{ "full:", "V2Ray" },
	{ "domain:", "V2Ray" },
	{ "regexp:", "V2Ray" },
	{ "ip dns static", "RouterOS" },
	{ "{", "something that reads JSON" },
};

/* --- what is heard --- */

static int hear_rule(void *context, const struct rule *rule)
{
	struct check *check = context;

	if (!rule->bad && !rule->implied && rule->effect < EFFECTS &&
	    rule->scope < SCOPES)
		check->rules[rule->effect][rule->scope]++;
	return 0;
}

/* Sorts are few; beyond the room the last one takes what comes. */
static struct reason *reason_of(struct check *check, const char *words)
{
	for (unsigned i = 0; i < check->sorts; i++)
		if (strcmp(check->reasons[i].words, words) == 0)
			return &check->reasons[i];
	if (check->sorts == REASONS) {
		check->reasons[REASONS - 1].words = "something else";
		return &check->reasons[REASONS - 1];
	}
	check->reasons[check->sorts].words = words;
	return &check->reasons[check->sorts++];
}

static void hear_skipped(void *context, const char *words, uint32_t line,
			 struct bytes text)
{
	struct reason *reason = reason_of(context, words);
	struct example *example;
	struct text shown;

	if (reason->count++ >= EXAMPLES)
		return;
	example = &reason->examples[reason->count - 1];
	text_init(&shown, example->text, sizeof(example->text));
	text_put_line(&shown, text);
	example->line = line;
	example->cut = shown.cut;
}

/* --- what is said --- */

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void print_head(const struct check *check)
{
	const struct format_counts *counts = &check->counts;
	bool found = check->source.format == LIST_FORMAT_AUTO;

	printf("%s: %s%s, %" PRIu64 " line%s, %" PRIu64 " rule%s\n",
	       check->path, found ? "looks like " : "read as ",
	       format_words(counts->format), counts->lines,
	       plural(counts->lines), counts->rules, plural(counts->rules));
	if (counts->subdomains && counts->format <= LIST_FORMAT_LIST)
		printf("  plain names are meant with all below them%s\n",
		       check->source.subdomains == LIST_SUBDOMAINS_AUTO
		       ? ": its header says so" : "");
	if (counts->bad > 0)
		printf("  %" PRIu64 " of them take other rules back "
		       "($badfilter)\n", counts->bad);
	if (counts->outside > 0)
		printf("  %" PRIu64 " of them stand outside of the zone; a "
		       "name server would refuse them\n", counts->outside);
}

/* RULE_PASS is "allow" to other programs; here it is what it does. */
static const char *effect_words(unsigned effect)
{
	return effect == RULE_PASS ? "pass" : canon_effect(effect);
}

/* What is read and understood, and yet nothing for a forwarder. */
static const char *left_out_words(unsigned effect, unsigned scope)
{
	if (effect == RULE_FORWARD)
		return "  (left out: it says whom to ask, not what to sink)";
	if (scope >= RULE_NSIP)
		return "  (left out: a forwarder does not see name servers)";
	return "";
}

static void print_rules(const struct check *check)
{
	for (unsigned effect = 0; effect < EFFECTS; effect++)
		for (unsigned scope = 0; scope < SCOPES; scope++)
			if (check->rules[effect][scope] > 0)
				printf("%10" PRIu64 "  %-8s %s%s\n",
				       check->rules[effect][scope],
				       effect_words(effect),
				       canon_scope(scope),
				       left_out_words(effect, scope));
}

static void print_reason(const struct reason *reason)
{
	printf("%10" PRIu64 "  %s\n", reason->count, reason->words);
	for (unsigned i = 0; i < EXAMPLES && i < reason->count; i++)
		printf("%21" PRIu32 ": %s%s\n", reason->examples[i].line,
		       reason->examples[i].text,
		       reason->examples[i].cut ? " ..." : "");
}

static void print_reasons(const struct check *check)
{
	if (check->sorts > 0)
		printf("no rules, and why (with the first lines of each "
		       "sort):\n");
	for (unsigned i = 0; i < check->sorts; i++)
		print_reason(&check->reasons[i]);
}

/* What may help when nearly nothing was a rule. */
static void print_advice(const struct check *check)
{
	unsigned guess = format_guess(check->source.text);
	const char *first = check->sorts > 0
		? check->reasons[0].examples[0].text : "";

	if (check->counts.rejected <= check->counts.rules)
		return;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		if (strncmp(first, foreign[i].beginning,
			    strlen(foreign[i].beginning)) == 0) {
			printf("it may be for %s, which is not read here\n",
			       foreign[i].program);
			return;
		}
	if (guess != check->counts.format)
		printf("it looks more like the format \"%s\"\n",
		       format_words(guess));
}

static int complain(const char *path, const char *words)
{
	fprintf(stderr, "%s: %s\n", path, words);
	return EXIT_FAILED;
}

static int check_text(struct check *check)
{
	const struct format_sink sink = { hear_rule, hear_skipped, check };
	const char *distrust = format_distrust(check->source.text);
	int error;

	if (distrust)
		return complain(check->path, distrust);
	error = format_read(&check->source, &sink, &check->counts);
	if (error < 0)
		return complain(check->path, error_words(error));
	print_head(check);
	print_rules(check);
	print_reasons(check);
	print_advice(check);
	if (check->counts.rules == check->counts.bad)
		return complain(check->path, "there is no rule in it");
	return EXIT_DONE;
}

/* --- the call --- */

int lists_check_run(struct command_call *call)
{
	struct check check = {
		.path = call->operands[call->operand_count - 1],
	};
	struct file_map map;
	int code = EXIT_DONE, error;

	check.source.format = commands_word_option(call, "format",
						   format_parse, &code);
	check.source.subdomains = commands_word_option(
		call, "subdomains", list_subdomains_parse, &code);
	if (code != EXIT_DONE)
		return code;
	error = file_map_open(&map, check.path);
	if (error < 0)
		return complain(check.path, error_words(error));
	check.source.text = bytes_of(map.at, map.len);
	code = check_text(&check);
	file_map_close(&map);
	return code;
}
