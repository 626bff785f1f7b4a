/*
 * commands: what people can ask for, a file a family.
 */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include <stdio.h>

#include "control/command.h"
#include "settings.h"

/*
 * All of them, in the order of the help; ends with NULL.  One without a
 * summary is not for people: it is in no help and no completion.
 */
extern const struct command *const commands[];

extern const struct command command_serve;
extern const struct command command_check;
extern const struct command command_status;
extern const struct command command_reload;
extern const struct command command_commit;	/* for `log`; not in the help */
extern const struct command command_compile;
extern const struct command command_log;
extern const struct command command_why;
extern const struct command command_version;
extern const struct command command_help;
extern const struct command command_completion;

/* By its name; NULL: there is none, and *near is the nearest or NULL. */
const struct command *commands_find(const char *name, const char **near);

/* The option every command that reads the configuration has. */
#define COMMAND_CONFIG { 'c', "config", "FILE", ARGUMENT_FILE, NULL, \
	"read this configuration instead of " SETTINGS_PATH }

/* -c, or the default. */
const char *commands_settings_path(const struct command_call *call);

/* Reads it; says what is wrong on stderr.  0, or an exit code. */
int commands_settings(const struct command_call *call,
		      struct settings **settings);

/* Does what the line says, here or in the daemon; returns an exit code. */
int commands_call(const struct command *command, const char *program,
		  int argc, char **argv);

/* What there is, and what one of them does; in help.c. */
void commands_print_overview(FILE *out);
void commands_print_help(FILE *out, const struct command *command);

/* All of them, as the section COMMANDS of homebound(1): mdoc; in manual.c. */
void commands_print_manual(FILE *out);

/*
 * The next word of a text: its length, and *text moves to it; 0 at the end.
 * *lines: how many line ends were before it; two begin a paragraph.
 */
size_t commands_next_word(const char **text, unsigned *lines);

#endif
