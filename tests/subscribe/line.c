/*
 * Lines: every way a text can begin, end and be broken.
 */
#include "subscribe/line.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/text.h"

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

Test(line, hosts_are_names_and_not_numbers)
{
	char long_label[80], long_name[300];
	const struct {
		const char *word;
		const char *name;	/* NULL: none */
	} rows[] = {
		{ "example.com", "example.com" },
		{ "Example.COM.", "example.com" },
		{ "_dmarc.-x-.xn--caf-dma.com", "_dmarc.-x-.xn--caf-dma.com" },
		{ "com", "com" },
		{ "1.2.3.a4", "1.2.3.a4" },
		{ "0-0.1x", "0-0.1x" },
		{ "", NULL }, { ".", NULL }, { "..", NULL },
		{ ".a.com", NULL }, { "a..com", NULL }, { "a.com..", NULL },
		{ "1.2.3.4", NULL }, { "1.2.3", NULL }, { "4", NULL },
		{ "a.com.4", NULL }, { "a.4.", NULL },
		{ "caf\xc3\xa9.com", NULL }, { "a b.com", NULL },
		{ "a\\.b.com", NULL }, { "*.a.com", NULL },
		{ "a.com:80", NULL }, { "a.com/x", NULL }, { "::1", NULL },
		{ "||a.com^", NULL }, { "a@b.com", NULL },
		{ long_label, NULL }, { long_name, NULL },
	};

	memset(long_label, 'x', 64);
	strcpy(long_label + 64, ".com");
	for (size_t i = 0; i < 254; i += 2)
		memcpy(long_name + i, "x.", 2);
	strcpy(long_name + 254, "ab");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bytes word = exact(rows[i].word);
		char printed[NAME_TEXT] = "none";
		struct name name;
		struct text text;

		text_init(&text, printed, sizeof(printed));
		if (line_host(&name, word))
			name_print(&name, &text);
		cr_expect_str_eq(printed, rows[i].name ? rows[i].name : "",
				 "%s", rows[i].word);
		free((void *)(uintptr_t)word.at);
	}
}

Test(line, the_longest_host_is_one)
{
	char words[256] = "";
	struct name name;

	for (int i = 0; i < 126; i++)
		strcat(words, "x.");
	strcat(words, "x");
	cr_expect(line_host(&name, bytes_of_string(words)));
	cr_expect_eq(name.len, 255);
	strcat(words, "x");
	cr_expect_not(line_host(&name, bytes_of_string(words)));
}

Test(line, local_names)
{
	static const char *const local[] = {
		"localhost", "LocalHost", "localhost.", "local",
		"ip6-allnodes", "localhost6.localdomain6",
	};
	static const char *const others[] = {
		"", ".", "localhos", "localhost.com", "xlocalhost", "local.x",
	};

	for (size_t i = 0; i < sizeof(local) / sizeof(*local); i++)
		cr_expect(line_is_local_name(bytes_of_string(local[i])), "%s",
			  local[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_expect_not(line_is_local_name(bytes_of_string(others[i])),
			      "%s", others[i]);
}
