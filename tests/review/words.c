/*
 * Numbers, spans and times, at their edges.
 */
#include "review/words.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

enum { SECOND = 1000000 };

static char buffer[256];
static struct text text;

static struct text *clean(void)
{
	text_init(&text, buffer, sizeof(buffer));
	return &text;
}

Test(words, numbers_in_threes)
{
	static const struct {
		uint64_t number;
		const char *words;
	} rows[] = {
		{ 0, "0" }, { 999, "999" }, { 1000, "1,000" },
		{ 1001, "1,001" }, { 12345678, "12,345,678" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		words_number(rows[i].number, clean());
		cr_expect_str_eq(buffer, rows[i].words);
	}
}

Test(words, spans_of_two_units)
{
	static const struct {
		uint64_t span;
		const char *words;
	} rows[] = {
		{ 0, "0 ms" }, { 999, "0 ms" }, { 1000, "1 ms" },
		{ 1500000, "1 s" }, { 60 * SECOND, "1 min" },
		{ 61 * SECOND, "1 min 1 s" },
		{ (uint64_t)7260 * SECOND, "2 h 1 min" },
		{ (uint64_t)86399 * SECOND, "23 h 59 min" },
		{ (uint64_t)90000 * SECOND, "1 d 1 h" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		words_span(rows[i].span, clean());
		cr_expect_str_eq(buffer, rows[i].words);
	}
}

Test(words, moments)
{
	words_time(0, clean());
	cr_expect_str_eq(buffer, "1970-01-01T00:00:00.000000Z");
	words_time(UINT64_MAX / 2, clean());
	cr_expect_eq(strlen(buffer), 29, "%s", buffer);
}

Test(words, classes_transports_sources)
{
	words_class(1, clean());
	cr_expect_str_eq(buffer, "IN");
	words_class(77, clean());
	cr_expect_str_eq(buffer, "CLASS77");
	cr_expect_str_eq(words_transport(2), "tcp");
	cr_expect_str_eq(words_transport(9), "");
	cr_expect_str_eq(words_source(3), "upstream");
	cr_expect_str_eq(words_source(0), "");
}

Test(words, stored_text_is_looked_at_again)
{
	words_put(NULL, clean());
	cr_expect_str_eq(buffer, "");
	words_put("a\\032b.example", clean());
	cr_expect_str_eq(buffer, "a\\032b.example");
	words_put("\033[2J", clean());
	cr_expect_str_eq(buffer, "\\027[2J");
	words_put("\xc2\x9b", clean());
	cr_expect_str_eq(buffer, "\\194\\155");
}
