/*
 *	rules	as they were added
 *	trials	how those of names are tried: a regex, literals
 *	grams	literal -> trial
 *	always	trials that no literal leads to: none, a short one, "invert"
 *
 *	name -> text -> grams -> a few trials -> regex, pattern, glob
 *	             -> always -> short literals ->
 */
#include "policy/matcher.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "policy/glob.h"
#include "policy/grams.h"
#include "policy/grow.h"
#include "policy/literal.h"
#include "policy/pattern.h"
#include "policy/prefixes.h"
#include "policy/regex.h"
#include "policy/rule.h"
#include "policy/syntax.h"

struct trial {
	uint32_t rule;
	uint32_t first, count;		/* literals that are asked for first */
	struct regex *regex;		/* RULE_REGEX */
};

struct matcher {
	struct matcher_rule *rules;
	struct trial *trials;
	struct literal *literals;
	uint32_t *always;
	size_t rule_count, rule_room;
	size_t trial_count, trial_room;
	size_t literal_count, literal_room;
	size_t always_count, always_room;
	uint64_t left_out;
	struct grams *grams;
	struct prefixes *addresses, *clients;
};

struct matcher_scratch {
	struct regex_scratch *regex;
	char text[NAME_TEXT];
};

/* --- what the compiler asks --- */

static const char *check(unsigned scope, struct bytes pattern)
{
	if (pattern.len > REGEX_LEN)
		return "the pattern is too long";
	switch (scope) {
	case RULE_SUFFIX:
		return pattern.len ? NULL : "the suffix is empty";
	case RULE_PATTERN:
		return pattern_check(pattern);
	case RULE_GLOB:
		return glob_check(pattern);
	default:
		return "there is nothing to match";
	}
}

int matcher_check(unsigned scope, struct bytes pattern, char *words,
		  size_t room)
{
	struct regex *regex;
	struct text text;
	const char *wrong;
	int error;

	text_init(&text, words, room);
	if (scope == RULE_REGEX) {
		error = regex_new(&regex, pattern, &text);
		if (error == 0)
			regex_free(regex);
		return error;
	}
	wrong = check(scope, pattern);
	if (wrong)
		text_put(&text, "%s", wrong);
	return wrong ? ERROR_MALFORMED : 0;
}

/* --- making one --- */

struct matcher *matcher_new(void)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));

	if (!matcher)
		return NULL;
	matcher->grams = grams_new();
	matcher->addresses = prefixes_new();
	matcher->clients = prefixes_new();
	if (!matcher->grams || !matcher->addresses || !matcher->clients) {
		matcher_free(matcher);
		return NULL;
	}
	return matcher;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	for (size_t i = 0; i < matcher->trial_count; i++)
		regex_free(matcher->trials[i].regex);
	grams_free(matcher->grams);
	prefixes_free(matcher->addresses);
	prefixes_free(matcher->clients);
	free(matcher->rules);
	free(matcher->trials);
	free(matcher->literals);
	free(matcher->always);
	free(matcher);
}

static void suffix_literals(struct bytes suffix, struct literals *literals)
{
	struct literal literal = { .place = LITERAL_ENDS };

	for (size_t i = 0; i < suffix.len; i++)
		literal_put(&literal, suffix.at[i]);
	literals->count = 0;
	literals_offer(literals, &literal);
}

/* Where the rule is of names that do not match, none are needed. */
static void literals_of(const struct matcher_rule *rule,
			struct literals *literals)
{
	literals->count = 0;
	if (rule->invert)
		return;
	switch (rule->scope) {
	case RULE_SUFFIX:
		suffix_literals(rule->pattern, literals);
		break;
	case RULE_PATTERN:
		pattern_literals(rule->pattern, literals);
		break;
	case RULE_GLOB:
		glob_literals(rule->pattern, literals);
		break;
	default:
		syntax_literals(rule->pattern, literals);
	}
}

static int literals_keep(struct matcher *matcher,
			 const struct literals *literals)
{
	for (unsigned i = 0; i < literals->count; i++) {
		struct literal *kept = grow(matcher->literals,
					    matcher->literal_count,
					    &matcher->literal_room,
					    sizeof(*kept));

		if (!kept)
			return -ENOMEM;
		matcher->literals = kept;
		kept[matcher->literal_count++] = literals->at[i];
	}
	return 0;
}

static int always_add(struct matcher *matcher, struct trial *trial,
		      const struct literals *literals)
{
	uint32_t *always = grow(matcher->always, matcher->always_count,
				&matcher->always_room, sizeof(*always));

	if (!always)
		return -ENOMEM;
	matcher->always = always;
	always[matcher->always_count++] = (uint32_t)matcher->trial_count;
	trial->first = (uint32_t)matcher->literal_count;
	trial->count = literals->count;
	return literals_keep(matcher, literals);
}

static int trial_add(struct matcher *matcher, const struct matcher_rule *rule)
{
	struct trial *trials = grow(matcher->trials, matcher->trial_count,
				    &matcher->trial_room, sizeof(*trials));
	struct trial trial = { .rule = (uint32_t)matcher->rule_count };
	struct literals literals;
	struct text unread;
	char word[1];
	int error;

	if (!trials)
		return -ENOMEM;
	matcher->trials = trials;
	text_init(&unread, word, sizeof(word));
	if (rule->scope != RULE_REGEX && check(rule->scope, rule->pattern))
		return ERROR_MALFORMED;
	if (rule->scope == RULE_REGEX) {
		error = regex_new(&trial.regex, rule->pattern, &unread);
		if (error < 0)
			return error;
	}
	literals_of(rule, &literals);
	if (literals_usable(&literals))
		error = grams_add(matcher->grams, &literals,
				  (uint32_t)matcher->trial_count);
	else
		error = always_add(matcher, &trial, &literals);
	trials[matcher->trial_count++] = trial;
	return error;
}

static int take(struct matcher *matcher, const struct matcher_rule *rule)
{
	uint32_t number = (uint32_t)matcher->rule_count;

	switch (rule->scope) {
	case RULE_ADDRESS:
		return prefixes_add(matcher->addresses, &rule->prefix, number);
	case RULE_CLIENT:
		return prefixes_add(matcher->clients, &rule->prefix, number);
	default:
		return trial_add(matcher, rule);
	}
}

int matcher_add(struct matcher *matcher, const struct matcher_rule *rule)
{
	struct matcher_rule *rules = grow(matcher->rules, matcher->rule_count,
					  &matcher->rule_room, sizeof(*rules));
	int error;

	if (!rules)
		return -ENOMEM;
	matcher->rules = rules;
	error = take(matcher, rule);
	if (error == ERROR_MALFORMED) {
		matcher->left_out++;
		return 0;
	}
	rules[matcher->rule_count++] = *rule;
	return error;
}

int matcher_ready(struct matcher *matcher)
{
	int error = grams_ready(matcher->grams);

	if (error == 0)
		error = prefixes_ready(matcher->addresses);
	if (error == 0)
		error = prefixes_ready(matcher->clients);
	return error;
}

uint64_t matcher_left_out(const struct matcher *matcher)
{
	return matcher->left_out;
}

bool matcher_has_names(const struct matcher *matcher)
{
	return matcher->trial_count > 0;
}

bool matcher_has_addresses(const struct matcher *matcher)
{
	return prefixes_any(matcher->addresses);
}

bool matcher_has_clients(const struct matcher *matcher)
{
	return prefixes_any(matcher->clients);
}

/* --- the text of a name --- */

struct matcher_scratch *matcher_scratch_new(void)
{
	struct matcher_scratch *scratch = calloc(1, sizeof(*scratch));

	if (!scratch)
		return NULL;
	scratch->regex = regex_scratch_new();
	if (!scratch->regex) {
		free(scratch);
		return NULL;
	}
	return scratch;
}

void matcher_scratch_free(struct matcher_scratch *scratch)
{
	if (!scratch)
		return;
	regex_scratch_free(scratch->regex);
	free(scratch);
}

uint64_t matcher_scratch_given_up(const struct matcher_scratch *scratch)
{
	return regex_given_up(scratch->regex);
}

/* What name_print leaves as it is and names consist of. */
static const uint8_t plain[256] = {
	['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
	['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1,
	['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1,
	['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,
	['y'] = 1, ['z'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1,
	['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
	['-'] = 1, ['_'] = 1,
};

/*
 * As name_print has it: the labels with dots in place of their lengths.  When
 * there is more that is not plain than those dots, it is written with care.
 */
static struct bytes text_of(struct matcher_scratch *scratch,
			    const struct name *name)
{
	size_t len = name->labels ? name->len - 2u : 0, odd = len;
	struct text text;

	memcpy(scratch->text, name->wire + 1, len);
	for (unsigned i = 1; i < name->labels; i++)
		scratch->text[name->label[i] - 1] = '.';
	for (size_t i = 0; i < len; i++)
		odd -= plain[(uint8_t)scratch->text[i]];
	if (len == 0 || odd == name->labels - 1u)
		return bytes_of(scratch->text, len);
	text_init(&text, scratch->text, sizeof(scratch->text));
	name_print(name, &text);
	return bytes_of(text.at, text.len);
}

/* --- matching --- */

typedef bool matcher_each(void *context, const struct matcher_rule *rule);

/* One name, or one address, on its way past the rules. */
struct round {
	const struct matcher *matcher;
	struct matcher_scratch *scratch;
	struct bytes text;
	matcher_each *each;
	void *context;
};

/* For its rule, or for "invert" the other way round; in doubt it is no. */
static bool trial_holds(const struct round *round, const struct trial *trial)
{
	const struct matcher_rule *rule = &round->matcher->rules[trial->rule];
	enum regex_outcome outcome;

	switch (rule->scope) {
	case RULE_SUFFIX:
		return (round->text.len >= rule->pattern.len &&
			memcmp(round->text.at + round->text.len -
			       rule->pattern.len, rule->pattern.at,
			       rule->pattern.len) == 0) != rule->invert;
	case RULE_PATTERN:
		return pattern_matches(rule->pattern, round->text) !=
		       rule->invert;
	case RULE_GLOB:
		return glob_matches(rule->pattern, round->text) !=
		       rule->invert;
	default:
		outcome = regex_match(trial->regex, round->scratch->regex,
				      round->text);
		return outcome == (rule->invert ? REGEX_NO : REGEX_MATCHES);
	}
}

/* Goes on unless the rule matches and `each` has seen enough. */
static bool try_trial(void *context, uint32_t number)
{
	const struct round *round = context;
	const struct trial *trial = &round->matcher->trials[number];

	return !trial_holds(round, trial) ||
	       round->each(round->context,
			   &round->matcher->rules[trial->rule]);
}

/* No, if it needs literals and none is there. */
static bool is_worth_it(const struct round *round, const struct trial *trial)
{
	const struct literal *literals = round->matcher->literals;

	for (uint32_t i = 0; i < trial->count; i++)
		if (literal_find(&literals[trial->first + i], round->text) !=
		    SIZE_MAX)
			return true;
	return trial->count == 0;
}

static void round_match(struct round *round)
{
	const struct matcher *matcher = round->matcher;
	struct grams_visit visit = { try_trial, round };

	if (!grams_find(matcher->grams, round->text, &visit))
		return;
	for (size_t i = 0; i < matcher->always_count; i++) {
		uint32_t number = matcher->always[i];

		if (is_worth_it(round, &matcher->trials[number]) &&
		    !try_trial(round, number))
			return;
	}
}

void matcher_match(const struct matcher *matcher,
		   struct matcher_scratch *scratch, const struct name *name,
		   matcher_each *each, void *context)
{
	struct round round = {
		.matcher = matcher, .scratch = scratch,
		.each = each, .context = context,
	};

	if (matcher->trial_count == 0)
		return;
	round.text = text_of(scratch, name);
	regex_begin(scratch->regex);
	round_match(&round);
}

static bool tell(void *context, uint32_t number)
{
	const struct round *round = context;

	return round->each(round->context, &round->matcher->rules[number]);
}

void matcher_match_address(const struct matcher *matcher, struct bytes raw,
			   matcher_each *each, void *context)
{
	struct round round = {
		.matcher = matcher, .each = each, .context = context,
	};
	struct prefixes_visit visit = { tell, &round };

	prefixes_find(matcher->addresses, raw, &visit);
}

void matcher_match_client(const struct matcher *matcher,
			  const struct address *client, matcher_each *each,
			  void *context)
{
	struct round round = {
		.matcher = matcher, .each = each, .context = context,
	};
	struct prefixes_visit visit = { tell, &round };
	size_t len;
	const uint8_t *raw = address_raw(client, &len);

	prefixes_find(matcher->clients, bytes_of(raw, len), &visit);
}
