/*
 * The table, and the way from a line to what it does: here, when the command
 * has a `run`; else the words are carried to the daemon, which takes them
 * apart once more by the same table.
 */
#include "commands/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "commands/all.h"
#include "base/utf8.h"
#include "control/control.h"
#include "privileges.h"
#include "upstream/system.h"

enum { READER_NICE = 10 };

const struct command *const commands[] = {
	&command_serve,
	&command_check,
	&command_status,
	&command_log,
	&command_review,
	&command_watch,
	&command_mark,
	&command_marks,
	&command_compare,
	&command_sql,
	&command_why,
	&command_block,
	&command_allow,
	&command_pause,
	&command_undo,
	&command_rules,
	&command_lists,
	&command_device,
	&command_forget,
	&command_replay,
	&command_alerts,
	&command_export,
	&command_verify,
	&command_keygen,
	&command_reload,
	&command_compile,
	&command_version,
	&command_help,
	&command_completion,
	&command_commit,
	&command_noted,
	&command_judge,
	NULL,
};

/* A word this far from a command may have meant it. */
enum { NEAR_ENOUGH = 2 };

const struct command *commands_find(const char *name, const char **near)
{
	const struct command *const *command;
	unsigned best = NEAR_ENOUGH + 1;

	*near = NULL;
	for (command = commands; *command != NULL; command++) {
		unsigned distance = text_distance(name, (*command)->name);

		if (distance == 0)
			return *command;
		if ((*command)->summary != NULL && distance < best) {
			best = distance;
			*near = (*command)->name;
		}
	}
	return NULL;
}

const char *commands_settings_path(const struct command_call *call)
{
	const char *path = command_option(call, "config");

	return path != NULL ? path : SETTINGS_PATH;
}

static void print_trouble(void *context,
			  const struct settings_trouble *trouble)
{
	(void)context;
	if (trouble->line > 0)
		fprintf(stderr, "%s:%u: %s\n", trouble->file, trouble->line,
			trouble->words);
	else
		fprintf(stderr, "%s: %s\n", trouble->file, trouble->words);
}

int commands_settings(const struct command_call *call,
		      struct settings **settings)
{
	int error = settings_read(settings, commands_settings_path(call),
				  print_trouble, NULL);

	return error < 0 ? EXIT_FAILED : 0;
}

/*
 * A file that is wrong keeps nobody from asking a daemon that runs; but one
 * that was named and does not tell where it answers must not lead to another.
 */
int commands_carry(const struct command_call *call)
{
	struct settings *settings;
	char *path;
	int code;

	if (settings_read_control(commands_settings_path(call), &path) < 0 &&
	    command_option(call, "config") != NULL) {
		code = commands_settings(call, &settings);
		if (code == 0)
			settings_free(settings);
		free(path);
		return EXIT_FAILED;
	}
	if (path == NULL)
		return EXIT_FAILED;
	code = control_ask(path, call->argc, call->argv);
	free(path);
	return code;
}

int commands_as_daemon(const struct command_call *call,
		       int (*here)(const struct command_call *call,
				   const struct settings *settings))
{
	struct settings *settings;
	int code = commands_settings(call, &settings);

	if (code != 0)
		return code;
	if (privileges_own(settings->state, settings->user, 0750) != 0 ||
	    privileges_drop(settings->user) != 0)
		code = EXIT_FAILED;
	else
		code = here(call, settings);
	settings_free(settings);
	return code;
}

int commands_carry_or(const struct command_call *call,
		      int (*here)(const struct command_call *call,
				  const struct settings *settings))
{
	bool served = true;
	char *path;

	settings_read_control(commands_settings_path(call), &path);
	if (path != NULL)
		served = control_is_served(path);
	free(path);
	return served ? commands_carry(call) : commands_as_daemon(call, here);
}

/* A search through a year must not be in the way of answers. */
static void step_back(void)
{
	if (getpriority(PRIO_PROCESS, 0) < READER_NICE)
		setpriority(PRIO_PROCESS, 0, READER_NICE);
}

void commands_commit(const struct settings *settings)
{
	char word[] = "commit", *words[] = { word, NULL };
	char answer[64];
	struct text text;

	text_init(&text, answer, sizeof(answer));
	control_ask_text(settings->control, 1, words, &text);
	step_back();
}

void commands_upstreams(const struct settings *settings,
			struct address room[UPSTREAM_SERVERS],
			struct addresses *upstreams)
{
	struct addresses ours = { settings->listen, settings->listen_count };
	const char *file;

	*upstreams = (struct addresses){
		settings->upstreams, settings->upstream_count,
	};
	if (upstreams->count > 0)
		return;
	upstreams->at = room;
	upstreams->count = system_servers(ours, room, UPSTREAM_SERVERS,
					  &file);
}

unsigned commands_word_option(const struct command_call *call,
			      const char *name,
			      int (*parse)(const char *word), int *code)
{
	const char *word = command_option(call, name);
	int number = word != NULL ? parse(word) : 0;

	if (number >= 0)
		return (unsigned)number;
	fprintf(stderr, "homebound %s: --%s: there is no \"%s\"\n",
		call->command->name, name, word);
	*code = EXIT_USAGE;
	return 0;
}

int commands_complain(const struct command_call *call, const char *option,
		      const char *value, const char *right)
{
	char shown[128];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	utf8_put_hostile(&text, bytes_of_string(value));
	fprintf(stderr, "homebound %s: --%s: \"%s\" is no %s\n"
		"See: homebound help %s\n", call->command->name, option,
		shown, right, call->command->name);
	return EXIT_USAGE;
}

int commands_time_option(const struct command_call *call, const char *option,
			 uint64_t *at)
{
	const char *value = command_option(call, option);
	struct clock clock = { 0 };

	if (value == NULL)
		return 0;
	clock_update(&clock);
	if (clock_parse(value, clock.wall, at) < 0)
		return commands_complain(call, option, value, "time: try 10m, "
					 "2h, today, 2026-11-22 or "
					 "2026-11-22T10:00");
	return 0;
}

void commands_utc_option(const struct command_call *call)
{
	if (command_option(call, "utc") == NULL)
		return;
	setenv("TZ", "UTC0", 1);
	tzset();
}

/* What was wrong is said already; this is what to do about it. */
int commands_journal_failed(int error)
{
	if (error == -EACCES)
		fprintf(stderr, "The journal tells who asked for what. To "
			"read it, join the group \"homebound\" and log in "
			"again, or use sudo.\n");
	else if (error == -ENOENT || error == ERROR_ABSENT)
		fprintf(stderr, "There is no journal yet: has homebound run "
			"with this configuration, and is its journal "
			"enabled?\n");
	return EXIT_FAILED;
}

static bool has_letter(const struct command *command, char letter)
{
	const struct command_option *option = command->options;

	for (; option != NULL && option->name != NULL; option++)
		if (option->letter == letter)
			return true;
	return false;
}

/* --help, or -h where that is not something else. */
static bool asks_for_help(const struct command *command, int argc,
			  char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 ||
		    (strcmp(argv[i], "-h") == 0 && !has_letter(command, 'h')))
			return true;
	return false;
}

int commands_call(const struct command *command, const char *program,
		  int argc, char **argv)
{
	struct command_call call = {
		.program = program, .argc = argc, .argv = argv,
	};
	char words[512];
	struct text trouble;

	if (asks_for_help(command, argc, argv)) {
		commands_print_help(stdout, command);
		return EXIT_DONE;
	}
	text_init(&trouble, words, sizeof(words));
	if (command_parse(&call, command, &trouble) != 0) {
		fprintf(stderr, "homebound %s: %s\nSee: homebound help %s\n",
			command->name, words, command->name);
		return EXIT_USAGE;
	}
	return command->run != NULL ? command->run(&call)
				    : commands_carry(&call);
}
