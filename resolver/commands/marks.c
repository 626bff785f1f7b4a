/*
 * marks: what was marked, and when.
 */
#include "commands/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/trail.h"
#include "journal/devices.h"
#include "journal/marks.h"
#include "review/records.h"
#include "review/words.h"
#include "review/words_mark.h"

enum { LINE = 4096, DEVICE = 256 };

struct showing {
	struct trail trail;
	struct marks_filter filter;
	enum print_form form;
	struct records *records;	/* NULL: lines */
	uint64_t count;
};

static int complain(const char *words)
{
	fprintf(stderr, "homebound marks: %s\nSee: homebound help marks\n",
		words);
	return EXIT_USAGE;
}

static int take_options(struct showing *showing,
			const struct command_call *call)
{
	bool json = command_option(call, "json") != NULL;
	bool csv = command_option(call, "csv") != NULL;
	int code = commands_time_option(call, "since",
					&showing->filter.since);

	if (code != 0)
		return code;
	if (json && csv)
		return complain("--json or --csv, not both");
	showing->form = json ? PRINT_JSON : csv ? PRINT_CSV : PRINT_TABLE;
	return 0;
}

static void put_device(const struct showing *showing, int64_t device,
		       char words[DEVICE])
{
	struct text text;

	text_init(&text, words, DEVICE);
	if (device != 0)
		devices_words(showing->trail.devices, device, &text);
}

static void print_line(const struct showing *showing, const struct mark *mark)
{
	char line[LINE], device[DEVICE];
	struct text text;

	put_device(showing, mark->device, device);
	text_init(&text, line, sizeof(line));
	text_put(&text, "%6" PRId64 "  ", mark->id);
	clock_print(mark->time, false, &text);
	text_put(&text, "  ");
	words_mark_label(mark, &text);
	text_put(&text, *device != '\0' ? ", %s" : "%s", device);
	text_put(&text, " (");
	words_put(mark->mode, &text);
	text_put(&text, ")");
	printf("%s\n", line);
}

static void put_record(const struct showing *showing, const struct mark *mark)
{
	struct records *records = showing->records;
	char device[DEVICE];

	put_device(showing, mark->device, device);
	records_number(records, mark->id);
	records_time(records, mark->time);
	records_text(records, mark->label);
	records_text(records, *device != '\0' ? device : NULL);
	records_text(records, mark->mode);
	records_end(records);
}

static bool show(void *context, const struct mark *mark)
{
	struct showing *showing = context;

	showing->count++;
	if (showing->records != NULL)
		put_record(showing, mark);
	else
		print_line(showing, mark);
	return ferror(stdout) == 0;
}

static int open_records(struct showing *showing)
{
	static const char *const names[] = {
		"number", "time", "label", "device", "mode", NULL,
	};
	int error;

	if (showing->form == PRINT_TABLE)
		return 0;
	error = records_open(&showing->records, stdout, showing->form, names);
	if (error < 0)
		fprintf(stderr, "homebound marks: %s\n",
			error == ERROR_ABSENT ? "built without jansson, so "
			"there is no --json" : error_words(error));
	return error < 0 ? EXIT_FAILED : 0;
}

static int show_all(struct showing *showing)
{
	int error = marks_each(showing->trail.db, &showing->filter, show,
			       showing);

	if (error < 0) {
		fprintf(stderr, "homebound marks: %s\n", error_words(error));
		return EXIT_FAILED;
	}
	if (showing->count == 0 && showing->records == NULL)
		printf("no marks (homebound mark LABEL makes one)\n");
	return EXIT_DONE;
}

static int run(struct command_call *call)
{
	const char *device = command_option(call, "device");
	struct showing showing = { .count = 0 };
	int code = take_options(&showing, call);

	if (code != 0)
		return code;
	code = trail_open(&showing.trail, call);
	if (code == 0 && device != NULL)
		code = trail_follow(&showing.trail, device);
	showing.filter.device = showing.trail.device;
	if (code == 0)
		code = open_records(&showing);
	if (code == 0)
		code = show_all(&showing);
	if (!records_close(showing.records) && errno != EPIPE)
		code = EXIT_FAILED;
	trail_close(&showing.trail);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 's', "since", "TIME", ARGUMENT_TIME, NULL,
	  "only those of that time or later" },
	{ 0, "device", "DEVICE", ARGUMENT_DEVICE, NULL,
	  "only those about this device, or about the whole house" },
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL,
	  "an object of JSON a line, for programs" },
	{ 0, "csv", NULL, ARGUMENT_NONE, NULL,
	  "for spreadsheets (RFC 4180)" },
	{ .name = NULL },
};

const struct command command_marks = {
	.name = "marks",
	.operands = "",
	.summary = "show what was marked",
	.details =
	"Each with its number, its moment, its label, the device it is about, "
	"and how the house answered then.",
	.example =
	"homebound marks\n"
	"homebound marks --since today --csv",
	.options = options,
	.run = run,
};
