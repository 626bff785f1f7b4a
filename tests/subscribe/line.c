/*
 * Lines: every way a text can begin, end and be broken.
 */
#include "subscribe/line.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* In memory of just its size, so that a read past it is seen. */
static struct bytes exact(const char *words)
{
	size_t len = strlen(words);
	uint8_t *at = malloc(len ? len : 1);

	memcpy(at, words, len);
	return bytes_of(at, len);
}

static void expect_lines(const char *words, const char *const *lines)
{
	struct bytes text = exact(words), line;
	struct line_walk walk;
	uint32_t number = 0;

	line_walk(&walk, text);
	while (line_next(&walk, &line)) {
		cr_assert_not_null(lines[number], "too many in \"%s\"", words);
		cr_expect(line.len == strlen(lines[number]) &&
			  !memcmp(line.at, lines[number], line.len),
			  "line %u of \"%s\"", number + 1, words);
		cr_expect_eq(walk.number, ++number);
	}
	cr_expect_null(lines[number], "too few in \"%s\"", words);
	free((void *)(uintptr_t)text.at);
}

Test(line, ends_and_beginnings)
{
	static const struct {
		const char *text;
		const char *lines[5];
	} rows[] = {
		{ "", { NULL } },
		{ "\n", { "", NULL } },
		{ "a", { "a", NULL } },
		{ "a\n", { "a", NULL } },
		{ "a\r\nb\r\n\r\nc", { "a", "b", "", "c", NULL } },
		{ " \t a b \v\f\r\n", { "a b", NULL } },
		{ "\xef\xbb\xbf# x\n\xef\xbb\xbf a", { "# x", "a", NULL } },
		{ "\xef\xbb", { "\xef\xbb", NULL } },
		{ "a\rb", { "a\rb", NULL } },
		{ "   ", { "", NULL } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect_lines(rows[i].text, rows[i].lines);
}

Test(line, remarks)
{
	static const char *const remarks[] = {
		"", "#", "# a", "! a", ";a", "//", "// a", "[Adblock]", "[]",
	};
	static const char *const others[] = {
		"a", "/a", "[a", "a # b", "a]", "-",
	};

	for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++)
		cr_expect(line_is_remark(bytes_of_string(remarks[i])), "%s",
			  remarks[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_expect_not(line_is_remark(bytes_of_string(others[i])),
			      "%s", others[i]);
	cr_expect_not(line_is_comment(bytes_of_string("[Adblock]")));
}

Test(line, words)
{
	struct bytes text = exact("  one\ttwo  "), line = text, word;

	word = line_word(&line);
	cr_expect(word.len == 3 && !memcmp(word.at, "one", 3));
	word = line_word(&line);
	cr_expect(word.len == 3 && !memcmp(word.at, "two", 3));
	cr_expect_eq(line_word(&line).len, 0);
	cr_expect_eq(line_word(&line).len, 0);
	free((void *)(uintptr_t)text.at);
}

Test(line, parts)
{
	struct bytes text = exact("a,,b"), rest = text;

	cr_expect_eq(line_part(&rest, ',').len, 1);
	cr_expect_eq(line_part(&rest, ',').len, 0);
	cr_expect_eq(rest.len, 1);
	cr_expect_eq(line_part(&rest, ',').at[0], 'b');
	cr_expect_eq(rest.len, 0);
	cr_expect_eq(line_part(&rest, ',').len, 0);
	cr_expect_eq(line_span(text, ","), 1);
	cr_expect_eq(line_span(text, "x"), 4);
	cr_expect_eq(line_span(bytes_of("\0", 1), "x"), 1);
	free((void *)(uintptr_t)text.at);
}

/* What parts the sources of one list is nobody's line. */
Test(line, separators_are_empty)
{
	static const char *const lines[] = { "a", "", "b\x1e", NULL };

	expect_lines("a\n\x1e http://a.com\nb\x1e\n", lines);
}

Test(line, marks)
{
	static const struct {
		const char *text;
		unsigned marks;
	} rows[] = {
		{ "", 0 }, { "a-Z_9.", 0 }, { "a b\t", LINE_SPACE },
		{ "a#", LINE_HASH }, { "$", LINE_DOLLAR },
		{ "|^*", LINE_RULE }, { "/?=@:", LINE_URL },
		{ "\xc3", LINE_HIGH }, { "~", LINE_OTHER },
		{ "a,# ", LINE_OTHER | LINE_HASH | LINE_SPACE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(line_marks(bytes_of_string(rows[i].text)),
			     rows[i].marks, "%s", rows[i].text);
}
