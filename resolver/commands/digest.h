/*
 * digest: the time since the last digest, as a letter; a part of `review`.
 *
 *	review --digest		printed
 *	review --digest --send	put among the alerts, and sent as they are
 *
 * The next one begins where this one ended.
 */
#ifndef COMMANDS_DIGEST_H
#define COMMANDS_DIGEST_H

struct command_call;

/* As a command's `run` does, for such a call. */
int digest_run(struct command_call *call);

#endif
