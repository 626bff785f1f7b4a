/*
 * why: the right rule is named, with its line, for the right reason; and a
 * list cannot write on the terminal.
 */
#include "commands/commands.h"

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
				 (const char *[3]){ NULL }), EXIT_DONE,
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
			   (const char *[]){ name, one, other });
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
	expect_said("meter.example alone: this one decides");
	expect_said("> *.example\n");
	expect_said("a rule for the very name comes first");
	expect_said("another rule is more specific");
	expect_said("its list comes later in the configuration");
	cr_expect_null(strchr(folder.said, '\033'));
}

Test(why, knows_each_verdict)
{
	cr_assert_eq(why("ok.example", NULL, NULL), EXIT_DONE);
	expect_said("It is allowed");
	expect_said("* allow: allow, line 2 of");
	expect_said("a list that allows comes first");
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
	expect_said("192.168.1.20 may ask.");
	cr_assert_eq(why("x.example", "--client", "198.51.100.1"), EXIT_DONE);
	expect_said("198.51.100.1 may not ask");
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

Test(why, does_without_an_image_and_without_a_text)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/state/lists/allow/1.txt",
		 folder.path);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(why("ok.example", NULL, NULL), EXIT_DONE);
	expect_said("(the text of that version: ");
	snprintf(path, sizeof(path), "%s/state/policy.image", folder.path);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(why("ok.example", NULL, NULL), EXIT_DONE);
	expect_said("There is no image yet");
}
