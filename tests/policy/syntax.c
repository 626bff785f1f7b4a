/*
 * Which literals a regex is said to need.  A list of them in order, with ^
 * and $ where they stand at an end of the name; "" for none.
 */
#include "policy/syntax.h"

#include "base/text.h"
#include "policy/literal.h"
#include "matching.h"

static const struct {
	const char *regex, *literals;
} table[] = {
	{ "", "" },
	{ "doubleclick", "doubleclick" },
	{ "DoubleClick", "doubleclick" },
	{ "^ads\\.", "^ads." },
	{ "\\.bid$", ".bid$" },
	{ "^example\\.org$", "^example.org$" },
	{ "(^|\\.)giraffic\\.com$", "giraffic.com$" },
	{ "^api\\..*\\.hismarttv\\.com$", ".hismarttv.com$" },
	{ "[.]example[.]org", ".example.org" },
	{ "track[e]r", "tracker" },
	{ "a[.-]b", "b" },
	{ "x[^y]zz", "zz" },
	{ "x[]y]zz", "zz" },
	{ "x[a\\]y]zz", "zz" },
	{ "x[[:alpha:]]zz", "zz" },
	{ "x[^[:alpha:]z]zz", "zz" },
	/* one from each branch */
	{ "beacon|pixel", "beacon pixel" },
	{ "^beacon|pixel$", "^beacon pixel$" },
	{ "(beacon|pixel)s", "beacon pixel" },
	{ "x(beacon|[0-9])y", "x" },
	{ "beacon|", "" },
	{ "(beacon|(pixel|(count|[a-z])))", "" },
	{ "(beacon|(pixel|(count|event)))", "beacon pixel count event" },
	/* what may be missing */
	{ "beacons?", "beacon" },
	{ "beacons*x", "beacon" },
	{ "beacons{0,3}", "beacon" },
	{ "beacons{00}", "beacon" },
	{ "(beacon)?pix", "pix" },
	{ "(beacon){0,1}pix", "pix" },
	{ "(beacon)*+pix", "pix" },
	{ "(beacon)??pix", "pix" },
	/* what may come more than once */
	{ "beacons+", "beacons" },
	{ "ab+c", "ab" },
	{ "ab{2}c", "ab" },
	{ "beacon+$", "beacon" },
	{ "(beacon)+", "beacon" },
	{ "(beacon){2,}", "beacon" },
	{ "(beacon)++", "beacon" },
	/* classes of one byte */
	{ "a.bc", "bc" },
	{ "a\\dbc\\w\\.", "bc" },
	{ "^(a|c)\\.[0-9a-f]{56}\\.com$", ".com$" },
	{ "\\bads\\b", "ads" },
	{ "(.)\\1xyz\\12q", "xyz" },
	/* what starts need not be at the start */
	{ "^?ads", "ads" },
	{ "^a?bcd", "bcd" },
	{ "^.abc", "abc" },
	{ "(^)?abc", "abc" },
	{ "^(abc)", "abc" },
	{ "(abc)$", "abc" },
	{ "(^abc|xyz$)", "^abc xyz$" },
	/* look-around says nothing of what must be there */
	{ "(?=pixel)abc", "abc" },
	{ "(?!pixel)abc", "abc" },
	{ "(?<=pixel)abc", "abc" },
	{ "(?<!pixel)abc", "abc" },
	{ "(?!pixel|abc)xy", "xy" },
	/* other groups */
	{ "(?:pixel)", "pixel" },
	{ "(?>pixel)", "pixel" },
	{ "(?<n>pixel)", "pixel" },
	{ "(?P<n_1>pixel)", "pixel" },
	{ "(?i)pixel", "pixel" },
	/* what it does not know */
	{ "(?-i)pixel", "" },
	{ "(?x)pi xel", "" },
	{ "(?|pixel)", "" },
	{ "(?R)pixel", "" },
	{ "(?1)pixel", "" },
	{ "(?#(pixel", "" },
	{ "(?(1)pixel)", "" },
	{ "(*ACCEPT)pixel", "" },
	{ "(?", "" },
	{ "\\Qa?\\Epixel", "" },
	{ "[\\Q]\\E]pixel", "" },
	{ "\\x41pixel", "" },
	{ "\\p{L}pixel", "" },
	{ "\\g1pixel", "" },
	{ "\\0pixel", "" },
	{ "pixel{,3}", "" },
	{ "pixel{ 1}", "" },
	{ "pixel{0", "" },
	{ "pixel?{0}", "" },
	{ "[[:<:]]pixel", "" },
	{ "[[.x.]]pixel", "" },
	/* what does not compile */
	{ "pixel\\", "" },
	{ "pixel)", "" },
	{ "(pixel", "" },
	{ "[pixel", "" },
	{ "pixel[", "" },
	{ "pixel[^", "" },
	{ "pixel[\\", "" },
	{ "*pixel", "" },
	{ "pixel**", "" },
};

enum { ROWS = sizeof(table) / sizeof(table[0]) };

static void print_literals(const struct literals *literals, struct text *out)
{
	for (unsigned i = 0; i < literals->count; i++) {
		const struct literal *literal = &literals->at[i];

		text_put(out, "%s%s%.*s%s", i ? " " : "",
			 literal->place & LITERAL_STARTS ? "^" : "",
			 (int)literal->len, (const char *)literal->at,
			 literal->place & LITERAL_ENDS ? "$" : "");
	}
}

Test(syntax, the_literals_of_a_regex)
{
	for (unsigned i = 0; i < ROWS; i++) {
		struct literals literals;
		struct text text;
		char words[400];

		text_init(&text, words, sizeof(words));
		syntax_literals(bytes_of_string(table[i].regex), &literals);
		print_literals(&literals, &text);
		cr_expect_str_eq(words, table[i].literals, "%s: %s",
				 table[i].regex, words);
	}
}

Test(syntax, of_a_long_literal_the_end_is_kept)
{
	struct literals literals;

	syntax_literals(bytes_of_string("^0123456789abcdefghijklmnopqrstuvwxyz"
					"$"), &literals);
	cr_assert_eq(literals.count, 1);
	cr_expect_eq(literals.at[0].len, LITERAL_BYTES);
	cr_expect_eq(literals.at[0].place, LITERAL_ENDS);
	cr_expect_arr_eq(literals.at[0].at, "6789abcdefghijklmnopqrstuvwxyz",
			 LITERAL_BYTES);
}

Test(syntax, too_many_branches_are_none)
{
	char regex[400] = "aaa";
	struct literals literals;

	for (unsigned i = 1; i < LITERALS_MAX; i++)
		strcat(regex, "|bbb");
	syntax_literals(bytes_of_string(regex), &literals);
	cr_expect_eq(literals.count, LITERALS_MAX);
	strcat(regex, "|ccc");
	syntax_literals(bytes_of_string(regex), &literals);
	cr_expect_eq(literals.count, 0);
}

Test(syntax, brackets_in_brackets_end)
{
	char regex[2001];
	struct literals literals;

	memset(regex, '(', 1000);
	memset(regex + 1000, ')', 1000);
	syntax_literals(bytes_of(regex, 2000), &literals);
	cr_expect_eq(literals.count, 0);
}
