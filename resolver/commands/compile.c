/*
 * compile: looks at the lists and makes the policy image.
 *
 * One at a time: a lock in the state folder.  Serials of images only rise,
 * because the journal has rows that name them; so the last one is also kept
 * in a file of its own, for the day when the image cannot be read.
 */
#include "commands/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "dns/record.h"
#include "policy/build.h"
#include "policy/image.h"
#include "privileges.h"
#include "subscribe/format.h"
#include "subscribe/list.h"

enum {
	STATE_MODE = 0750,
	FILE_MODE = 0640,
	PATH_ROOM = 4096,
	DUMP_LIMIT = 512 << 20,
};

struct compile {
	const struct settings *settings;
	struct build *build;
	struct list_report *reports;	/* a list each */
	struct image *old;		/* or NULL */
	uint8_t inputs[RECORD_DIGEST];
	uint32_t serial;		/* of the new image */
	int lock;
	char image[PATH_ROOM];
	char last[PATH_ROOM];		/* holds the last serial */
};

static bool say(const char *what, int error)
{
	log_error("%s: %s", what, error_words(error));
	return false;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void print_size(const struct image *image)
{
	printf("%" PRIu64 " name%s of %u list%s", image_names(image),
	       plural(image_names(image)), image_lists(image),
	       plural(image_lists(image)));
}

/* --- one list, for people who want to see what is read in it --- */

static int dump_rule(void *context, const struct name *name, bool exact,
		     uint32_t line)
{
	char at[NAME_TEXT];
	struct text text;

	(void)line;
	text_init(&text, at, sizeof(at));
	name_print(name, &text);
	fprintf(context, "%s\t%s\n", exact ? "exact" : "subtree", at);
	return 0;
}

static int dump(const char *path)
{
	const struct format_sink sink = { dump_rule, stdout };
	const struct list_options options = { .format = LIST_FORMAT_AUTO };
	struct format_counts counts;
	const char *distrust;
	uint8_t *at;
	size_t len;
	int error = file_read(path, DUMP_LIMIT, &at, &len);

	if (error < 0) {
		say(path, error);
		return EXIT_FAILED;
	}
	distrust = format_distrust(bytes_of(at, len));
	if (distrust)
		log_error("%s: %s", path, distrust);
	else
		list_read(&options, bytes_of(at, len), &sink, &counts);
	free(at);
	return distrust ? EXIT_FAILED : EXIT_DONE;
}

/* --- before --- */

/*
 * As the daemon's user: it has to read what is made here, and from here on
 * strangers' text is read.
 */
static bool become_user(const struct settings *settings)
{
	return privileges_own(settings->state, settings->user,
			      STATE_MODE) == 0 &&
	       privileges_drop(settings->user) == 0;
}

static bool open_lock(struct compile *compile)
{
	const char *state = compile->settings->state;
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/compile.lock", state);
	compile->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	if (compile->lock < 0)
		return say(path, -errno);
	if (flock(compile->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return say(path, -errno);
	log_error("another compile is at work in %s", state);
	return false;
}

static uint32_t last_serial(const struct compile *compile)
{
	unsigned long serial = 0;
	uint8_t *text;
	size_t len;

	if (file_read(compile->last, 64, &text, &len) == 0) {
		serial = strtoul((char *)text, NULL, 10);
		free(text);
	}
	if (compile->old && image_serial(compile->old) > serial)
		serial = image_serial(compile->old);
	return (uint32_t)serial;
}

/* True: there is something to do. */
static bool look(struct compile *compile, bool force)
{
	const struct settings *settings = compile->settings;
	int error = image_open(&compile->old, compile->image);

	list_inputs(settings->lists, settings->list_count, settings->state,
		    compile->inputs);
	if (error < 0 && error != -ENOENT)
		log_warning("%s: %s; it is made anew", compile->image,
			    error_words(error));
	compile->serial = last_serial(compile) + 1;
	if (force || !compile->old ||
	    memcmp(compile->inputs, image_inputs(compile->old),
		   sizeof(compile->inputs)) != 0)
		return true;
	printf("nothing has changed, image %" PRIu32 " stays: ",
	       image_serial(compile->old));
	print_size(compile->old);
	printf("\n");
	return false;
}

/* --- at work --- */

static bool read_lists(struct compile *compile)
{
	const struct settings *settings = compile->settings;

	for (unsigned i = 0; i < settings->list_count; i++) {
		int error = list_update(&settings->lists[i], settings->state,
					compile->build, &compile->reports[i]);

		if (error < 0)
			return say(settings->lists[i].name, error);
	}
	return true;
}

/* First, so that no serial is given twice. */
static bool write_serial(const struct compile *compile)
{
	struct file_replacement file;
	int error = file_replace(&file, compile->last, FILE_MODE);

	if (error == 0) {
		fprintf(file.stream, "%" PRIu32 "\n", compile->serial);
		error = file_replace_commit(&file);
	}
	return error < 0 ? say(compile->last, error) : true;
}

static bool write_image(struct compile *compile)
{
	int error;

	if (!write_serial(compile))
		return false;
	error = build_write(compile->build, compile->image, compile->serial,
			    compile->inputs);
	return error < 0 ? say(compile->image, error) : true;
}

/* Rules are those of the image: what a list says twice is counted once. */
static void print_report(const struct compile *compile, unsigned number)
{
	const struct list_report *report = &compile->reports[number];
	const char *name = compile->settings->lists[number].name;
	const struct image_list *list = build_find(compile->build, name);

	if (!list) {
		printf("%s: no rules: %s\n", name, report->trouble);
		return;
	}
	printf("%s: %" PRIu64 " rule%s, ", name, list->rules,
	       plural(list->rules));
	if (report->rejected)
		printf("%" PRIu64 " line%s rejected (the first is line %"
		       PRIu32 "), ", report->rejected,
		       plural(report->rejected), report->first_rejected);
	printf("%sversion %" PRIu64 "%s%s\n",
	       report->trouble[0] ? "kept " : report->changed ? "new " : "",
	       report->version.serial, report->trouble[0] ? ": " : "",
	       report->trouble);
}

static double processor_time(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Opened again: what is announced has been seen to be whole. */
static bool print_image(const struct compile *compile)
{
	struct image *image;
	int error = image_open(&image, compile->image);

	if (error < 0)
		return say(compile->image, error);
	printf("image %" PRIu32 ": ", image_serial(image));
	print_size(image);
	printf(", %.2f s of processor time\n", processor_time());
	image_close(image);
	return true;
}

static bool work(struct compile *compile)
{
	unsigned count = compile->settings->list_count;

	compile->build = build_new();
	compile->reports = calloc(count + 1u, sizeof(*compile->reports));
	if (!compile->build || !compile->reports)
		return say("compile", -ENOMEM);
	if (!read_lists(compile) || !write_image(compile))
		return false;
	for (unsigned i = 0; i < count; i++)
		print_report(compile, i);
	return print_image(compile);
}

static int compile_settings(const struct settings *settings, bool force)
{
	struct compile compile = { .settings = settings, .lock = -1 };
	bool good;

	snprintf(compile.image, sizeof(compile.image), "%s/" IMAGE_FILE,
		 settings->state);
	snprintf(compile.last, sizeof(compile.last), "%s/serial",
		 settings->state);
	good = become_user(settings) && open_lock(&compile);
	if (good && look(&compile, force))
		good = work(&compile);
	image_close(compile.old);
	build_free(compile.build);
	free(compile.reports);
	if (compile.lock >= 0)
		close(compile.lock);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int compile_run(struct command_call *call)
{
	const char *path = command_option(call, "dump");
	struct settings *settings;
	int exit_code;

	if (path)
		return dump(path);
	exit_code = commands_settings(call, &settings);
	if (exit_code != 0)
		return exit_code;
	exit_code = compile_settings(settings,
				     command_option(call, "force") != NULL);
	settings_free(settings);
	return exit_code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "force", NULL, ARGUMENT_NONE, NULL,
	  "even if no list and no option of one has changed" },
	{ 0, "dump", "FILE", ARGUMENT_FILE, NULL,
	  "only print the rules of this one list, a line each" },
	{ 0 },
};

const struct command command_compile = {
	.name = "compile",
	.operands = "",
	.summary = "read the lists and make the policy image",
	.details =
	"Looks at the source of every list of the configuration.  A source "
	"that has changed and is good becomes a new version of its list, and "
	"the last ten versions are kept.  A source that cannot be read, is "
	"not text, or has no rule in it is named, and the last good version "
	"stays in use.\n\n"
	"The rules of all lists become one file, policy.image in the state "
	"folder.  The daemon does this by itself when it starts and when it "
	"is told to reload; afterwards it uses the new image from its next "
	"query on.\n\n"
	"With --dump nothing is compiled: the rules of one file are printed "
	"as they would be understood, \"exact\" or \"subtree\" and the name.",
	.example =
	"homebound compile\n"
	"homebound compile --dump phone-home.txt",
	.options = options,
	.run = compile_run,
};
