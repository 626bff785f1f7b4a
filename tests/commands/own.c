/*
 * block, allow, pause, undo and rules, where no daemon runs.
 */
#include "commands/all.h"
#include "commands/commands.h"

#include <criterion/criterion.h>

#include "folder.h"

static struct folder folder;

static void setup(void)
{
	folder_make(&folder);
	folder_configure(&folder, "");
}

static void teardown(void)
{
	folder_drop(&folder);
}

TestSuite(own_commands, .init = setup, .fini = teardown);

#define CALL(command, ...) folder_call(&folder, &command_##command, \
	(const char *const []){ __VA_ARGS__, NULL })

static int rules(void)
{
	return folder_call(&folder, &command_rules,
			   (const char *const []){ NULL });
}

static int undo(void)
{
	return folder_call(&folder, &command_undo,
			   (const char *const []){ NULL });
}

static void expect_said(const char *words)
{
	cr_expect_not_null(strstr(folder.said, words), "\"%s\" in:\n%s", words,
			   folder.said);
}

Test(own_commands, a_rule_is_said_and_shown)
{
	cr_assert_eq(CALL(block, "Ads.example", "=www.example"), EXIT_DONE);
	expect_said("blocked: ads.example and all below it\n"
		    "blocked: www.example alone\n"
		    "(the daemon does not run: in force when it starts)\n");
	cr_assert_eq(CALL(allow, "ok.example", "--client", "192.168.1.0/24",
			  "--note", "for the \"shop\""), EXIT_DONE);
	expect_said("allowed: ok.example and all below it, for "
		    "192.168.1.0/24\n");
	cr_assert_eq(rules(), EXIT_DONE);
	expect_said("ads.example");
	expect_said("=www.example");
	expect_said("192.168.1.0/24");
	expect_said("shop");
}

Test(own_commands, without_rules_it_is_said_how_to_make_one)
{
	cr_assert_eq(rules(), EXIT_DONE);
	expect_said("no rules of your own (homebound block NAME makes one");
}

Test(own_commands, rules_end)
{
	cr_assert_eq(CALL(block, "ads.example", "--for", "2h"), EXIT_DONE);
	expect_said("blocked: ads.example and all below it, until 20");
	folder_write(&folder, "state/own.rules",
		     "block old.example until 2020-01-01T00:00:00Z\n");
	cr_assert_eq(rules(), EXIT_DONE);
	expect_said("(expired)");
}

Test(own_commands, what_is_asked_wrongly_is_told)
{
	cr_expect_eq(CALL(block, "a..b"), EXIT_FAILED);
	expect_said("a..b is not a domain name");
	cr_expect_eq(CALL(block, "\033[2J..x"), EXIT_FAILED);
	cr_expect_null(strchr(folder.said, '\033'));
	cr_expect_eq(CALL(block, "a.example", "--for", "soon"), EXIT_USAGE);
	expect_said("that is no length of time: write one such as 10m");
	cr_expect_eq(CALL(block, "a.example", "--client", "x"), EXIT_USAGE);
	expect_said("--client takes an address or a prefix");
	cr_expect_eq(CALL(block, "a.example", "--note", "a\nb"), EXIT_USAGE);
	expect_said("a note is one line");
	cr_expect_eq(CALL(pause, "never"), EXIT_USAGE);
	cr_assert_eq(rules(), EXIT_DONE);
	expect_said("no rules of your own");
}

Test(own_commands, a_pause_begins_and_ends)
{
	cr_assert_eq(CALL(pause, "1h", "--note", "x"), EXIT_DONE);
	expect_said("paused: nothing is sunk, until 20");
	cr_assert_eq(rules(), EXIT_DONE);
	expect_said("pause");
	cr_assert_eq(CALL(pause, "--end"), EXIT_DONE);
	expect_said("the lists are in force again");
	cr_assert_eq(CALL(pause, "--end"), EXIT_DONE);
	expect_said("nothing is paused");
}

Test(own_commands, rules_are_removed_by_name_and_client)
{
	cr_assert_eq(CALL(block, "a.example"), EXIT_DONE);
	cr_assert_eq(CALL(block, "a.example", "--client", "10.0.0.1"),
		     EXIT_DONE);
	cr_assert_eq(CALL(rules, "--remove", "a.example", "--client",
			  "10.0.0.1"), EXIT_DONE);
	expect_said("removed: 1 rule\n");
	cr_assert_eq(CALL(rules, "--remove", "a.example"), EXIT_DONE);
	cr_assert_eq(CALL(rules, "--remove", "a.example"), EXIT_FAILED);
	expect_said("there is no such rule (homebound rules shows all)");
}

Test(own_commands, the_last_change_is_taken_back)
{
	cr_expect_eq(undo(), EXIT_FAILED);
	expect_said("there is nothing to undo");
	cr_assert_eq(CALL(block, "a.example"), EXIT_DONE);
	cr_assert_eq(CALL(allow, "b.example"), EXIT_DONE);
	cr_assert_eq(undo(), EXIT_DONE);
	expect_said("undone: ");
	expect_said("b.example");
	cr_assert_eq(rules(), EXIT_DONE);
	expect_said("a.example");
	cr_expect_null(strstr(folder.said, "b.example"));
	cr_assert_eq(undo(), EXIT_DONE);
	cr_assert_eq(rules(), EXIT_DONE);
	expect_said("no rules of your own");
}
