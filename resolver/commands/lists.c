/*
 * lists: the lists that are followed: shown, looked at, compared, changed.
 *
 * What is shown is read from the state folder, with or without a daemon.
 * What is changed is changed by the daemon where one runs, which then has it
 * in force; else here, and the image is made anew.
 */
#include "commands/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "control/control.h"
#include "serve.h"

/* --- changes --- */

static void lists_serve(struct request *request, struct command_call *call,
			void *daemon)
{
	struct serve_update update = {
		.force = command_option(call, "force") != NULL,
		.progress = command_option(call, "progress") != NULL,
	};
	char words[512];
	struct text why;
	int code = EXIT_USAGE;

	text_init(&why, words, sizeof(words));
	if (call->operand_count > 0 && lists_change_knows(call->operands[0]))
		code = lists_change_apply(call, serve_settings(daemon), &why);
	if (code != EXIT_DONE) {
		request_complain(request, "homebound: %s\n", words);
		request_finish(request, code);
		return;
	}
	if (strcmp(call->operands[0], "update") != 0) {
		serve_reload(daemon, request);
		return;
	}
	update.list_count = lists_change_names(call, &update.lists);
	serve_update(daemon, request, &update);
}

/* Without a daemon: changed, then compiled as `homebound compile` does. */
static int lists_here(const struct command_call *call,
		      const struct settings *settings)
{
	char words[512];
	struct text why;
	int code;

	text_init(&why, words, sizeof(words));
	code = lists_change_apply(call, settings, &why);
	if (code != EXIT_DONE) {
		fprintf(stderr, "homebound: %s\n", words);
		return code;
	}
	return compile_after_lists(call);
}

/* A terminal is told how far it is. */
static int change(struct command_call *call)
{
	static char progress[] = "--progress";
	char **argv = calloc((size_t)call->argc + 2, sizeof(*argv));
	struct command_call told = *call;
	int code;

	if (argv == NULL)
		return EXIT_FAILED;
	memcpy(argv, call->argv, (size_t)call->argc * sizeof(*argv));
	if (isatty(STDOUT_FILENO) && call->argc > 0) {
		memmove(argv + 2, argv + 1,
			((size_t)call->argc - 1) * sizeof(*argv));
		argv[1] = progress;
		told.argc++;
	}
	told.argv = argv;
	code = commands_carry_or(&told, lists_here);
	free(argv);
	return code;
}

/* --- the words --- */

static int usage(const char *words)
{
	fprintf(stderr, "homebound lists: %s\nSee: homebound help lists\n",
		words);
	return EXIT_USAGE;
}

static int lists_run(struct command_call *call)
{
	static const struct {
		const char *word;
		int least, most;
		int (*run)(struct command_call *call);
	} shown[] = {
		{ "diff", 2, 3, lists_diff_run },
		{ "versions", 2, 2, lists_versions_run },
		{ "check", 2, 2, lists_check_run },
		{ "search", 2, 2, lists_search_run },
	};
	const char *word = call->operands[0];

	if (call->operand_count == 0)
		return lists_table_run(call);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (strcmp(word, shown[i].word) != 0)
			continue;
		if (call->operand_count < shown[i].least ||
		    call->operand_count > shown[i].most)
			return usage("too few or too many words");
		return shown[i].run(call);
	}
	if (!lists_change_knows(word))
		return usage("there is no such word: it is update, diff, "
			     "versions, rollback, add, remove, enable, "
			     "disable, check or search");
	return change(call);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "force", NULL, ARGUMENT_NONE, NULL,
	  "update: take also what has lost half of its rules" },
	{ 0, "action", "ACTION", ARGUMENT_WORD,
	  ACTION_WORDS,
	  "add: what is done about its names" },
	{ 0, "format", "FORMAT", ARGUMENT_WORD, LIST_FORMAT_WORDS,
	  "add, check: read it as this, instead of guessing" },
	{ 0, "subdomains", "WORD", ARGUMENT_WORD, "auto|yes|no",
	  "check: whether plain names cover those below them" },
	{ 0, "key", "KEY", ARGUMENT_WORD, NULL,
	  "add: the minisign key that it is signed with" },
	{ 0, "progress", NULL, ARGUMENT_NONE, NULL,
	  "update: say how far it is; of itself on a terminal" },
	{ 0 },
};

const struct command command_lists = {
	.name = "lists",
	.operands = "[WORD [NAME...]]",
	.operand_kind = ARGUMENT_WORD,
	.operands_max = COMMAND_OPERANDS,
	.summary = "show and change the lists that are followed",
	.details =
	"Without a word it shows all: name, what is done about its names, "
	"rules, those that no other list has, how often it decided in the "
	"last week, when it last changed, and what there is to say.\n\n"
	"update [NAME...] looks at the sources now, whether they are due or "
	"not, and lets go what was held.\n\n"
	"versions NAME shows the versions that are kept. diff NAME [VERSION] "
	"shows the rules that came and went since that version, or since the "
	"one before. rollback NAME [VERSION] goes back to it, and holds the "
	"list there until it is updated by name.\n\n"
	"add NAME SOURCE... follows another list, remove NAME ends that. "
	"disable NAME and enable NAME are for any list; its versions are "
	"kept. What was added and switched stands in lists.conf in the state "
	"folder; the configuration file is not changed.\n\n"
	"check FILE says what would be read in a file: the format, rules by "
	"kind, and what is no rule, by reason, with examples. search NAME "
	"shows every list and line that holds the name.\n\n"
	"What is shown is read in the state folder, with or without a daemon. "
	"What is changed is in force when the command comes back.",
	.example =
	"homebound lists\n"
	"homebound lists add ads https://lists.example/ads.txt --action "
	"nxdomain\n"
	"homebound lists diff ads\n"
	"homebound lists rollback ads\n"
	"homebound lists search telemetry.example.com",
	.options = options,
	.run = lists_run,
	.serve = lists_serve,
};
