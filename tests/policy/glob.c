/*
 * Globs: a table of what they mean, and random ones beside a matcher that
 * tries everything.
 */
#include "policy/glob.h"

#include "policy/literal.h"
#include "matching.h"

static const struct {
	const char *glob, *name;
	bool matches;
} table[] = {
	{ "ads.*", "ads.example", true },
	{ "ads.*", "my.ads.example", false },
	{ "*.ads*.msn.com", "x.ads1.y.msn.com", true },
	{ "*.ads*.msn.com", "ads1.msn.com", false },
	{ "*sex*", "www.essex.example", true },
	{ "ad?.example", "ads.example", true },
	{ "ad?.example", "ad.example", false },
	{ "ad[0-9].example", "ad7.example", true },
	{ "ad[0-9].example", "adx.example", false },
	{ "ad[!0-9].example", "adx.example", true },
	{ "ad[!0-9].example", "ad7.example", false },
	{ "ad[^0-9].example", "ad7.example", false },
	{ "ad[x7].example", "ad7.example", true },
	{ "ad[a-].example", "ad-.example", true },
	{ "ad[]a].example", "ada.example", true },
	{ "ad[!]a].example", "ada.example", false },
	{ "ad[9-0].example", "ad5.example", false },
	{ "*", "x", true },
	{ "**", "x", true },
	{ "?", "xx", false },
	{ "a*", "a", true },
	{ "exact.example", "exact.example", true },
	{ "exact.example", "exact.example.net", false },
};

enum { ROWS = sizeof(table) / sizeof(table[0]) };

Test(glob, means_what_the_table_says)
{
	for (unsigned i = 0; i < ROWS; i++) {
		struct bytes glob = bytes_of_string(table[i].glob);

		cr_expect_eq(glob_check(glob), NULL, "%s", table[i].glob);
		cr_expect_eq(glob_matches(glob,
					  bytes_of_string(table[i].name)),
			     table[i].matches, "%s %s", table[i].glob,
			     table[i].name);
		cr_expect_eq(match_once(RULE_GLOB, table[i].glob,
					table[i].name), table[i].matches,
			     "by a matcher: %s %s", table[i].glob,
			     table[i].name);
	}
}

Test(glob, that_is_not_closed_is_refused)
{
	static const char *const wrong[] = { "", "[", "a[", "[]", "[!]", "[a" };

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_neq(glob_check(bytes_of_string(wrong[i])), NULL,
			      "%s", wrong[i]);
}

/* [ab] and [!a] as a test writes them: closed, without ranges. */
static bool set_holds(const char *set, const char *end, char byte)
{
	bool inverse = set[1] == '!';

	set += 1 + inverse;
	return (memchr(set, byte, (size_t)(end - set)) != NULL) != inverse;
}

static bool fits(const char *glob, const char *text)
{
	const char *end;

	switch (*glob) {
	case '\0':
		return *text == '\0';
	case '*':
		return fits(glob + 1, text) || (*text && fits(glob, text + 1));
	case '?':
		return *text && fits(glob + 1, text + 1);
	case '[':
		end = strchr(glob, ']');
		return *text && set_holds(glob, end, *text) &&
		       fits(end + 1, text + 1);
	default:
		return *glob == *text && fits(glob + 1, text + 1);
	}
}

static void draw_glob(char *to, uint64_t *random)
{
	static const char *const units[] = {
		"a", "b", ".", "a", "*", "*", "?", "[ab]", "[!a]", "[.]",
	};
	size_t count = draw(random) % 7;

	for (*to = '\0'; count > 0; count--)
		strcat(to, units[draw(random) % 10]);
}

static void expect_agreement(const char *glob, const char *text)
{
	struct bytes bytes = bytes_of_string(text);
	struct literals literals;
	bool matches = glob_matches(bytes_of_string(glob), bytes);

	cr_assert_eq(matches, fits(glob, text), "%s %s", glob, text);
	glob_literals(bytes_of_string(glob), &literals);
	for (unsigned i = 0; matches && i < literals.count; i++)
		cr_assert_neq(literal_find(&literals.at[i], bytes), SIZE_MAX,
			      "%s %s", glob, text);
}

Test(glob, agrees_with_trying_everything)
{
	uint64_t random = 2;

	for (unsigned i = 0; i < 300000; i++) {
		char glob[64], text[16];
		size_t len = draw(&random) % 10, at;

		draw_glob(glob, &random);
		for (at = 0; at < len; at++)
			text[at] = "ab.a"[draw(&random) % 4];
		text[at] = '\0';
		expect_agreement(glob, text);
	}
}

Test(glob, of_many_stars_takes_no_time, .timeout = 10)
{
	char text[254], glob[200] = "";

	memset(text, 'a', 253);
	text[253] = '\0';
	for (unsigned i = 0; i < 60; i++)
		strcat(glob, "*a?");
	strcat(glob, "*b");
	for (unsigned i = 0; i < 1000; i++)
		cr_assert_not(glob_matches(bytes_of_string(glob),
					   bytes_of_string(text)));
}
