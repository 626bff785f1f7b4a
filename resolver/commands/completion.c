/*
 * The same walk over the table for three shells; what each of them wants to
 * hear stands in a dialect, the walk is written once.
 */
#include "commands/commands.h"

#include <string.h>

/* How one shell is told of a program, its commands and their options. */
struct dialect {
	const char *name;
	void (*begin)(FILE *out);
	void (*command)(FILE *out, const struct command *command);
	void (*end)(FILE *out);
};

static const char moments[] = "10m 1h 24h 7d today yesterday";

/* Only those that people are told of. */
static const struct command *const *next_command(
	const struct command *const *command)
{
	while (*command != NULL && (*command)->summary == NULL)
		command++;
	return command;
}

static const struct command_option *next_option(
	const struct command_option *option)
{
	while (option != NULL && option->name != NULL && option->help == NULL)
		option++;
	return option != NULL && option->name != NULL ? option : NULL;
}

static void print_names(FILE *out)
{
	const struct command *const *at = next_command(commands);

	for (; *at != NULL; at = next_command(at + 1))
		fprintf(out, "%s%s", at == commands ? "" : " ", (*at)->name);
}

/* "a|b|c" as "a b c". */
static void print_words(FILE *out, const char *words)
{
	for (; words != NULL && *words != '\0'; words++)
		fputc(*words == '|' ? ' ' : *words, out);
}

/* The words that an argument of this kind can be; false: none are known. */
static bool print_choices(FILE *out, enum argument_kind kind,
			  const char *words)
{
	if (kind == ARGUMENT_WORD)
		print_words(out, words);
	else if (kind == ARGUMENT_TIME)
		fputs(moments, out);
	else if (kind == ARGUMENT_COMMAND)
		print_names(out);
	else
		return false;
	return true;
}

/* Text inside '...': each shell has its own way out of the quotes. */
static void print_quoted(FILE *out, const char *text, const char *quote)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs(quote, out);
		else
			fputc(*text, out);
	}
}

/* --- bash: the function is asked with the words of the line --- */

static const char bash_begin[] =
	"# homebound: what bash can complete, made by `homebound completion "
	"bash`.\n"
	"_homebound()\n"
	"{\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]}\n"
	"\tlocal before=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal command= options= operands= i\n"
	"\n"
	"\tCOMPREPLY=()\n"
	"\tif [[ $word == '=' ]]; then\n"
	"\t\tword=\n"
	"\telif [[ $before == '=' ]]; then\n"
	"\t\tbefore=${COMP_WORDS[COMP_CWORD-2]}\n"
	"\tfi\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\t[[ ${COMP_WORDS[i]} == -* ]] && continue\n"
	"\t\tcommand=${COMP_WORDS[i]}\n"
	"\t\tbreak\n"
	"\tdone\n"
	"\tcase $command in\n";

static const char bash_end[] =
	"\tesac\n"
	"\tif [[ $word == -* && $before != '=' ]]; then\n"
	"\t\toperands=$options\n"
	"\tfi\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$operands\" -- \"$word\")\n"
	"}\n"
	"_homebound_files()\n"
	"{\n"
	"\tcompopt -o filenames 2>/dev/null\n"
	"\tmapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n"
	"}\n"
	"complete -F _homebound homebound\n";

static void begin_bash(FILE *out)
{
	fputs(bash_begin, out);
	fputs("\t'')\n\t\toperands='", out);
	print_names(out);
	fputs("'\n\t\toptions='--help --version' ;;\n", out);
}

static void print_bash_values(FILE *out, const struct command_option *option)
{
	fputs("\t\t", out);
	if (option->letter != 0)
		fprintf(out, "-%c|", option->letter);
	fprintf(out, "--%s) ", option->name);
	if (option->kind == ARGUMENT_FILE) {
		fputs("_homebound_files \"$word\"; return ;;\n", out);
		return;
	}
	fputs("operands='", out);
	print_choices(out, option->kind, option->words);
	fputs("' options=$operands ;;\n", out);
}

static void command_bash(FILE *out, const struct command *command)
{
	const struct command_option *option = next_option(command->options);

	fprintf(out, "\t%s)\n\t\toptions='--help", command->name);
	for (; option != NULL; option = next_option(option + 1))
		fprintf(out, " --%s", option->name);
	fputs("'\n\t\toperands='", out);
	print_choices(out, command->operand_kind, command->operands);
	fputs("'\n\t\tcase $before in\n", out);
	option = next_option(command->options);
	for (; option != NULL; option = next_option(option + 1))
		if (option->argument != NULL)
			print_bash_values(out, option);
	if (command->operand_kind == ARGUMENT_FILE)
		fputs("\t\t*) [[ $word == -* ]] || { _homebound_files "
		      "\"$word\"; return; } ;;\n", out);
	fputs("\t\tesac ;;\n", out);
}

static void end_bash(FILE *out)
{
	fputs(bash_end, out);
}

/* --- zsh: _arguments is told what there is --- */

static const char zsh_begin[] =
	"#compdef homebound\n"
	"# homebound: what zsh can complete, made by `homebound completion "
	"zsh`.\n"
	"_homebound() {\n"
	"\tlocal context state state_descr line\n"
	"\ttypeset -A opt_args\n"
	"\tlocal -a names\n"
	"\n"
	"\t_arguments -C '(- *)--help[what there is]' "
	"'(- *)--version[the version]' \\\n"
	"\t\t'1:command:->command' '*::argument:->argument' && return\n"
	"\tnames=(\n";

static const char zsh_end[] =
	"\tesac\n"
	"}\n"
	"if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
	"\t_homebound \"$@\"\n"
	"else\n"
	"\tcompdef _homebound homebound\n"
	"fi\n";

/* Brackets and colons mean something to _arguments. */
static void print_zsh(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *text) != NULL)
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

static void begin_zsh(FILE *out)
{
	const struct command *const *at = next_command(commands);

	fputs(zsh_begin, out);
	for (; *at != NULL; at = next_command(at + 1)) {
		fprintf(out, "\t\t'%s:", (*at)->name);
		print_quoted(out, (*at)->summary, "'\\''");
		fputs("'\n", out);
	}
	fputs("\t)\n"
	      "\tif [[ $state == command ]]; then\n"
	      "\t\t_describe -t commands command names\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\tcase $words[1] in\n", out);
}

/* ":FILE:_files", ":WORD:(a b)", ":NAME: " */
static void print_zsh_values(FILE *out, enum argument_kind kind,
			     const char *label, const char *words)
{
	fputc(':', out);
	print_zsh(out, label);
	fputc(':', out);
	if (kind == ARGUMENT_FILE) {
		fputs("_files", out);
		return;
	}
	fputc(kind == ARGUMENT_NONE ? ' ' : '(', out);
	print_choices(out, kind, words);
	fputs(kind == ARGUMENT_NONE ? "" : ")", out);
}

static void print_zsh_option(FILE *out, const struct command_option *option)
{
	const char *equals = option->argument != NULL ? "=" : "";

	if (option->letter != 0)
		fprintf(out, " \\\n\t\t\t'(-%c --%s)'{-%c,--%s%s}'[",
			option->letter, option->name, option->letter,
			option->name, equals);
	else
		fprintf(out, " \\\n\t\t\t'--%s%s[", option->name, equals);
	print_zsh(out, option->help);
	fputc(']', out);
	if (option->argument != NULL)
		print_zsh_values(out, option->kind, option->argument,
				 option->words);
	fputc('\'', out);
}

static void command_zsh(FILE *out, const struct command *command)
{
	const struct command_option *option = next_option(command->options);

	fprintf(out, "\t%s)\n\t\t_arguments -s '(- *)--help[this text]'",
		command->name);
	for (; option != NULL; option = next_option(option + 1))
		print_zsh_option(out, option);
	if (command->operands_max > 0) {
		fprintf(out, " \\\n\t\t\t'%s",
			command->operands_max > 1 ? "*" : "1");
		print_zsh_values(out, command->operand_kind,
				 command->operand_kind == ARGUMENT_WORD
				 ? "word" : command->operands,
				 command->operands);
		fputc('\'', out);
	}
	fputs(" ;;\n", out);
}

static void end_zsh(FILE *out)
{
	fputs(zsh_end, out);
}

/* --- fish: a line for each thing there is --- */

static void print_fish_choices(FILE *out, enum argument_kind kind,
			       const char *words)
{
	if (kind == ARGUMENT_FILE) {
		fputs(" -F", out);
		return;
	}
	fputs(" -a '", out);
	print_choices(out, kind, words);
	fputc('\'', out);
}

static void begin_fish(FILE *out)
{
	const struct command *const *at = next_command(commands);

	fputs("# homebound: what fish can complete, made by `homebound "
	      "completion fish`.\n"
	      "complete -c homebound -f\n"
	      "complete -c homebound -l help -d 'what there is'\n"
	      "complete -c homebound -n __fish_use_subcommand -l version "
	      "-d 'the version'\n", out);
	for (; *at != NULL; at = next_command(at + 1)) {
		fprintf(out, "complete -c homebound -n __fish_use_subcommand "
			"-a %s -d '", (*at)->name);
		print_quoted(out, (*at)->summary, "\\'");
		fputs("'\n", out);
	}
}

static void command_fish(FILE *out, const struct command *command)
{
	const struct command_option *option = next_option(command->options);
	const char *when = "complete -c homebound -n "
			   "'__fish_seen_subcommand_from";

	for (; option != NULL; option = next_option(option + 1)) {
		fprintf(out, "%s %s'", when, command->name);
		if (option->letter != 0)
			fprintf(out, " -s %c", option->letter);
		fprintf(out, " -l %s -d '", option->name);
		print_quoted(out, option->help, "\\'");
		fputc('\'', out);
		if (option->argument != NULL) {
			fputs(option->kind == ARGUMENT_FILE ? " -r" : " -x",
			      out);
			print_fish_choices(out, option->kind, option->words);
		}
		fputc('\n', out);
	}
	if (command->operands_max == 0)
		return;
	fprintf(out, "%s %s'", when, command->name);
	print_fish_choices(out, command->operand_kind, command->operands);
	fputc('\n', out);
}

static void end_fish(FILE *out)
{
	(void)out;
}

static const struct dialect dialects[] = {
	{ "bash", begin_bash, command_bash, end_bash },
	{ "zsh", begin_zsh, command_zsh, end_zsh },
	{ "fish", begin_fish, command_fish, end_fish },
};

static void print_dialect(FILE *out, const struct dialect *dialect)
{
	const struct command *const *at = next_command(commands);

	dialect->begin(out);
	for (; *at != NULL; at = next_command(at + 1))
		dialect->command(out, *at);
	dialect->end(out);
}

static int run(struct command_call *call)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
		if (strcmp(dialects[i].name, call->operands[0]) == 0) {
			print_dialect(stdout, &dialects[i]);
			return EXIT_DONE;
		}
	}
	fprintf(stderr, "homebound completion: it knows bash, zsh and fish\n");
	return EXIT_USAGE;
}

const struct command command_completion = {
	.name = "completion",
	.operands = "bash|zsh|fish",
	.operand_kind = ARGUMENT_WORD,
	.operands_min = 1,
	.operands_max = 1,
	.summary = "completions for a shell",
	.details =
	"Prints what lets the shell complete commands, options and their "
	"values. An installed homebound has them in their places already.",
	.example = "source <(homebound completion bash)\n"
		   "homebound completion fish | source",
	.run = run,
};
