/*
 * The line of a rule comes back byte for byte, in a byte or two of the file
 * where it is like others, and once where it is not.
 */
#include "policy/image.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "found.h"
#include "policy/wording.h"

static struct made made;

static void setup(void)
{
	made_init(&made);
}

static void teardown(void)
{
	made_release(&made);
}

TestSuite(image_texts, .init = setup, .fini = teardown);

static void keep(unsigned scope, const char *words, struct bytes text)
{
	struct rule rule = made_rule_of(scope, words, 1);

	rule.text = text;
	made_keep(&made, &rule, "");
}

static void keep_words(const char *words, const char *text)
{
	keep(RULE_SUBTREE, words, bytes_of_string(text));
}

static size_t file_size(void)
{
	struct stat status;

	cr_assert_eq(stat(made.path, &status), 0);
	return (size_t)status.st_size;
}

Test(image_texts, come_back_as_they_were)
{
	static const char *const rows[][2] = {
		{ "a.example", "a.example" },
		{ "b.example", "b.example" },
		{ "c.example", "||c.example^" },
		{ "d.example", "||d.example^" },
		{ "e.example", "||e.example^$important" },
		{ "f.example", "||F.example^" },
		{ "g.example", "0.0.0.0 g.example # of g.example" },
		{ "h.example", "0.0.0.0 h.example # of h.example" },
		{ "i.example", "local=/i.example/" },
		{ "j.example", "/(^|\\.)j\\.example$/" },
		{ "k.example", "something else" },
		{ "l.example", "" },
		{ "m\\.n.example", "m\\.n.example CNAME ." },
		{ "o\\.p.example", "o\\.p.example CNAME ." },
		{ "\\200.example", "\\200.example CNAME ." },
		{ "q.example", "q.example.\tCNAME\t." },
		{ "r.example", "\xc3\xa4 r.example \x1b[31m \x7f" },
		{ "s.example", "\xc3\xa4 s.example \x1b[31m \x7f" },
		{ "t.example", "a.example t.example" },
		{ "u.example", "\"u.example\"" },
	};
	char room[1100];
	struct image *image;

	made_list(&made, "one");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		keep_words(rows[i][0], rows[i][1]);
	made_list(&made, "two");
	keep_words(".", "*. CNAME .");
	image = made_open(&made);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_str_eq(found_text(image, rows[i][0], room),
				 rows[i][1], "%s", rows[i][0]);
	cr_expect_str_eq(found_text(image, "x.y", room), "*. CNAME .");
	image_close(image);
}

/* The name in the text is the rule's, whichever name was asked for. */
Test(image_texts, are_of_the_rule_and_not_of_the_question)
{
	char room[1100];
	struct image *image;

	made_list(&made, "one");
	for (unsigned i = 0; i < 3; i++)
		keep_words((const char *[]){ "x.org", "y.org", "z.org" }[i],
			   (const char *[]){ "*.x.org", "*.y.org",
					     "*.z.org" }[i]);
	image = made_open(&made);
	cr_expect_str_eq(found_text(image, "a.b.z.org", room), "*.z.org");
	cr_expect_str_eq(found_text(image, "z.org", room), "*.z.org");
	image_close(image);
}

Test(image_texts, can_hold_any_byte_and_are_cut_when_long)
{
	char long_one[1500], room[1100], odd[] = "a\0b nul.example \n";
	struct image *image;
	struct found found;
	struct name name = made_name("nul.example");
	struct text text;

	memset(long_one, 'x', sizeof(long_one));
	made_list(&made, "one");
	keep(RULE_EXACT, "long.example", bytes_of(long_one, 1500));
	keep(RULE_EXACT, "fits.example", bytes_of(long_one, 1000));
	keep(RULE_EXACT, "nul.example", bytes_of(odd, sizeof(odd) - 1));
	image = made_open(&made);
	found_text(image, "long.example", room);
	cr_expect_eq(strlen(room), IMAGE_TEXT);
	cr_expect_str_eq(room + IMAGE_TEXT - 4, "x...");
	found_text(image, "fits.example", room);
	cr_expect_eq(strlen(room), IMAGE_TEXT);
	cr_expect_str_eq(room + IMAGE_TEXT - 4, "xxxx");
	found = match(image, "nul.example");
	text_init(&text, room, sizeof(room));
	image_text(image, &found.rules[0], &name, &text);
	cr_assert_eq(text.len, sizeof(odd) - 1);
	cr_expect_arr_eq(room, odd, sizeof(odd));
	image_close(image);
}

Test(image_texts, are_cut_by_small_buffers)
{
	struct image *image;
	struct found found;
	struct name name = made_name("b.example");
	char room[8];
	struct text text;

	made_list(&made, "one");
	keep_words("a.example", "||a.example^");
	keep_words("b.example", "||b.example^");
	keep_words("c.example", "something long");
	image = made_open(&made);
	found = match(image, "b.example");
	for (size_t size = 0; size <= sizeof(room); size++) {
		text_init(&text, room, size);
		image_text(image, &found.rules[0], &name, &text);
		cr_expect(text.cut);
		cr_expect_eq(text.len, size ? size - 1 : 0);
		cr_expect(size == 0 ||
			  strncmp(room, "||b.example^", size - 1) == 0);
	}
	text_init(&text, room, sizeof(room));
	found = match(image, "c.example");
	image_text(image, &found.rules[0], &name, &text);
	cr_expect_str_eq(room, "somethi");
	image_close(image);
}

/* The lines alone would take more than the whole file. */
Test(image_texts, that_are_alike_cost_next_to_nothing)
{
	struct image *image;
	char words[64], line[128], room[1100];

	made_list(&made, "one");
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(words, sizeof(words), "n%u.example.org", i);
		snprintf(line, sizeof(line),
			 "address=/%s/a-long-answer-that-all-of-them-have",
			 words);
		keep_words(words, line);
	}
	image = made_open(&made);
	cr_expect_lt(file_size(), 30000);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(words, sizeof(words), "n%u.example.org", i);
		snprintf(line, sizeof(line),
			 "address=/%s/a-long-answer-that-all-of-them-have",
			 words);
		cr_assert_str_eq(found_text(image, words, room), line);
	}
	image_close(image);
}

/* As in a hosts file: many names in a line. */
Test(image_texts, of_many_rules_in_one_line_are_kept_once)
{
	struct image *image;
	char words[64], line[1000] = "0.0.0.0", room[1100];

	made_list(&made, "one");
	for (unsigned i = 0; i < 35; i++) {
		strcat(line, " a-long-name-for-a-host-");
		line[strlen(line)] = (char)('!' + i);
	}
	for (unsigned i = 0; i < 35; i++) {
		snprintf(words, sizeof(words), "n%u.example.org", i);
		keep_words(words, line);
	}
	image = made_open(&made);
	cr_expect_lt(file_size(), 4000);
	for (unsigned i = 0; i < 35; i++) {
		snprintf(words, sizeof(words), "n%u.example.org", i);
		cr_assert_str_eq(found_text(image, words, room), line);
	}
	image_close(image);
}

/* More than there is room for; each comes twice, so each could be one. */
Test(image_texts, of_more_templates_than_a_list_can_have)
{
	enum { LINES = 4 * WORDING_TEMPLATES };
	struct image *image;
	char words[64], line[128], room[1100];

	for (unsigned list = 0; list < 2; list++) {
		made_list(&made, list ? "two" : "one");
		for (unsigned i = 0; i < LINES; i++) {
			snprintf(words, sizeof(words), "n%u-%u.org", list, i);
			snprintf(line, sizeof(line), "%u %s", i / 2, words);
			keep_words(words, line);
		}
	}
	image = made_open(&made);
	for (unsigned i = 0; i < 2 * LINES; i++) {
		snprintf(words, sizeof(words), "n%u-%u.org", i / LINES,
			 i % LINES);
		snprintf(line, sizeof(line), "%u %s", i % LINES / 2, words);
		cr_assert_str_eq(found_text(image, words, room), line);
	}
	image_close(image);
}

Test(image_texts, of_patterns)
{
	struct image *image;
	char room[1100];
	struct text text;

	made_list(&made, "one");
	keep(RULE_REGEX, "^ad", bytes_of_string("/^ad/"));
	keep(RULE_REGEX, "^no text", bytes_of(NULL, 0));
	image = made_open(&made);
	text_init(&text, room, sizeof(room));
	image_pattern_text(image, 0, &text);
	cr_expect_str_eq(room, "/^ad/");
	image_pattern_text(image, 1, &text);
	image_pattern_text(image, 2, &text);
	cr_expect_str_eq(room, "/^ad/");
	image_close(image);
}
