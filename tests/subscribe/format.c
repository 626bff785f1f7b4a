/*
 * Formats: forms that real lists have (10,000 files of 128 repositories were
 * counted for them), what becomes of each, and what is never a list.
 */
#include "subscribe/format.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/text.h"
#include "subscribe/list.h"

struct heard {
	char words[2048];	/* "example.com subtree 3\n" ... */
	struct text text;
	int answer;		/* to give back */
	unsigned asked;
};

static int hear(void *context, const struct name *name, bool exact,
		uint32_t line)
{
	struct heard *heard = context;

	heard->asked++;
	name_print(name, &heard->text);
	text_put(&heard->text, "%s %u\n", exact ? "" : " below", line);
	return heard->answer;
}

static struct heard heard;
static struct format_counts counts;

static int read_as(const char *words, unsigned format, bool subdomains)
{
	size_t len = strlen(words);
	uint8_t *at = malloc(len ? len : 1);
	struct format_sink sink = { hear, &heard };
	int error;

	memcpy(at, words, len);
	heard.asked = 0;
	text_init(&heard.text, heard.words, sizeof(heard.words));
	if (format == LIST_FORMAT_HOSTS)
		error = format_read_hosts(bytes_of(at, len), &sink, &counts);
	else
		error = format_read_domains(bytes_of(at, len), subdomains,
					    &sink, &counts);
	free(at);
	return error;
}

struct row {
	const char *text, *rules;
	unsigned rejected;
};

static void check(const struct row *rows, size_t count, unsigned format,
		  bool subdomains)
{
	for (size_t i = 0; i < count; i++) {
		cr_expect_eq(read_as(rows[i].text, format, subdomains), 0);
		cr_expect_str_eq(heard.words, rows[i].rules, "%s",
				 rows[i].text);
		cr_expect_eq(counts.rejected, rows[i].rejected, "%s",
			     rows[i].text);
		cr_expect_eq(counts.rules, heard.asked, "%s", rows[i].text);
	}
}

#define CHECK(rows, format, subdomains) \
	check(rows, sizeof(rows) / sizeof(*(rows)), format, subdomains)

Test(format, domains)
{
	static const struct row rows[] = {
		{ "", "", 0 },
		{ "a.com", "a.com 1\n", 0 },
		{ "\xef\xbb\xbf" "A.Com.\r\n\r\n# c\r\nb.com",
		  "a.com 1\nb.com 4\n", 0 },
		{ "a.com # why\nb.com\t#why\nc.com // x\nd.com ; x",
		  "a.com 1\nb.com 2\nc.com 3\nd.com 4\n", 0 },
		{ "! x\n; x\n# x\n// x\n[x]\n", "", 0 },
		{ "*.a.com\n.b.com\n", "a.com below 1\nb.com below 2\n", 0 },
		{ "*.zip\n.mov\nzip", "zip below 1\nmov below 2\n", 1 },
		{ "com", "", 1 },
		{ "a.com b.com", "", 1 },
		{ "a.com#x", "", 1 },
		{ "0.0.0.0 a.com", "", 1 },
		{ "1.2.3.4\n1.2.3.4/8\n4", "", 3 },
		{ "||a.com^\n@@b.com\n/x/\na*.com", "", 4 },
		{ "http://a.com/\na.com/x\na.com:80\nx@a.com", "", 4 },
		{ "b\xc3\xbc" "cher.de\na..com\n*.\n.\n*", "", 5 },
		{ "localhost\nlocal\nLOCALHOST", "", 0 },
		{ "*.*.a.com\n..a.com\n.*.a.com", "", 3 },
		{ "a.com\\032\n\"a.com\"", "", 2 },
	};

	CHECK(rows, LIST_FORMAT_DOMAINS, false);
}

Test(format, domains_with_subdomains)
{
	static const struct row rows[] = {
		{ "a.com\n*.b.com", "a.com below 1\nb.com below 2\n", 0 },
		{ "zip\nlocal\n.", "zip below 1\n", 1 },
	};

	CHECK(rows, LIST_FORMAT_DOMAINS, true);
}

Test(format, hosts)
{
	static const struct row rows[] = {
		{ "0.0.0.0 a.com", "a.com 1\n", 0 },
		{ "127.0.0.1\tA.com  b.com. # c.com\r\n",
		  "a.com 1\nb.com 1\n", 0 },
		{ "0 a.com\n:: b.com\n::1 c.com\n127.9.9.9 d.com",
		  "a.com 1\nb.com 2\nc.com 3\nd.com 4\n", 0 },
		{ "0:0:0:0:0:0:0:0 a.com\n::1%lo0 b.com",
		  "a.com 1\nb.com 2\n", 0 },
		{ "127.0.0.1 localhost\n::1 localhost ip6-loopback\n"
		  "fe80::1%lo0 localhost\n255.255.255.255 broadcasthost",
		  "", 0 },
		{ "192.168.1.5 nas.home.net printer", "", 2 },
		{ "0.0.0.0 0.0.0.0\n0.0.0.0 nas\n0.0.0.0", "", 3 },
		{ "0.0.0.0 *.a.com .b.com c.com", "c.com 1\n", 2 },
		{ "0.0.0.0 a.com#b.com", "a.com 1\n", 0 },
		{ "0.0.0.0 # a.com\n#0.0.0.0 a.com", "", 1 },
		{ "a.com\n0.0.0.0.0 a.com\n127.1 a.com\n00.0.0.0 a.com", "",
		  4 },
		{ "0.0.0.0:53 a.com\n0.0.0.0/8 a.com\n% a.com", "", 3 },
	};

	CHECK(rows, LIST_FORMAT_HOSTS, false);
	CHECK(rows, LIST_FORMAT_HOSTS, true);
}

Test(format, counts_lines_and_the_first_that_is_none)
{
	cr_assert_eq(read_as("# x\na.com\n??\nb.com\n??\n",
			     LIST_FORMAT_DOMAINS, false), 0);
	cr_expect_eq(counts.lines, 5);
	cr_expect_eq(counts.rules, 2);
	cr_expect_eq(counts.rejected, 2);
	cr_expect_eq(counts.first_rejected, 3);
	cr_assert_eq(read_as("a.com", LIST_FORMAT_DOMAINS, false), 0);
	cr_expect_eq(counts.first_rejected, 0);
}

Test(format, ends_when_nobody_wants_more)
{
	heard.answer = -12;
	cr_expect_eq(read_as("a.com\nb.com\n", LIST_FORMAT_DOMAINS, false),
		     -12);
	cr_expect_eq(heard.asked, 1);
	cr_expect_eq(read_as("0 a.com b.com\n0 c.com\n", LIST_FORMAT_HOSTS,
			     false), -12);
	cr_expect_eq(heard.asked, 1);
}

Test(format, guesses)
{
	static const struct {
		const char *text;
		unsigned format;
	} rows[] = {
		{ "", LIST_FORMAT_DOMAINS },
		{ "# hosts\n\n127.0.0.1 localhost\n", LIST_FORMAT_HOSTS },
		{ "::1 localhost", LIST_FORMAT_HOSTS },
		{ "0.0.0.0\n0.0.0.0 a.com", LIST_FORMAT_HOSTS },
		{ "a.com\n0.0.0.0 b.com", LIST_FORMAT_DOMAINS },
		{ "??\n!\n0.0.0.0 a.com", LIST_FORMAT_HOSTS },
		{ "*.a.com", LIST_FORMAT_DOMAINS },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(format_guess(bytes_of_string(rows[i].text)),
			     rows[i].format, "%s", rows[i].text);
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
	static const char alphabet[] = "ab.*#!/0:% \t\r\n\n-_<\xef\xbb\xbf";
	char words[200];

	srandom(3);
	for (unsigned round = 0; round < 20000; round++) {
		size_t len = (size_t)random() % (sizeof(words) - 1);

		for (size_t i = 0; i < len; i++)
			words[i] = alphabet[(size_t)random() %
					    (sizeof(alphabet) - 1)];
		words[len] = '\0';
		read_as(words, LIST_FORMAT_DOMAINS, round & 1);
		read_as(words, LIST_FORMAT_HOSTS, false);
		cr_assert_leq(counts.lines, len);
	}
}
