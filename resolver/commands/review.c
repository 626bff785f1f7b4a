/*
 * review: who tried to phone home.
 *
 * It reads the journal itself, with or without a daemon; one that runs is
 * asked first to store what it has in memory, and afterwards to remember when
 * somebody looked, for "new since the last review".
 */
#include "commands/commands.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "commands/decide.h"
#include "commands/digest.h"
#include "commands/insight.h"
#include "commands/noted.h"
#include "commands/terminal.h"
#include "control/control.h"
#include "journal/devices.h"
#include "review/overview.h"
#include "review/summary_html.h"
#include "review/summary_print.h"

static const char usual_since[] = "24h";

struct review {
	const struct command_call *call;
	struct settings *settings;
	struct insight insight;
	struct summary_options options;
	struct summary *summary;
};

/* --- what is asked --- */

static int take_since(struct review *review, uint64_t now)
{
	const char *since = command_option(review->call, "since");
	struct summary_options *options = &review->options;

	if (since && strcmp(since, "last") == 0) {
		if (options->last_review == 0)
			since = usual_since;
		else
			options->since = options->last_review;
	}
	if (options->since != 0 ||
	    clock_parse(since ? since : usual_since, now,
			&options->since) == 0)
		return 0;
	return commands_complain(review->call, "since", since, "time: try 24h, "
				 "7d, 22:00, yesterday, 2026-11-22, "
				 "2026-11-22T22:00 or last");
}

static int take_times(struct review *review)
{
	struct summary_options *options = &review->options;
	struct clock clock = { 0 };
	int code;

	clock_update(&clock);
	options->last_review = insight_noted(&review->insight, "review");
	options->until = clock.wall;
	code = take_since(review, clock.wall);
	if (code == 0)
		code = commands_time_option(review->call, "until",
					    &options->until);
	if (code != 0 || options->since < options->until)
		return code;
	fprintf(stderr, "homebound review: --since is not before --until\n");
	return EXIT_USAGE;
}

static int take_device(struct review *review)
{
	const char *what = command_option(review->call, "device");

	if (!what)
		return 0;
	review->options.device = devices_find(review->insight.devices, what);
	if (review->options.device != 0)
		return 0;
	commands_complain(review->call, "device", what, "device of the "
			  "journal: homebound device lists them");
	return EXIT_FAILED;
}

/* --- how it is shown --- */

static bool is_utf8(void)
{
	setlocale(LC_CTYPE, "");
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void show(const struct review *review)
{
	const struct command_call *call = review->call;
	struct overview_options options = {
		.out = stdout,
		.width = terminal_width(),
		.colour = terminal_wants_colour(),
		.utf8 = is_utf8(),
		.one_device = review->options.device != 0,
		.only_new = command_option(call, "new") != NULL,
		.all = command_option(call, "all") != NULL,
	};

	overview_print(summary_house(review->summary), &options);
}

static int write_html(const struct review *review, const char *path)
{
	int error = summary_html(summary_house(review->summary), path);

	if (error == 0)
		return EXIT_DONE;
	fprintf(stderr, "homebound review: %s: %s\n", path,
		error_words(error));
	return EXIT_FAILED;
}

static int print(const struct review *review)
{
	const struct summary_house *house = summary_house(review->summary);
	const struct command_call *call = review->call;
	const char *html = command_option(call, "html");
	bool only_new = command_option(call, "new") != NULL;
	int error = 0;

	if (html)
		return write_html(review, html);
	if (command_option(call, "json"))
		error = summary_print(house, PRINT_JSON, only_new, stdout);
	else if (command_option(call, "csv"))
		error = summary_print(house, PRINT_CSV, only_new, stdout);
	else
		show(review);
	if (error == 0 && fflush(stdout) != 0)
		error = -errno;
	if (error == ERROR_ABSENT)
		fprintf(stderr, "homebound review: built without jansson, so "
			"there is no --json\n");
	else if (error < 0 && error != -EPIPE)
		fprintf(stderr, "homebound review: %s\n", error_words(error));
	return error == 0 || error == -EPIPE ? EXIT_DONE : EXIT_FAILED;
}

/* A person has looked at all of it, on a screen. */
static bool was_looked_at(const struct review *review)
{
	const struct command_call *call = review->call;

	return isatty(STDOUT_FILENO) && review->options.device == 0 &&
	       !command_option(call, "until") &&
	       !command_option(call, "html") &&
	       !command_option(call, "json") && !command_option(call, "csv");
}

/* --- the command --- */

static void note(const struct review *review)
{
	if (control_is_served(review->settings->control))
		noted_put(review->settings, "review", review->options.until);
}

static int look(struct review *review)
{
	int code = insight_open(&review->insight, review->settings);

	if (code == 0)
		code = take_times(review);
	if (code == 0)
		code = take_device(review);
	if (code != 0)
		return code;
	insight_fill(&review->insight, &review->options);
	review->options.folded = command_option(review->call, "all") == NULL;
	if (summary_make(&review->summary, review->insight.db,
			 &review->options) < 0)
		return EXIT_FAILED;
	code = print(review);
	if (code == EXIT_DONE && was_looked_at(review))
		note(review);
	return code;
}

static int run_here(struct command_call *call)
{
	struct review review = { .call = call };
	int code = commands_settings(call, &review.settings);

	if (code == 0)
		code = look(&review);
	summary_free(review.summary);
	insight_close(&review.insight);
	settings_free(review.settings);
	return code;
}

static int run(struct command_call *call)
{
	if (decide_is_meant(call))
		return decide_run(call);
	if (call->operand_count > 0) {
		fprintf(stderr, "homebound review: it takes options, or "
			"\"decide NAME VERDICT\"\n"
			"See: homebound help review\n");
		return EXIT_USAGE;
	}
	if (command_option(call, "digest") || command_option(call, "send"))
		return digest_run(call);
	return run_here(call);
}

/* Only decisions change anything. */
static void serve_command(struct request *request, struct command_call *call,
			  void *daemon)
{
	decide_serve(request, call, daemon);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 's', "since", "TIME", ARGUMENT_TIME, NULL,
	  "from then on; 24h unless given; \"last\": the last review" },
	{ 'u', "until", "TIME", ARGUMENT_TIME, NULL, "only before then" },
	{ 0, "device", "DEVICE", ARGUMENT_DEVICE, NULL,
	  "only that one, with names and reasons" },
	{ 0, "new", NULL, ARGUMENT_NONE, NULL,
	  "only receivers that the device never asked for before" },
	{ 'a', "all", NULL, ARGUMENT_NONE, NULL,
	  "also receivers that tell nothing, or were decided fine" },
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL,
	  "all of it as one object, for programs" },
	{ 0, "csv", NULL, ARGUMENT_NONE, NULL,
	  "a line for each name, for spreadsheets (RFC 4180)" },
	{ 0, "html", "FILE", ARGUMENT_FILE, NULL,
	  "a page that stands for itself" },
	{ 0, "digest", NULL, ARGUMENT_NONE, NULL,
	  "the time since the last digest, as a letter" },
	{ 0, "send", NULL, ARGUMENT_NONE, NULL,
	  "the digest goes the ways that alerts go" },
	{ 0, "note", "TEXT", ARGUMENT_WORD, NULL, "why it was decided so" },
	{ .name = NULL },
};

const struct command command_review = {
	.name = "review",
	.operands = "[decide NAME fine|block|watch]",
	.operands_max = 3,
	.summary = "who tried to phone home, how often, how regularly",
	.details =
	"Shows for each device whom it tried to reach in the last 24 hours: "
	"the receiver (the domain that somebody registered, by the public "
	"suffix list), how many questions, how many of them were sunk, how "
	"regularly, whether it is new, and when. \"!\" is a receiver with "
	"sunk questions, \"*\" one that this device never asked for before. "
	"Devices and receivers that tell most stand first.\n\n"
	"\"Did my PC phone home last night, to whom, and is it regular?\" is "
	"answered by\n\n"
	"homebound review --device PC --since 22:00\n\n"
	"where PC is what homebound device calls it, its MAC or an address of "
	"it.\n\n"
	"A rhythm (\"every 5 min\") is only told when fewer than one in 1,000 "
	"histories of asking at random, or in bursts, would look like one; "
	"people with regular habits can look like one all the same. A rhythm "
	"as long as the answers may be kept is the cache's and not the "
	"device's, and is not told. When a list comes to have a name that was "
	"asked for before, it is said how often.\n\n"
	"It shows questions. What was sent, and whether, DNS does not show. "
	"Where the journal has gaps, it says so first; \"?\" says who asked "
	"for a public resolver, or fell silent while the network still hears "
	"it: what such a device asks elsewhere is not seen here.\n\n"
	"With \"decide\" a name, and what is below it, is judged once: fine "
	"(left out of reviews from then on), block (also sunk from now on), "
	"or watch (always shown, and first). Decisions are the household's "
	"and are remembered.\n\n"
	"--digest tells of the time since the last digest; with --send it "
	"goes the ways that alerts go (see alerts in homebound.conf(5)). "
	"Once a day, by systemd: systemctl enable --now "
	"homebound-digest.timer.",
	.example =
	"homebound review\n"
	"homebound review --device anna-laptop --since 22:00\n"
	"homebound review --since 7d --new\n"
	"homebound review --since 30d --html review.html\n"
	"homebound review decide telemetry.example block --note \"the TV\"",
	.options = options,
	.run = run,
	.serve = serve_command,
};
