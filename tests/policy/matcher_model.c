/*
 * Random regexes, and names that are made to fit: whatever PCRE2 matches by
 * itself is found by way of the literals, too.
 */
#include <stdio.h>

#include "base/text.h"
#include "matching.h"
#include "policy/regex.h"

/* A regex, and a text that it should match, as they grow together. */
struct growth {
	uint64_t random;
	char regex[600], text[600];
	unsigned depth;
};

static bool draw_one_in(struct growth *growth, unsigned count)
{
	return draw(&growth->random) % count == 0;
}

static void say(struct growth *growth, const char *regex, const char *text)
{
	strcat(growth->regex, regex);
	strcat(growth->text, text);
}

static void grow_word(struct growth *growth)
{
	static const char *const words[] = {
		"ad", "ads", "track", "pixel", "beacon", "x", "com", "-",
		"stat", "a", "example", "telemetry", "0", "12",
	};
	const char *word = words[draw(&growth->random) % 14];

	say(growth, word, word);
}

static void grow_class(struct growth *growth)
{
	static const struct {
		const char *regex, *text;
	} classes[] = {
		{ "[a-z]", "q" }, { "[0-9]", "7" }, { "[.]", "." },
		{ "\\.", "." }, { "[_.-]", "-" }, { ".", "k" },
		{ "[^.]", "k" }, { "\\d", "3" }, { "\\w", "w" },
		{ "[[:alpha:]]", "z" }, { "[]a]", "a" }, { "[-]", "-" },
		{ "(?=[a-z.])", "" }, { "\\b", "" }, { "(?!zzz)", "" },
	};
	unsigned row = (unsigned)(draw(&growth->random) % 15);

	say(growth, classes[row].regex, classes[row].text);
}

static void grow_alternation(struct growth *growth);

static void grow_group(struct growth *growth)
{
	say(growth, draw_one_in(growth, 2) ? "(" : "(?:", "");
	growth->depth++;
	grow_alternation(growth);
	growth->depth--;
	say(growth, ")", "");
}

/* How often; the text has what was grown last once, never or twice. */
static void grow_times(struct growth *growth, size_t before)
{
	static const char *const once[] = {
		"", "", "", "", "+", "{1,2}", "+?",
	};
	static const char *const never[] = { "?", "*", "{0,2}", "??", "*?" };
	char last[600];

	strcpy(last, growth->text + before);
	if (draw_one_in(growth, 6)) {
		say(growth, never[draw(&growth->random) % 5], "");
		if (draw_one_in(growth, 2))
			growth->text[before] = '\0';
	} else if (draw_one_in(growth, 10) && strlen(growth->text) < 200) {
		say(growth, "{2}", last);
	} else {
		say(growth, once[draw(&growth->random) % 7], "");
	}
}

static void grow_branch(struct growth *growth)
{
	unsigned atoms = 1 + (unsigned)(draw(&growth->random) % 4);

	if (draw_one_in(growth, 5))
		say(growth, "^", "");
	while (atoms-- > 0 && strlen(growth->regex) < 300) {
		size_t before = strlen(growth->text), start;

		start = strlen(growth->regex);
		if (growth->depth < 3 && draw_one_in(growth, 4))
			grow_group(growth);
		else if (draw_one_in(growth, 3))
			grow_class(growth);
		else
			grow_word(growth);
		if (growth->regex[start] == '(' &&
		    growth->regex[start + 1] != '?')
			grow_times(growth, before);
		else if (draw_one_in(growth, 3) &&
			 strlen(growth->text) <= before + 1)
			grow_times(growth, before);
	}
	if (draw_one_in(growth, 5))
		say(growth, "$", "");
}

/* One branch gives the text; the others only the regex. */
static void grow_alternation(struct growth *growth)
{
	unsigned branches = draw_one_in(growth, 2) ? 1 : 2;
	unsigned chosen = (unsigned)(draw(&growth->random) % branches);

	for (unsigned i = 0; i < branches; i++) {
		size_t before = strlen(growth->text);

		if (i > 0)
			say(growth, "|", "");
		grow_branch(growth);
		if (i != chosen)
			growth->text[before] = '\0';
	}
}

enum { REGEXES = 60, NAMES = 120, WORLDS = 120 };

static struct regex *regexes[REGEXES];
static char patterns[REGEXES][600];

/* The text a regex was grown with, with something around it. */
static bool draw_name(struct name *name, struct growth *growth)
{
	static const char *const around[] = { "", "", "www.", "x", ".org" };
	char text[700];

	snprintf(text, sizeof(text), "%s%s%s",
		 around[draw(&growth->random) % 4], growth->text,
		 around[draw(&growth->random) % 5]);
	return name_parse(name, bytes_of_string(text)) == 0;
}

static unsigned expect_agreement(const struct matcher *matcher,
				 struct matcher_scratch *scratch,
				 struct regex_scratch *alone,
				 const struct name *name)
{
	struct seen seen = { 0 };
	uint64_t wanted = 0;
	char words[NAME_TEXT];
	struct text text;

	text_init(&text, words, sizeof(words));
	if (name->labels > 0)
		name_print(name, &text);
	regex_begin(alone);
	for (unsigned i = 0; i < REGEXES; i++)
		if (regex_match(regexes[i], alone,
				bytes_of(words, text.len)) == REGEX_MATCHES)
			wanted |= (uint64_t)1 << i;
	matcher_match(matcher, scratch, name, see, &seen);
	cr_assert_eq(seen.set, wanted, "%s: %s", words,
		     patterns[__builtin_ctzll((seen.set ^ wanted) |
					      (uint64_t)1 << 63) % REGEXES]);
	cr_assert_eq(seen.count, (unsigned)__builtin_popcountll(wanted));
	return seen.count;
}

/* Some do not compile: \b* for one. */
static void make_regex(struct growth *growth, uint32_t number)
{
	struct text unread;
	char words[200];

	do {
		growth->regex[0] = growth->text[0] = '\0';
		grow_alternation(growth);
		text_init(&unread, words, sizeof(words));
	} while (regex_new(&regexes[number], bytes_of_string(growth->regex),
			   &unread) < 0);
	strcpy(patterns[number], growth->regex);
}

static void make_regexes(struct matcher *matcher, struct growth *growths)
{
	for (uint32_t i = 0; i < REGEXES; i++) {
		if (i > 0)
			growths[i].random = draw(&growths[0].random) + i;
		make_regex(&growths[i], i);
		put_rule(matcher, RULE_REGEX, patterns[i], i);
	}
	cr_assert_eq(matcher_ready(matcher), 0);
}

static unsigned run_world(struct growth *growths,
			  struct matcher_scratch *scratch,
			  struct regex_scratch *alone)
{
	struct matcher *matcher = matcher_new();
	unsigned matches = 0;
	struct name name;

	make_regexes(matcher, growths);
	for (unsigned i = 0; i < NAMES; i++)
		if (draw_name(&name, &growths[i % REGEXES]))
			matches += expect_agreement(matcher, scratch, alone,
						    &name);
	matcher_free(matcher);
	for (unsigned i = 0; i < REGEXES; i++)
		regex_free(regexes[i]);
	return matches;
}

Test(matcher, finds_what_pcre2_matches_by_itself, .timeout = 60)
{
	static struct growth growths[REGEXES];
	struct matcher_scratch *scratch = matcher_scratch_new();
	struct regex_scratch *alone = regex_scratch_new();
	unsigned matches = 0;
	char words[200];

	if (matcher_check(RULE_REGEX, bytes_of_string("x"), words,
			  sizeof(words)) < 0)
		cr_skip_test("without PCRE2");
	growths[0].random = 5;
	for (unsigned i = 0; i < WORLDS; i++)
		matches += run_world(growths, scratch, alone);
	cr_expect_gt(matches, WORLDS * NAMES, "only %u matches", matches);
	matcher_scratch_free(scratch);
	regex_scratch_free(alone);
}
