/*
 * mark, marks, compare and what is decided, where no daemon runs.
 */
#include "commands/all.h"
#include "commands/commands.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "commands/decide.h"
#include "folder.h"

static struct folder folder;

static void setup(void)
{
	char path[128];

	folder_make(&folder);
	folder_configure(&folder, "");
	snprintf(path, sizeof(path), "%s/state", folder.path);
	cr_assert_eq(mkdir(path, 0750), 0);
}

static void teardown(void)
{
	folder_drop(&folder);
}

TestSuite(mark_commands, .init = setup, .fini = teardown);

#define CALL(command, ...) folder_call(&folder, &command_##command, \
	(const char *const []){ __VA_ARGS__, NULL })

static int marks(void)
{
	return folder_call(&folder, &command_marks,
			   (const char *const []){ NULL });
}

static void expect_said(const char *words)
{
	cr_expect_not_null(strstr(folder.said, words), "\"%s\" in:\n%s", words,
			   folder.said);
}

Test(mark_commands, a_mark_is_said_shown_and_undone)
{
	cr_assert_eq(CALL(mark, "Lesegerät an", "--at",
			  "2026-11-01T10:00:00"), EXIT_DONE);
	expect_said("mark 1: \"Lesegerät an\" at 2026-11-01 10:00:00 (the "
		    "house: off)\n");
	cr_assert_eq(CALL(mark, "again", "--device", "192.168.1.23"),
		     EXIT_DONE);
	expect_said("for 192.168.1.23");
	cr_assert_eq(marks(), EXIT_DONE);
	expect_said("1  2026-11-01 10:00:00  Lesegerät an (off)\n");
	expect_said("again, 192.168.1.23 (off)\n");
	cr_assert_eq(CALL(marks, "--csv"), EXIT_DONE);
	expect_said("number,time,label,device,mode\r\n1,");
	cr_assert_eq(CALL(mark, "--undo"), EXIT_DONE);
	expect_said("undone: mark 2, \"again\" at 20");
	cr_assert_eq(CALL(mark, "--undo", "1"), EXIT_DONE);
	cr_expect_eq(CALL(mark, "--undo"), EXIT_FAILED);
	expect_said("there is no mark to undo");
	cr_assert_eq(marks(), EXIT_DONE);
	expect_said("no marks (homebound mark LABEL makes one)");
}

Test(mark_commands, what_is_asked_wrongly_is_told)
{
	static char longer[300];

	memset(longer, 'x', sizeof(longer) - 1);
	cr_expect_eq(CALL(mark, longer), EXIT_USAGE);
	expect_said("a mark needs a label: a line of at most 200 bytes");
	cr_expect_eq(CALL(mark, "a\033[2J"), EXIT_USAGE);
	cr_expect_eq(CALL(mark, ""), EXIT_USAGE);
	cr_expect_eq(CALL(mark, "x", "--at", "soon"), EXIT_USAGE);
	expect_said("--at takes a time such as 30s, 10m");
	cr_expect_eq(CALL(mark, "x", "--at", "2999-01-01"), EXIT_USAGE);
	expect_said("has not come yet");
	cr_expect_eq(CALL(mark, "x", "--device", "\033no"), EXIT_FAILED);
	expect_said("there is no device \"\\027no\"");
	cr_expect_eq(CALL(mark, "--undo", "first"), EXIT_USAGE);
	expect_said("--undo takes the number of a mark");
	cr_expect_eq(CALL(compare, "--window", "0s"), EXIT_USAGE);
	expect_said("--window takes a length of time");
	cr_expect_eq(CALL(compare, "--controls", "99"), EXIT_USAGE);
	expect_said("--controls takes a number up to 32");
}

Test(mark_commands, compare_says_what_is_missing)
{
	cr_expect_eq(CALL(compare, "x"), EXIT_FAILED);
	cr_assert_eq(CALL(mark, "a", "--at", "1h"), EXIT_DONE);
	cr_expect_eq(CALL(compare, "b"), EXIT_FAILED);
	expect_said("there is no mark \"b\": homebound marks shows all");
	cr_expect_eq(CALL(compare, "A"), EXIT_DONE);
	expect_said("After \"a\": 0 marks");
	expect_said("1 mark left out: the journal has nothing of that time");
}

Test(mark_commands, marks_of_several_devices_are_told_apart)
{
	cr_assert_eq(CALL(mark, "a", "--device", "10.0.0.1"), EXIT_DONE);
	cr_assert_eq(CALL(mark, "a", "--device", "10.0.0.2"), EXIT_DONE);
	cr_expect_eq(CALL(compare, "a"), EXIT_FAILED);
	expect_said("say for which one (--device)");
	cr_expect_eq(CALL(compare, "a", "--device", "10.0.0.2"), EXIT_DONE);
	expect_said("10.0.0.2\n");
	cr_expect_eq(CALL(compare, "1"), EXIT_DONE);
	expect_said("10.0.0.1\n");
}

static const struct command_option decide_options[] = {
	COMMAND_CONFIG,
	{ 0, "note", "TEXT", ARGUMENT_WORD, NULL, "why" },
	{ .name = NULL },
};

/* As `review` hands it on. */
static const struct command command_review_decide = {
	.name = "review",
	.operands = "",
	.operand_kind = ARGUMENT_WORD,
	.operands_max = COMMAND_OPERANDS,
	.options = decide_options,
	.run = decide_run,
	.serve = decide_serve,
};

Test(mark_commands, a_decision_is_kept_and_block_is_a_rule)
{
	cr_assert_eq(CALL(review_decide, "decide", "WWW.Example.", "fine",
			  "--note", "wir wollen das"), EXIT_DONE);
	expect_said("www.example: fine\n");
	cr_assert_eq(CALL(review_decide, "decide", "up.example", "block"),
		     EXIT_DONE);
	cr_assert_eq(CALL(review_decide, "decide"), EXIT_DONE);
	expect_said("www.example  fine  # wir wollen das\n");
	expect_said("up.example  block\n");
	cr_assert_eq(folder_call(&folder, &command_rules,
				 (const char *const []){ NULL }), EXIT_DONE);
	expect_said("block up.example");
	cr_assert_eq(CALL(review_decide, "decide", "up.example", "watch"),
		     EXIT_DONE);
	cr_assert_eq(folder_call(&folder, &command_rules,
				 (const char *const []){ NULL }), EXIT_DONE);
	expect_said("no rules of your own");
	cr_assert_eq(CALL(review_decide, "decide", "up.example", "drop"),
		     EXIT_DONE);
	cr_expect_eq(CALL(review_decide, "decide", "up.example", "drop"),
		     EXIT_FAILED);
	expect_said("nothing was decided of up.example");
}

Test(mark_commands, a_wrong_decision_is_told)
{
	cr_expect_eq(CALL(review_decide, "decide", "x.example", "maybe"),
		     EXIT_USAGE);
	expect_said("fine, block or watch");
	cr_expect_eq(CALL(review_decide, "decide", "a..b", "fine"),
		     EXIT_FAILED);
	expect_said("a..b is not a domain name");
	cr_expect_eq(CALL(review_decide, "decide", "a.b", "fine", "--note",
			  "x\ny"), EXIT_USAGE);
	expect_said("a note is one line");
}
