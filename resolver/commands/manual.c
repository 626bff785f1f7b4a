/*
 * The table of commands as mdoc(7).  A word is never a macro by accident: at
 * the start of a line and as an argument it is guarded with \&.
 */
#include "commands/commands.h"

#include <ctype.h>
#include <string.h>

enum { WIDTH = 70 };

/* Dashes stay dashes, so that an example can be copied. */
static void print_characters(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			fputs("\\e", out);
		else if (text[i] == '-')
			fputs("\\-", out);
		else
			fputc(text[i], out);
	}
}

static bool ends_sentence(const char *word, size_t len)
{
	return word[len - 1] == '.' || word[len - 1] == ':' ||
	       (len > 1 && word[len - 1] == ')' && word[len - 2] == '.');
}

/* Each sentence begins a line, as mdoc wants it; the last one is open. */
static void print_text(FILE *out, const char *text)
{
	size_t at = 0, len;
	bool over = false;
	unsigned lines;

	while ((len = commands_next_word(&text, &lines)) > 0) {
		if (lines > 1)
			fputs("\n.Pp", out);
		if (at > 0 && (lines > 1 || over || at + len > WIDTH)) {
			fputc('\n', out);
			at = 0;
		}
		if (at > 0)
			fputc(' ', out);
		else if (*text == '.' || *text == '\'')
			fputs("\\&", out);
		print_characters(out, text, len);
		at += len + 1;
		over = ends_sentence(text, len);
		text += len;
	}
}

/* "NAME" or "[NAME]" */
static void print_operands(FILE *out, const char *operands)
{
	size_t len = strlen(operands);

	if (operands[0] == '[' && operands[len - 1] == ']')
		fprintf(out, " Oo Ar \"%.*s\" Oc", (int)len - 2, operands + 1);
	else if (len > 0)
		fprintf(out, " Ar \"%s\"", operands);
}

static void print_words(FILE *out, const char *words)
{
	fputs(":\n.Ql ", out);
	for (; *words != '\0'; words++) {
		if (*words == '|')
			fputs(" ,\n.Ql ", out);
		else
			fputc(*words, out);
	}
	fputs(" .\n", out);
}

static void print_option(FILE *out, const struct command_option *option)
{
	if (option->help == NULL)
		return;
	fputs(".It ", out);
	if (option->letter != 0)
		fprintf(out, "Fl %c , ", option->letter);
	fprintf(out, "Fl \\-%s", option->name);
	if (option->argument != NULL)
		fprintf(out, " Ar \"%s\"", option->argument);
	fputc('\n', out);
	print_text(out, option->help);
	if (option->words != NULL)
		print_words(out, option->words);
	else
		fputs(".\n", out);
}

static bool has_options(const struct command *command)
{
	const struct command_option *option = command->options;

	for (; option != NULL && option->name != NULL; option++)
		if (option->help != NULL)
			return true;
	return false;
}

static void print_options(FILE *out, const struct command *command)
{
	const struct command_option *option = command->options;

	if (!has_options(command))
		return;
	fputs(".Bl -tag -width Ds\n", out);
	for (; option->name != NULL; option++)
		print_option(out, option);
	fputs(".El\n", out);
}

static void print_example(FILE *out, const char *example)
{
	bool fresh = true;

	if (example == NULL)
		return;
	fputs(".Pp\n.Bd -literal -offset indent -compact\n", out);
	for (; *example != '\0'; example++) {
		if (fresh && (*example == '.' || *example == '\''))
			fputs("\\&", out);
		print_characters(out, example, 1);
		fresh = *example == '\n';
	}
	fputs(fresh ? ".Ed\n" : "\n.Ed\n", out);
}

/* A summary is a line of a table; here it has to be a sentence. */
static void print_summary(FILE *out, const char *summary)
{
	fputc(toupper((unsigned char)*summary), out);
	print_text(out, summary + 1);
	fputs(".\n", out);
}

static void print_command(FILE *out, const struct command *command)
{
	fprintf(out, ".It Cm %s", command->name);
	if (has_options(command))
		fputs(" Oo Ar option ... Oc", out);
	print_operands(out, command->operands);
	fputc('\n', out);
	print_summary(out, command->summary);
	if (command->details != NULL) {
		fputs(".Pp\n", out);
		print_text(out, command->details);
		fputc('\n', out);
	}
	print_options(out, command);
	print_example(out, command->example);
}

void commands_print_manual(FILE *out)
{
	const struct command *const *command;

	fputs(".Bl -tag -width Ds\n", out);
	for (command = commands; *command != NULL; command++)
		if ((*command)->summary != NULL)
			print_command(out, *command);
	fputs(".El\n", out);
}
