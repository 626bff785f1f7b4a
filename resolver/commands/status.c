#include "commands/commands.h"
#include "serve.h"

static void serve_command(struct request *request, struct command_call *call,
			  void *daemon)
{
	serve_status(daemon, request, command_option(call, "json") != NULL);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL, "as JSON, for programs" },
	{ .name = NULL },
};

const struct command command_status = {
	.name = "status",
	.operands = "",
	.summary = "how the daemon, its lists, upstreams and journal are",
	.details =
	"Asks the daemon that runs. Shown are its lists with their versions, "
	"its upstreams and whether they answer, what the journal has stored "
	"and what it has lost, and how many questions came and what became "
	"of them since the start.",
	.example = "homebound status --json | jq .queries",
	.options = options,
	.serve = serve_command,
};
