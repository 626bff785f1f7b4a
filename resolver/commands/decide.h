/*
 * decide: what the household says of a name, once; a part of `review`.
 *
 *	review decide				shows all
 *	review decide NAME fine|block|watch	with --note TEXT
 *	review decide NAME drop			no decision any more
 *
 * "block" is also a rule of the household's own, and stops being one when the
 * decision changes.  The command needs the options "config" and "note".
 */
#ifndef COMMANDS_DECIDE_H
#define COMMANDS_DECIDE_H

#include <stdbool.h>

struct command_call;
struct request;

/* Is `decide` the first operand? */
bool decide_is_meant(const struct command_call *call);

/* As a command's `run` and `serve` do, for such a call. */
int decide_run(struct command_call *call);
void decide_serve(struct request *request, struct command_call *call,
		  void *daemon);

#endif
