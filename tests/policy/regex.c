/*
 * Regular expressions over names: what they mean, what is refused, what they
 * may cost.
 */
#include "policy/regex.h"

#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"
#include "matching.h"

static struct regex *made;
static struct regex_scratch *scratch;
static char words[300];

static int make(const char *pattern)
{
	struct text why;

	text_init(&why, words, sizeof(words));
	return regex_new(&made, bytes_of_string(pattern), &why);
}

/* Without PCRE2 there is nothing to test but that it says so. */
static void begin(void)
{
	scratch = regex_scratch_new();
	if (make("x") == 0) {
		regex_free(made);
		return;
	}
	cr_expect(strstr(words, "PCRE2") != NULL, "%s", words);
	cr_skip_test("without PCRE2");
}

static void end(void)
{
	regex_scratch_free(scratch);
}

static enum regex_outcome match(const char *text)
{
	regex_begin(scratch);
	return regex_match(made, scratch, bytes_of_string(text));
}

static const struct {
	const char *regex, *name;
	bool matches;
} table[] = {
	{ "ads", "my-ads.example", true },
	{ "ADS", "my-ads.example", true },
	{ "^ads", "my-ads.example", false },
	{ "example$", "my-ads.example", true },
	{ "ads$", "my-ads.example", false },
	{ "^(.+[_.-])?telemetry[_.-]", "my.telemetry.example", true },
	{ "^(.+[_.-])?telemetry[_.-]", "mytelemetry.example", false },
	{ "^ad([sxv]?[0-9]*|system)[_.-]([^.[:space:]]+\\.){1,}|"
	  "[_.-]ad([sxv]?[0-9]*|system)[_.-]", "ads17.example.org", true },
	{ "^[a-rt-z][a-z]{10,14}$", "abcdefghijkl", true },
	{ "^[a-rt-z][a-z]{10,14}$", "sbcdefghijkl", false },
	{ "^(a|c)\\.[0-9a-f]{8}\\.com$", "c.0123abcd.com", true },
	{ "(.)\\1\\1", "aaa.example", true },
	{ "(.)\\1\\1", "aab.example", false },
	{ "(?<x>ab)\\k<x>", "abab", true },
	{ "(a)(b)?(?:c)\\1", "xaca", true },
	{ "(a)", "a", true },
	{ "(?!ads)", "x", true },
	{ "^$", "", true },
	{ "x", "", false },
};

enum { ROWS = sizeof(table) / sizeof(table[0]) };

Test(regex, means_what_the_table_says, .init = begin, .fini = end)
{
	for (unsigned i = 0; i < ROWS; i++) {
		cr_assert_eq(make(table[i].regex), 0, "%s: %s",
			     table[i].regex, words);
		cr_expect_eq(match(table[i].name) == REGEX_MATCHES,
			     table[i].matches, "%s %s", table[i].regex,
			     table[i].name);
		regex_free(made);
	}
	cr_expect_eq(regex_given_up(scratch), 0);
}

Test(regex, that_does_not_compile_is_refused_in_words, .init = begin,
     .fini = end)
{
	static const char *const wrong[] = {
		"", "(", "a)", "[a", "*", "a**", "\\", "(*UTF)a", "(*UCP)a",
		"a\\C", "\\1", "((a{1,60}b){1,60}c){1,60}",
		"(?:(?:a{1,60}b){1,60}c){1,60}",
	};

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_expect_eq(make(wrong[i]), ERROR_MALFORMED, "%s", wrong[i]);
		cr_expect_str_not_empty(words, "%s", wrong[i]);
	}
	cr_expect_eq(make("ads(x"), ERROR_MALFORMED);
	cr_expect(strstr(words, "parenthesis (at byte 5)") != NULL, "%s",
		  words);
}

Test(regex, that_is_long_is_refused, .init = begin, .fini = end)
{
	char pattern[REGEX_LEN + 2];

	memset(pattern, 'a', sizeof(pattern));
	pattern[REGEX_LEN + 1] = '\0';
	cr_expect_eq(make(pattern), ERROR_MALFORMED);
	pattern[REGEX_LEN] = '\0';
	cr_assert_eq(make(pattern), 0);
	regex_free(made);
}

Test(regex, of_brackets_in_brackets_is_refused, .init = begin, .fini = end)
{
	char pattern[122] = "";

	memset(pattern, '(', 60);
	pattern[60] = 'a';
	memset(pattern + 61, ')', 60);
	cr_expect_eq(make(pattern), ERROR_MALFORMED);
	cr_expect(strstr(words, "deeply") != NULL, "%s", words);
	memset(pattern, 'a', 20);
	memset(pattern + 101, 'a', 20);
	cr_assert_eq(make(pattern), 0, "%s", words);
	regex_free(made);
}

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What takes ages elsewhere.  (*NO_JIT): the same by the interpreter. */
static const char *const costly[] = {
	"^(a+)+$", "(a+)+$", "^(a|aa)+$", "(a*)*b[!]", "(a|a)*$",
	"a*a*a*a*a*a*[bc]", ".*.*.*.*.*[bc]", "^(a?){60}a{60}$",
	"(.*)(.*)(.*)(.*)\\4\\3\\2\\1[bc]", "((a+)+)+$", "^(([a-z])+.)+[A-Z]$",
	"(x+x+)+y|(a+a+)+[bc]", "^(?:a(?R)?)+$", "(?=(a+)+$)b",
	"^((ab)*|(a)*|(b)*|a*)*$",
};

enum { COSTLY = sizeof(costly) / sizeof(costly[0]) };

static void expect_cheap(const char *start, const char *regex)
{
	char text[254], pattern[100];
	double before;

	memset(text, 'a', 252);
	strcpy(text + 252, "!");
	snprintf(pattern, sizeof(pattern), "%s%s", start, regex);
	cr_assert_eq(make(pattern), 0, "%s: %s", pattern, words);
	before = seconds();
	cr_expect_neq(match(text), REGEX_MATCHES, "%s", pattern);
	cr_expect_lt(seconds() - before, 0.2, "%s: %f s", pattern,
		     seconds() - before);
	regex_free(made);
}

Test(regex, that_is_costly_gives_up, .init = begin, .fini = end)
{
	for (unsigned i = 0; i < COSTLY; i++) {
		expect_cheap("", costly[i]);
		expect_cheap("(*NO_JIT)", costly[i]);
	}
	cr_expect_geq(regex_given_up(scratch), COSTLY);
}

Test(regex, that_gave_up_does_no_harm_to_the_next, .init = begin, .fini = end)
{
	for (unsigned i = 0; i < 20; i++) {
		expect_cheap(i % 2 ? "" : "(*NO_JIT)", costly[i % COSTLY]);
		cr_assert_eq(make("(*NO_JIT)^([^.]+\\.)*(b)\\2$"), 0);
		cr_expect_eq(match("a.a.a.a.a.bb"), REGEX_MATCHES);
		regex_free(made);
	}
}

Test(regex, patience_with_one_name_ends, .init = begin, .fini = end)
{
	char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";

	cr_assert_eq(make("^(a+)+$"), 0);
	regex_begin(scratch);
	for (unsigned i = 0; i < 1000; i++)
		cr_expect_eq(regex_match(made, scratch, bytes_of_string(text)),
			     REGEX_GAVE_UP);
	cr_expect_eq(regex_given_up(scratch), 1000);
	cr_expect_eq(regex_match(made, scratch, bytes_of_string("aaaa")),
		     REGEX_GAVE_UP, "not tried any more");
	cr_expect_eq(match("aaaa"), REGEX_MATCHES, "the next name");
	regex_free(made);
}

Test(regex, stays_within_its_limits_for_honest_ones, .init = begin,
     .fini = end)
{
	static const char *const honest[] = {
		"^(.+[_.-])?adse?rv(er?|ice)?s?[0-9]*[_.-]",
		"(.*\\.)?ads.*track.*\\.example$", "^([^.]+\\.)*ads[0-9]+\\.",
		"[_.-]ad([sxv]?[0-9]*|system)[_.-]", "(ab|cd|ef)+\\.(x|y)*z",
		"^ad([sxv]?[0-9]*|system)[_.-]([^.[:space:]]+\\.){1,}",
	};
	enum { HONEST = sizeof(honest) / sizeof(honest[0]) };
	char name[254] = "";

	while (strlen(name) < 100)
		strcat(name, "ads-trac.abcdef.");
	for (unsigned i = 0; i < HONEST * 2; i++) {
		char pattern[100];

		snprintf(pattern, sizeof(pattern), "%s%s",
			 i % 2 ? "" : "(*NO_JIT)", honest[i / 2]);
		cr_assert_eq(make(pattern), 0, "%s", words);
		cr_expect_neq(match(name), REGEX_GAVE_UP, "%s", pattern);
		regex_free(made);
	}
}
