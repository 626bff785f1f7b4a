/*
 * What is plain stays as it was written; whatever else comes is escaped, byte
 * by byte, and never half a character.
 */
#include "base/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"

static const struct {
	const char *text;
	bool plain;
	const char *shown;
} words[] = {
	{ "plugged in", true, "plugged in" },
	{ "Lesegerät – 血糖 😀", true, "Lesegerät – 血糖 😀" },
	{ "a\nb", false, "a\\010b" },
	{ "\033[2J", false, "\\027[2J" },
	{ "\177", false, "\\127" },
	{ "\302\205", false, "\\194\\133" },		/* NEL */
	{ "\302\255", false, "\\194\\173" },		/* soft hyphen */
	{ "\342\200\256x", false, "\\226\\128\\174x" },	/* turns around */
	{ "\342\200\213", false, "\\226\\128\\139" },	/* no width */
	{ "\357\273\277", false, "\\239\\187\\191" },	/* byte order mark */
	{ "\355\240\200", false, "\\237\\160\\128" },	/* surrogate */
	{ "\300\257", false, "\\192\\175" },		/* too long */
	{ "\340\200\257", false, "\\224\\128\\175" },
	{ "\364\220\200\200", false, "\\244\\144\\128\\128" },
	{ "\303", false, "\\195" },			/* cut */
	{ "\303a", false, "\\195a" },
	{ "\377\376", false, "\\255\\254" },
	{ "\356\200\200", false, "\\238\\128\\128" },	/* private */
	{ "\363\240\201\201", false, "\\243\\160\\129\\129" },	/* tag */
};

Test(utf8, plain_stays_and_the_rest_is_escaped)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char buffer[128];
		struct text text;

		text_init(&text, buffer, sizeof(buffer));
		utf8_put_hostile(&text, bytes_of_string(words[i].text));
		cr_expect_str_eq(buffer, words[i].shown, "%zu: %s", i, buffer);
		cr_expect_eq(utf8_is_plain(bytes_of_string(words[i].text)),
			     words[i].plain, "%zu", i);
	}
}

Test(utf8, a_character_is_whole_or_not_there)
{
	char buffer[6];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	utf8_put_hostile(&text, bytes_of_string("äää"));
	cr_expect_str_eq(buffer, "ää");
	cr_expect(text.cut);
}

Test(utf8, width_counts_characters)
{
	cr_expect_eq(utf8_width(bytes_of_string("Lesegerät")), 9);
	cr_expect_eq(utf8_fit(bytes_of_string("äöü"), 2), 4);
	cr_expect_eq(utf8_fit(bytes_of_string("äöü"), 9), 6);
	cr_expect_eq(utf8_fit(bytes_of_string("äöü"), 0), 0);
}
