/*
 * Response policy zones: owners, targets, triggers, and what RFC 4592 says of
 * names that nobody wrote down.
 */
#include "heard.h"

#define HEAD "$TTL 60\n@ SOA a. b. 1 2 3 4 5\n  NS a.\n"

Test(rpz, targets)
{
	static const struct heard_row rows[] = {
		{ HEAD "a.com CNAME .\n*.a.com CNAME .\nb.com IN CNAME *.\n",
		  "block exact a.com = nxdomain\n"
		  "block subdomains a.com = nxdomain\n"
		  "block exact b.com = nodata\n", 0 },
		{ HEAD "a CNAME rpz-passthru.\nb CNAME RPZ-DROP.\n"
		  "c 3600 IN CNAME rpz-tcp-only.\nd IN 1h30m CNAME d.\n",
		  "allow exact a : passthru\nblock exact b = drop\n"
		  "block exact c = tcp-only\nallow exact d : passthru\n", 0 },
		{ HEAD "a A 0.0.0.0\na AAAA ::1\nb A 192.0.2.1\n"
		  "c TXT \"x ; y\" ( z )\nd MX 10 e.\n",
		  "block exact a = null\nblock exact a = loopback\n"
		  "rewrite exact b = A 192.0.2.1\n"
		  "rewrite exact c = TXT \"x ; y\" z\n"
		  "rewrite exact d = MX 10 e.\n", 0 },
		{ HEAD "a CNAME B.example.\nc CNAME d\ne CNAME *.f.example.\n"
		  "g CNAME rpz-passthru\n",
		  "rewrite exact a = CNAME b.example\n"
		  "rewrite exact c = CNAME d.rpz.invalid\n"
		  "rewrite exact e = CNAME *.f.example\n"
		  "rewrite exact g = CNAME rpz-passthru.rpz.invalid\n", 0 },
		{ HEAD "a CNAME .\na CNAME *.\n*.a CNAME .\n*.A CNAME *.\n",
		  "block exact a = nxdomain\nblock subdomains a = nxdomain\n",
		  2 },
	};

	HEARD(rows, LIST_FORMAT_RPZ);
}

Test(rpz, text)
{
	static const struct heard_row rows[] = {
		{ "\xef\xbb\xbf; x\r\n# x (y\r\na\tCNAME\t.;x\r\n\tA 0.0.0.0",
		  "block exact a = nxdomain\nblock exact a = null\n", 0 },
		{ "@ SOA a. b. (\n 1 ; x\n 2 3\n 4 5 )\na ( CNAME\n . )",
		  "block exact a = nxdomain\n", 0 },
		{ "$ORIGIN example.com.\nrpz SOA a. b. 1 2 3 4 5\n"
		  "$ORIGIN rpz.example.com.\na CNAME .\n$ORIGIN b\nc CNAME .",
		  "block exact a = nxdomain\nblock exact c.b = nxdomain\n",
		  0 },
		{ "rpz.example. SOA a. b. 1 2 3 4 5\na.RPZ.example. CNAME .\n"
		  "b.com. CNAME .\nc.com CNAME .",
		  "block exact a = nxdomain\n"
		  "block exact b.com = nxdomain outside\n"
		  "block exact c.com = nxdomain\n", 0 },
		{ HEAD "a CNAME .\n@ A 192.0.2.1\n$ORIGIN x\n\tA 192.0.2.2",
		  "block exact a = nxdomain\n", 0 },
		{ HEAD "A.Com CNAME .\nb\\.c CNAME .\n",
		  "block exact a.com = nxdomain\n", 1 },
	};

	HEARD(rows, LIST_FORMAT_RPZ);
}

Test(rpz, triggers)
{
	static const struct heard_row rows[] = {
		{ HEAD "24.0.2.0.192.rpz-ip CNAME .\n"
		  "128.1.zz.db8.2001.rpz-ip CNAME *.\n"
		  "32.zz.DB8.2001.RPZ-IP A 192.0.2.1\n"
		  "48.zz.aa.db8.2001.rpz-ip CNAME .\n"
		  "128.124.0.0.cc.bb.aa.db8.2001.rpz-ip CNAME .\n"
		  "0.0.0.0.0.rpz-ip CNAME .\n",
		  "block ip 192.0.2.0/24 = nxdomain\n"
		  "block ip 2001:db8::1 = nodata\n"
		  "rewrite ip 2001:db8::/32 = A 192.0.2.1\n"
		  "block ip 2001:db8:aa::/48 = nxdomain\n"
		  "block ip 2001:db8:aa:bb:cc::124 = nxdomain\n"
		  "block ip 0.0.0.0/0 = nxdomain\n", 0 },
		{ HEAD "32.1.2.0.192.rpz-client-ip CNAME rpz-drop.\n"
		  "24.0.2.0.192.rpz-nsip CNAME .\n"
		  "ns.a.com.rpz-nsdname CNAME .\n"
		  "*.b.com.rpz-nsdname CNAME .\n",
		  "block clientip 192.0.2.1 = drop\n"
		  "block nsip 192.0.2.0/24 = nxdomain\n"
		  "block nsdname ns.a.com = nxdomain\n"
		  "block nsdname-subdomains b.com = nxdomain\n", 0 },
		{ HEAD "1.0.218.230.rpz-ip CNAME .\nrpz-ip CNAME .\n"
		  "24.1.2.0.192.rpz-ip CNAME .\n33.1.2.0.192.rpz-ip CNAME .\n"
		  "129.zz.rpz-ip CNAME .\n8.zz.1.zz.rpz-ip CNAME .\n"
		  "32.1.2.3.256.rpz-ip CNAME .\n32.1.2.03.4.rpz-ip CNAME .\n"
		  "x.1.2.3.4.rpz-ip CNAME .\n"
		  "64.1.2.3.4.5.6.7.8.9.rpz-ip CNAME .\n"
		  "64.12345.zz.rpz-ip CNAME .\n", "", 11 },
	};

	HEARD(rows, LIST_FORMAT_RPZ);
}

Test(rpz, what_is_no_rule)
{
	static const struct heard_row rows[] = {
		{ HEAD "a\nb IN\nc BOGUS x\nd CNAME\ne A x\nf CNAME ..\n",
		  "", 6 },
		{ "\tCNAME .\n", "", 1 },
		{ HEAD "a.*.b CNAME .\na*b CNAME .\n1.2.3.4 CNAME .\n", "",
		  3 },
		{ HEAD "a ( CNAME .\nb CNAME .\n", "", 1 },
		{ HEAD "$ORIGIN\na CNAME .\n", "block exact a = nxdomain\n",
		  1 },
		{ "0.0.0.0 a.com\n||a.com^\n", "", 2 },
	};

	HEARD(rows, LIST_FORMAT_RPZ);
}

Test(rpz, implied)
{
	static const struct heard_row rows[] = {
		/* b.a is there, so *.a is not for what is below it */
		{ HEAD "*.a CNAME .\nb.a CNAME *.\n",
		  "block subdomains a = nxdomain\nblock exact b.a = nodata\n"
		  "pass subdomains b.a implied\n", 0 },
		/* b.a is there because c.b.a is */
		{ HEAD "c.b.a CNAME .\n*.a CNAME .\nd.c.b.a CNAME .\n",
		  "block exact c.b.a = nxdomain\n"
		  "block subdomains a = nxdomain\n"
		  "block exact d.c.b.a = nxdomain\n"
		  "pass subtree b.a implied\n", 0 },
		/* b.a is there because *.b.a is, which is for those below */
		{ HEAD "*.b.a CNAME *.\n*.a CNAME .\n",
		  "block subdomains b.a = nodata\n"
		  "block subdomains a = nxdomain\n"
		  "pass exact b.a implied\n", 0 },
		{ HEAD "*.a CNAME .\nb.a CNAME .\n*.b.a CNAME .\n",
		  "block subdomains a = nxdomain\n"
		  "block exact b.a = nxdomain\n"
		  "block subdomains b.a = nxdomain\n", 0 },
		{ HEAD "* CNAME .\na.com CNAME rpz-passthru.\n",
		  "block subdomains . = nxdomain\n"
		  "allow exact a.com : passthru\n"
		  "pass subtree com implied\n", 0 },
		{ HEAD "a CNAME .\n*.a CNAME .\nb.c CNAME .\n",
		  "block exact a = nxdomain\nblock subdomains a = nxdomain\n"
		  "block exact b.c = nxdomain\n", 0 },
	};
	static struct heard heard;

	HEARD(rows, LIST_FORMAT_RPZ);
	heard_read(&heard, LIST_FORMAT_RPZ, 0, bytes_of_string(rows[0].text));
	cr_expect_eq(heard.counts.rules, 2);
}

Test(rpz, many_owners)
{
	static struct heard heard;
	size_t room = 4 << 20, len;
	char *zone = malloc(room);

	len = (size_t)snprintf(zone, room, HEAD);
	for (unsigned i = 0; i < 20000; i++)
		len += (size_t)snprintf(zone + len, room - len, "n%u.example "
					"CNAME .\n*.n%u.example CNAME .\n",
					i, i);
	cr_assert_eq(heard_read(&heard, LIST_FORMAT_RPZ, 0,
				bytes_of(zone, len)), 0);
	cr_expect_eq(heard.counts.rules, 40000);
	cr_expect_eq(heard.asked, 40000);
	memcpy(zone + len, "n7.example CNAME *.\n", 21);
	heard_read(&heard, LIST_FORMAT_RPZ, 0, bytes_of_string(zone));
	cr_expect_eq(heard.counts.rejected, 1);
	free(zone);
}
