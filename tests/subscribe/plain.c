/*
 * Plain lists: forms that real lists have (10,000 files of 128 repositories
 * were counted for them), and what becomes of each.
 */
#include "heard.h"

Test(plain, names)
{
	static const struct heard_row rows[] = {
		{ "", "", 0 },
		{ "a.com", "block exact a.com\n", 0 },
		{ "\xef\xbb\xbf" "A.Com.\r\n\r\n# c\r\nb.com",
		  "block exact a.com\nblock exact b.com\n", 0 },
		{ "  a.com\t \n\tb.com\v\f\r\n",
		  "block exact a.com\nblock exact b.com\n", 0 },
		{ "a.com # why\nb.com\t#why\nc.com // x\nd.com ; x\ne.com ! x",
		  "block exact a.com\nblock exact b.com\nblock exact c.com\n"
		  "block exact d.com\nblock exact e.com\n", 0 },
		{ "a.com#why\nb.com ## why", "block exact a.com\n"
		  "block exact b.com\n", 0 },
		{ "! x\n; x\n# x\n// x\n[x]\n\x1e http://a.com/b\n", "", 0 },
		{ "a.com b.com\tc.com", "block exact a.com\n"
		  "block exact b.com\nblock exact c.com\n", 0 },
		{ "a.com b.com d!", "", 1 },
		{ "-a-.com_\nr1---sn-p5.c.com\n0-02.net",
		  "block exact -a-.com_\nblock exact r1---sn-p5.c.com\n"
		  "block exact 0-02.net\n", 0 },
		{ "com\nlocalhost\n---\n20260816\n192.168", "", 5 },
		{ "b.exam ple!.com", "", 1 },
	};

	HEARD(rows, LIST_FORMAT_DOMAINS);
	HEARD(rows, LIST_FORMAT_HOSTS);
	HEARD(rows, LIST_FORMAT_LIST);
}

Test(plain, what_is_no_name)
{
	static const struct heard_row rows[] = {
		{ "1.2.3.4\n1.2.3.4/8\n4\n1.2.3.4:80\n1.2.3.4-1.2.3.9\n"
		  "1.2.3.4-x\n2001:db8::1", "", 7 },
		{ "http://a.com/\na.com/x\na.com:80\nx@a.com\na.com?b\na=b",
		  "", 6 },
		{ "a..com\n*.\n.\n..a.com\n....", "", 5 },
		{ "a.com\\032\n\"a.com\"\na,b.com\na%.com", "", 4 },
		{ "[x\n1. [Overview](#overview)", "", 2 },
		{ "a.com##.ad\na.com#@#.ad\na.com#?#div\na.com#$#x\n"
		  "a.com#%#x\na.com#$?#x\na.com#@$#x\na.com#@$?#x\n"
		  "a.com#@%#x\na.com#@?#x\na.com$$script[x]\n"
		  "a.com$@$script[x]", "", 12 },
	};

	HEARD(rows, LIST_FORMAT_DOMAINS);
	HEARD(rows, LIST_FORMAT_ADBLOCK + 1);
}

Test(plain, wildcards)
{
	static const struct heard_row rows[] = {
		{ "*.a.com\n.b.com\n*.zip\n.mov", "block subtree a.com\n"
		  "block subtree b.com\nblock subtree zip\n"
		  "block subtree mov\n", 0 },
		{ "*.a.com # x", "block subtree a.com\n", 0 },
		{ "lang-*.a.com", "block pattern lang-*.a.com\n", 0 },
		{ ".a.com^", "block pattern .a.com^\n", 0 },
	};

	HEARD(rows, LIST_FORMAT_WILDCARD);
	HEARD(rows, LIST_FORMAT_DOMAINS);
}

Test(plain, subdomains)
{
	static const struct heard_row rows[] = {
		{ "a.com\n*.b.com\nzip\nlocal\n.\n0.0.0.0 c.com",
		  "block subtree a.com\nblock subtree b.com\n"
		  "block subtree zip\nblock subtree local\n"
		  "block exact c.com = null\n", 1 },
	};
	static const struct heard_row said[] = {
		{ "# Syntax: Domains (without subdomains)\na.com",
		  "block subtree a.com\n", 0 },
	};

	heard_check(rows, 1, LIST_FORMAT_DOMAINS, LIST_SUBDOMAINS_YES);
	HEARD(said, LIST_FORMAT_DOMAINS);
	heard_check(said + 0, 1, LIST_FORMAT_DOMAINS, LIST_SUBDOMAINS_YES);
	heard_check((const struct heard_row[]){
		{ said[0].text, "block exact a.com\n", 0 },
	}, 1, LIST_FORMAT_DOMAINS, LIST_SUBDOMAINS_NO);
}

Test(plain, hosts)
{
	static const struct heard_row rows[] = {
		{ "0.0.0.0 a.com", "block exact a.com = null\n", 0 },
		{ "127.0.0.1\tA.com  b.com. # c.com\r\n",
		  "block exact a.com = loopback\n"
		  "block exact b.com = loopback\n", 0 },
		{ "0 a.com\n:: b.com\n::1 c.com\n127.9.9.9 d.com",
		  "block exact a.com = null\nblock exact b.com = null\n"
		  "block exact c.com = loopback\n"
		  "block exact d.com = loopback\n", 0 },
		{ "0:0:0:0:0:0:0:0 a.com\n::1%lo0 b.com",
		  "block exact a.com = null\nblock exact b.com = loopback\n",
		  0 },
		{ "0.0.0.0 a.a b.a c.a d.a e.a f.a g.a h.a i.a",
		  "block exact a.a = null\nblock exact b.a = null\n"
		  "block exact c.a = null\nblock exact d.a = null\n"
		  "block exact e.a = null\nblock exact f.a = null\n"
		  "block exact g.a = null\nblock exact h.a = null\n"
		  "block exact i.a = null\n", 0 },
		{ "127.0.0.1 localhost\n::1 localhost ip6-loopback\n"
		  "fe80::1%lo0 LocalHost.\n255.255.255.255 broadcasthost",
		  "", 0 },
		{ "192.168.1.5 nas.home.net printer",
		  "rewrite exact nas.home.net = A 192.168.1.5\n"
		  "rewrite exact printer = A 192.168.1.5\n", 0 },
		{ "2001:DB8::1 a.com", "rewrite exact a.com = AAAA "
		  "2001:db8::1\n", 0 },
		{ "0.0.0.0 0.0.0.0\n0.0.0.0 nas\n0.0.0.0\n0.0.0.0 ::1", "",
		  4 },
		{ "0.0.0.0 *.a.com .b.com c.com", "block exact c.com = null\n",
		  2 },
		{ "0.0.0.0 a.com#b.com\n0.0.0.0 c.com ##x",
		  "block exact a.com = null\nblock exact c.com = null\n", 0 },
		{ "0.0.0.0 a.com/b c.com:80 x@d.com e.com$badfilter", "", 4 },
		{ "0.0.0.0 # a.com", "", 1 },
	};

	HEARD(rows, LIST_FORMAT_HOSTS);
	HEARD(rows, LIST_FORMAT_LIST);
	HEARD(rows, LIST_FORMAT_ADBLOCK);
}

Test(plain, addresses_that_are_none)
{
	static const struct heard_row rows[] = {
		{ "0.0.0.0.0 a.com\n127.1 a.com\n00.0.0.0 a.com\n"
		  "256.0.0.0 a.com\n0.0.0.0:53 a.com\n0.0.0.0/8 a.com\n"
		  "% a.com\n1:2 a.com", "", 8 },
	};

	HEARD(rows, LIST_FORMAT_HOSTS);
}

Test(plain, longest)
{
	static struct heard heard;
	size_t len = 110897;
	char *line = malloc(len + 8);

	memset(line, 'a', len);
	memcpy(line + len, "\nb.com", 7);
	cr_assert_eq(heard_read(&heard, LIST_FORMAT_LIST, 0,
				bytes_of_string(line)), 0);
	cr_expect_str_eq(heard.rules, "block exact b.com\n");
	memcpy(line, "||", 2);
	line[len - 1] = '^';
	cr_assert_eq(heard_read(&heard, LIST_FORMAT_ADBLOCK, 0,
				bytes_of_string(line)), 0);
	cr_expect_str_eq(heard.rules, "block exact b.com\n");
	cr_expect_eq(heard.counts.rejected, 1);
	free(line);
}

Test(plain, names_of_all_lengths)
{
	static struct heard heard;
	char name[300], line[320];

	for (size_t len = 60; len < 270; len++) {
		for (size_t i = 0; i < len; i++)
			name[i] = i % 63 == 62 ? '.' : 'a';
		name[len - 1] = 'b';
		name[len] = '\0';
		snprintf(line, sizeof(line), "x.%s", name);
		heard_read(&heard, LIST_FORMAT_DOMAINS, 0,
			   bytes_of_string(line));
		cr_expect_eq(heard.counts.rules,
			     len + 2 <= 253, "%zu", len);
	}
	memset(name, 'a', 64);
	strcpy(name + 64, ".com");
	heard_read(&heard, LIST_FORMAT_DOMAINS, 0, bytes_of_string(name));
	cr_expect_eq(heard.counts.rules, 0);
	heard_read(&heard, LIST_FORMAT_DOMAINS, 0,
		   bytes_of_string(name + 1));
	cr_expect_eq(heard.counts.rules, 1);
}
