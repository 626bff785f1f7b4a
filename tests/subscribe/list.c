/*
 * Lists: what the configuration says of one.
 */
#include "subscribe/list.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "subscribe/format.h"

Test(list, words)
{
	cr_expect_eq(list_subdomains_parse("auto"), LIST_SUBDOMAINS_AUTO);
	cr_expect_eq(list_subdomains_parse("yes"), LIST_SUBDOMAINS_YES);
	cr_expect_eq(list_subdomains_parse("no"), LIST_SUBDOMAINS_NO);
	cr_expect_eq(list_subdomains_parse(""), ERROR_MALFORMED);
	cr_expect_eq(list_subdomains_parse("Yes"), ERROR_MALFORMED);
}

Test(list, the_words_of_formats_are_those_that_are_known)
{
	char words[] = LIST_FORMAT_WORDS;
	unsigned seen = 0;

	for (char *word = strtok(words, "|"); word; word = strtok(NULL, "|")) {
		int format = format_parse(word);

		cr_assert_geq(format, 0, "%s", word);
		cr_expect_str_eq(format_words((unsigned)format), word);
		seen |= 1u << format;
	}
	cr_expect_eq(seen, (1u << LIST_FORMATS) - 1, "all of them");
}

Test(list, releasing_frees_what_is_the_list_s_own)
{
	struct list_options list = {
		.sources = calloc(2, sizeof(char *)), .source_count = 2,
		.key = strdup("RW"), .sha256 = strdup("00"),
	};
	struct list_options none = { .name = "none" };

	list.sources[0] = strdup("/a");
	list.sources[1] = strdup("/b");
	list_options_release(&list);
	list_options_release(&none);
}
