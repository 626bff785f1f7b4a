/*
 * Adblock patterns: a table of what they mean, and random ones beside a
 * matcher that tries everything.
 */
#include "policy/pattern.h"

#include "policy/literal.h"
#include "matching.h"

static const struct {
	const char *pattern, *name;
	bool matches;
} table[] = {
	/* from a label on */
	{ "||example.org^", "example.org", true },
	{ "||example.org^", "www.example.org", true },
	{ "||example.org^", "notexample.org", false },
	{ "||example.org^", "example.org.net", false },
	{ "||example.org", "example.org.net", true },
	{ "||example.", "example.org", true },
	{ "||example.", "www.example.org", true },
	{ "||example.", "my-example.org", false },
	{ "||ads*.example.org^", "ads.example.org", true },
	{ "||ads*.example.org^", "x.ads17.y.example.org", true },
	{ "||ads*.example.org^", "bads.example.org", false },
	{ "||ads*.example.org^", "ads.example.org.net", false },
	{ "||a*a^", "a", false },
	{ "||a*a^", "aa", true },
	{ "||b^", "b.a.b", true },
	{ "||b.a", "xb.b.a", true },
	{ "||*.b^", "a.b", true },
	{ "||*.b^", "b", false },
	/* from the start on */
	{ "|example", "example.org", true },
	{ "|example", "www.example.org", false },
	{ "|ads.*.example^", "ads.x.example", true },
	{ "|ads.*.example^", "x.ads.x.example", false },
	{ "|x|", "x", true },
	{ "|x|", "xx", false },
	/* anywhere */
	{ "-banner-", "my-banner-ads.example", true },
	{ "-banner-", "banner.example", false },
	{ ".example.org^", "www.example.org", true },
	{ ".example.org^", "example.org", false },
	{ "s.example.org|", "ads.example.org", true },
	{ "a*b*c", "xaxbxcx", true },
	{ "a*b*c", "xaxcxbx", false },
	{ "a**c", "ac", true },
	{ "*", "x", true },
	{ "||", "x", true },
	{ "x*", "ax", true },
	/* a later place must not be needed, nor an earlier one be in the way */
	{ "||ab*b^", "ab", false },
	{ "ab*ab^", "ab", false },
	{ "ab*ab^", "abab", true },
	{ "||a.b*c^", "xa.b.a.b.c", true },
};

enum { ROWS = sizeof(table) / sizeof(table[0]) };

Test(pattern, means_what_the_table_says)
{
	for (unsigned i = 0; i < ROWS; i++) {
		struct bytes pattern = bytes_of_string(table[i].pattern);

		cr_expect_eq(pattern_check(pattern), NULL, "%s",
			     table[i].pattern);
		cr_expect_eq(pattern_matches(pattern,
					     bytes_of_string(table[i].name)),
			     table[i].matches, "%s %s", table[i].pattern,
			     table[i].name);
		cr_expect_eq(match_once(RULE_PATTERN, table[i].pattern,
					table[i].name), table[i].matches,
			     "by a matcher: %s %s", table[i].pattern,
			     table[i].name);
	}
}

Test(pattern, of_the_root_has_no_text)
{
	cr_expect_eq(match_once(RULE_PATTERN, "*", "."), 1);
	cr_expect_eq(match_once(RULE_PATTERN, "||^", "."), 1);
	cr_expect_eq(match_once(RULE_PATTERN, "a", "."), 0);
}

Test(pattern, that_makes_no_sense_is_refused)
{
	static const char *const wrong[] = {
		"", "a^b", "a|b", "|||a", "a^^", "||a*^*b",
	};

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_neq(pattern_check(bytes_of_string(wrong[i])), NULL,
			      "%s", wrong[i]);
}

/* Every star takes every length. */
static bool fits(const char *pattern, const char *text, bool to_end)
{
	if (*pattern == '\0')
		return !to_end || *text == '\0';
	if (*pattern == '*')
		return fits(pattern + 1, text, to_end) ||
		       (*text && fits(pattern, text + 1, to_end));
	return *pattern == *text && fits(pattern + 1, text + 1, to_end);
}

static bool slow_match(const char *pattern, const char *text)
{
	char middle[32];
	size_t bars = strspn(pattern, "|"), len;
	bool to_end;

	strcpy(middle, pattern + bars);
	len = strlen(middle);
	to_end = len > 0 && middle[len - 1] == '^';
	middle[len - to_end] = '\0';
	for (const char *at = text;; at++) {
		bool label = at == text || at[-1] == '.';

		if ((bars == 0 || at == text || (bars == 2 && label)) &&
		    fits(middle, at, to_end))
			return true;
		if (*at == '\0')
			return false;
	}
}

static void draw_word(char *to, size_t most, const char *alphabet,
		      uint64_t *random)
{
	size_t len = draw(random) % most;

	for (size_t i = 0; i < len; i++)
		*to++ = alphabet[draw(random) % strlen(alphabet)];
	*to = '\0';
}

static void expect_agreement(const char *pattern, const char *text)
{
	struct bytes bytes = bytes_of_string(text);
	struct literals literals;
	bool matches = pattern_matches(bytes_of_string(pattern), bytes);

	cr_assert_eq(matches, slow_match(pattern, text), "%s %s", pattern,
		     text);
	pattern_literals(bytes_of_string(pattern), &literals);
	for (unsigned i = 0; matches && i < literals.count; i++)
		cr_assert_neq(literal_find(&literals.at[i], bytes), SIZE_MAX,
			      "%s %s", pattern, text);
}

Test(pattern, agrees_with_trying_everything)
{
	static const char *const starts[] = { "", "|", "||" };
	uint64_t random = 1;

	for (unsigned i = 0; i < 300000; i++) {
		char pattern[32], text[32];

		strcpy(pattern, starts[draw(&random) % 3]);
		draw_word(pattern + strlen(pattern), 8, "ab.*", &random);
		if (draw(&random) % 2)
			strcat(pattern, "^");
		draw_word(text, 12, "aab.", &random);
		expect_agreement(pattern, text);
	}
}
