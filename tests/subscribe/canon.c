/*
 * canon: rows in order, none twice, and what $badfilter leaves of them.
 */
#include "subscribe/canon.h"

#include "heard.h"

static int add(void *context, const struct rule *rule)
{
	return canon_add(context, rule);
}

static void expect_rows(unsigned format, const char *words, const char *rows)
{
	struct canon *canon = canon_new();
	const struct format_sink sink = { add, NULL, canon };
	struct format_source source = { format, 0, bytes_of_string(words) };
	struct format_counts counts;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	cr_assert_eq(format_read(&source, &sink, &counts), 0);
	canon_print(canon, out);
	fclose(out);
	cr_expect_str_eq(text, rows, "%s gave:\n%s", words, text);
	free(text);
	canon_free(canon);
}

Test(canon, rows)
{
	expect_rows(LIST_FORMAT_LIST, "b.com\na.com\na.com\n0 a.com\n*.zip",
		    "block\texact\ta.com\t\t\n"
		    "block\texact\ta.com\tnull\t\n"
		    "block\texact\tb.com\t\t\n"
		    "block\tsubtree\tzip\t\t\n");
	expect_rows(LIST_FORMAT_LIST, "", "");
}

Test(canon, conditions_have_one_order)
{
	expect_rows(LIST_FORMAT_ADBLOCK,
		    "||a.com^$dnstype=~cname|A,denyallow=C.com|b.com,"
		    "important,ctag=x,client=E\n@@||b.com^$dnsrewrite",
		    "allow\tsubtree\tb.com\t\tdnsrewrite=\n"
		    "block\tsubtree\ta.com\t\tclient=E;ctag=x;"
		    "denyallow=b.com|c.com;dnstype=A|~CNAME;important\n");
	expect_rows(LIST_FORMAT_ADBLOCK, "||a.com^$dnstype=b||a|",
		    "block\tsubtree\ta.com\t\tdnstype=||A|B\n");
	expect_rows(LIST_FORMAT_REGEX, "x;querytype=b,a;invert",
		    "block\tregex\tx\t\tinvert;querytype=B,A\n");
}

Test(canon, what_is_taken_back_is_gone)
{
	expect_rows(LIST_FORMAT_ADBLOCK,
		    "||a.com^\n||b.com^$badfilter\n||b.com^\n"
		    "||b.com^$important\n@@||b.com^\n||c.com^$badfilter",
		    "allow\tsubtree\tb.com\t\t\n"
		    "block\tsubtree\ta.com\t\t\n"
		    "block\tsubtree\tb.com\t\timportant\n");
}

Test(canon, implied_rules_are_not_there)
{
	expect_rows(LIST_FORMAT_RPZ, "*.a CNAME .\nb.a CNAME rpz-passthru.\n"
		    "24.0.2.0.192.rpz-ip CNAME .\nc. CNAME .",
		    "allow\texact\tb.a\tpassthru\t\n"
		    "block\texact\tc\tnxdomain\toutofzone\n"
		    "block\tip\t192.0.2.0/24\tnxdomain\t\n"
		    "block\tsubdomains\ta\tnxdomain\t\n");
}
