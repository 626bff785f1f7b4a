/*
 * The help of every command comes from its row and is folded here, so that
 * all of them look alike.
 */
#include "commands/commands.h"

#include <string.h>

#include "base/text.h"

enum { WIDTH = 78, OPTION_INDENT = 22 };

size_t commands_next_word(const char **text, unsigned *lines)
{
	*lines = 0;
	for (; **text == ' ' || **text == '\n'; ++*text)
		*lines += **text == '\n';
	return strcspn(*text, " \n");
}

/* Folds a text to WIDTH; the line begins at `column` and goes on there. */
static void print_folded(FILE *out, const char *text, size_t column)
{
	size_t at = column, len;
	unsigned lines;

	while ((len = commands_next_word(&text, &lines)) > 0) {
		bool paragraph = lines > 1 && at > column;

		if (paragraph)
			fputc('\n', out);
		if (paragraph || (at > column && at + 1 + len > WIDTH)) {
			fprintf(out, "\n%*s", (int)column, "");
			at = column;
		}
		at += (at > column) + len;
		fprintf(out, "%s%.*s", at > column + len ? " " : "", (int)len,
			text);
		text += len;
	}
	fputc('\n', out);
}

/* Lines as they are, each behind two spaces. */
static void print_lines(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		fprintf(out, "  %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* "  -c, --config FILE   what it is for" */
static void print_option(FILE *out, const struct command_option *option)
{
	char words[256];
	struct text text;

	if (option->help == NULL)
		return;
	text_init(&text, words, sizeof(words));
	if (option->letter != 0)
		text_put(&text, "  -%c, --%s", option->letter, option->name);
	else
		text_put(&text, "      --%s", option->name);
	if (option->argument != NULL)
		text_put(&text, " %s", option->argument);
	fprintf(out, "%-*s", OPTION_INDENT, words);
	if (text.len >= OPTION_INDENT)
		fprintf(out, "\n%*s", OPTION_INDENT, "");
	print_folded(out, option->help, OPTION_INDENT);
}

static void print_options(FILE *out, const struct command *command)
{
	const struct command_option *option = command->options;

	fprintf(out, "\nOptions:\n");
	for (; option != NULL && option->name != NULL; option++)
		print_option(out, option);
	fprintf(out, "%-*sthis text\n", OPTION_INDENT, "      --help");
}

void commands_print_help(FILE *out, const struct command *command)
{
	fprintf(out, "Usage: homebound %s [OPTION...]%s%s\n", command->name,
		*command->operands != '\0' ? " " : "", command->operands);
	if (command->details != NULL) {
		fputs("\n", out);
		print_folded(out, command->details, 0);
	}
	print_options(out, command);
	fprintf(out, "\nExit codes: %d done; %d it failed, or what was "
		"checked is wrong; %d the command\nline is wrong", EXIT_DONE,
		EXIT_FAILED, EXIT_USAGE);
	if (command->run == NULL)
		fprintf(out, "; %d the daemon does not run, or not for you",
			EXIT_NO_SERVER);
	fputs(".\n", out);
	if (command->example != NULL) {
		fprintf(out, "\nExample:\n");
		print_lines(out, command->example);
	}
}

void commands_print_overview(FILE *out)
{
	const struct command *const *command;

	fprintf(out, "Usage: homebound COMMAND [OPTION...] [OPERAND...]\n\n");
	print_folded(out, "Answers the names that software uses to send data "
		     "home with an address of your own, writes down who asked "
		     "for what and when, and forwards everything else.", 0);
	fputc('\n', out);
	for (command = commands; *command != NULL; command++)
		if ((*command)->summary != NULL)
			fprintf(out, "  %-12s%s\n", (*command)->name,
				(*command)->summary);
	fputc('\n', out);
	print_folded(out, "homebound help COMMAND tells more of one of them; "
		     "homebound(1) and homebound.conf(5) are the manual.", 0);
}

static int help_on(const char *name)
{
	const char *near;
	const struct command *command = commands_find(name, &near);

	if (command != NULL) {
		commands_print_help(stdout, command);
		return EXIT_DONE;
	}
	fprintf(stderr, "homebound: there is no command \"%s\"", name);
	if (near != NULL)
		fprintf(stderr, ": did you mean \"%s\"?", near);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

static int run(struct command_call *call)
{
	if (command_option(call, "mdoc") != NULL)
		commands_print_manual(stdout);
	else if (command_option(call, "mdoc-keys") != NULL)
		settings_print_manual(stdout);
	else if (call->operand_count > 0)
		return help_on(call->operands[0]);
	else
		commands_print_overview(stdout);
	return EXIT_DONE;
}

/* The build makes the manual pages with these; they are not for people. */
static const struct command_option options[] = {
	{ 0, "mdoc", NULL, ARGUMENT_NONE, NULL, NULL },
	{ 0, "mdoc-keys", NULL, ARGUMENT_NONE, NULL, NULL },
	{ .name = NULL },
};

const struct command command_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.operand_kind = ARGUMENT_COMMAND,
	.operands_max = 1,
	.summary = "what there is, and what one command does",
	.details =
	"Without a command: a line for each of them. The same text comes with "
	"homebound COMMAND --help.",
	.example = "homebound help log",
	.options = options,
	.run = run,
};
