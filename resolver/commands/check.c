/*
 * What a person wants to know before a restart: is the file right, and will
 * it do what was meant.  What only may be meant otherwise is a note.
 */
#include "commands/commands.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "policy/verdict.h"
#include "subscribe/source.h"

static void note_source(const struct list_options *list, const char *source)
{
	if (!source_is_remote(source) && access(source, R_OK) != 0)
		printf("note: the list \"%s\": %s: %s; until it can be read, "
		       "its last good version stays in use\n", list->name,
		       source, strerror(errno));
}

static void note_sources(const struct settings *settings)
{
	for (unsigned i = 0; i < settings->list_count; i++) {
		const struct list_options *list = &settings->lists[i];

		for (unsigned j = 0; j < list->source_count; j++)
			note_source(list, list->sources[j]);
	}
}

static void note_sink(const struct settings *settings)
{
	if (settings->sink.has4 || settings->sink.has6)
		return;
	for (unsigned i = 0; i < settings->list_count; i++) {
		if (settings->lists[i].action != ACTION_SINK)
			continue;
		printf("note: the list \"%s\" has the action \"sink\", but "
		       "\"sink\" has no address: its names will have none\n",
		       settings->lists[i].name);
		return;
	}
}

static void note_user(const struct settings *settings)
{
	if (settings->user[0] != '\0' && getpwnam(settings->user) == NULL)
		printf("note: there is no user \"%s\" on this machine; "
		       "started as root, homebound will ask for one\n",
		       settings->user);
}

static void print_upstreams(const struct settings *settings)
{
	char word[ADDRESS_TEXT];
	struct text text;

	if (settings->upstream_count == 0) {
		printf("the upstreams that this machine was given\n");
		return;
	}
	printf("upstreams");
	for (unsigned i = 0; i < settings->upstream_count; i++) {
		text_init(&text, word, sizeof(word));
		address_print(&settings->upstreams[i], 53, &text);
		printf("%s %s", i > 0 ? "," : "", word);
	}
	printf("\n");
}

static int run(struct command_call *call)
{
	struct settings *settings;
	int code = commands_settings(call, &settings);

	if (code != 0)
		return code;
	printf("%s: good. %u address%s, %u list%s, ",
	       commands_settings_path(call), settings->listen_count,
	       settings->listen_count == 1 ? "" : "es", settings->list_count,
	       settings->list_count == 1 ? "" : "s");
	print_upstreams(settings);
	note_sources(settings);
	note_sink(settings);
	note_user(settings);
	settings_free(settings);
	return EXIT_DONE;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ .name = NULL },
};

const struct command command_check = {
	.name = "check",
	.operands = "",
	.summary = "say whether the configuration is right",
	.details =
	"Reads the configuration as serve and reload do and changes nothing. "
	"Everything that is wrong is told as FILE:LINE: WORDS on standard "
	"error, and the exit code is 1. Notes are about what is right but may "
	"be meant otherwise.",
	.example = "homebound check && systemctl reload homebound",
	.options = options,
	.run = run,
};
