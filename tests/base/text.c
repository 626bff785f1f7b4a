#include "base/text.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <string.h>

Test(text, pieces_follow_each_other)
{
	char buffer[32];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	cr_assert_str_eq(buffer, "");
	text_put(&text, "%s=%d", "one", 1);
	text_put(&text, ";");
	cr_assert_str_eq(buffer, "one=1;");
	cr_assert_eq(text.len, 6);
	cr_assert_not(text.cut);
}

Test(text, what_fits_exactly_is_not_cut)
{
	char buffer[4];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_put(&text, "abc");
	cr_assert_str_eq(buffer, "abc");
	cr_assert_not(text.cut);
	text_put(&text, "%s", "");
	cr_assert_not(text.cut);
	text_put(&text, "d");
	cr_assert_str_eq(buffer, "abc");
	cr_assert(text.cut);
	cr_assert_eq(text.len, 3);
}

Test(text, nothing_is_added_after_a_cut)
{
	char buffer[8];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_put_hostile(&text, bytes_of_string("abcde\1"));
	cr_assert_str_eq(buffer, "abcde");
	cr_assert(text.cut);
	text_put(&text, "f");
	text_put_hostile(&text, bytes_of_string("f"));
	cr_assert_str_eq(buffer, "abcde");
}

Test(text, a_buffer_of_nothing_is_not_touched)
{
	char buffer[1] = { 'x' };
	struct text text;

	text_init(&text, buffer, 0);
	text_put(&text, "abc");
	cr_assert(text.cut);
	text_init(&text, buffer, 0);
	text_put_hostile(&text, bytes_of_string("abc"));
	cr_assert(text.cut);
	cr_assert_eq(buffer[0], 'x');
}

Test(text, hostile_bytes_come_out_as_numbers)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "plain Text-1_", "plain Text-1_" },
		{ "\033[31m", "\\027[31m" },
		{ "a\nb", "a\\010b" },
		{ "\177", "\\127" },
		{ "back\\slash", "back\\092slash" },
		{ "\303\244", "\\195\\164" },
		{ "\377", "\\255" },
		{ "<b> \"&'", "<b> \"&'" },
	};
	char buffer[64];
	struct text text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text_init(&text, buffer, sizeof(buffer));
		text_put_hostile(&text, bytes_of_string(rows[i].in));
		cr_assert_str_eq(buffer, rows[i].out);
		cr_assert_eq(text.len, strlen(rows[i].out));
		cr_assert_not(text.cut);
	}
}

Test(text, an_escape_is_never_cut_in_two)
{
	char buffer[16];
	struct text text;

	for (size_t size = 1; size < sizeof(buffer); size++) {
		text_init(&text, buffer, size);
		text_put_hostile(&text, bytes_of("\0\0\0\0", 4));
		cr_assert_eq(text.len, (size - 1) / 4 * 4);
		cr_assert_eq(strlen(buffer), text.len);
		cr_assert(text.cut);
	}
}

Test(text, distance)
{
	char long_word[65];
	static const struct {
		const char *one, *other;
		unsigned distance;
	} rows[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "status", "status", 0 },
		{ "stauts", "status", 1 },
		{ "statu", "status", 1 },
		{ "statuss", "status", 1 },
		{ "ststus", "status", 1 },
		{ "kitten", "sitting", 3 },
		{ "ab", "ba", 1 },
		{ "abcd", "badc", 2 },
		{ "log", "compile", 6 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(text_distance(rows[i].one, rows[i].other),
			     rows[i].distance, "%s, %s", rows[i].one,
			     rows[i].other);
		cr_assert_eq(text_distance(rows[i].other, rows[i].one),
			     rows[i].distance, "%s, %s", rows[i].other,
			     rows[i].one);
	}
	memset(long_word, 'a', 64);
	long_word[64] = '\0';
	cr_assert_eq(text_distance(long_word, long_word), UINT_MAX);
	cr_assert_eq(text_distance(long_word + 1, long_word + 1), 0);
	cr_assert_eq(text_distance(long_word + 1, ""), 63);
}
