/*
 * The data of records: from text and back, and what is refused.
 */
#include "dns/rdata.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "dns/message.h"
#include "dns/record.h"

static int parse(const char *type, const char *text, uint8_t *to, size_t room)
{
	uint16_t number;

	cr_assert_eq(record_parse_type(type, &number), 0, "%s", type);
	return rdata_parse(number, bytes_of_string(text), to, room);
}

Test(rdata, what_is_printed_reads_the_same)
{
	static const struct {
		const char *type, *text, *printed;
	} rows[] = {
		{ "A", " 192.0.2.1\t", "192.0.2.1" },
		{ "AAAA", "2001:0DB8::1", "2001:db8::1" },
		{ "CNAME", "A.Example.", "a.example" },
		{ "CNAME", ".", "." },
		{ "CNAME", "a\\.b.c", "a\\.b.c" },
		{ "CNAME", "a\\ b.c", "a\\032b.c" },
		{ "MX", "10  mail", "10 mail" },
		{ "SRV", "0 65535 53 x.y", "0 65535 53 x.y" },
		{ "TXT", "a  \"b c\" \"\"", "\"a\" \"b c\" \"\"" },
		{ "TXT", "\"q\\\" \\\\ \\065 \\255\"",
		  "\"q\\\" \\\\ A \\255\"" },
		{ "TXT", "a\\ b", "\"a b\"" },
		{ "CAA", "0 issue \"x\"", "\\# 8 0005697373756578" },
		{ "HTTPS", "1 . alpn=h2,h3",
		  "\\# 13 00010000010006026832026833" },
		{ "TYPE65280", "\\# 0", "\\# 0 " },
		{ "TYPE65280", "\\# 3 0a 0B\t0c", "\\# 3 0a0b0c" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t one[512], other[512];
		char words[512];
		struct text text;
		uint16_t type;
		int len = parse(rows[i].type, rows[i].text, one, sizeof(one));

		cr_assert_geq(len, 0, "%s", rows[i].text);
		text_init(&text, words, sizeof(words));
		record_parse_type(rows[i].type, &type);
		rdata_print(type, bytes_of(one, (size_t)len), &text);
		cr_expect_str_eq(words, rows[i].printed);
		cr_assert_eq(parse(rows[i].type, words, other, sizeof(other)),
			     len, "%s", words);
		cr_expect_arr_eq(one, other, (size_t)len, "%s", words);
	}
}

Test(rdata, what_is_not_whole_is_printed_as_bytes)
{
	static const struct {
		uint16_t type;
		uint8_t at[8];
		size_t len;
		const char *words;
	} rows[] = {
		{ TYPE_A, { 1, 2, 3 }, 3, "\\# 3 010203" },
		{ TYPE_A, { 1, 2, 3, 4, 5 }, 5, "\\# 5 0102030405" },
		{ TYPE_CNAME, { 1, 'a' }, 2, "\\# 2 0161" },
		{ TYPE_CNAME, { 0xc0, 12 }, 2, "\\# 2 c00c" },
		{ 15, { 0 }, 1, "\\# 1 00" },
		{ 15, { 0, 10 }, 2, "\\# 2 000a" },
		{ TYPE_TXT, { 5, 'a' }, 2, "\\# 2 0561" },
		{ TYPE_TXT, { 0 }, 0, "\\# 0 " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char words[64];
		struct text text;

		text_init(&text, words, sizeof(words));
		rdata_print(rows[i].type, bytes_of(rows[i].at, rows[i].len),
			    &text);
		cr_expect_str_eq(words, rows[i].words);
	}
}

Test(rdata, a_stranger_s_text_does_not_reach_the_terminal)
{
	static const uint8_t escape[] = { 3, 0x1b, '[', 'H' };
	char words[64];
	struct text text;

	text_init(&text, words, sizeof(words));
	rdata_print(TYPE_TXT, bytes_of(escape, sizeof(escape)), &text);
	cr_assert_str_eq(words, "\"\\027[H\"");
}

Test(rdata, more_than_there_is_room_for)
{
	static const char *const rows[][2] = {
		{ "A", "192.0.2.1" }, { "MX", "10 mail.example" },
		{ "TXT", "hello" }, { "CAA", "0 issue \"x\"" },
		{ "TYPE65280", "\\# 5 0102030405" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t to[64];
		int len = parse(rows[i][0], rows[i][1], to, sizeof(to));

		cr_assert_gt(len, 3);
		for (int room = 0; room < len; room++) {
			uint8_t *exact = malloc((size_t)room + 1);

			cr_expect_eq(parse(rows[i][0], rows[i][1], exact,
					   (size_t)room), ERROR_FULL, "%s %d",
				     rows[i][1], room);
			free(exact);
		}
	}
}

Test(rdata, strings_of_255_bytes_and_not_one_more)
{
	uint8_t to[512];
	char text[300];

	memset(text, 'x', sizeof(text));
	text[255] = '\0';
	cr_expect_eq(parse("TXT", text, to, sizeof(to)), 256);
	text[255] = 'x';
	text[256] = '\0';
	cr_expect_eq(parse("TXT", text, to, sizeof(to)), ERROR_MALFORMED);
}

Test(rdata, types_that_no_record_has)
{
	static const char *const types[] = { "OPT", "ANY", "AXFR", "IXFR",
					     "TSIG", "NXNAME", "TYPE0" };
	uint8_t to[64];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		cr_expect_eq(parse(types[i], "\\# 1 00", to, sizeof(to)),
			     ERROR_MALFORMED, "%s", types[i]);
}

Test(rdata, rcodes_have_words_both_ways)
{
	uint16_t rcode;

	cr_assert_eq(record_parse_rcode("nxdomain", &rcode), 0);
	cr_expect_eq(rcode, RCODE_NXDOMAIN);
	cr_assert_eq(record_parse_rcode("BADCOOKIE", &rcode), 0);
	cr_expect_eq(rcode, 23);
	cr_expect_eq(record_parse_rcode("RCODE5", &rcode), ERROR_MALFORMED);
	cr_expect_eq(record_parse_rcode("", &rcode), ERROR_MALFORMED);
}
