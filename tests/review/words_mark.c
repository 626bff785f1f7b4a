/*
 * A mark among the rows, in each form; and labels that a stranger wrote.
 */
#include "review/words_mark.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "journal/marks.h"
#include "review/print.h"

/* 2026-11-22 10:00:30.123456 UTC */
#define MOMENT ((uint64_t)1795341630123456)

static char *text;
static size_t text_len;

static void set_up(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
}

static void tear_down(void)
{
	free(text);
}

TestSuite(words_mark, .init = set_up, .fini = tear_down, .timeout = 60);

static void print(enum print_form form, const char *label)
{
	struct mark mark = {
		.id = 3, .time = MOMENT, .label = label, .mode = "sink",
	};
	struct print_options options = { .form = form };
	struct print *print;

	free(text);
	options.out = open_memstream(&text, &text_len);
	cr_assert_eq(print_open(&print, &options), 0);
	cr_assert(print_mark(print, &mark));
	cr_assert(print_flush(print));
	print_close(print);
	fclose(options.out);
}

static void expect(const char *words)
{
	cr_expect_not_null(strstr(text, words), "\"%s\" in:\n%s", words, text);
}

Test(words_mark, is_a_line_of_the_table)
{
	print(PRINT_TABLE, "Ger\303\244t an");
	expect("-- mark 3 at 2026-11-22 10:00:30: \"Ger\303\244t an\" (sink) "
	       "--\n");
	print(PRINT_TABLE, "\033[2J");
	expect("\"\\027[2J\"");
}

Test(words_mark, is_an_object_of_its_own)
{
	print(PRINT_JSON, "a \"b\"");
	expect("{\"mark\":{\"number\":3,\"time\":"
	       "\"2026-11-22T10:00:30.123456Z\",\"label\":\"a \\\"b\\\"\","
	       "\"mode\":\"sink\"}}\n");
}

static unsigned commas(const char *line)
{
	unsigned count = 0;

	for (; *line != '\r' && *line != '\0'; line++)
		count += *line == ',';
	return count;
}

Test(words_mark, has_as_many_fields_as_a_row)
{
	print(PRINT_CSV, "=cmd");
	expect("\r\nmark,3,2026-11-22T10:00:30.123456Z,");
	expect(",'=cmd,");
	cr_expect_eq(commas(text), commas(strstr(text, "mark,3")));
}
