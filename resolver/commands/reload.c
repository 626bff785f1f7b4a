#include "commands/commands.h"
#include "serve.h"

static void serve_command(struct request *request, struct command_call *call,
			  void *daemon)
{
	(void)call;
	serve_reload(daemon, request);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ .name = NULL },
};

const struct command command_reload = {
	.name = "reload",
	.operands = "",
	.summary = "let the daemon read configuration and lists again",
	.details =
	"Comes back when the new configuration and the new lists are in "
	"force, and says what was done. No question is lost and none waits "
	"for it. When something is wrong with the new configuration it is "
	"told, the old one stays in force, and the exit code is 1. What takes "
	"a restart (such as listen) is named.\n\n"
	"With -c FILE it asks the daemon whose socket FILE names; that daemon "
	"reads the file it was started with.",
	.example = "homebound reload",
	.options = options,
	.serve = serve_command,
};
