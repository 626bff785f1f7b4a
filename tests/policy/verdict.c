/*
 * Words and numbers: they stand in journals and configurations, so each pair
 * is written down here once more.
 */
#include "policy/verdict.h"

#include <criterion/criterion.h>

#include "base/error.h"

Test(verdict, words_and_numbers)
{
	static const char *const words[] = {
		"pass", "sunk", "allowed", "observed", "denied", "rewritten",
		"paused",
	};

	for (int i = 0; i < 7; i++) {
		cr_expect_str_eq(verdict_words((unsigned)i), words[i]);
		cr_expect_eq(verdict_parse(words[i]), i, "%s", words[i]);
	}
	cr_expect_str_eq(verdict_words(7), "unknown");
	cr_expect_eq(verdict_parse("unknown"), ERROR_MALFORMED);
	cr_expect_eq(verdict_parse(""), ERROR_MALFORMED);
}

Test(verdict, actions)
{
	static const char *const words[] = {
		"", "sink", "nxdomain", "nodata", "null", "refuse", "drop",
		"allow", "observe",
	};

	for (int i = 1; i < 9; i++) {
		cr_expect_str_eq(action_words((unsigned)i), words[i]);
		cr_expect_eq(action_parse(words[i]), i, "%s", words[i]);
	}
	cr_expect_str_eq(action_words(ACTION_NONE), "");
	cr_expect_eq(action_parse(""), ERROR_MALFORMED);
	cr_expect_eq(action_parse("Sink"), ERROR_MALFORMED);
	cr_expect_str_eq(action_words(ACTION_REWRITE), "rewrite");
	cr_expect_str_eq(action_words(ACTION_TRUNCATE), "truncate");
	cr_expect_eq(action_parse("rewrite"), ERROR_MALFORMED,
		     "no list can have it");
	cr_expect_eq(action_parse("truncate"), ERROR_MALFORMED);
	cr_expect_str_eq(action_words(11), "unknown");
}
