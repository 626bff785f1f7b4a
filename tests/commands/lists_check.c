/*
 * lists check: what a person is told of a file.
 */
#include "commands/commands.h"

#include <criterion/criterion.h>

#include "folder.h"

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "format", "FORMAT", ARGUMENT_WORD, NULL, "" },
	{ 0, "subdomains", "WORD", ARGUMENT_WORD, NULL, "" },
	{ 0 },
};

static const struct command command = {
	.name = "lists", .operands = "FILE", .operands_min = 1,
	.operands_max = 2, .options = options, .run = lists_check_run,
};

static struct folder folder;

static void setup(void)
{
	folder_make(&folder);
}

static void teardown(void)
{
	folder_drop(&folder);
}

TestSuite(lists_check, .init = setup, .fini = teardown);

static int check(const char *text, const char *option)
{
	char path[64];

	folder_write(&folder, "list", text);
	snprintf(path, sizeof(path), "%s/list", folder.path);
	return folder_call(&folder, &command,
			   (const char *[]){ path, option, NULL });
}

static void expect_said(const char *words)
{
	cr_expect_not_null(strstr(folder.said, words), "\"%s\" in:\n%s", words,
			   folder.said);
}

Test(lists_check, rules_and_what_is_none)
{
	cr_expect_eq(check("||a.com^\n||b.com^$popup\n@@||c.com^\n"
			   "d.com##.ad\n||e.com^$popup\n", NULL), EXIT_DONE);
	expect_said("list: looks like adblock, 5 lines, 2 rules\n");
	expect_said("         1  block    subtree\n"
		    "         1  allow    subtree\n");
	expect_said("         2  a modifier that means nothing to the DNS: "
		    "popup\n                    2: ||b.com^$popup\n"
		    "                    5: ||e.com^$popup\n");
	expect_said("         1  a cosmetic rule of a browser\n");
}

Test(lists_check, shows_three_lines_of_each_sort_and_no_more)
{
	cr_expect_eq(check("a.com\nb/1\nc/2\nd/3\ne/4\n", NULL), EXIT_DONE);
	expect_said("         4  a URL, not a name\n");
	expect_said("4: d/3\n");
	cr_expect_null(strstr(folder.said, "e/4"));
}

Test(lists_check, strangers_do_not_write_on_the_terminal)
{
	cr_expect_eq(check("a.com\n\033[31mx y\n", NULL), EXIT_DONE);
	expect_said("\\027[31mx y\n");
	cr_expect_null(strchr(folder.said, '\033'));
}

Test(lists_check, names_what_a_forwarder_leaves_out)
{
	cr_expect_eq(check("server=/a.com/192.0.2.1\nlocal=/b.com/\n",
			   NULL), EXIT_DONE);
	expect_said("1  forward  subtree  (left out: ");
	expect_said("1  block    subtree\n");
	cr_expect_eq(check("$ORIGIN rpz.\n@ SOA a. b. 1 2 3 4 5\n"
			   "24.0.2.0.192.rpz-nsip CNAME .\n", NULL),
		     EXIT_DONE);
	expect_said("1  block    nsip  (left out: ");
}

Test(lists_check, says_how_it_was_read)
{
	cr_expect_eq(check("# Syntax: Domains (without subdomains)\na.com\n",
			   NULL), EXIT_DONE);
	expect_said("plain names are meant with all below them: its header");
	cr_expect_eq(check("a.com\n", "--format=list"), EXIT_DONE);
	expect_said("read as list, 1 line, 1 rule\n");
	cr_expect_eq(check("a.com\n", "--format=xyz"), EXIT_USAGE);
	expect_said("\"xyz\"");
	cr_expect_eq(check("||a.com^\n||a.com^$badfilter\n", NULL),
		     EXIT_DONE);
	expect_said("1 of them take other rules back");
	cr_expect_eq(check("$TTL 1\na. CNAME .\n", NULL), EXIT_DONE);
	expect_said("1 of them stand outside of the zone");
}

Test(lists_check, what_is_no_list_fails)
{
	cr_expect_eq(check("<html>", NULL), EXIT_FAILED);
	expect_said("HTML");
	cr_expect_eq(check("", NULL), EXIT_FAILED);
	cr_expect_eq(check("??\n", NULL), EXIT_FAILED);
	expect_said("there is no rule in it");
	cr_expect_eq(check("DOMAIN-SUFFIX,a.com\n", NULL), EXIT_FAILED);
	expect_said("it may be for Clash or Surge");
	cr_expect_eq(check("||a.com^\n", "--format=regex"), EXIT_DONE);
	cr_expect_eq(check("||a.com^\n", "--format=rpz"), EXIT_FAILED);
	expect_said("it looks more like the format \"adblock\"");
	cr_expect_eq(folder_call(&folder, &command, (const char *[]){
				 "/no/such/file", NULL, NULL }), EXIT_FAILED);
}
