/*
 * lists: what the parts of `homebound lists` share: lists.c takes the line
 * apart, lists_table.c shows all lists, lists_diff.c compares versions,
 * lists_change.c changes what is followed.
 */
#ifndef COMMANDS_LISTS_H
#define COMMANDS_LISTS_H

#include "commands/commands.h"

struct request;
struct text;

/* Each takes the words behind its own name; an exit code. */
int lists_table_run(struct command_call *call);
int lists_diff_run(struct command_call *call);
int lists_versions_run(struct command_call *call);
int lists_search_run(struct command_call *call);

/* Is this a word that changes something, and is it said rightly? */
bool lists_change_knows(const char *word);

/*
 * Does it, in the state folder.  An exit code; what went wrong is in `why`.
 * Afterwards the lists named in the call are looked at, and compiled.
 */
int lists_change_apply(const struct command_call *call,
		       const struct settings *settings, struct text *why);

/* The lists to look at after that: the operands from `*first` on, `count`. */
unsigned lists_change_names(const struct command_call *call,
			    const char *const **first);

#endif
