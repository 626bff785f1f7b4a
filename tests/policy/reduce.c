/*
 * Regexes that are names: which are, which are not, and that both match the
 * same.
 */
#include "base/text.h"
#include "matching.h"
#include "policy/regex.h"

static const struct {
	const char *regex;
	int scope;
	const char *name;
} table[] = {
	{ "^example\\.org$", RULE_EXACT, "example.org" },
	{ "^localhost$", RULE_EXACT, "localhost" },
	{ "^a\\-b_c\\.Example\\.org$", RULE_EXACT, "a-b_c.example.org" },
	{ "^(.*\\.)?example\\.org$", RULE_SUBTREE, "example.org" },
	{ "^(?:.*\\.)?example\\.org$", RULE_SUBTREE, "example.org" },
	{ "^(.+\\.)?example\\.org$", RULE_SUBTREE, "example.org" },
	{ "^([^.]+\\.)*example\\.org$", RULE_SUBTREE, "example.org" },
	{ "^(?:[^.]+\\.)*example\\.org$", RULE_SUBTREE, "example.org" },
	{ "(^|\\.)example\\.org$", RULE_SUBTREE, "example.org" },
	{ "(?:^|\\.)example\\.org$", RULE_SUBTREE, "example.org" },
	{ "(\\.|^)example\\.org$", RULE_SUBTREE, "example.org" },
	{ "(\\.|^)x$", RULE_SUBTREE, "x" },

	{ "", -1, NULL },
	{ "^", -1, NULL },
	{ "^$", -1, NULL },
	{ "example\\.org$", -1, NULL },
	{ "\\.example\\.org$", -1, NULL },
	{ "^example.org$", -1, NULL },
	{ "^example\\.org", -1, NULL },
	{ "^example\\.org\\$", -1, NULL },
	{ "^example\\.org$$", -1, NULL },
	{ "^example\\.org$|x", -1, NULL },
	{ "^\\.example\\.org$", -1, NULL },
	{ "^example\\.org\\.$", -1, NULL },
	{ "^example\\.\\.org$", -1, NULL },
	{ "^ex\\ample\\.org$", -1, NULL },
	{ "^ex[a]mple\\.org$", -1, NULL },
	{ "^exa?mple\\.org$", -1, NULL },
	{ "^(.*\\.)example\\.org$", -1, NULL },
	{ "^(.*)?example\\.org$", -1, NULL },
	{ "^(.*\\.)?$", -1, NULL },
	{ "(^|\\.)example\\.org", -1, NULL },
	{ "(^|.)example\\.org$", -1, NULL },
	{ "(^|\\.)exa|mple\\.org$", -1, NULL },
	{ "(?^|\\.)example\\.org$", -1, NULL },
	{ "^example\\.org\\", -1, NULL },
};

enum { ROWS = sizeof(table) / sizeof(table[0]) };

static const char *const names[] = {
	"example.org", "www.example.org", "a.b.example.org", "org", "x",
	"notexample.org", "example.org.net", "a.x", "localhost",
	"www.localhost", "a-b_c.example.org", "z.a-b_c.example.org", ".",
};

/* It says the same as the regex would. */
static void expect_same(struct bytes pattern, const struct name *name,
			int scope)
{
	struct regex_scratch *scratch = regex_scratch_new();
	struct regex *regex;
	struct text unread;
	char words[100];

	text_init(&unread, words, sizeof(words));
	if (regex_new(&regex, pattern, &unread) < 0)
		return;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bytes text = bytes_of_string(names[i]);
		struct name asked;

		cr_assert_eq(name_parse(&asked, text), 0);
		text.len -= asked.labels == 0;
		regex_begin(scratch);
		cr_expect_eq(scope == RULE_EXACT ? name_equal(&asked, name)
						 : name_is_below(&asked, name),
			     regex_match(regex, scratch, text) ==
			     REGEX_MATCHES, "%.*s %s", (int)pattern.len,
			     (const char *)pattern.at, names[i]);
	}
	regex_free(regex);
	regex_scratch_free(scratch);
}

Test(reduce, a_regex_that_is_a_name)
{
	for (unsigned i = 0; i < ROWS; i++) {
		struct bytes regex = bytes_of_string(table[i].regex);
		struct name name, wanted;
		int scope = matcher_reduce(regex, &name);

		cr_assert_eq(scope, table[i].scope, "%s", table[i].regex);
		if (scope < 0)
			continue;
		name_parse(&wanted, bytes_of_string(table[i].name));
		cr_expect(name_equal(&name, &wanted), "%s", table[i].regex);
		expect_same(regex, &name, scope);
	}
}

Test(reduce, a_name_that_is_too_long_is_none)
{
	char regex[400];
	struct name name;

	memset(regex, 'a', sizeof(regex));
	regex[0] = '^';
	regex[65] = '$';
	cr_expect_eq(matcher_reduce(bytes_of(regex, 66), &name), -1);
	regex[64] = '$';
	cr_expect_eq(matcher_reduce(bytes_of(regex, 65), &name), RULE_EXACT);
	regex[64] = 'a';
	regex[65] = 'a';
	regex[399] = '$';
	cr_expect_eq(matcher_reduce(bytes_of(regex, 400), &name), -1);
}
