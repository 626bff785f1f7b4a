/*
 * Rules, a line each, and a name on the last line.
 *
 *	sSUFFIX  pPATTERN  gGLOB  rREGEX	i before it: invert
 *
 * What a matcher tells of, by way of literals, is what each rule says by
 * itself.  Whatever a regex is reduced to is a sound name that it matches.
 */
#include <stdlib.h>

#include "base/text.h"
#include "policy/glob.h"
#include "policy/matcher.h"
#include "policy/pattern.h"
#include "policy/regex.h"
#include "policy/rule.h"

enum { RULES = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct bytes next_line(struct bytes *text)
{
	const uint8_t *end = text->len ? memchr(text->at, '\n', text->len)
				       : NULL;
	size_t len = end ? (size_t)(end - text->at) : text->len;
	struct bytes line = bytes_of(text->at, len);

	len += end != NULL;
	*text = bytes_of(text->at + len, text->len - len);
	return line;
}

static bool take_rule(struct matcher_rule *rule, struct bytes line)
{
	static const uint8_t scopes[128] = {
		['s'] = RULE_SUFFIX, ['p'] = RULE_PATTERN, ['g'] = RULE_GLOB,
		['r'] = RULE_REGEX,
	};

	if (line.len > 0 && line.at[0] == 'i') {
		rule->invert = true;
		line = bytes_of(line.at + 1, line.len - 1);
	}
	if (line.len == 0)
		return false;
	rule->scope = scopes[line.at[0] & 127];
	rule->pattern = bytes_of(line.at + 1, line.len - 1);
	return rule->scope != 0;
}

static bool note(void *context, const struct matcher_rule *rule)
{
	bool *told = context;

	must(!told[rule->number]);
	told[rule->number] = true;
	return true;
}

static enum regex_outcome match_regex(struct bytes pattern, struct bytes text)
{
	struct regex_scratch *scratch = regex_scratch_new();
	enum regex_outcome outcome;
	struct regex *regex;
	struct text unread;
	char words[200];

	text_init(&unread, words, sizeof(words));
	must(regex_new(&regex, pattern, &unread) == 0);
	regex_begin(scratch);
	outcome = regex_match(regex, scratch, text);
	regex_free(regex);
	regex_scratch_free(scratch);
	return outcome;
}

/* What one rule says by itself. */
static enum regex_outcome match_alone(const struct matcher_rule *rule,
				      struct bytes text)
{
	struct bytes pattern = rule->pattern;

	switch (rule->scope) {
	case RULE_PATTERN:
		return pattern_matches(pattern, text);
	case RULE_GLOB:
		return glob_matches(pattern, text);
	case RULE_REGEX:
		return match_regex(pattern, text);
	default:
		return pattern.len <= text.len &&
		       memcmp(text.at + text.len - pattern.len, pattern.at,
			      pattern.len) == 0;
	}
}

static void check_reduced(struct bytes regex)
{
	char buffer[NAME_TEXT], words[200];
	struct text text;
	struct name name;

	if (matcher_reduce(regex, &name) < 0)
		return;
	text_init(&text, buffer, sizeof(buffer));
	name_print(&name, &text);
	if (matcher_check(RULE_REGEX, regex, words, sizeof(words)) == 0)
		must(match_regex(regex, bytes_of(buffer, text.len)) ==
		     REGEX_MATCHES);
}

static void check_rules(const struct matcher_rule *rules, unsigned count,
			const bool *told, const struct name *name)
{
	char buffer[NAME_TEXT], words[200];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	if (name->labels > 0)
		name_print(name, &text);
	for (unsigned i = 0; i < count; i++) {
		enum regex_outcome outcome;

		if (matcher_check(rules[i].scope, rules[i].pattern, words,
				  sizeof(words)) < 0) {
			must(!told[i] && words[0] != '\0');
			continue;
		}
		outcome = match_alone(&rules[i], bytes_of(buffer, text.len));
		if (outcome != REGEX_GAVE_UP)
			must(told[i] == ((outcome == REGEX_MATCHES) !=
					 rules[i].invert));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size), line = next_line(&input);
	struct matcher_rule rules[RULES] = { 0 };
	struct matcher_scratch *scratch = matcher_scratch_new();
	struct matcher *matcher = matcher_new();
	bool told[RULES] = { false };
	struct name name;
	uint32_t count = 0;

	for (; input.len > 0 && count < RULES; line = next_line(&input)) {
		if (!take_rule(&rules[count], line))
			continue;
		rules[count].number = count;
		check_reduced(rules[count].pattern);
		must(matcher_add(matcher, &rules[count++]) == 0);
	}
	must(matcher_ready(matcher) == 0);
	if (name_parse(&name, line) == 0) {
		matcher_match(matcher, scratch, &name, note, told);
		if (matcher_scratch_given_up(scratch) == 0)
			check_rules(rules, count, told, &name);
	}
	matcher_free(matcher);
	matcher_scratch_free(scratch);
	return 0;
}
