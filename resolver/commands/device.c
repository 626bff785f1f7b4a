/*
 * device: who is in the house.  What is shown is read from the database, with
 * or without a daemon; names are given by the daemon where one runs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/utf8.h"
#include "commands/commands.h"
#include "commands/edits.h"
#include "control/control.h"
#include "journal/devices.h"

enum { WHAT = 256 };

/* A name that is given or taken away. */
struct naming {
	struct edits edits;
	char what[WHAT];		/* the device, as it was said */
	char name[DEVICES_NAME];	/* "": it is taken away */
};

/* --- what is asked --- */

static const struct verb {
	const char *word;
	int operands;			/* the word too */
	const char *usage;
} verbs[] = {
	{ "list", 1, "list" },
	{ "show", 2, "show DEVICE" },
	{ "name", 3, "name DEVICE NAME" },
	{ "forget-name", 2, "forget-name DEVICE" },
};

static bool is_verb(const struct command_call *call, const char *word)
{
	const char *said = call->operand_count > 0 ? call->operands[0]
						   : "list";

	return strcmp(said, word) == 0;
}

static bool changes(const struct command_call *call)
{
	return is_verb(call, "name") || is_verb(call, "forget-name");
}

/* False, and said. */
static bool is_understood(const struct command_call *call)
{
	size_t count = sizeof(verbs) / sizeof(verbs[0]), i;

	for (i = 0; i < count && !is_verb(call, verbs[i].word); i++)
		;
	if (i == count) {
		fprintf(stderr, "homebound device: it takes list, show, name "
			"or forget-name\nSee: homebound help device\n");
		return false;
	}
	if (call->operand_count == verbs[i].operands ||
	    call->operand_count == 0)
		return true;
	fprintf(stderr, "homebound device %s\nSee: homebound help device\n",
		verbs[i].usage);
	return false;
}

/* --- names --- */

static int refuse_unknown(struct naming *naming)
{
	char shown[4 * WHAT];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	utf8_put_hostile(&text, bytes_of_string(naming->what));
	return edits_refuse(&naming->edits, EXIT_FAILED, "there is no device "
			    "\"%s\": give a name, a MAC, an address or #ID "
			    "(homebound device shows all)", shown);
}

/* Two of one name could not be told apart. */
static bool is_taken(const struct naming *naming,
		     const struct devices *devices, int64_t device)
{
	int64_t other = devices_find(devices, naming->name);
	const char *name = devices_name(devices, other, UINT64_MAX);

	return other != 0 && other != device && name != NULL &&
	       strcasecmp(name, naming->name) == 0;
}

static const char *given_name(const struct devices *devices, int64_t device)
{
	const char *source = devices_name_source(devices, device, UINT64_MAX);

	return strcmp(source, "given") == 0
	       ? devices_name(devices, device, UINT64_MAX) : NULL;
}

static int give(struct naming *naming, sqlite3 *db, struct devices *devices,
		int64_t device)
{
	struct text *out = &naming->edits.out;
	struct devices_called called = { .name = naming->name };
	struct clock clock = { 0 };
	int rc;

	clock_update(&clock);
	called.since = clock.wall;
	devices_words(devices, device, out);
	rc = devices_give_name(devices, db, device, &called);
	text_put(out, " is called ");
	devices_words(devices, device, out);
	text_put(out, " from now on\n");
	return rc;
}

static int look_and_give(struct naming *naming, sqlite3 *db,
			 struct devices *devices)
{
	int64_t device = devices_find(devices, naming->what);

	if (device == 0)
		return refuse_unknown(naming);
	if (naming->name[0] == '\0' && given_name(devices, device) == NULL)
		return edits_refuse(&naming->edits, EXIT_FAILED, "it has no "
				    "name that was given by hand");
	if (naming->name[0] != '\0' && is_taken(naming, devices, device))
		return edits_refuse(&naming->edits, EXIT_FAILED, "another "
				    "device is called that: its name has to "
				    "go first (homebound device forget-name)");
	return give(naming, db, devices, device);
}

static int apply(sqlite3 *db, struct edits *edits)
{
	struct naming *naming = (struct naming *)edits;
	struct devices *devices;
	int rc = devices_load(&devices, db);

	if (rc == SQLITE_OK)
		rc = look_and_give(naming, db, devices);
	devices_free(devices);
	return rc;
}

static void take_words(struct naming *naming, const struct command_call *call)
{
	const char *what = call->operands[1];
	const char *name = is_verb(call, "name") ? call->operands[2] : "";

	if (strlen(what) >= WHAT)
		edits_refuse(&naming->edits, EXIT_USAGE,
			     "no device has so long a name");
	else if (is_verb(call, "name") && !devices_is_name(name))
		edits_refuse(&naming->edits, EXIT_USAGE, "that is no name: it "
			     "takes up to %d bytes of letters and signs, no "
			     "address and no MAC, without a blank or # at its "
			     "beginning", DEVICES_NAME - 1);
	if (naming->edits.exit_code != EXIT_DONE)
		return;
	strcpy(naming->what, what);
	strcpy(naming->name, name);
}

static struct naming *naming_of(const struct command_call *call)
{
	struct naming *naming = edits_new(sizeof(*naming));

	if (naming == NULL)
		return NULL;
	naming->edits.apply = apply;
	take_words(naming, call);
	return naming;
}

/* --- in the daemon, or here --- */

static void serve(struct request *request, struct command_call *call,
		  void *daemon)
{
	bool good = changes(call) && is_understood(call);
	struct naming *naming = good ? naming_of(call) : NULL;

	if (naming != NULL) {
		edits_serve(&naming->edits, request, daemon);
		return;
	}
	request_complain(request, "homebound: %s\n",
			 good ? error_words(-ENOMEM) : "nothing to change");
	request_finish(request, EXIT_FAILED);
}

static int here(const struct command_call *call,
		const struct settings *settings)
{
	struct naming *naming = naming_of(call);

	return naming != NULL ? edits_here(&naming->edits, settings)
			      : EXIT_FAILED;
}

static int run(struct command_call *call)
{
	if (!is_understood(call))
		return EXIT_USAGE;
	if (changes(call))
		return commands_carry_or(call, here);
	return device_show_run(call, is_verb(call, "show") ? call->operands[1]
							   : NULL);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL,
	  "list: an object of JSON a line, for programs" },
	{ 0, "csv", NULL, ARGUMENT_NONE, NULL,
	  "list: for spreadsheets (RFC 4180)" },
	{ .name = NULL },
};

const struct command command_device = {
	.name = "device",
	.operands = "[WORD [DEVICE [NAME]]]",
	.operand_kind = ARGUMENT_WORD,
	.operands_max = 3,
	.summary = "show the devices of the house, and give them names",
	.details =
	"A device is known by its MAC address, whatever addresses it has had, "
	"or by its one address where no MAC is seen. Which it is comes from "
	"the kernel's table of neighbours and from DHCP leases; what it is "
	"called comes from leases, from hosts files and from the router, and "
	"from you: a name that is given by hand goes before all others, from "
	"that moment on. All of it is kept with its time, so that a row of "
	"the journal says which device it was then.\n\n"
	"WORD is list (all of them, as without a word), show (one, with all "
	"its addresses and names and their times), name (gives it a NAME) or "
	"forget-name (takes that away).\n\n"
	"DEVICE is a name that it has or had, a MAC, an address, or # and its "
	"number.",
	.example =
	"homebound device\n"
	"homebound device name 192.168.1.23 \"Anna's tablet\"\n"
	"homebound device show \"Anna's tablet\"\n"
	"homebound device --json | jq -r .mac",
	.options = options,
	.run = run,
	.serve = serve,
};
