/*
 * Adblock rules, as far as they mean something to the DNS (AdGuard, "DNS
 * filtering syntax").
 *
 *	@@||*.a.example^|$dnstype=AAAA,important
 *	  \____________/ \_____________________/
 *	@@   pattern            modifiers
 *
 * ||a.example^ is a name and all below it, |a.example^ the name alone, /x/ a
 * regular expression; anything else is a pattern that is looked for in the
 * name.  A rule with a modifier that is for browsers is for them as a whole.
 * What could only match in the path of a URL is no rule.
 */
#include "subscribe/reader.h"

#include "subscribe/host.h"
#include "subscribe/idn.h"
#include "subscribe/line.h"

static const char too_long[] = "a rule that is too long";
static const char is_url[] = "a pattern for URLs, not for names";

/* --- modifiers --- */

enum modifier {
	MODIFIER_IMPORTANT, MODIFIER_BADFILTER, MODIFIER_REWRITE,
	MODIFIER_CONDITION,
};

static const struct {
	const char *name;
	uint8_t modifier, condition;
} modifiers[] = {
	{ "important", MODIFIER_IMPORTANT, 0 },
	{ "badfilter", MODIFIER_BADFILTER, 0 },
	{ "dnsrewrite", MODIFIER_REWRITE, RULE_DNSREWRITE },
	{ "dnstype", MODIFIER_CONDITION, RULE_DNSTYPE },
	{ "denyallow", MODIFIER_CONDITION, RULE_DENYALLOW },
	{ "client", MODIFIER_CONDITION, RULE_WHO },
	{ "ctag", MODIFIER_CONDITION, RULE_CTAG },
};

enum { MODIFIERS = sizeof(modifiers) / sizeof(*modifiers) };

#define FOREIGN "a modifier that means nothing to the DNS"

/* Those of browsers that are met most. */
static const struct {
	const char *name, *words;
} foreign[] = {
	{ "all", FOREIGN ": all" },
	{ "popup", FOREIGN ": popup" },
	{ "document", FOREIGN ": document" },
	{ "doc", FOREIGN ": doc" },
	{ "third-party", FOREIGN ": third-party" },
	{ "~third-party", FOREIGN ": ~third-party" },
	{ "3p", FOREIGN ": 3p" },
	{ "domain", FOREIGN ": domain" },
	{ "network", FOREIGN ": network" },
	{ "ipaddress", FOREIGN ": ipaddress" },
	{ "removeparam", FOREIGN ": removeparam" },
	{ "image", FOREIGN ": image" },
	{ "script", FOREIGN ": script" },
	{ "subdocument", FOREIGN ": subdocument" },
	{ "xmlhttprequest", FOREIGN ": xmlhttprequest" },
	{ "xhr", FOREIGN ": xhr" },
	{ "generichide", FOREIGN ": generichide" },
	{ "csp", FOREIGN ": csp" },
	{ "app", FOREIGN ": app" },
};

static const char *words_of_foreign(struct bytes name)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		if (line_is(name, foreign[i].name))
			return foreign[i].words;
	return FOREIGN;
}

/* The next modifier off the text, NULL behind the last; "\," are commas. */
static const char *take_modifier(struct reader *reader, struct bytes *text,
				 struct bytes *modifier)
{
	size_t at = 0, escapes = 0, len = 0;
	char *to = reader->room + reader->used;

	for (; at < text->len && text->at[at] != ','; at++) {
		if (text->at[at] != '\\' || line_at(*text, at + 1) != ',')
			continue;
		escapes++;
		at++;
	}
	*modifier = bytes_of(text->at, at);
	*text = at < text->len ? line_skip(*text, at + 1) : bytes_of(NULL, 0);
	if (escapes == 0)
		return NULL;
	if (at > sizeof(reader->room) - reader->used)
		return too_long;
	for (size_t i = 0; i < at; i++) {
		i += modifier->at[i] == '\\' && i + 1 < at &&
		     modifier->at[i + 1] == ',';
		to[len++] = (char)modifier->at[i];
	}
	reader->used += len;
	*modifier = bytes_of(to, len);
	return NULL;
}

static const char *put_condition(struct rule *rule, unsigned condition,
				 struct bytes value)
{
	bool names = condition == RULE_DENYALLOW;

	if (condition != RULE_DNSREWRITE && value.len == 0)
		return "a modifier without its value";
	if (names && line_has(value, '~'))
		return "denyallow with ~";
	if (rule->has[condition])
		return "a modifier twice";
	rule->has[condition] = true;
	rule->condition[condition] = value;
	return NULL;
}

/* What an exception takes back, or what the rule answers. */
static const char *put_rewrite(struct reader *reader, struct bytes value,
			       bool exception)
{
	if (exception)
		return put_condition(&reader->rule, RULE_DNSREWRITE, value);
	if (reader->rule.answer.len > 0)
		return "a modifier twice";
	reader->rule.answer = reader_join(reader, WORDS("dnsrewrite "), value);
	return reader->rule.answer.at ? NULL : too_long;
}

static const char *put_modifier(struct reader *reader, struct bytes value,
				bool exception)
{
	struct bytes name = line_trim(line_part(&value, '='));
	unsigned i = 0;

	while (i < MODIFIERS && !(name.len == strlen(modifiers[i].name) &&
				  !memcmp(name.at, modifiers[i].name,
					  name.len)))
		i++;
	if (i == MODIFIERS)
		return words_of_foreign(name);
	switch (modifiers[i].modifier) {
	case MODIFIER_IMPORTANT:
		reader->rule.important = true;
		return NULL;
	case MODIFIER_BADFILTER:
		reader->rule.bad = true;
		return NULL;
	case MODIFIER_REWRITE:
		return put_rewrite(reader, value, exception);
	default:
		return put_condition(&reader->rule, modifiers[i].condition,
				     value);
	}
}

static const char *put_modifiers(struct reader *reader, struct bytes text,
				 bool exception)
{
	struct bytes modifier;
	const char *why = NULL;

	while (!why && text.at) {
		why = take_modifier(reader, &text, &modifier);
		if (!why)
			why = put_modifier(reader, modifier, exception);
	}
	return why;
}

/*
 * Behind the last '$' without a backslash; a rule between slashes has none.
 * False: there are no modifiers.
 */
static bool split(struct bytes *pattern, struct bytes *modifiers_text)
{
	struct bytes text = *pattern;

	if (text.len > 1 && text.at[0] == '/' && line_last(text) == '/')
		return false;
	for (size_t i = text.len > 1 ? text.len - 1 : 0; i-- > 0;) {
		if (text.at[i] != '$' || (i > 0 && text.at[i - 1] == '\\'))
			continue;
		*pattern = bytes_of(text.at, i);
		*modifiers_text = line_skip(text, i + 1);
		return true;
	}
	return false;
}

/* --- patterns --- */

/* What the pattern is found to be: its scope, or why it is no rule. */
struct finding {
	unsigned scope;
	const char *why;
};

static struct finding found(unsigned scope)
{
	return (struct finding){ scope, NULL };
}

static struct finding refused(const char *why)
{
	return (struct finding){ 0, why };
}

static struct finding find_regex(struct reader *reader, struct bytes regex)
{
	if (regex.len == 0)
		return refused("an empty regular expression");
	if (line_span(regex, "\\^$*+?()[]{}|.") == regex.len)
		return refused(is_url);
	reader->rule.pattern = regex;
	return found(RULE_REGEX);
}

static bool has_condition(const struct rule *rule)
{
	return rule->has[RULE_WHO] || rule->has[RULE_CTAG] ||
	       rule->has[RULE_DNSTYPE] || rule->has[RULE_DENYALLOW];
}

static bool is_short(struct bytes pattern)
{
	unsigned letters = 0;

	if (pattern.len > 12)
		return false;
	for (size_t i = 0; i < pattern.len; i++)
		letters += (pattern.at[i] & 0xc0) != 0x80;
	return letters < 3;
}

static bool ends_port(struct bytes word)
{
	size_t digits = 0;

	while (digits < word.len &&
	       line_is_digit(word.at[word.len - 1 - digits]))
		digits++;
	return digits > 0 && word.len > digits + 1 &&
	       word.at[word.len - 1 - digits] == ':';
}

/* '*' may stand in the middle of a pattern, '^' only at its end. */
static struct finding check_pattern(struct reader *reader,
				    struct bytes pattern)
{
	unsigned marks = line_marks(pattern);
	size_t caret = line_span(pattern, "^");

	if (marks & ~(unsigned)LINE_RULE)
		return refused(line_span(pattern, "/?=&:%,") < pattern.len
			       ? is_url : "a character that no name has");
	if (caret + 1 < pattern.len)
		return refused(is_url);
	reader->rule.pattern = pattern;
	return found(RULE_PATTERN);
}

static struct finding find_pattern(struct reader *reader,
				   struct bytes pattern)
{
	uint8_t ascii[IDN_ROOM];
	const char *why;
	size_t len;

	if (line_begins(pattern, "://"))
		pattern = reader_join(reader, WORDS("|"),
				      line_skip(pattern, 3));
	if (!pattern.at)
		return refused(too_long);
	if (line_marks(pattern) & LINE_HIGH) {
		why = idn_parts(pattern, ".*|^", ascii, &len);
		if (why)
			return refused(why);
		pattern = bytes_of(ascii, len);
	}
	pattern = reader_lower(reader, pattern);
	if (!pattern.at)
		return refused(too_long);
	return check_pattern(reader, pattern);
}

/* ||x^ and ||x| are a name or an address, if x is one. */
static struct finding find_subtree(struct reader *reader,
				   struct bytes pattern)
{
	struct bytes word = bytes_of(pattern.at + 2, pattern.len - 3);
	struct prefix address;
	const char *why;

	if (!(word.len == 1 && word.at[0] == '0') &&
	    host_address(&address, word)) {
		reader->rule.prefix = address;
		return found(RULE_ADDRESS);
	}
	if (line_last(word) == '.')
		return find_pattern(reader, pattern);
	why = reader_name(reader, word, true);
	if (!why)
		return found(RULE_SUBTREE);
	if (line_has(word, '*'))
		return find_pattern(reader, pattern);
	if (ends_port(word) || line_span(word, "/?=&") < word.len)
		return refused(is_url);
	return refused(why);
}

static struct finding find_exact(struct reader *reader, struct bytes pattern)
{
	struct bytes word = bytes_of(pattern.at + 1, pattern.len - 2);

	if (line_last(word) != '.' && !reader_name(reader, word, true))
		return found(RULE_EXACT);
	return find_pattern(reader, pattern);
}

static struct finding find_anchored(struct reader *reader,
				    struct bytes pattern)
{
	bool ended = line_last(pattern) == '^' || line_last(pattern) == '|';

	if (line_begins(pattern, "||"))
		return ended && pattern.len > 2
			? find_subtree(reader, pattern)
			: find_pattern(reader, pattern);
	if (line_begins(pattern, "|") && ended && pattern.len > 1)
		return find_exact(reader, pattern);
	return find_pattern(reader, pattern);
}

static struct finding find(struct reader *reader, struct bytes pattern)
{
	size_t len = pattern.len;

	if (len > 1 && pattern.at[0] == '/' && line_last(pattern) == '/')
		return find_regex(reader, bytes_of(pattern.at + 1, len - 2));
	if (is_short(pattern) && !has_condition(&reader->rule))
		return refused("a pattern that would match nearly everything");
	if (len > 1 && memcmp(pattern.at + len - 2, "/*", 2) == 0)
		pattern = reader_join(reader, bytes_of(pattern.at, len - 2),
				      WORDS("^"));
	else if (len > 1 && memcmp(pattern.at + len - 2, "^|", 2) == 0)
		pattern.len--;
	return pattern.at ? find_anchored(reader, pattern)
			  : refused(too_long);
}

int adblock_line(struct reader *reader, struct bytes line)
{
	bool exception = line_begins(line, "@@");
	struct bytes pattern = line_skip(line, exception ? 2 : 0), text;
	unsigned effect = exception ? RULE_ALLOW : RULE_BLOCK;
	const char *why = NULL;
	struct finding finding;

	reader->special = true;
	if (split(&pattern, &text))
		why = put_modifiers(reader, text, exception);
	if (why)
		return reader_skip(reader, why);
	finding = find(reader, pattern);
	if (finding.why)
		return reader_skip(reader, finding.why);
	if (reader->rule.answer.len > 0)
		effect = RULE_REWRITE;
	return reader_give(reader, effect, finding.scope);
}
