/*
 * Text is text, whatever it says.
 */
#include "review/html.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *at;
static size_t len;
static FILE *out;

static void begin(void)
{
	out = open_memstream(&at, &len);
}

static void expect(const char *expected)
{
	fclose(out);
	cr_expect_str_eq(at, expected);
	free(at);
}

Test(html, text_is_no_markup)
{
	begin();
	html_put(out, "<td title=\"%s\">%s</td>100%%", "\"onclick='x'",
		 "<script>&amp;</script>");
	expect("<td title=\"&quot;onclick=&#39;x&#39;\">&lt;script&gt;"
	       "&amp;amp;&lt;/script&gt;</td>100%");
}

#define NONE "\xef\xbf\xbd"

Test(html, only_plain_characters_are_shown)
{
	static const char *const rows[][2] = {
		{ "K\xc3\xbc" "che \xe2\x82\xac", "K\xc3\xbc" "che "
		  "\xe2\x82\xac" },
		{ "a\nb\x1b[2J\x7f", "a" NONE "b" NONE "[2J" NONE },
		/* Turns what follows around. */
		{ "a\xe2\x80\xae" "b", "a" NONE NONE NONE "b" },
		/* Cut off, too long, a surrogate, beyond all. */
		{ "\xc3", NONE },
		{ "\xc0\xbc" "script", NONE NONE "script" },
		{ "\xed\xa0\x80", NONE NONE NONE },
		{ "\xf4\x90\x80\x80", NONE NONE NONE NONE },
		/* What is broken takes no markup with it. */
		{ "\xe2<b>", NONE "&lt;b&gt;" },
		{ "\xf0\x9f<", NONE NONE "&lt;" },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		begin();
		html_text(out, bytes_of_string(rows[i][0]));
		expect(rows[i][1]);
	}
}

Test(html, a_page_loads_nothing)
{
	begin();
	html_begin(out, "<title>");
	html_end(out);
	fclose(out);
	cr_expect_not_null(strstr(at, "&lt;title&gt;"));
	cr_expect_not_null(strstr(at, "default-src 'none'"));
	cr_expect_null(strstr(at, "http:"));
	cr_expect_null(strstr(at, "https:"));
	cr_expect_null(strstr(at, "url("));
	cr_expect_null(strstr(at, "@import"));
	cr_expect_null(strstr(at, "<script"));
	free(at);
}

Test(html, a_picture_says_what_it_is)
{
	begin();
	html_svg_begin(out, 10, 5, "a \"b\"");
	html_svg_box(out, "sunk", (struct html_box){ 1, 2, 3, 4 });
	html_svg_line(out, "axis", (struct html_box){ 1, 2, 3, 0 });
	html_svg_text(out, "tick", (struct html_box){ .x = 1, .y = 2 }, "<");
	html_svg_end(out);
	expect("<svg viewBox=\"0 0 10.0 5.0\" role=\"img\" "
	       "aria-label=\"a &quot;b&quot;\">"
	       "<rect class=\"sunk\" x=\"1.0\" y=\"2.0\" width=\"3.0\" "
	       "height=\"4.0\"/>"
	       "<line class=\"axis\" x1=\"1.0\" y1=\"2.0\" x2=\"4.0\" "
	       "y2=\"2.0\"/>"
	       "<text class=\"tick\" x=\"1.0\" y=\"2.0\">&lt;</text></svg>\n");
}
