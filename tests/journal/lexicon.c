/*
 * Lexicons: a number for each run of bytes, in the order of first use.
 */
#include "journal/lexicon.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/error.h"
#include "rows.h"

static struct lexicon lexicon;

static void setup(void)
{
	lexicon_init(&lexicon);
}

static void teardown(void)
{
	lexicon_release(&lexicon);
}

TestSuite(lexicon, .init = setup, .fini = teardown);

static int put(const char *text)
{
	return lexicon_put(&lexicon, bytes_of_string(text));
}

Test(lexicon, numbers_by_first_use)
{
	cr_expect_eq(put("b"), 0);
	cr_expect_eq(put("a"), 1);
	cr_expect_eq(put("b"), 0);
	cr_expect_eq(put(""), 2);
	cr_expect_eq(put("ab"), 3);
	cr_expect_eq(put(""), 2);
	cr_expect_eq(put("ab"), 3);
	cr_expect_eq(lexicon.count, 4);
	cr_expect(rows_same_text(lexicon_get(&lexicon, 3),
				 bytes_of_string("ab")));
	cr_expect_eq(lexicon_get(&lexicon, 2).len, 0);
}

Test(lexicon, holds_so_many_and_no_more)
{
	char text[16];

	for (unsigned round = 0; round < 2; round++) {
		for (int i = 0; i < LEXICON_ENTRIES; i++) {
			snprintf(text, sizeof(text), "%u-%d", round, i);
			cr_assert_eq(put(text), i);
		}
		cr_expect_eq(put("another"), ERROR_FULL);
		for (int i = 0; i < LEXICON_ENTRIES; i += 7) {
			snprintf(text, sizeof(text), "%u-%d", round, i);
			cr_assert_eq(put(text), i);
		}
		lexicon_clear(&lexicon);
	}
	cr_expect_eq(put("0-1"), 0, "nothing is left");
}
