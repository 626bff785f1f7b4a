/*
 * Adblock rules: what is a name, what stays a pattern, what is for browsers.
 */
#include "heard.h"

Test(adblock, anchors)
{
	static const struct heard_row rows[] = {
		{ "||a.com^\n||B.com|\n||c.com^|\n||d.com/*\n||zip^",
		  "block subtree a.com\nblock subtree b.com\n"
		  "block subtree c.com\nblock subtree d.com\n"
		  "block subtree zip\n", 0 },
		{ "|a.com^\n|b.com|\n|c.com^|", "block exact a.com\n"
		  "block exact b.com\nblock exact c.com\n", 0 },
		{ "@@||a.com^\n@@|b.com^\n@@c.com",
		  "allow subtree a.com\nallow exact b.com\n"
		  "allow pattern c.com\n", 0 },
		{ "a.com\nb_.com\nc.com.\nd", "block exact a.com\n"
		  "block pattern b_.com\nblock pattern c.com.\n", 1 },
		{ "||a.com^ # why\n@@||b.com^\t# why",
		  "block subtree a.com\nallow subtree b.com\n", 0 },
		{ "||a.com^$important # why", "", 1 },
	};

	HEARD(rows, LIST_FORMAT_ADBLOCK);
}

Test(adblock, patterns)
{
	static const struct heard_row rows[] = {
		{ "||a.com\n||a.\n||*.Actor^\n||a.*.com^\n||x.^",
		  "block pattern ||a.com\nblock pattern ||a.\n"
		  "block pattern ||*.actor^\nblock pattern ||a.*.com^\n"
		  "block pattern ||x.^\n", 0 },
		{ "-banner-\n.ads.\n://trk.*.run/*\n|ww9.\n|*app^\n*x.com^",
		  "block pattern -banner-\nblock pattern .ads.\n"
		  "block pattern |trk.*.run^\nblock pattern |ww9.\n"
		  "block pattern |*app^\nblock pattern *x.com^\n", 0 },
		{ "|1.2.3.4^", "block pattern |1.2.3.4^\n", 0 },
		{ "a\na_\n||\n*\n@@*\n|*", "", 6 },
		{ "||a.com/ads/\n||a.com:80^\n||a.com^*x\n/ads/\n-ad.js?x\n"
		  "|http://a.com\n@@/ads.js", "", 7 },
		{ "||a b^\n||a,b.com^\n||a..b^\n||-^$\n||1.2^", "", 5 },
	};

	HEARD(rows, LIST_FORMAT_ADBLOCK);
}

Test(adblock, addresses)
{
	static const struct heard_row rows[] = {
		{ "||1.2.3.4^\n||2001:DB8::1^\n@@||1.2.3.4|",
		  "block ip 1.2.3.4\nblock ip 2001:db8::1\n"
		  "allow ip 1.2.3.4\n", 0 },
		{ "||1.2.3.4", "block pattern ||1.2.3.4\n", 0 },
		{ "||0^\n||1.2.3^", "", 2 },
	};

	HEARD(rows, LIST_FORMAT_ADBLOCK);
}

Test(adblock, regular_expressions)
{
	static const struct heard_row rows[] = {
		{ "/^ads?[0-9]/\n@@/x\\.y$/\n/a.b/\n/x#y.z/",
		  "block regex ^ads?[0-9]\nallow regex x\\.y$\n"
		  "block regex a.b\nblock regex x#y.z\n", 0 },
		{ "/a$/$important\n/a,b$/$dnstype=A",
		  "block regex a$ important\nblock regex a,b$ dnstype=A\n",
		  0 },
		{ "//\n/ads/\n/x.y/$image", "", 2 },
	};

	HEARD(rows, LIST_FORMAT_ADBLOCK);
}

Test(adblock, modifiers)
{
	static const struct heard_row rows[] = {
		{ "||a.com^$important\n@@||b.com^$important",
		  "block subtree a.com important\n"
		  "allow subtree b.com important\n", 0 },
		{ "||*.zip^$denyallow=a.zip|b.zip",
		  "block pattern ||*.zip^ denyallow=a.zip|b.zip\n", 0 },
		{ "||a.com^$dnstype=~A|aaaa,client='Eva\\, Bo'|1.2.3.4",
		  "block subtree a.com client='Eva, Bo'|1.2.3.4 "
		  "dnstype=~A|aaaa\n", 0 },
		{ "*$ctag=device_pc", "block pattern * ctag=device_pc\n", 0 },
		{ "||a.com^$dnsrewrite=NOERROR;CNAME;b.com,important",
		  "rewrite subtree a.com = dnsrewrite NOERROR;CNAME;b.com "
		  "important\n", 0 },
		{ "|a.com^$dnsrewrite=1.2.3.4\n||b.com^$dnsrewrite=",
		  "rewrite exact a.com = dnsrewrite 1.2.3.4\n"
		  "rewrite subtree b.com = dnsrewrite \n", 0 },
		{ "@@||a.com^$dnsrewrite\n@@||b.com^$dnsrewrite=1.2.3.4",
		  "allow subtree a.com dnsrewrite=\n"
		  "allow subtree b.com dnsrewrite=1.2.3.4\n", 0 },
		{ "||a.com^$badfilter\n||b.com^$important,badfilter",
		  "block subtree a.com bad\n"
		  "block subtree b.com important bad\n", 0 },
		{ "||a.com^$", "", 1 },
	};

	HEARD(rows, LIST_FORMAT_ADBLOCK);
}

Test(adblock, modifiers_of_browsers)
{
	static const struct heard_row rows[] = {
		{ "||a.com^$popup\n||a.com^$important,third-party\n"
		  "||a.com^$~image\n||a.com^$Important\n||a.com^$important,\n"
		  "@@||a.com^$generichide\nads$image,domain=b.com", "", 7 },
		{ "||a.com^$dnstype\n||a.com^$client=\n||a.com^$denyallow=\n"
		  "||a.com^$denyallow=~b.com\n||a.com^$ctag", "", 5 },
		{ "||a.com^$dnstype=A,dnstype=AAAA\n"
		  "||a.com^$dnsrewrite=1.2.3.4,dnsrewrite=1.2.3.5", "", 2 },
	};
	static struct heard heard;

	HEARD(rows, LIST_FORMAT_ADBLOCK);
	heard_read(&heard, LIST_FORMAT_ADBLOCK, 0,
		   bytes_of_string("||a.com^$popup"));
	cr_expect_str_eq(heard.why, "1 a modifier that means nothing to the "
				    "DNS: popup\n");
}

/* A rule leaves nothing behind for the next. */
Test(adblock, rules_are_apart)
{
	static const struct heard_row rows[] = {
		{ "||a.com^$important,dnstype=A\n||b.com^\n"
		  "||c.com^$dnsrewrite=1.2.3.4\n0.0.0.0 d.com\ne.com\n"
		  "/x$/\n|f.com^",
		  "block subtree a.com dnstype=A important\n"
		  "block subtree b.com\n"
		  "rewrite subtree c.com = dnsrewrite 1.2.3.4\n"
		  "block exact d.com = null\nblock exact e.com\n"
		  "block regex x$\nblock exact f.com\n", 0 },
	};

	HEARD(rows, LIST_FORMAT_ADBLOCK);
}

/* A mixed list has names that are subtrees, and skips what is no pattern. */
Test(adblock, in_a_mixed_list)
{
	static const struct heard_row rows[] = {
		{ "*.a.com\nb_.com\n-ad-\n||c.com^\nd.com^\n/x$/",
		  "block subtree a.com\nblock exact b_.com\n"
		  "block subtree c.com\nblock pattern d.com^\n"
		  "block regex x$\n", 1 },
	};

	HEARD(rows, LIST_FORMAT_LIST);
}
