/*
 * For `log`, which wants to see what was asked just now and not only what is
 * on the disk already; people never need it.
 */
#include "commands/commands.h"
#include "serve.h"

static void serve_command(struct request *request, struct command_call *call,
			  void *daemon)
{
	(void)call;
	serve_commit(daemon, request);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ .name = NULL },
};

const struct command command_commit = {
	.name = "commit",
	.operands = "",
	.options = options,
	.serve = serve_command,
};
