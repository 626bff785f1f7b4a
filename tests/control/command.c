/*
 * A command line, taken apart: what goes where, and the sentence for what
 * goes nowhere.
 */
#include "control/command.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const struct command_option options[] = {
	{ 'c', "config", "FILE", ARGUMENT_FILE, NULL, "read this" },
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL, "as JSON" },
	{ 'n', "last", "NUMBER", ARGUMENT_NUMBER, NULL, "the last" },
	{ 0, "since", "TIME", ARGUMENT_TIME, NULL, "from then on" },
	{ 0, "sink", NULL, ARGUMENT_NONE, NULL, "sunk only" },
	{ 0, "sinks", NULL, ARGUMENT_NONE, NULL, "more of it" },
	{ .name = NULL },
};

static const struct command sample = {
	.name = "sample", .operands = "NAME", .operands_min = 1,
	.operands_max = 2, .options = options,
};

static const struct command bare = { .name = "bare", .operands = "" };

/* A line, parted at its spaces; "_" is an empty word. */
struct line {
	char words[512];
	char *argv[64];
	struct command_call call;
	char trouble[256];
};

static int parse(struct line *line, const struct command *command,
		 const char *words)
{
	struct text text;
	int argc = 0;

	memset(line, 0, sizeof(*line));
	strcpy(line->words, words);
	for (char *word = strtok(line->words, " "); word != NULL;
	     word = strtok(NULL, " "))
		line->argv[argc++] = strcmp(word, "_") == 0 ? word + 1 : word;
	line->call.argc = argc;
	line->call.argv = line->argv;
	text_init(&text, line->trouble, sizeof(line->trouble));
	return command_parse(&line->call, command, &text);
}

static const char *option(const struct line *line, const char *name)
{
	const char *value = command_option(&line->call, name);

	return value != NULL ? value : "(none)";
}

Test(command, options_are_taken_in_every_form)
{
	static const char *const lines[] = {
		"sample x -j -n 20 -c a.conf",
		"sample -jn 20 -c a.conf x",
		"sample -jn20 x -ca.conf",
		"sample x --json --last=20 --config a.conf",
		"sample --js --la 20 --conf=a.conf -- x",
		"sample -n 5 -n 20 -c a.conf --json x",
	};
	struct line line;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		cr_assert_eq(parse(&line, &sample, lines[i]), 0, "%s: %s",
			     lines[i], line.trouble);
		cr_assert_str_eq(option(&line, "json"), "", "%s", lines[i]);
		cr_assert_str_eq(option(&line, "last"), "20", "%s", lines[i]);
		cr_assert_str_eq(option(&line, "config"), "a.conf", "%s",
				 lines[i]);
		cr_assert_str_eq(option(&line, "since"), "(none)");
		cr_assert_eq(line.call.operand_count, 1);
		cr_assert_str_eq(line.call.operands[0], "x");
		cr_assert_null(line.call.operands[1]);
	}
}

Test(command, values_may_look_like_options_and_be_empty)
{
	struct line line;

	cr_assert_eq(parse(&line, &sample, "sample x --since --json"), 0);
	cr_assert_str_eq(option(&line, "since"), "--json");
	cr_assert_str_eq(option(&line, "json"), "(none)");
	cr_assert_eq(parse(&line, &sample, "sample x --since="), 0);
	cr_assert_str_eq(option(&line, "since"), "");
	cr_assert_eq(parse(&line, &sample, "sample x -c _"), 0);
	cr_assert_str_eq(option(&line, "config"), "");
	cr_assert_eq(parse(&line, &sample, "sample x --since=a=b"), 0);
	cr_assert_str_eq(option(&line, "since"), "a=b");
}

Test(command, after_two_dashes_everything_is_an_operand)
{
	struct line line;

	cr_assert_eq(parse(&line, &sample, "sample -j -- -n --"), 0);
	cr_assert_eq(line.call.operand_count, 2);
	cr_assert_str_eq(line.call.operands[0], "-n");
	cr_assert_str_eq(line.call.operands[1], "--");
	cr_assert_eq(parse(&line, &sample, "sample - _"), 0);
	cr_assert_str_eq(line.call.operands[0], "-");
	cr_assert_str_eq(line.call.operands[1], "");
}

Test(command, a_name_that_is_whole_is_no_beginning_of_another)
{
	struct line line;

	cr_assert_eq(parse(&line, &sample, "sample x --sink"), 0, "%s",
		     line.trouble);
	cr_assert_str_eq(option(&line, "sink"), "");
	cr_assert_str_eq(option(&line, "sinks"), "(none)");
}

Test(command, what_goes_nowhere_is_told)
{
	static const struct {
		const char *words, *trouble;
	} rows[] = {
		{ "sample", "NAME is missing" },
		{ "sample a b c", "there is a word too many: \"c\"" },
		{ "sample x --since", "\"--since\" needs its TIME" },
		{ "sample x -n", "\"--last\" needs its NUMBER" },
		{ "sample x --json=1", "\"--json\" takes no value" },
		{ "sample x -x", "there is no option \"-x\"" },
		{ "sample x -jx", "there is no option \"-x\"" },
		{ "sample x --jsno", "there is no option \"--jsno\": did you "
		  "mean \"--json\"?" },
		{ "sample x --lsat=5", "there is no option \"--lsat\": did "
		  "you mean \"--last\"?" },
		{ "sample x --frobnicate", "there is no option "
		  "\"--frobnicate\"" },
		{ "sample x --sin", "\"--sin\" could be \"--sink\" or "
		  "\"--sinks\"" },
		{ "sample x --=5", "there is no option \"--\"" },
		{ "sample x --\033[2J", "there is no option "
		  "\"--\\027[2J\"" },
		{ "sample a b \033[2J", "there is a word too many: "
		  "\"\\027[2J\"" },
	};
	struct line line;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(parse(&line, &sample, rows[i].words), EXIT_USAGE,
			     "%s", rows[i].words);
		cr_assert_str_eq(line.trouble, rows[i].trouble);
	}
}

Test(command, one_without_options_and_operands_takes_none)
{
	struct line line;

	cr_assert_eq(parse(&line, &bare, "bare"), 0);
	cr_assert_eq(parse(&line, &bare, "bare --"), 0);
	cr_assert_null(command_option(&line.call, "config"));
	cr_assert_eq(parse(&line, &bare, "bare x"), EXIT_USAGE);
	cr_assert_eq(parse(&line, &bare, "bare -c"), EXIT_USAGE);
	cr_assert_eq(parse(&line, &bare, "bare --config"), EXIT_USAGE);
}

/* Whatever the words are: a value points into them, or it is a sentence. */
Test(command, any_words_are_taken_or_told)
{
	static const char *const pieces[] = {
		"-", "--", "-j", "-n", "-c", "--json", "--last", "--s", "=",
		"--since=", "x", "_", "-jjj", "-nj", "---", "--=",
	};
	unsigned seed = 4711, count = sizeof(pieces) / sizeof(pieces[0]);
	struct line line;
	char words[256];

	srand(seed);
	for (int round = 0; round < 20000; round++) {
		strcpy(words, "sample");
		for (int i = rand() % 6; i > 0; i--) {
			strcat(words, " ");
			strcat(words, pieces[(unsigned)rand() % count]);
		}
		if (parse(&line, &sample, words) == 0)
			cr_assert_str_empty(line.trouble, "%s", words);
		else
			cr_assert_str_not_empty(line.trouble, "%s", words);
		cr_assert_leq(line.call.operand_count, 2);
	}
}
