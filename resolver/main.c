/*
 * homebound: the words of the command line, and which command they are for.
 */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"

/* What people try before they have read anything. */
static const char *command_name(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return "help";
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return "version";
	return word;
}

int main(int argc, char **argv)
{
	const struct command *command;
	const char *name, *near;

	if (argc < 2) {
		commands_print_overview(stderr);
		return EXIT_USAGE;
	}
	name = command_name(argv[1]);
	command = commands_find(name, &near);
	if (command != NULL)
		return commands_call(command, argv[0], argc - 1, argv + 1);
	if (name[0] == '-')
		fprintf(stderr, "homebound: the command comes first, its "
			"options after it");
	else
		fprintf(stderr, "homebound: there is no command \"%s\"", name);
	if (near != NULL)
		fprintf(stderr, ": did you mean \"%s\"?", near);
	fprintf(stderr, "\nSee: homebound help\n");
	return EXIT_USAGE;
}
