/*
 * Formats: their words, what a text looks like, and what is never a list.
 */
#include "subscribe/format.h"

#include "heard.h"

static struct heard heard;

Test(format, words)
{
	static const char *const words[] = {
		"auto", "domains", "hosts", "wildcard", "adblock", "list",
		"dnsmasq", "unbound", "rpz", "regex", "dnscrypt", "bind",
	};

	for (int i = 0; i < LIST_FORMATS; i++) {
		cr_expect_str_eq(format_words((unsigned)i), words[i]);
		cr_expect_eq(format_parse(words[i]), i);
	}
	cr_expect_lt(format_parse("Hosts"), 0);
	cr_expect_lt(format_parse(""), 0);
	cr_expect_str_eq(format_words(LIST_FORMATS), "unknown");
}

Test(format, the_most_specific_rule_counts_alone)
{
	for (unsigned i = 0; i <= LIST_FORMATS; i++)
		cr_expect_eq(format_is_nearest(i),
			     i == LIST_FORMAT_DNSMASQ ||
			     i == LIST_FORMAT_UNBOUND ||
			     i == LIST_FORMAT_RPZ, "%u", i);
}

Test(format, counts_lines_and_the_first_that_is_none)
{
	heard_read(&heard, LIST_FORMAT_DOMAINS, 0, bytes_of_string(
		   "# x\na.com\n??\nb.com\n??\n127.0.0.1 localhost\n"));
	cr_expect_eq(heard.counts.lines, 6);
	cr_expect_eq(heard.counts.rules, 2);
	cr_expect_eq(heard.counts.rejected, 2);
	cr_expect_eq(heard.counts.first_rejected, 3);
	cr_expect_eq(heard.counts.ignored, 1);
	heard_read(&heard, LIST_FORMAT_DOMAINS, 0, bytes_of_string("a.com"));
	cr_expect_eq(heard.counts.lines, 1);
	cr_expect_eq(heard.counts.first_rejected, 0);
}

Test(format, gives_the_line)
{
	heard.lines = true;
	heard_read(&heard, LIST_FORMAT_LIST, 0, bytes_of_string(
		   "\n  a.com # x \r\n||b.com^\r\n0 c.com d.com"));
	cr_expect_str_eq(heard.rules,
			 "block exact a.com (2 a.com # x)\n"
			 "block subtree b.com (3 ||b.com^)\n"
			 "block exact c.com = null (4 0 c.com d.com)\n"
			 "block exact d.com = null (4 0 c.com d.com)\n");
}

Test(format, ends_when_nobody_wants_more)
{
	static const struct {
		unsigned format;
		const char *text;
	} rows[] = {
		{ LIST_FORMAT_DOMAINS, "a.com\nb.com\n" },
		{ LIST_FORMAT_DOMAINS, "a.com b.com\nc.com\n" },
		{ LIST_FORMAT_HOSTS, "0 a.com b.com\n0 c.com\n" },
		{ LIST_FORMAT_ADBLOCK, "||a.com^\n||b.com\n" },
		{ LIST_FORMAT_DNSMASQ, "local=/a.com/b.com/\nlocal=/c.com/" },
		{ LIST_FORMAT_DNSMASQ, "host-record=a.com,b.com,::,1.2.3.4" },
		{ LIST_FORMAT_DNSMASQ, "cname=a.com,b.com,c.com" },
		{ LIST_FORMAT_UNBOUND, "local-zone: a static local-zone: b "
				       "static local-data: \"c A ::\"" },
		{ LIST_FORMAT_UNBOUND, "local-data: \"a AAAA ::\" "
				       "local-data: \"b AAAA ::\"" },
		{ LIST_FORMAT_RPZ, "a CNAME .\n*.b CNAME .\nc.b CNAME .\n" },
		{ LIST_FORMAT_REGEX, "a\nb" },
	};

	heard.answer = -12;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_expect_eq(heard_read(&heard, rows[i].format, 0,
					bytes_of_string(rows[i].text)), -12,
			     "%s", rows[i].text);
		cr_expect_eq(heard.asked, 1, "%s", rows[i].text);
	}
}

Test(format, works_without_ears_for_what_is_skipped)
{
	struct format_sink sink = { heard_rule, NULL, &heard };
	struct format_source source = {
		LIST_FORMAT_LIST, 0, bytes_of_string("!!\n??\n0 localhost"),
	};
	struct format_counts counts;

	text_init(&heard.text, heard.rules, sizeof(heard.rules));
	cr_expect_eq(format_read(&source, &sink, &counts), 0);
	cr_expect_eq(counts.rejected, 1);
}

Test(format, guesses)
{
	static const struct {
		const char *text;
		unsigned format;
	} rows[] = {
		{ "", LIST_FORMAT_LIST },
		{ "# hosts\n\n127.0.0.1 localhost\n", LIST_FORMAT_HOSTS },
		{ "::1 localhost", LIST_FORMAT_HOSTS },
		{ "a.com\nb.com", LIST_FORMAT_DOMAINS },
		{ "*.a.com", LIST_FORMAT_WILDCARD },
		{ "[Adblock Plus]\n! x\n||a.com^\n", LIST_FORMAT_ADBLOCK },
		{ "a.com\n||b.com^\n@@||c.com^", LIST_FORMAT_ADBLOCK },
		{ "! x\n/^a$/\n/^b$/", LIST_FORMAT_ADBLOCK },
		{ "# x\n/^a$/\n/^b$/", LIST_FORMAT_REGEX },
		{ "^ads\\.\n(\\.|^)a$", LIST_FORMAT_REGEX },
		{ "local=/a.com/\n", LIST_FORMAT_DNSMASQ },
		{ "address = /a.com/#\n", LIST_FORMAT_DNSMASQ },
		{ "server:\n local-zone: \"a\" static", LIST_FORMAT_UNBOUND },
		{ "zone \"a.com\" {};", LIST_FORMAT_BIND },
		{ "$TTL 60\n", LIST_FORMAT_RPZ },
		{ "; x\n@ 3600 IN SOA a. b. 1 2 3 4 5", LIST_FORMAT_RPZ },
		{ "a.com CNAME .\n*.a.com IN CNAME rpz-drop.",
		  LIST_FORMAT_RPZ },
		{ "=a.com", LIST_FORMAT_DNSCRYPT },
		{ "ads.*\n", LIST_FORMAT_DNSCRYPT },
		{ "*.a.com\n*.ads*.b.com\nc.com\nd.com",
		  LIST_FORMAT_DNSCRYPT },
		{ "\xff\xfe|\0|\0a\0.\0d\0e\0^\0", LIST_FORMAT_ADBLOCK },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bytes text = bytes_of_string(rows[i].text);

		if (text.len == 3)
			text.len = 16;
		cr_expect_eq(format_guess(text), rows[i].format, "%s: %s",
			     rows[i].text, format_words(format_guess(text)));
		heard_read(&heard, LIST_FORMAT_AUTO, 0, text);
		cr_expect_eq(heard.counts.format, rows[i].format);
	}
}

Test(format, reads_utf16)
{
	static const char little[] = "\xff\xfe" "a\0.\0d\0e\0\n\0b\0.\0"
				     "d\0e\0";
	static const char big[] = "\xfe\xff\0a\0.\0d\0e\0\n\xd8";

	cr_expect_null(format_distrust(bytes_of(little, 20)));
	heard_read(&heard, LIST_FORMAT_AUTO, 0, bytes_of(little, 20));
	cr_expect_str_eq(heard.rules, "block exact a.de\nblock exact b.de\n");
	heard_read(&heard, LIST_FORMAT_AUTO, 0, bytes_of(big, 13));
	cr_expect_str_eq(heard.rules, "block exact a.de\n");
	heard_read(&heard, LIST_FORMAT_AUTO, 0, bytes_of(big, 2));
	cr_expect_eq(heard.counts.lines, 0);
}

Test(format, takes_the_header_at_its_word)
{
	static const struct {
		const char *text;
		bool said;
	} rows[] = {
		{ "# Syntax: Domains (without subdomains)\na.com", true },
		{ "! SYNTAX: DOMAINS (WILDCARDS) WITHOUT *.\n", true },
		{ "# x\n# All domains and their subdomains should be blocked",
		  true },
		{ "# Syntax: Domains\na.com", false },
		{ "without subdomains\n", false },
		{ "", false },
	};
	char *late = malloc(6000);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(format_says_subdomains(
			     bytes_of_string(rows[i].text)), rows[i].said,
			     "%s", rows[i].text);
	memset(late, '\n', 5000);
	strcpy(late + 5000, "# without subdomains\n");
	cr_expect_not(format_says_subdomains(bytes_of_string(late)));
	free(late);
}

Test(format, distrusts)
{
	static const struct {
		const char *text;
		size_t len;
		bool distrusted;
	} rows[] = {
		{ "", 0, true }, { " \r\n\t\n", 5, true },
		{ "<!DOCTYPE html>", 15, true }, { "\n\n <HTML>", 9, true },
		{ "\xef\xbb\xbf<html>", 9, true },
		{ "a.com\n\0", 7, true }, { "\0", 1, true },
		{ "# <html>\na.com", 14, false }, { "a.com", 5, false },
		{ "#", 1, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(format_distrust(bytes_of(rows[i].text,
			     rows[i].len)) != NULL, rows[i].distrusted,
			     "row %zu", i);
}

/* Any bytes, any length: nothing is read that is not there. */
Test(format, survives_noise)
{
	static const char alphabet[] = "ab.*#!/0:% \t\r\n\n-_<\xef\xbb\xbf|^$"
				       ",=;()\"@~'\\[]";
	char words[200];

	srandom(3);
	for (unsigned round = 0; round < 20000; round++) {
		size_t len = (size_t)random() % (sizeof(words) - 1);

		for (size_t i = 0; i < len; i++)
			words[i] = alphabet[(size_t)random() %
					    (sizeof(alphabet) - 1)];
		heard_read(&heard, round % LIST_FORMATS, round / 64 % 3,
			   bytes_of(words, len));
		cr_assert_leq(heard.counts.lines, len);
	}
}
