#include "commands/commands.h"
#include "serve.h"

static int run(struct command_call *call)
{
	struct settings *settings;

	if (settings_read(&settings, commands_settings_path(call),
			  settings_report_log, NULL) < 0)
		return EXIT_FAILED;
	return serve_run(settings, commands, call->program);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ .name = NULL },
};

const struct command command_serve = {
	.name = "serve",
	.operands = "",
	.summary = "answer questions, until it is told to end",
	.details =
	"Runs in the foreground and says on standard error what happens; a "
	"supervisor such as systemd keeps it running. Started as root, it "
	"opens its ports and then becomes the user that the configuration "
	"names.\n\n"
	"SIGTERM and SIGINT end it: questions that wait are answered first, "
	"and the journal is stored. SIGHUP does what reload does.",
	.example = "homebound serve -c homebound.conf",
	.options = options,
	.run = run,
};
