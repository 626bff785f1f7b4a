/*
 * unbound.conf: zones, data, and what they make of each other.
 */
#include "heard.h"

Test(unbound, zones)
{
	static const struct heard_row rows[] = {
		{ "local-zone: \"A.com.\" always_null\n"
		  "local-zone: b.com always_nxdomain\n"
		  "local-zone: 'c.com' ALWAYS_REFUSE",
		  "block subtree a.com = null\n"
		  "block subtree b.com = nxdomain\n"
		  "block subtree c.com = refused\n", 0 },
		{ "local-zone: a static local-zone: b refuse local-zone: c "
		  "deny local-zone: d always_nodata local-zone: e "
		  "always_deny local-zone: f inform_deny",
		  "block subtree a = nxdomain\nblock subtree b = refused\n"
		  "block subtree c = drop\nblock subtree d = nodata\n"
		  "block subtree e = drop\nblock subtree f = drop\n", 0 },
		{ "local-zone: a transparent\nlocal-zone: b inform",
		  "pass subtree a : transparent\npass subtree b : inform\n",
		  0 },
		{ "local-zone: . static", "block subtree . = nxdomain\n", 0 },
		{ "local-zone: a redirect", "block subtree a = nodata\n", 0 },
		{ "\xef\xbb\xbfserver: # x\r\n\tlocal-zone:\"a.com\"static#x",
		  "block subtree a.com = nxdomain\n", 0 },
		{ "local-zone:\n\t\"a.com\"\n\t# x\n\tstatic",
		  "block subtree a.com = nxdomain\n", 0 },
	};

	HEARD(rows, LIST_FORMAT_UNBOUND);
}

Test(unbound, data)
{
	static const struct heard_row rows[] = {
		{ "local-data: \"a.com A 0.0.0.0\"\n"
		  "local-data: 'B.com. 60 IN AAAA ::1'\n"
		  "local-data: \"c.com in txt 'x  y'\"\n"
		  "local-data: \"d.com CNAME .\"",
		  "block exact a.com = null\nblock exact b.com = loopback\n"
		  "rewrite exact c.com = TXT 'x  y'\n"
		  "block exact d.com = nxdomain\n", 0 },
		{ "local-zone: a redirect\nlocal-data: \"a A 192.0.2.1\"\n"
		  "local-data: \"a AAAA ::\"",
		  "rewrite subtree a = A 192.0.2.1\nblock subtree a = null\n",
		  0 },
		{ "local-data: \"a A 192.0.2.1\" local-zone: a redirect",
		  "rewrite subtree a = A 192.0.2.1\n", 0 },
		{ "local-zone: a always_null local-data: \"a A 192.0.2.1\"\n"
		  "local-data: \"b A 192.0.2.1\" local-zone: b always_deny",
		  "block subtree a = null\nblock subtree b = drop\n", 0 },
		{ "local-zone: a static local-data: \"b.a A 192.0.2.1\" "
		  "local-data: \"a A 192.0.2.2\"",
		  "block subtree a = nxdomain\n"
		  "rewrite exact b.a = A 192.0.2.1\n"
		  "rewrite exact a = A 192.0.2.2\n", 0 },
		{ "local-zone: a redirect local-data: \"a CNAME b.net.\"\n"
		  "local-zone: c redirect",
		  "block subtree c = nodata\nrewrite subtree a = CNAME "
		  "b.net.\n", 0 },
		{ "local-data: \"a NS b.\" local-data: \"a SOA b. c. 1 2\"",
		  "", 0 },
	};

	HEARD(rows, LIST_FORMAT_UNBOUND);
}

Test(unbound, what_is_no_rule)
{
	static const struct heard_row rows[] = {
		{ "a.com\ninclude: \"x\" interface: ::1", "", 3 },
		{ "local-zone: a\nlocal-zone: \"a b\" static\n"
		  "local-zone: a somehow\nlocal-zone:", "", 4 },
		{ "local-data: \"\"\nlocal-data:\nlocal-data: \"a\"\n"
		  "local-data: \"a! A 1.2.3.4\"", "", 4 },
		{ "local-data: \"a A 1.2.3\"", "", 1 },
		{ "local-zone: \"a", "", 1 },
	};

	HEARD(rows, LIST_FORMAT_UNBOUND);
}

Test(unbound, lines_and_clauses)
{
	static struct heard heard = { .lines = true };

	heard_read(&heard, LIST_FORMAT_UNBOUND, 0, bytes_of_string(
		   "# x\n local-zone: a\n\tstatic\nlocal-data: \"b A ::\"\n"
		   "local-data: \"c A 0.0.0.0\""));
	cr_expect_str_eq(heard.rules,
			 "block subtree a = nxdomain (2 local-zone: a)\n"
			 "block exact b = null (4 local-data: \"b A ::\")\n"
			 "block exact c = null (5 local-data: \"c A "
			 "0.0.0.0\")\n");
	cr_expect_eq(heard.counts.lines, 5);
}
