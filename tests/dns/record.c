/*
 * Words for numbers: those that people know, those that nobody does, and
 * every one of them back again.
 */
#include "dns/record.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static const char *type_word(uint16_t type)
{
	static char buffer[32];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	record_print_type(type, &text);
	cr_assert(!text.cut);
	return buffer;
}

static const char *rcode_word(uint16_t rcode)
{
	static char buffer[32];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	record_print_rcode(rcode, &text);
	cr_assert(!text.cut);
	return buffer;
}

Test(record, types_have_the_words_of_the_registry)
{
	static const struct {
		uint16_t type;
		const char *word;
	} rows[] = {
		{ 1, "A" }, { 2, "NS" }, { 5, "CNAME" }, { 6, "SOA" },
		{ 12, "PTR" }, { 15, "MX" }, { 16, "TXT" }, { 28, "AAAA" },
		{ 33, "SRV" }, { 35, "NAPTR" }, { 39, "DNAME" }, { 41, "OPT" },
		{ 43, "DS" }, { 46, "RRSIG" }, { 48, "DNSKEY" },
		{ 52, "TLSA" }, { 64, "SVCB" }, { 65, "HTTPS" },
		{ 66, "DSYNC" }, { 128, "NXNAME" }, { 249, "TKEY" },
		{ 250, "TSIG" }, { 251, "IXFR" }, { 252, "AXFR" },
		{ 255, "ANY" }, { 256, "URI" }, { 257, "CAA" },
		{ 260, "AMTRELAY" }, { 0, "TYPE0" }, { 54, "TYPE54" },
		{ 1000, "TYPE1000" }, { 65280, "TYPE65280" },
		{ 65535, "TYPE65535" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_str_eq(type_word(rows[i].type), rows[i].word);
}

static void assert_parsed(const char *word, uint16_t want)
{
	uint16_t type = (uint16_t)~want;

	cr_assert_eq(record_parse_type(word, &type), 0, "%s", word);
	cr_assert_eq(type, want, "%s: %u", word, type);
}

Test(record, every_type_is_parsed_as_it_is_printed)
{
	for (unsigned type = 0; type <= 65535; type++) {
		char word[32];

		snprintf(word, sizeof(word), "%s", type_word((uint16_t)type));
		assert_parsed(word, (uint16_t)type);
		for (char *c = word; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		assert_parsed(word, (uint16_t)type);
		snprintf(word, sizeof(word), "TYPE%u", type);
		assert_parsed(word, (uint16_t)type);
	}
}

Test(record, words_that_are_no_type_are_refused)
{
	static const char *const rows[] = {
		"", " ", "A ", " A", "AA", "AAA", "HTTP", "HTTPSS", "*",
		"TYPE", "TYPE-1", "TYPE+1", "TYPE 1", "TYPE1 ", "TYPE1x",
		"TYPE65536", "TYPE99999", "TYPE4294967297", "TYPE000001",
		"TYPEA", "1", "65",
	};
	uint16_t type;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(record_parse_type(rows[i], &type),
			     ERROR_MALFORMED, "\"%s\"", rows[i]);
}

Test(record, rcodes_have_the_words_of_the_registry)
{
	static const struct {
		uint16_t rcode;
		const char *word;
	} rows[] = {
		{ 0, "NOERROR" }, { 1, "FORMERR" }, { 2, "SERVFAIL" },
		{ 3, "NXDOMAIN" }, { 4, "NOTIMP" }, { 5, "REFUSED" },
		{ 10, "NOTZONE" }, { 11, "DSOTYPENI" }, { 12, "RCODE12" },
		{ 15, "RCODE15" }, { 16, "BADVERS" }, { 23, "BADCOOKIE" },
		{ 24, "RCODE24" }, { 77, "RCODE77" }, { 4095, "RCODE4095" },
		{ 65535, "RCODE65535" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_str_eq(rcode_word(rows[i].rcode), rows[i].word);
}
