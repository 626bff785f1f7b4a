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

/* Lets the daemon do it; returns an exit code. */
int commands_carry(const struct command_call *call);

/*
 * Reads the configuration, becomes the daemon's user (the state folder is
 * then its own) and calls `here`.
 */
int commands_as_daemon(const struct command_call *call,
		       int (*here)(const struct command_call *call,
				   const struct settings *settings));

/* Lets the daemon do it where one runs; else as commands_as_daemon. */
int commands_carry_or(const struct command_call *call,
		      int (*here)(const struct command_call *call,
				  const struct settings *settings));

/* Does what the line says, here or in the daemon; returns an exit code. */
int commands_call(const struct command *command, const char *program,
		  int argc, char **argv);

/*
 * The value of --name as `parse` numbers it; 0 without one.  A word that is
 * none is named on stderr, and *code is EXIT_USAGE.
 */
unsigned commands_word_option(const struct command_call *call,
			      const char *name,
			      int (*parse)(const char *word), int *code);

/* Says that the option's value is no such thing; EXIT_USAGE. */
int commands_complain(const struct command_call *call, const char *option,
		      const char *value, const char *right);

/* The option's time, if it is given, into *at.  0 or EXIT_USAGE. */
int commands_time_option(const struct command_call *call, const char *option,
			 uint64_t *at);

/* --utc: from now on local time is UTC. */
void commands_utc_option(const struct command_call *call);

/* What to do about a journal that cannot be opened: EXIT_FAILED. */
int commands_journal_failed(int error);

/* Room for a rule's line as it can be shown. */
enum { COMMANDS_LINE = 240 };

/*
 * Has the daemon that runs, if one does and we may ask it, store what it still
 * holds in memory, for those who read the journal.  From then on who asked is
 * nice: what the daemon has to do comes first.
 */
void commands_commit(const struct settings *settings);


/* Whom this household asks: the configuration's or the system's servers. */
void commands_upstreams(const struct settings *settings,
			struct address room[UPSTREAM_SERVERS],
			struct addresses *upstreams);

/* Compiles after a change of lists, without a daemon; in compile.c. */
int compile_after_lists(const struct command_call *call);

/* `homebound export DIR`; in evidence.c. */
int evidence_run(struct command_call *call);

/* The rules of one file as they are understood; in dump.c. */
int dump_run(const char *path, unsigned format, unsigned subdomains);

/* `homebound lists check FILE`; in lists_check.c. */
int lists_check_run(struct command_call *call);

/*
 * `homebound device list` and `homebound device show X` (NULL: all); in
 * device_show.c.
 */
int device_show_run(const struct command_call *call, const char *what);

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
