/*
 * mark: a moment gets a label, and loses it again.
 *
 * The moment is that of the call: it is taken before the daemon is asked,
 * which may be busy, and carried to it as UTC.
 */
#include "commands/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/edits.h"
#include "control/control.h"
#include "journal/devices.h"
#include "journal/marks.h"
#include "policy/own.h"
#include "review/words.h"

enum { DEVICE = 256, ADDRESSES = 16 };

struct marking {
	struct edits edits;		/* first */
	bool undo;
	struct mark mark;		/* id: the one to be undone */
	char label[MARK_LABEL + 1];
	char device[DEVICE];		/* as it was written; "" */
};

/* --- what is asked --- */

static int take_id(struct marking *marking, const struct command_call *call)
{
	const char *word = call->operand_count > 0 ? call->operands[0] : "0";
	char *end;

	errno = 0;
	marking->mark.id = strtoll(word, &end, 10);
	if (*word < '0' || *word > '9' || *end != '\0' || errno != 0)
		return edits_refuse(&marking->edits, EXIT_USAGE, "--undo "
				    "takes the number of a mark, as "
				    "homebound marks shows it");
	return 0;
}

static int take_label(struct marking *marking,
		      const struct command_call *call)
{
	const char *label = call->operand_count > 0 ? call->operands[0] : "";
	size_t len = strlen(label);

	if (len == 0 || len > MARK_LABEL ||
	    !utf8_is_plain(bytes_of_string(label)))
		return edits_refuse(&marking->edits, EXIT_USAGE, "a mark "
				    "needs a label: a line of at most %d "
				    "bytes, such as \"plugged the reader "
				    "in\"", MARK_LABEL);
	strcpy(marking->label, label);
	marking->mark.label = marking->label;
	return 0;
}

static int take_time(struct marking *marking, const struct command_call *call)
{
	const char *value = command_option(call, "at");
	struct clock clock = { 0 };

	clock_update(&clock);
	marking->mark.time = clock.wall;
	if (value != NULL &&
	    clock_parse(value, clock.wall, &marking->mark.time) < 0)
		return edits_refuse(&marking->edits, EXIT_USAGE, "--at takes "
				    "a time such as 30s, 10m, 2026-11-22T10:00"
				    " or 2026-11-22T10:00:30");
	if (marking->mark.time > clock.wall)
		return edits_refuse(&marking->edits, EXIT_USAGE, "--at: that "
				    "moment has not come yet");
	return 0;
}

static int take_device(struct marking *marking,
		       const struct command_call *call)
{
	const char *value = command_option(call, "device");

	if (value == NULL)
		return 0;
	if (strlen(value) >= sizeof(marking->device))
		return edits_refuse(&marking->edits, EXIT_USAGE, "--device: "
				    "that is too long for a device");
	strcpy(marking->device, value);
	return 0;
}

/* --- how the house answers --- */

static bool is_paused(const struct own *own, const struct devices *devices,
		      const struct mark *mark)
{
	struct devices_span spans[ADDRESSES];
	unsigned count = devices_spans(devices, mark->device, spans,
				       ADDRESSES);
	int64_t now = (int64_t)(mark->time / 1000000);

	if (own_pause(own, NULL, now) != NULL)
		return true;
	for (unsigned i = 0; mark->device != 0 && i < count && i < ADDRESSES;
	     i++)
		if (own_pause(own, &spans[i].address, now) != NULL)
			return true;
	return false;
}

static const char *mode_of_lists(const struct settings *settings)
{
	bool observes = false;

	for (unsigned i = 0; i < settings->list_count; i++) {
		unsigned action = settings->lists[i].action;

		if (action != ACTION_ALLOW && action != ACTION_OBSERVE)
			return "sink";
		observes = observes || action == ACTION_OBSERVE;
	}
	return observes ? "observing" : "forwarding";
}

/* Lines that make no sense are told elsewhere. */
static void ignore_line(void *context, unsigned line, const char *words)
{
	(void)context, (void)line, (void)words;
}

static const char *mode_of(const struct marking *marking,
			   const struct devices *devices)
{
	const struct settings *settings = marking->edits.settings;
	bool paused = false;
	struct own *own;

	if (marking->edits.daemon == NULL)
		return "off";
	if (own_read(&own, settings->state, ignore_line, NULL) == 0) {
		paused = is_paused(own, devices, &marking->mark);
		own_free(own);
	}
	return paused ? "paused" : mode_of_lists(settings);
}

/* --- making and undoing --- */

/* An address that nobody has seen yet is a device from now on. */
static int find_device(struct marking *marking, sqlite3 *db,
		       struct devices *devices)
{
	struct mark *mark = &marking->mark;
	char shown[2 * DEVICE];
	struct address address;
	struct text text;

	if (*marking->device == '\0')
		return SQLITE_OK;
	mark->device = devices_find(devices, marking->device);
	if (mark->device != 0)
		return SQLITE_OK;
	if (address_parse(&address, marking->device, 0) == 0)
		return devices_take(devices, db, &address, mark->time,
				    &mark->device);
	text_init(&text, shown, sizeof(shown));
	utf8_put_hostile(&text, bytes_of_string(marking->device));
	return edits_refuse(&marking->edits, EXIT_FAILED, "there is no device "
			    "\"%s\": homebound device shows all", shown);
}

static void say_mark(struct marking *marking, const struct devices *devices)
{
	const struct mark *mark = &marking->mark;
	struct text *out = &marking->edits.out;

	text_put(out, "mark %" PRId64 ": \"", mark->id);
	utf8_put_hostile(out, bytes_of_string(mark->label));
	text_put(out, "\" at ");
	clock_print(mark->time, false, out);
	if (mark->device != 0) {
		text_put(out, ", for ");
		devices_words(devices, mark->device, out);
	}
	text_put(out, " (the house: %s)\n", mark->mode);
}

static int put(struct marking *marking, sqlite3 *db)
{
	struct devices *devices;
	int rc = devices_load(&devices, db);

	if (rc != SQLITE_OK)
		return rc;
	rc = find_device(marking, db, devices);
	if (rc == SQLITE_OK) {
		marking->mark.mode = mode_of(marking, devices);
		rc = marks_put(db, &marking->mark);
	}
	if (rc == SQLITE_OK)
		say_mark(marking, devices);
	devices_free(devices);
	return rc;
}

static bool say_undone(void *context, const struct mark *mark)
{
	struct marking *marking = context;
	struct text *out = &marking->edits.out;

	if (mark->id != marking->mark.id)
		return true;
	text_put(out, "undone: mark %" PRId64 ", \"", mark->id);
	utf8_put_hostile(out, bytes_of_string(mark->label));
	text_put(out, "\" at ");
	clock_print(mark->time, false, out);
	text_put(out, "\n");
	return false;
}

static int last_put(sqlite3 *db, int64_t *id)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT max(id) FROM mark", -1, &stmt,
				    NULL);

	if (rc != SQLITE_OK)
		return rc;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*id = sqlite3_column_int64(stmt, 0);
	return sqlite3_finalize(stmt);
}

/* Told before it is gone. */
static int undo(struct marking *marking, sqlite3 *db)
{
	const struct marks_filter all = { 0 };
	int64_t *id = &marking->mark.id;
	int rc = SQLITE_OK;

	if (*id == 0)
		rc = last_put(db, id);
	if (rc == SQLITE_OK && *id == 0)
		return edits_refuse(&marking->edits, EXIT_FAILED,
				    "there is no mark to undo");
	if (rc == SQLITE_OK &&
	    marks_each(db, &all, say_undone, marking) < 0)
		rc = SQLITE_ERROR;
	if (rc == SQLITE_OK)
		rc = marks_drop(db, *id);
	if (rc == SQLITE_NOTFOUND)
		return edits_refuse(&marking->edits, EXIT_FAILED, "there is "
				    "no mark %" PRId64 ": homebound marks "
				    "shows all", *id);
	return rc;
}

static int apply(sqlite3 *db, struct edits *edits)
{
	struct marking *marking = (struct marking *)edits;

	return marking->undo ? undo(marking, db) : put(marking, db);
}

/* --- in the daemon, or here --- */

static struct marking *marking_of(const struct command_call *call)
{
	struct marking *marking = edits_new(sizeof(*marking));
	int rc;

	if (marking == NULL)
		return NULL;
	marking->edits.apply = apply;
	marking->undo = command_option(call, "undo") != NULL;
	if (marking->undo) {
		take_id(marking, call);
		return marking;
	}
	rc = take_label(marking, call);
	if (rc == 0)
		rc = take_time(marking, call);
	if (rc == 0)
		take_device(marking, call);
	return marking;
}

static void serve_mark(struct request *request, struct command_call *call,
		       void *daemon)
{
	struct marking *marking = marking_of(call);

	if (marking != NULL) {
		edits_serve(&marking->edits, request, daemon);
		return;
	}
	request_complain(request, "homebound: %s\n", error_words(-ENOMEM));
	request_finish(request, EXIT_FAILED);
}

static int here(const struct command_call *call,
		const struct settings *settings)
{
	struct marking *marking = marking_of(call);

	return marking != NULL ? edits_here(&marking->edits, settings)
			       : EXIT_FAILED;
}

/* The line again, with the moment as it is meant here and now. */
static int carry(struct command_call *call, const struct marking *marking)
{
	char name[] = "mark", at[] = "--at", device[] = "--device",
	     end[] = "--", when[64], label[MARK_LABEL + 1], of[DEVICE];
	char *line[] = { name, at, when, end, label, NULL, NULL, NULL };
	struct text text;

	text_init(&text, when, sizeof(when));
	words_time(marking->mark.time, &text);
	strcpy(label, marking->label);
	strcpy(of, marking->device);
	call->argc = 5;
	if (*of != '\0') {
		line[3] = device;
		line[4] = of;
		line[5] = end;
		line[6] = label;
		call->argc = 7;
	}
	call->argv = line;
	return commands_carry_or(call, here);
}

static int run(struct command_call *call)
{
	struct marking *marking = marking_of(call);
	int code;

	if (marking == NULL)
		return EXIT_FAILED;
	code = marking->edits.exit_code;
	if (code != EXIT_DONE)
		fprintf(stderr, "homebound mark: %sSee: homebound help "
			"mark\n", marking->edits.words);
	else if (marking->undo)
		code = commands_carry_or(call, here);
	else
		code = carry(call, marking);
	free(marking);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "device", "DEVICE", ARGUMENT_DEVICE, NULL,
	  "it is about this device: a name, MAC or address" },
	{ 0, "at", "TIME", ARGUMENT_TIME, NULL,
	  "it was then, not now" },
	{ 0, "undo", NULL, ARGUMENT_NONE, NULL,
	  "take the last one back, or the one of that number" },
	{ .name = NULL },
};

const struct command command_mark = {
	.name = "mark",
	.operands = "LABEL",
	.operand_kind = ARGUMENT_WORD,
	.operands_max = 1,
	.summary = "give this moment a label, to see what came after it",
	.details =
	"Do something with a device and mark the moment: with the same label "
	"each time the same thing is done. compare then tells what the "
	"device asked for after the mark that it does not ask for "
	"otherwise.\n\n"
	"A mark is stored at once, with all that was asked before it, and "
	"with how the house answers: \"sink\", \"paused\", \"observing\" "
	"(lists only observe), \"forwarding\" (no list sinks anything) or "
	"\"off\" (the daemon does not run). Without --device it is about the "
	"whole house.",
	.example =
	"homebound mark \"plugged the reader in\" --device 192.168.1.23\n"
	"homebound mark \"started the software\" --at 2m\n"
	"homebound mark --undo",
	.options = options,
	.run = run,
	.serve = serve_mark,
};
