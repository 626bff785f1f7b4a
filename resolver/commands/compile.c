/*
 * compile: looks at the lists and makes the policy image; says what it did.
 */
#include "commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "policy/image.h"
#include "privileges.h"
#include "subscribe/compiler.h"
#include "subscribe/format.h"

enum { STATE_MODE = 0750, PROGRESS_MS = 200 };

struct compile {
	const struct settings *settings;
	struct compiler_options options;
	struct compiler_result result;
	struct address upstreams[UPSTREAM_SERVERS];
	uint64_t told;			/* when progress was, milliseconds */
};

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* --- what was done --- */

/* Rules are those of the image: what a list says twice is counted once. */
static void print_list(const struct update_report *report,
		       const char *name, const struct image_list *list)
{
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
	if (report->left_out)
		printf("%" PRIu64 " rule%s that a forwarder cannot honour, ",
		       report->left_out, plural(report->left_out));
	if (report->surplus)
		printf("%" PRIu64 " regular expression%s left out "
		       "(\"regexes\"), ", report->surplus,
		       plural(report->surplus));
	printf("%sversion %" PRIu64 "%s%s\n",
	       report->held ? "held at " : report->trouble[0] ? "kept " :
	       report->changed ? "new " : "",
	       report->version.serial, report->trouble[0] ? ": " : "",
	       report->trouble);
}

static double processor_time(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print_size(const struct image *image)
{
	printf("%" PRIu64 " name%s, %u pattern%s of %u list%s",
	       image_names(image), plural(image_names(image)),
	       image_patterns(image), plural(image_patterns(image)),
	       image_lists(image), plural(image_lists(image)));
}

/* All of them; or, where the image is as it was, those with a trouble. */
static void print_lists(const struct compile *compile,
			const struct image *image)
{
	const struct compiler_options *options = &compile->options;

	for (unsigned i = 0; i < options->list_count; i++) {
		const struct update_report *report =
			&compile->result.reports[i];
		const char *name = options->lists[i].name;

		if (options->lists[i].enabled &&
		    (!compile->result.same || report->trouble[0]))
			print_list(report, name, image_find_list(image, name));
	}
}

static void print_work(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	printf(", %.2f s of processor time, %ld MB of memory\n",
	       processor_time(RUSAGE_SELF) + processor_time(RUSAGE_CHILDREN),
	       (usage.ru_maxrss + 1023) / 1024);
}

/* Opened again: what is announced has been seen to be whole. */
static bool print_result(const struct compile *compile)
{
	struct image *image;
	char path[4096];
	int error;

	snprintf(path, sizeof(path), "%s/" IMAGE_FILE,
		 compile->options.state);
	error = image_open(&image, path);
	if (error < 0) {
		log_error("%s: %s", path, error_words(error));
		return false;
	}
	print_lists(compile, image);
	if (compile->result.same) {
		printf("nothing has changed, image %" PRIu32 " stays: ",
		       image_serial(image));
		print_size(image);
		printf("\n");
	} else {
		printf("image %" PRIu32 ": ", image_serial(image));
		print_size(image);
		print_work();
	}
	image_close(image);
	return true;
}

/* --- the run --- */

/* A line that begins with '~' is for a terminal, and gone with the next. */
static void print_progress(void *context, const char *list, uint64_t got,
			   uint64_t expected)
{
	struct compile *compile = context;
	struct clock clock = { 0 };
	double mega = (double)got / 1e6;

	clock_update(&clock);
	if (clock_ms(&clock) < compile->told + PROGRESS_MS)
		return;
	compile->told = clock_ms(&clock);
	if (expected > got)
		printf("~%s: %.1f of %.1f MB\n", list, mega,
		       (double)expected / 1e6);
	else
		printf("~%s: %.1f MB\n", list, mega);
	fflush(stdout);
}

static bool knows_list(const struct settings *settings, const char *name)
{
	if (settings_find_list(settings, name))
		return true;
	log_error("there is no list \"%s\" (homebound lists shows all)", name);
	return false;
}

/*
 * As the daemon's user: it has to read what is made here, and from here on
 * strangers' text is handled.
 */
static int compile_settings(struct compile *compile)
{
	const struct settings *settings = compile->settings;
	int error;

	if (privileges_own(settings->state, settings->user, STATE_MODE) != 0 ||
	    privileges_drop(settings->user) != 0)
		return EXIT_FAILED;
	error = compiler_run(&compile->options, &compile->result);
	if (error < 0)
		log_error("%s", compile->result.trouble);
	else if (!print_result(compile))
		error = ERROR_DAMAGED;
	compiler_release(&compile->result, &compile->options);
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int compile_lists(const struct command_call *call,
			 const struct settings *settings, int first)
{
	struct compile *compile = calloc(1, sizeof(*compile));
	int exit_code = EXIT_DONE;

	if (!compile) {
		log_error("%s", error_words(-ENOMEM));
		return EXIT_FAILED;
	}
	compile->settings = settings;
	settings_compiler(settings, &compile->options);
	compile->options.only = call->operands + first;
	compile->options.only_count = (unsigned)(call->operand_count - first);
	compile->options.force = command_option(call, "force") != NULL;
	compile->options.now = first > 0 || call->operand_count > 0 ||
			       command_option(call, "now") != NULL;
	if (command_option(call, "progress")) {
		compile->options.progress = print_progress;
		compile->options.context = compile;
	}
	for (int i = first; i < call->operand_count; i++)
		if (!knows_list(settings, call->operands[i]))
			exit_code = EXIT_FAILED;
	commands_upstreams(settings, compile->upstreams,
			   &compile->options.upstreams);
	if (exit_code == EXIT_DONE)
		exit_code = compile_settings(compile);
	free(compile);
	return exit_code;
}

static int dump(const struct command_call *call, const char *path)
{
	int code = EXIT_DONE;
	unsigned format = commands_word_option(call, "format", format_parse,
					       &code);
	unsigned subdomains = commands_word_option(
		call, "subdomains", list_subdomains_parse, &code);

	return code != EXIT_DONE ? code : dump_run(path, format, subdomains);
}

static int compile_run(struct command_call *call)
{
	struct settings *settings;
	int exit_code;

	if (command_option(call, "dump"))
		return dump(call, command_option(call, "dump"));
	exit_code = commands_settings(call, &settings);
	if (exit_code != 0)
		return exit_code;
	exit_code = compile_lists(call, settings, 0);
	settings_free(settings);
	return exit_code;
}

/* What was changed stands in the configuration now; it is read anew. */
int compile_after_lists(const struct command_call *call)
{
	bool update = strcmp(call->operands[0], "update") == 0;
	struct settings *settings;
	int exit_code = commands_settings(call, &settings);

	if (exit_code != 0)
		return exit_code;
	exit_code = compile_lists(call, settings, update ? 1
				  : call->operand_count);
	settings_free(settings);
	return exit_code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "now", NULL, ARGUMENT_NONE, NULL,
	  "look at URLs also when they are not due" },
	{ 0, "force", NULL, ARGUMENT_NONE, NULL,
	  "take also what has lost half of its rules, and make an image even "
	  "if nothing has changed" },
	{ 0, "progress", NULL, ARGUMENT_NONE, NULL,
	  "say how far it is, in lines that begin with ~" },
	{ 0, "dump", "FILE", ARGUMENT_FILE, NULL,
	  "only print the rules of this one list, a line each" },
	{ 0, "format", "FORMAT", ARGUMENT_WORD, LIST_FORMAT_WORDS,
	  "with --dump: read it as this, instead of guessing" },
	{ 0, "subdomains", "WORD", ARGUMENT_WORD, "auto|yes|no",
	  "with --dump: whether plain names cover those below them" },
	{ 0 },
};

const struct command command_compile = {
	.name = "compile",
	.operands = "[LIST...]",
	.operand_kind = ARGUMENT_WORD,
	.operands_max = COMMAND_OPERANDS,
	.summary = "look at the lists and make the policy image",
	.details =
	"Looks at the source of every list of the configuration: at files "
	"always, at URLs when they are due or were named. A source that has "
	"changed and is good becomes a new version of its list, and the last "
	"versions are kept. A source that cannot be had, is a page of HTML or "
	"no text, has no rule in it, has lost half of its rules, or is not "
	"signed as it should be, is named, and the last good version stays in "
	"use.\n\n"
	"The rules of all lists become one file, policy.image in the state "
	"folder. What comes from strangers is read by a process that has "
	"given up the network and all files. The daemon does all this by "
	"itself when it starts, when a list is due and when it is told to "
	"reload; afterwards it uses the new image from its next query on.\n\n"
	"With --dump nothing is compiled: the rules of one file are printed "
	"as they are understood, a line each: what the rule does, what it "
	"covers, the name or pattern, the answer and the conditions, with "
	"tabs between.",
	.example =
	"homebound compile\n"
	"homebound compile --dump phone-home.txt",
	.options = options,
	.run = compile_run,
};
