/*
 * judge: the verdicts of many names, for tests that compare us with others;
 * people have `why`.  A name a line on stdin, and on stdout
 *
 *	NAME	VERDICT	LIST:LINE
 *
 * "?" is the verdict of what is no name; no rule, nothing behind the verdict.
 */
#include "commands/why.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "dns/message.h"
#include "dns/record.h"

enum { LINE_ROOM = 1100 };

static void print_rule(const struct why *why)
{
	const struct image *image = policy_image(why->policy);
	const struct image_list *list = NULL;

	if (image)
		list = image_list(image, why->verdict.list);
	if (why->verdict.list == VERDICT_OWN_LIST)
		printf("household:%" PRIu32, why->verdict.line);
	else if (list)
		printf("%s:%" PRIu32, list->name, why->verdict.line);
}

static void judge_line(struct why *why, const char *line)
{
	if (name_parse(&why->name, bytes_of_string(line)) < 0) {
		printf("%s\t?\t\n", line);
		return;
	}
	policy_judge(why->policy, &why->question, &why->verdict);
	printf("%s\t%s\t", line, verdict_words(why->verdict.kind));
	print_rule(why);
	printf("\n");
}

static void judge_lines(struct why *why)
{
	char line[LINE_ROOM];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		judge_line(why, line);
	}
}

/* 0, or an exit code. */
static int read_call(struct why *why, const struct command_call *call)
{
	const char *type = command_option(call, "type");

	why->question.now = clock_seconds();
	why->question.name = &why->name;
	why->question.type = TYPE_A;
	if (!type || record_parse_type(type, &why->question.type) == 0)
		return 0;
	log_error("%s is not a type of record", type);
	return EXIT_USAGE;
}

static int judge_run(struct command_call *call)
{
	struct why *why = calloc(1, sizeof(*why));
	struct settings *settings = NULL;
	int exit_code;

	if (!why) {
		log_error("%s", error_words(-ENOMEM));
		return EXIT_FAILED;
	}
	exit_code = read_call(why, call);
	if (exit_code == 0)
		exit_code = commands_settings(call, &settings);
	why->settings = settings;
	if (exit_code == 0 && !why_open(why))
		exit_code = EXIT_FAILED;
	if (exit_code == 0)
		judge_lines(why);
	why_close(why);
	if (settings)
		settings_free(settings);
	free(why);
	return exit_code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "type", "TYPE", ARGUMENT_WORD, NULL,
	  "as for this type of record, not for A" },
	{ 0 },
};

const struct command command_judge = {
	.name = "judge",
	.operands = "",
	.options = options,
	.run = judge_run,
};
