/*
 * lists: the table, versions, differences and changes, where no daemon runs.
 */
#include "commands/all.h"

#include <criterion/criterion.h>

#include "folder.h"

static struct folder folder;
static char source[96];

#define CALL(...) folder_call(&folder, &command_lists, \
	(const char *const []){ __VA_ARGS__, NULL })

static int table(void)
{
	return folder_call(&folder, &command_lists,
			   (const char *const []){ NULL });
}

static int compile(void)
{
	return folder_call(&folder, &command_compile,
			   (const char *const []){ NULL });
}

static void setup(void)
{
	char lists[256];

	folder_make(&folder);
	folder_write(&folder, "one.txt", "||a.example^\n||b.example^\n");
	folder_write(&folder, "two.txt", "b.example\nc.example\n");
	snprintf(source, sizeof(source), "%s/two.txt", folder.path);
	snprintf(lists, sizeof(lists), "{ name = \"one\"; source = "
		 "\"%s/one.txt\"; action = \"nxdomain\"; }", folder.path);
	folder_configure(&folder, lists);
	cr_assert_eq(compile(), EXIT_DONE, "%s", folder.said);
}

static void teardown(void)
{
	folder_drop(&folder);
}

TestSuite(lists_commands, .init = setup, .fini = teardown);

static void expect_said(const char *words)
{
	cr_expect_not_null(strstr(folder.said, words), "\"%s\" in:\n%s", words,
			   folder.said);
}

/* A line of the table that begins with the list's name. */
static void expect_row(const char *name, const char *words)
{
	char *line;

	cr_assert_eq(table(), EXIT_DONE);
	line = strstr(folder.said, name);
	cr_assert_not_null(line, "%s in:\n%s", name, folder.said);
	line[strcspn(line, "\n")] = '\0';
	cr_expect_not_null(strstr(line, words), "\"%s\" in: %s", words, line);
}

Test(lists_commands, the_table_has_every_list_and_its_state)
{
	cr_assert_eq(table(), EXIT_DONE);
	expect_said("name                 action         rules     unique");
	expect_row("one ", "nxdomain           2          2          -");
	expect_row("one ", "  good");
	folder_write(&folder, "one.txt", "<html>");
	cr_assert_eq(compile(), EXIT_DONE);
	expect_row("one ", "kept: ");
	expect_row("one ", "HTML");
}

Test(lists_commands, lists_come_and_go)
{
	cr_assert_eq(CALL("add", "two", source, "--action", "observe",
			  "--format", "domains"), EXIT_DONE, "%s",
		     folder.said);
	expect_said("two: 2 rules, new version 1\n");
	expect_row("two ", "observe            2          1");
	cr_assert_eq(CALL("disable", "two"), EXIT_DONE);
	expect_row("two ", "disabled");
	cr_assert_eq(CALL("enable", "two"), EXIT_DONE);
	expect_row("two ", "good");
	cr_assert_eq(CALL("remove", "two"), EXIT_DONE);
	cr_assert_eq(table(), EXIT_DONE);
	cr_expect_null(strstr(folder.said, "two "));
	cr_expect_eq(CALL("remove", "one"), EXIT_FAILED);
	expect_said("\"one\" stands in the configuration");
	cr_assert_eq(CALL("disable", "one"), EXIT_DONE);
	expect_row("one ", "disabled");
}

Test(lists_commands, what_is_asked_wrongly_is_told)
{
	cr_expect_eq(CALL("add", "A!", source), EXIT_FAILED);
	expect_said("that is no name for a list");
	cr_expect_eq(CALL("add", "x", "relative.txt"), EXIT_FAILED);
	expect_said("a source is a URL, or a path from the root on");
	cr_expect_eq(CALL("add", "x", source, "--action", "y"), EXIT_FAILED);
	expect_said("there is no such action");
	cr_expect_eq(CALL("add", "x", source, "--format", "y"), EXIT_FAILED);
	expect_said("there is no such format");
	cr_expect_eq(CALL("add", "x"), EXIT_USAGE);
	expect_said("homebound lists add NAME SOURCE...");
	cr_expect_eq(CALL("frob"), EXIT_USAGE);
	expect_said("there is no such word: it is update, diff");
	cr_expect_eq(CALL("diff"), EXIT_USAGE);
	cr_expect_eq(CALL("update", "nowhere"), EXIT_FAILED);
	expect_said("there is no list \"nowhere\"");
	cr_expect_eq(CALL("enable", "nowhere"), EXIT_FAILED);
	cr_expect_eq(CALL("rollback", "nowhere"), EXIT_FAILED);
	cr_expect_eq(CALL("versions", "nowhere"), EXIT_FAILED);
	cr_expect_eq(CALL("diff", "nowhere"), EXIT_FAILED);
}

Test(lists_commands, versions_are_compared_by_their_rules)
{
	cr_expect_eq(CALL("diff", "one"), EXIT_FAILED);
	expect_said("no second version of \"one\" is kept");
	folder_write(&folder, "one.txt", "# written otherwise\n"
		     "||c.example^\n*.b.example\n");
	cr_assert_eq(CALL("update", "one"), EXIT_DONE);
	cr_assert_eq(CALL("versions", "one"), EXIT_DONE);
	expect_said("       2  ");
	expect_said("       1  ");
	expect_said("one.txt\n");
	cr_assert_eq(CALL("diff", "one"), EXIT_DONE);
	expect_said("one, from version 1 to version 2:\n"
		    "- block subtree a.example\n+ block subtree c.example\n"
		    "1 rule came, 1 went\n");
	cr_assert_eq(CALL("diff", "one", "2"), EXIT_DONE);
	expect_said("0 rules came, 0 went\n");
	cr_expect_eq(CALL("diff", "one", "9"), EXIT_FAILED);
	expect_said("no such version of \"one\" is kept");
}

Test(lists_commands, a_rollback_holds_until_an_update_by_name)
{
	cr_expect_eq(CALL("rollback", "one"), EXIT_FAILED);
	expect_said("no earlier version is kept of \"one\"");
	folder_write(&folder, "one.txt", "||b.example^\n||c.example^\n");
	cr_assert_eq(CALL("update"), EXIT_DONE);
	cr_assert_eq(CALL("rollback", "one"), EXIT_DONE);
	expect_said("one: 2 rules, held at version 1\n");
	expect_row("one ", "held at version 1");
	cr_assert_eq(CALL("versions", "one"), EXIT_DONE);
	expect_said("(held)");
	cr_assert_eq(CALL("update"), EXIT_DONE);
	expect_row("one ", "held at version 1");
	cr_assert_eq(CALL("update", "one"), EXIT_DONE);
	expect_row("one ", "good");
	cr_assert_eq(CALL("rollback", "one", "1"), EXIT_DONE);
	expect_row("one ", "held at version 1");
	cr_expect_eq(CALL("rollback", "one", "7"), EXIT_FAILED);
	expect_said("no such version is kept of \"one\"");
}

Test(lists_commands, force_takes_what_has_shrunk)
{
	folder_write(&folder, "one.txt", "||a.example^\n||b.example^\n"
		     "||c.example^\n");
	cr_assert_eq(CALL("update", "one"), EXIT_DONE);
	folder_write(&folder, "one.txt", "||z.example^\n");
	cr_assert_eq(CALL("update", "one"), EXIT_DONE);
	expect_said("under half of the 3 of version 2");
	cr_assert_eq(CALL("update", "--force", "one"), EXIT_DONE);
	expect_said("one: 1 rule, new version 3\n");
}

Test(lists_commands, a_name_is_searched_in_all_lists)
{
	cr_assert_eq(CALL("add", "two", source), EXIT_DONE);
	cr_assert_eq(CALL("search", "b.example"), EXIT_DONE);
	expect_said("one: line 2 of version 1: ||b.example^\n");
	expect_said("two: line 1 of version 1: b.example\n");
	cr_expect_eq(CALL("search", "x.c.example"), EXIT_FAILED);
	expect_said("no list holds it");
	cr_expect_eq(CALL("search", "a..b"), EXIT_FAILED);
}
