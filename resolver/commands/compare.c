/*
 * compare: what came after a mark that does not come otherwise.
 */
#include "commands/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "commands/marked.h"
#include "commands/trail.h"

enum { WINDOW_MOST = 86400 };	/* seconds; a day is compared with days */

static int complain(const char *words)
{
	fprintf(stderr, "homebound compare: %s\nSee: homebound help "
		"compare\n", words);
	return EXIT_USAGE;
}

static int take_window(const struct command_call *call,
		       struct marked_wish *wish)
{
	const char *value = command_option(call, "window");
	int64_t seconds = value ? duration_parse(value) : COMPARE_WINDOW;

	if (seconds <= 0 || seconds > WINDOW_MOST)
		return complain("--window takes a length of time such as 30s "
				"or 5m, a day at most");
	wish->window = (uint64_t)seconds * 1000000;
	return 0;
}

static int take_controls(const struct command_call *call,
			 struct marked_wish *wish)
{
	const char *value = command_option(call, "controls");
	unsigned long number = COMPARE_CONTROLS_USUAL;
	char *end = "";

	errno = 0;
	if (value != NULL)
		number = strtoul(value, &end, 10);
	if ((value != NULL && (*value < '0' || *value > '9')) ||
	    *end != '\0' || errno != 0 || number > COMPARE_CONTROLS)
		return complain("--controls takes a number up to 32");
	wish->controls = (unsigned)number;
	return 0;
}

static int take_form(const struct command_call *call,
		     struct marked_wish *wish)
{
	bool json = command_option(call, "json") != NULL;
	bool csv = command_option(call, "csv") != NULL;

	wish->form = json ? PRINT_JSON : csv ? PRINT_CSV : PRINT_TABLE;
	return json && csv ? complain("--json or --csv, not both") : 0;
}

static int run(struct command_call *call)
{
	struct marked_wish wish = {
		.what = call->operand_count > 0 ? call->operands[0] : NULL,
		.device = command_option(call, "device"),
	};
	struct trail trail;
	int code = take_window(call, &wish);

	if (code == 0)
		code = take_controls(call, &wish);
	if (code == 0)
		code = take_form(call, &wish);
	if (code != 0)
		return code;
	code = trail_open(&trail, call);
	if (code == 0)
		code = marked_report(&trail, &wish);
	trail_close(&trail);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "device", "DEVICE", ARGUMENT_DEVICE, NULL,
	  "what this device asked for: a name, MAC or address" },
	{ 'w', "window", "TIME", ARGUMENT_WORD, NULL,
	  "so long after each mark; 60s when it is not said" },
	{ 0, "controls", "NUMBER", ARGUMENT_NUMBER, NULL,
	  "so many other windows for each mark; 8 when it is not said" },
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL,
	  "an object of JSON for each name, for programs" },
	{ 0, "csv", NULL, ARGUMENT_NONE, NULL,
	  "for spreadsheets (RFC 4180)" },
	{ .name = NULL },
};

const struct command command_compare = {
	.name = "compare",
	.operands = "[LABEL|NUMBER]",
	.operand_kind = ARGUMENT_WORD,
	.operands_max = 1,
	.summary = "what came after a mark that does not come otherwise",
	.details =
	"Takes all marks of a label (of the last mark, when none is given; "
	"or one mark by its number) and looks which names were asked for in "
	"a window after each. Windows as long, half of them at the same "
	"time of other days and the others just before the mark, tell what "
	"the device asks for anyway. Windows in which the journal has a gap, "
	"or that meet another mark, or in which the device was off, are left "
	"out, and it says so.\n\n"
	"\"After 3 of 3\", \"otherwise 0 of 24\": the name was asked for in "
	"each window after a mark and in none of the others. \"By chance 1 "
	"in 2,925\": so often this happens to a name that has nothing to do "
	"with the mark (Fisher's exact test). Where many names are looked "
	"at, some stand out by chance; a * says that this one is beyond "
	"that. One mark is never enough: do the same thing again, and mark "
	"it again.\n\n"
	"It knows questions, not transfers.",
	.example =
	"homebound compare\n"
	"homebound compare \"plugged the reader in\" --window 2m\n"
	"homebound compare 3 --device 192.168.1.23 --csv",
	.options = options,
	.run = run,
};
