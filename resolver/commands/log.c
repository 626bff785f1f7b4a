/*
 * log: the journal's rows, as they are and as they come.
 *
 * It reads the database itself, with or without a daemon; one that runs is
 * asked first to store what it still holds in memory.
 */
#include "commands/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "commands/log_marks.h"
#include "commands/terminal.h"
#include "journal/reader.h"
#include "policy/verdict.h"
#include "review/print.h"

enum {
	LAST = 50,		/* rows, when nothing else is asked */
	FOLLOW_MS = 300,
};

struct log {
	const struct command_call *call;
	struct settings *settings;
	char path[4096];		/* of the database */
	struct reader_filter filter;
	bool nothing;			/* --lines 0: only what comes */
	bool follow;
	struct print *print;
	struct reader *reader;
	struct log_marks marks;
	bool shown;			/* a row was */
};

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* --- what is asked --- */

static int complain(const struct log *log, const char *option,
		    const char *value, const char *right)
{
	return commands_complain(log->call, option, value, right);
}

static int take_client(struct log *log)
{
	const char *value = command_option(log->call, "client");

	if (value == NULL)
		return 0;
	log->filter.has_client = true;
	if (prefix_parse(&log->filter.client, value) < 0)
		return complain(log, "client", value, "address or prefix, "
				"such as 192.168.1.20 or fd00::/64");
	return 0;
}

static int take_name(struct log *log)
{
	const char *value = command_option(log->call, "name");
	struct name name;

	if (value == NULL)
		return 0;
	log->filter.name = value;
	if (name_parse(&name, bytes_of_string(value)) < 0)
		return complain(log, "name", value, "domain name");
	return 0;
}

static int take_verdict(struct log *log)
{
	const char *value = command_option(log->call, "verdict");

	log->filter.verdict = -1;
	if (value == NULL)
		return 0;
	log->filter.verdict = strcmp(value, "passed") == 0
			      ? VERDICT_PASS : verdict_parse(value);
	if (log->filter.verdict < 0)
		return complain(log, "verdict", value, "verdict: it is sunk, "
				"passed, allowed, observed, denied, "
				"rewritten or paused");
	return 0;
}

static int take_lines(struct log *log)
{
	const char *value = command_option(log->call, "lines");
	unsigned long lines;
	char *end;

	if (value == NULL) {
		log->filter.last = log->filter.since == 0 ? LAST : 0;
		return 0;
	}
	errno = 0;
	lines = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end != '\0' || errno != 0 ||
	    lines > UINT32_MAX)
		return complain(log, "lines", value, "number");
	log->filter.last = (unsigned)lines;
	log->nothing = lines == 0;
	return 0;
}

static int take_options(struct log *log)
{
	int code = commands_time_option(log->call, "since", &log->filter.since);

	log->filter.device = command_option(log->call, "device");

	if (code == 0)
		code = commands_time_option(log->call, "until",
					    &log->filter.until);
	if (code == 0)
		code = take_client(log);
	if (code == 0)
		code = take_name(log);
	if (code == 0)
		code = take_verdict(log);
	if (code == 0)
		code = take_lines(log);
	log->follow = command_option(log->call, "follow") != NULL;
	return code;
}

/* --- how it is shown --- */

static enum print_form form_of(bool json, bool csv, bool lines)
{
	if (lines)
		return PRINT_LINES;
	return json ? PRINT_JSON : csv ? PRINT_CSV : PRINT_TABLE;
}

static int open_print(struct log *log)
{
	bool json = command_option(log->call, "json") != NULL;
	bool csv = command_option(log->call, "csv") != NULL;
	bool lines = command_option(log->call, "syslog") != NULL;
	struct print_options options = {
		.out = stdout,
		.form = form_of(json, csv, lines),
		.width = terminal_width(),
		.colour = terminal_wants_colour(),
	};
	int error;

	if (json + csv + lines > 1) {
		fprintf(stderr, "homebound log: one of --json, --csv and "
			"--syslog\n"
			"See: homebound help log\n");
		return EXIT_USAGE;
	}
	error = print_open(&log->print, &options);
	if (error == ERROR_ABSENT)
		fprintf(stderr, "homebound log: built without jansson, so "
			"there is no --json\n");
	else if (error < 0)
		fprintf(stderr, "homebound log: %s\n", error_words(error));
	return error < 0 ? EXIT_FAILED : 0;
}

/* --- reading --- */

static int open_reader(struct log *log)
{
	int error = reader_open(&log->reader, log->path);

	return error < 0 ? commands_journal_failed(error) : 0;
}

static bool show_row(void *context, const struct reader_row *row)
{
	struct log *log = context;

	if (log->filter.last > 0 && !log->shown)
		log_marks_skip(&log->marks, row->time);
	log->shown = true;
	return log_marks_show(&log->marks, row->time, log->print) &&
	       print_row(log->print, row) && !interrupted;
}

static bool show_note(void *context, const struct reader_note *note)
{
	struct log *log = context;

	return log_marks_show(&log->marks, note->from, log->print) &&
	       print_note(log->print, note) && !interrupted;
}

/* A pipe that nobody reads any more is an end like any other. */
static int write_failed(void)
{
	if (errno == EPIPE)
		return EXIT_DONE;
	fprintf(stderr, "homebound log: %s\n", error_words(-errno));
	return EXIT_FAILED;
}

/* Shows what is there behind `after`: -1 when there can be more. */
static int show(struct log *log)
{
	struct reader_taker taker = { show_row, show_note, log };
	int64_t shown;

	log_marks_read(&log->marks, log->path, log->filter.since,
		       log->filter.until);
	shown = reader_records(log->reader, &log->filter, &taker);

	if (shown == ERROR_ABSENT)
		return complain(log, "device", log->filter.device, "device: "
				"give a name it has or had, a MAC or an "
				"address (homebound device lists them)");
	if (shown < 0)
		return EXIT_FAILED;
	if (shown == 0 && !log->follow && isatty(STDERR_FILENO))
		fprintf(stderr, "The journal has nothing like that.\n");
	if (!log_marks_show(&log->marks, UINT64_MAX, log->print) ||
	    !print_flush(log->print))
		return write_failed();
	return interrupted ? EXIT_DONE : -1;
}

/* --- following --- */

static bool wait_a_little(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	struct timespec pause = { .tv_nsec = FOLLOW_MS * 1000000L };

	if (poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0)
		return false;
	nanosleep(&pause, NULL);
	return !interrupted;
}

/* A damaged journal was set aside, and another one has begun. */
static int reopen(struct log *log)
{
	if (!reader_is_stale(log->reader))
		return 0;
	reader_close(log->reader);
	log->reader = NULL;
	log->filter.after = 0;
	return open_reader(log);
}

static int follow(struct log *log)
{
	int code = -1;

	log->filter.last = 0;
	while (code < 0) {
		if (!wait_a_little())
			return EXIT_DONE;
		commands_commit(log->settings);
		code = reopen(log);
		if (code != 0)
			return code;
		code = show(log);
		log->filter.after = reader_end(log->reader);
	}
	return code;
}

static int show_first(struct log *log)
{
	int64_t last;
	int code;

	if (log->nothing) {
		last = reader_last(log->reader);
		log->filter.after = last;
		return last < 0 ? EXIT_FAILED : -1;
	}
	code = show(log);
	log->filter.after = reader_end(log->reader);
	return code;
}

static void listen_to_signals(const struct log *log)
{
	struct sigaction action = { .sa_handler = interrupt };

	signal(SIGPIPE, SIG_IGN);
	if (!log->follow)
		return;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int read_journal(struct log *log)
{
	int code;

	snprintf(log->path, sizeof(log->path), "%s/journal.db",
		 log->settings->state);
	commands_commit(log->settings);
	code = open_reader(log);
	if (code != 0)
		return code;
	listen_to_signals(log);
	code = show_first(log);
	if (code < 0)
		code = log->follow ? follow(log) : EXIT_DONE;
	return code;
}

static int run(struct command_call *call)
{
	struct log log = { .call = call };
	int code;

	commands_utc_option(call);
	code = take_options(&log);
	if (code == 0)
		code = open_print(&log);
	if (code == 0)
		code = commands_settings(call, &log.settings);
	if (code == 0)
		code = read_journal(&log);
	reader_close(log.reader);
	log_marks_release(&log.marks);
	print_close(log.print);
	settings_free(log.settings);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 's', "since", "TIME", ARGUMENT_TIME, NULL,
	  "only what was asked at that time or later" },
	{ 'u', "until", "TIME", ARGUMENT_TIME, NULL,
	  "only what was asked before then" },
	{ 0, "client", "ADDRESS", ARGUMENT_ADDRESS, NULL,
	  "only of that address, or of a prefix such as 192.168.1.0/24" },
	{ 0, "device", "DEVICE", ARGUMENT_DEVICE, NULL,
	  "only of that device: its name, MAC, or an address it has" },
	{ 0, "name", "NAME", ARGUMENT_NAME, NULL,
	  "only that name and what is below it" },
	{ 0, "verdict", "VERDICT", ARGUMENT_WORD,
	  "sunk|passed|allowed|observed|denied|rewritten|paused",
	  "only what became that of it" },
	{ 'n', "lines", "NUMBER", ARGUMENT_NUMBER, NULL,
	  "only the last so many" },
	{ 'f', "follow", NULL, ARGUMENT_NONE, NULL,
	  "go on with what comes, until Ctrl-C" },
	{ 0, "utc", NULL, ARGUMENT_NONE, NULL,
	  "times are UTC, in and out" },
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL,
	  "an object of JSON a line, for programs" },
	{ 0, "csv", NULL, ARGUMENT_NONE, NULL,
	  "for spreadsheets (RFC 4180)" },
	{ 0, "syslog", NULL, ARGUMENT_NONE, NULL,
	  "key=value lines without a time, for logger(1) or a unit" },
	{ .name = NULL },
};

const struct command command_log = {
	.name = "log",
	.operands = "",
	.summary = "who asked for what, when, and what became of it",
	.details =
	"Shows the journal: the last 50 rows, or all since a time. A time is "
	"\"10m\", \"2h\" or \"7d\" ago, \"today\", \"yesterday\", "
	"\"2026-11-22\", \"2026-11-22T10:00:30\" (with a Z at its end: UTC) "
	"or \"@\" and seconds since 1970.\n\n"
	"A verdict names the list and the line that said so, and the alias "
	"(\"via\") if it was not the name itself. Where queries are missing, "
	"a line says how many and when; where the clock was set, or rows "
	"cannot be read, a line says so, too.\n\n"
	"A client is called by its device's name, if it had one then; "
	"--device finds a device by any of its names and addresses, each in "
	"the time when it was its own. --json and --csv have the address as "
	"well.\n\n"
	"It works without a daemon. One that runs is asked first to store "
	"what it has in memory.",
	.example =
	"homebound log --follow --client 192.168.1.20\n"
	"homebound log --since today --verdict sunk\n"
	"homebound log --device laptop --since yesterday\n"
	"homebound log --since 7d --name example.com --csv > week.csv\n"
	"homebound log --since 1h --json | jq -r .name | sort | uniq -c",
	.options = options,
	.run = run,
};
