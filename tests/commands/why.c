/*
 * why: the right rule is named, with its line, for the right reason; and a
 * list cannot write on the terminal.
 */
#include "commands/all.h"

#include <criterion/criterion.h>

#include "folder.h"

static struct folder folder;

static void setup(void)
{
	char lists[1024];

	folder_make(&folder);
	folder_write(&folder, "block.txt",
		     "*.example\r\nmeter.example # \033[31mred\n"
		     "*.meter.example\n");
	folder_write(&folder, "allow.txt", "# mine\nok.example\n");
	folder_write(&folder, "watch.txt", "*.shop.test\n");
	folder_write(&folder, "later.txt", "meter.example\n");
	snprintf(lists, sizeof(lists),
		 "{ name = \"block\"; source = \"%s/block.txt\"; },"
		 "{ name = \"allow\"; source = \"%s/allow.txt\"; "
		 "action = \"allow\"; },"
		 "{ name = \"watch\"; source = \"%s/watch.txt\"; "
		 "action = \"observe\"; },"
		 "{ name = \"later\"; source = \"%s/later.txt\"; "
		 "action = \"drop\"; }",
		 folder.path, folder.path, folder.path, folder.path);
	folder_configure(&folder, lists);
	cr_assert_eq(folder_call(&folder, &command_compile,
				 (const char *[]){ NULL }), EXIT_DONE,
		     "%s", folder.said);
}

static void teardown(void)
{
	folder_drop(&folder);
}

TestSuite(why, .init = setup, .fini = teardown);

static int why(const char *name, const char *one, const char *other)
{
	return folder_call(&folder, &command_why,
			   (const char *[]){ name, one, other, NULL });
}

static void expect_said(const char *words)
{
	cr_expect_not_null(strstr(folder.said, words), "\"%s\" in:\n%s", words,
			   folder.said);
}

Test(why, names_the_rule_that_decides)
{
	cr_assert_eq(why("Meter.Example", NULL, NULL), EXIT_DONE);
	expect_said("A: 192.0.2.5, TTL ");
	expect_said("AAAA: no data");
	expect_said("* sink: block, line 2 of version 1");
	expect_said("> meter.example # \\027[31mred\n");
	expect_said("meter.example alone\n      this one decides\n");
	expect_said("> *.example\n");
	expect_said("a rule for the very name comes first");
	expect_said("another rule is more specific");
	expect_said("its list or its line comes later");
	cr_expect_null(strchr(folder.said, '\033'));
}

Test(why, knows_each_verdict)
{
	cr_assert_eq(why("ok.example", NULL, NULL), EXIT_DONE);
	expect_said("It is allowed");
	expect_said("* allow: allow, line 2 of");
	expect_said("an allow list or an exception comes first");
	cr_assert_eq(why("www.shop.test", NULL, NULL), EXIT_DONE);
	expect_said("only observed");
	cr_assert_eq(why("www.house.test", NULL, NULL), EXIT_DONE);
	expect_said("It passes");
	expect_said("No rule covers it");
	expect_said("Image 1 of ");
}

Test(why, says_whether_the_client_may_ask)
{
	cr_assert_eq(why("x.example", "--client", "192.168.1.20"), EXIT_DONE);
	expect_said("192.168.1.20 is in the group \"default\".\n");
	cr_expect_null(strstr(folder.said, "may not ask"));
	cr_assert_eq(why("x.example", "--client", "198.51.100.1"), EXIT_DONE);
	expect_said("198.51.100.1 may not ask: whatever the name, it is "
		    "REFUSED");
	cr_expect_eq(why("x.example", "--client", "x"), EXIT_USAGE);
}

Test(why, shows_the_answer_for_one_type)
{
	cr_assert_eq(why("x.example", "--type", "https"), EXIT_DONE);
	expect_said("HTTPS: no data");
	cr_expect_null(strstr(folder.said, "AAAA"));
	cr_assert_eq(why("x.example", "--type", "AAAA"), EXIT_DONE);
	expect_said("AAAA: no data");
	cr_expect_eq(why("x.example", "--type", "NOTYPE"), EXIT_USAGE);
}

Test(why, refuses_what_is_no_name)
{
	cr_expect_eq(why("a..b", NULL, NULL), EXIT_FAILED);
	expect_said("not a domain name");
}

Test(why, says_what_is_not_compiled_and_what_is_no_longer_configured)
{
	char lists[256];

	snprintf(lists, sizeof(lists), "{ name = \"new\"; source = "
		 "\"%s/allow.txt\"; }", folder.path);
	folder_configure(&folder, lists);
	cr_assert_eq(why("meter.example", NULL, NULL), EXIT_DONE);
	expect_said("It passes");
	expect_said("the configuration has no such list");
	expect_said("Not in the image: new");
}

/* Two groups, and a list that is in use on one day of the week. */
static void configure_groups(void)
{
	char lists[1024];

	snprintf(lists, sizeof(lists),
		 "{ name = \"block\"; source = \"%s/block.txt\"; "
		 "times = \"mon 08:00-12:00\"; },"
		 "{ name = \"later\"; source = \"%s/later.txt\"; "
		 "action = \"drop\"; } ); timezone = \"UTC\"; groups = ( "
		 "{ name = \"children\"; clients = [ \"192.168.1.7\" ]; "
		 "lists = ( { name = \"block\"; action = \"refuse\"; "
		 "times = \"sun\"; } ); }", folder.path, folder.path);
	folder_configure(&folder, lists);
}

static int why_at(const char *client, const char *at)
{
	return folder_call(&folder, &command_why, (const char *[]){
		"meter.example", "--client", client, "--at", at, NULL });
}

Test(why, knows_the_group_and_the_time)
{
	configure_groups();
	cr_assert_eq(why_at("192.168.1.7", "2026-11-22 10:00"), EXIT_DONE);
	expect_said("At 2026-11-22 10:00:00, with the lists and rules of "
		    "now:\n192.168.1.7 is in the group \"children\".\n");
	expect_said("It is sunk: REFUSED.");
	expect_said("its list is off for this group at this time");
	cr_assert_eq(why_at("192.168.1.7", "2026-11-23 10:00"), EXIT_DONE);
	expect_said("It passes");
	cr_assert_eq(why_at("192.168.1.8", "2026-11-23 10:00"), EXIT_DONE);
	expect_said("is in the group \"default\"");
	expect_said("* sink: block, line 2");
	expect_said("its list is in use: mon 08:00-12:00");
	cr_assert_eq(why_at("192.168.1.8", "2026-11-23 12:00"), EXIT_DONE);
	expect_said("there is no answer at all");
	cr_expect_eq(why_at("192.168.1.8", "soon"), EXIT_USAGE);
	expect_said("soon is not a time");
}

Test(why, the_text_of_a_line_is_in_the_image)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -r %s/state/lists",
		 folder.path);
	cr_assert_eq(system(command), 0);
	cr_assert_eq(why("ok.example", NULL, NULL), EXIT_DONE);
	expect_said("> ok.example\n");
}

Test(why, does_without_an_image)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/state/policy.image", folder.path);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(why("ok.example", NULL, NULL), EXIT_DONE);
	expect_said("There is no image yet");
	expect_said("Not in the image: block");
}
