/*
 * command: one thing a person can ask for.
 *
 * One table of commands (commands/commands.c) feeds the command line, its
 * help, the completions, the manual and the control socket.  A command has a
 * `run`, in the process that was started, or a `serve`, in the daemon, or
 * both; one without a `run` is carried to the daemon as it is.
 */
#ifndef CONTROL_COMMAND_H
#define CONTROL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes, as homebound(1) has them. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,	/* it failed, or what was checked is wrong */
	EXIT_USAGE = 2,
	EXIT_NO_SERVER = 3,	/* the daemon does not run, or not for us */
};

/* What an argument is, for completions. */
enum argument_kind {
	ARGUMENT_NONE, ARGUMENT_FILE, ARGUMENT_TIME, ARGUMENT_NAME,
	ARGUMENT_ADDRESS, ARGUMENT_NUMBER, ARGUMENT_WORD, ARGUMENT_COMMAND,
	ARGUMENT_DEVICE,
};

enum { COMMAND_OPTIONS = 16, COMMAND_OPERANDS = 16 };

struct command_option {
	char letter;		/* 0: only the long form */
	const char *name;	/* "config" for --config */
	const char *argument;	/* "FILE"; NULL: takes none */
	enum argument_kind kind;
	const char *words;	/* ARGUMENT_WORD: "sunk|passed|..." */
	const char *help;	/* a line */
};

struct command_call;
struct request;
struct text;

struct command {
	const char *name;
	const char *operands;	/* "NAME", "[COMMAND]", "" */
	enum argument_kind operand_kind;
	int operands_min, operands_max;
	const char *summary;	/* a line, for the overview */
	const char *details;	/* paragraphs for its help and the manual */
	const char *example;	/* command lines, each on a line; or NULL */
	const struct command_option *options;	/* ends with a NULL name */
	int (*run)(struct command_call *call);	/* returns an exit code */
	void (*serve)(struct request *request, struct command_call *call,
		      void *daemon);
};

/* A command line, taken apart. */
struct command_call {
	const struct command *command;
	const char *options[COMMAND_OPTIONS];	/* by their place in the table:
						   NULL, or the value, "" when
						   it takes none */
	const char *operands[COMMAND_OPERANDS + 1];
	int operand_count;
	const char *program;
	int argc;			/* the line itself; argv[0] is the */
	char **argv;			/* command's name */
};

/* The value of --name, or NULL. */
const char *command_option(const struct command_call *call, const char *name);

/*
 * Takes call->argv apart (the rest of *call is set): short options can be
 * bundled, long ones take =VALUE or the next word and can be shortened, "--"
 * ends them, options and operands mix.  0, or EXIT_USAGE with a sentence in
 * `trouble`.
 */
int command_parse(struct command_call *call, const struct command *command,
		  struct text *trouble);

#endif
