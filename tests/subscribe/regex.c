/*
 * Regular expressions, globs and zones of named.conf.
 */
#include "heard.h"

Test(regex, lines)
{
	static const struct heard_row rows[] = {
		{ "# x\n^ads?[0-9]\n (\\.|^)a\\.com$ \r\n/^x$/\n/a/b/",
		  "block regex ^ads?[0-9]\nblock regex (\\.|^)a\\.com$\n"
		  "block regex ^x$\nblock regex a/b\n", 0 },
		{ "^a$;querytype=AAAA,A\n^b$;invert\n^c$;reply=NXDOMAIN\n"
		  "^d$;reply=1.2.3.4;reply=::1;invert;querytype=!a",
		  "block regex ^a$ querytype=AAAA,A\n"
		  "block regex ^b$ invert\n"
		  "block regex ^c$ = reply nxdomain\n"
		  "block regex ^d$ = reply 1.2.3.4,::1 querytype=!a invert\n",
		  0 },
		{ "a;b;invert;c\nd;", "block regex a;b;c invert\n"
		  "block regex d;\n", 0 },
		{ "//\n;invert", "", 2 },
	};

	HEARD(rows, LIST_FORMAT_REGEX);
}

Test(regex, long_ones_are_refused)
{
	static struct heard heard;
	char *line = malloc(100001);

	memset(line, 'a', 100000);
	line[100000] = '\0';
	heard_read(&heard, LIST_FORMAT_REGEX, 0, bytes_of_string(line));
	cr_expect_eq(heard.counts.rejected, 1);
	memset(line, ';', 10000);
	line[0] = 'a';
	line[10000] = '\0';
	heard_read(&heard, LIST_FORMAT_REGEX, 0, bytes_of_string(line));
	cr_expect_eq(heard.counts.rejected, 1);
	free(line);
}

Test(regex, of_dnscrypt)
{
	static const struct heard_row rows[] = {
		{ "# x\na.com\n*.b.com\n=c.com\n.d.com\n*e.com\nzip",
		  "block subtree a.com\nblock subtree b.com\n"
		  "block exact c.com\nblock subtree d.com\n"
		  "block subtree e.com\nblock subtree zip\n", 0 },
		{ "Ads.*\n*sex*\n*.ads*.a.com\na?.com\n[a-c].com",
		  "block glob ads.*\nblock glob *sex*\n"
		  "block glob *.ads*.a.com\nblock glob a?.com\n"
		  "block glob [a-c].com\n", 0 },
		{ "a.com # x\nb.com @work\nads.* @work # x",
		  "block subtree a.com\nblock subtree b.com schedule=work\n"
		  "block glob ads.* schedule=work\n", 0 },
		{ "a b\n=\n*\na.com @\nx* y", "", 5 },
	};

	HEARD(rows, LIST_FORMAT_DNSCRYPT);
}

Test(regex, of_bind)
{
	static const struct heard_row rows[] = {
		{ "zone \"a.com\" { type master; file \"x\"; };\n"
		  "zone \"B.com.\" IN {\nzone c.com {\nzone d.com{",
		  "block subtree a.com : local-zone\n"
		  "block subtree b.com : local-zone\n"
		  "block subtree c.com : local-zone\n"
		  "block subtree d.com : local-zone\n", 0 },
		{ "// x\n# x\n/* x\n * x", "", 0 },
		{ "zone\nzone \"a.com\"\nzone \"\" {\nzone \"a b\" {\n"
		  "options {", "", 5 },
	};

	HEARD(rows, LIST_FORMAT_BIND);
}
