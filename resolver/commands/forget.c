/*
 * forget: takes a device, a name or a time out of the journal, step by step.
 *
 * What there is to forget is looked up and told by the process that was
 * started, and a person is asked; then each step is an edit of the journal
 * (journal/edit.h) in the daemon, which goes on storing between two of them,
 * or here where none runs.
 */
#include "commands/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/trail.h"
#include "control/control.h"
#include "journal/edit.h"
#include "journal/forget.h"
#include "privileges.h"
#include "review/words.h"
#include "serve.h"

enum { OFTEN = 50 };		/* steps between two words of progress */

/* Places of the options. */
enum { CONFIG, DEVICE, NAME, BEFORE, YES, PROGRESS };

struct forgetting {
	struct forget *forget;
	bool tells;			/* how far it is, on stderr */
	unsigned steps;
	struct request *request;	/* NULL: there is no daemon */
	void *daemon;
};

/* --- what is meant --- */

static int refuse(const char *words)
{
	fprintf(stderr, "homebound forget: %s\nSee: homebound help forget\n",
		words);
	return EXIT_USAGE;
}

static uint64_t now(void)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return clock.wall;
}

/* By its number or its address, as `run` carries it; else nothing. */
static void take_device(const char *device, struct forget_what *what)
{
	char *end;
	long long number;

	if (*device != '#') {
		if (address_parse(&what->client, device, 0) < 0)
			what->client = (struct address){ .family = 0 };
		return;
	}
	errno = 0;
	number = strtoll(device + 1, &end, 10);
	if (errno == 0 && end != device + 1 && *end == '\0')
		what->device = number;
}

/* What the line says; a device's name means nothing yet. */
static int take_what(const struct command_call *call,
		     struct forget_what *what)
{
	const char *device = command_option(call, "device");
	int code;

	*what = (struct forget_what){ .name = command_option(call, "name") };
	if (device != NULL)
		take_device(device, what);
	code = commands_time_option(call, "before", &what->before);
	what->before -= what->before % 1000000;
	return code;
}

static int check_line(const struct command_call *call,
		      const struct forget_what *what)
{
	struct forget *forget;
	int error;

	if ((command_option(call, "device") != NULL) +
	    (command_option(call, "name") != NULL) +
	    (command_option(call, "before") != NULL) != 1)
		return refuse("say what, and one thing at a time: --device "
			      "DEVICE, --name NAME or --before TIME");
	if (what->before > now())
		return refuse("--before: that moment has not come yet");
	if (what->name == NULL)
		return 0;
	error = forget_new(&forget, what, 0);
	if (error < 0)
		return commands_complain(call, "name", what->name, "name: try "
					 "one such as example.com; it goes "
					 "with all that is below it");
	forget_free(forget);
	return 0;
}

/* --- asking --- */

/* NAME and what is below it, in the order of the options. */
static void print_what(const struct trail *trail,
		       const struct forget_what *what, struct text *out)
{
	if (what->device != 0 || what->client.family != 0)
		text_put(out, "of %s", trail->words);
	else if (what->before != 0)
		text_put(out, "from before ");
	else
		text_put(out, "for ");
	if (what->before != 0)
		clock_print(what->before, false, out);
	if (what->name != NULL)
		text_put_hostile(out, bytes_of_string(what->name));
	if (what->name != NULL)
		text_put(out, " and what is below it");
}

static void print_counts(const struct trail *trail,
			 const struct forget_what *what,
			 const struct forget_counts *counts)
{
	char words[1024];
	struct text text;

	text_init(&text, words, sizeof(words));
	print_what(trail, what, &text);
	printf("%" PRIu64 " questions %s, and %" PRIu64 " entries of what was "
	       "asked for when, with the hourly counts of that%s.\n",
	       counts->rows, words, counts->names,
	       what->device != 0 ? ", and the device with its addresses and "
				   "names" : "");
}

static bool says_yes(void)
{
	char answer[16] = "";

	printf("Forget that?  It cannot be undone.  [y/N] ");
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		putchar('\n');
	return answer[0] == 'y' || answer[0] == 'Y';
}

/* EXIT_DONE: go on.  *enough: there is nothing to go on with. */
static int ask(const struct command_call *call, bool *enough)
{
	if (command_option(call, "yes") != NULL)
		return EXIT_DONE;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return refuse("nobody is there to be asked: --yes says that "
			      "it is meant");
	*enough = !says_yes();
	if (*enough)
		puts("Nothing was forgotten.");
	return EXIT_DONE;
}

static int look(struct trail *trail, const struct command_call *call,
		struct forget_what *what, bool *enough)
{
	const char *device = command_option(call, "device");
	struct forget_counts counts;
	int code = trail_open(trail, call), error;

	if (code == 0 && device != NULL)
		code = trail_follow(trail, device);
	if (code != 0)
		return code;
	what->device = trail->device;
	if (what->device != 0)
		what->client = (struct address){ .family = 0 };
	else if (device != NULL && what->client.family == 0)
		return refuse("--device takes one device or one address");
	error = forget_look(trail->db, what, &counts);
	if (error < 0)
		return commands_journal_failed(error);
	print_counts(trail, what, &counts);
	return ask(call, enough);
}

/* --- doing --- */

static int apply(sqlite3 *db, void *context)
{
	struct forgetting *forgetting = context;
	int rc = forget_step(db, forgetting->forget);

	if (rc != SQLITE_OK)
		return rc;
	return forget_is_done(forgetting->forget) ? SQLITE_DONE : SQLITE_ROW;
}

static void put_counts(const struct forgetting *forgetting, struct text *out)
{
	const struct forget_counts *counts =
		forget_counted(forgetting->forget);

	text_put(out, "%" PRIu64 " questions in %" PRIu64 " blocks and beside "
		 "them, %" PRIu64 " entries of what was asked for when, %"
		 PRIu64 " records of hours", counts->rows, counts->blocks,
		 counts->names, counts->hours);
}

static void tell(struct forgetting *forgetting)
{
	char words[512];
	struct text out;

	if (!forgetting->tells || ++forgetting->steps % OFTEN != 0)
		return;
	text_init(&out, words, sizeof(words));
	put_counts(forgetting, &out);
	if (forgetting->request != NULL)
		request_complain(forgetting->request, "so far: %s\n", words);
	else
		fprintf(stderr, "so far: %s\n", words);
}

/* How it ended; an exit code. */
static int conclude(const struct forgetting *forgetting, int error,
		    struct text *out)
{
	bool done = forget_is_done(forgetting->forget);

	if (error == ERROR_ABSENT) {
		text_put(out, "the journal is switched off\n");
		return EXIT_FAILED;
	}
	if (error < 0 && !done) {
		text_put(out, "the journal: %s: not all of it is forgotten; "
			 "the same again goes on with the rest\n",
			 error_words(error));
		return EXIT_FAILED;
	}
	text_put(out, "forgotten: ");
	put_counts(forgetting, out);
	text_put(out, error < 0 ? "; but somebody reads the journal all the "
		 "time, so that SQLite's log still has some of it (%s): the "
		 "same again takes it away\n" : "\n", error_words(error));
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

static void forgetting_free(struct forgetting *forgetting)
{
	forget_free(forgetting->forget);
	free(forgetting);
}

static struct forgetting *forgetting_new(const struct command_call *call,
					 int *error)
{
	struct forgetting *forgetting = calloc(1, sizeof(*forgetting));
	struct forget_what what;

	*error = -ENOMEM;
	if (forgetting == NULL)
		return NULL;
	forgetting->tells = command_option(call, "progress") != NULL;
	*error = take_what(call, &what) == 0 ? 0 : ERROR_MALFORMED;
	if (*error == 0)
		*error = forget_new(&forgetting->forget, &what, now());
	if (*error == 0)
		return forgetting;
	free(forgetting);
	return NULL;
}

/* --- in the daemon --- */

static void answer(struct forgetting *forgetting, int error)
{
	char words[512];
	struct text out;
	int code;

	text_init(&out, words, sizeof(words));
	code = conclude(forgetting, error, &out);
	if (code == EXIT_DONE)
		request_say(forgetting->request, "%s", words);
	else
		request_complain(forgetting->request, "homebound: %s", words);
	request_finish(forgetting->request, code);
	forgetting_free(forgetting);
}

static void step_done(void *context, int error)
{
	struct forgetting *forgetting = context;

	if (error == 0 && !forget_is_done(forgetting->forget)) {
		tell(forgetting);
		error = serve_edit(forgetting->daemon, apply, forgetting,
				   step_done);
		if (error == 0)
			return;
	}
	answer(forgetting, error);
}

static void serve(struct request *request, struct command_call *call,
		  void *daemon)
{
	struct forgetting *forgetting;
	int error;

	forgetting = forgetting_new(call, &error);
	if (forgetting == NULL) {
		request_complain(request, "homebound: forget: %s\n",
				 error_words(error));
		request_finish(request, EXIT_FAILED);
		return;
	}
	forgetting->request = request;
	forgetting->daemon = daemon;
	step_done(forgetting, 0);
}

/* --- or here --- */

static int apply_here(sqlite3 *db, void *context)
{
	int rc = apply(db, context);

	tell(context);
	return rc;
}

static int here(const struct command_call *call,
		const struct settings *settings)
{
	struct forgetting *forgetting;
	gid_t group = (gid_t)-1;
	char path[4096], words[512];
	struct text out;
	int error, code;

	forgetting = forgetting_new(call, &error);
	if (forgetting == NULL)
		return EXIT_FAILED;
	snprintf(path, sizeof(path), "%s/journal.db", settings->state);
	privileges_group("homebound", &group);
	error = edit_alone(path, group == (gid_t)-1 ? -1 : (long)group,
			   apply_here, forgetting);
	text_init(&out, words, sizeof(words));
	code = conclude(forgetting, error, &out);
	fprintf(code == EXIT_DONE ? stdout : stderr, "%s%s",
		code == EXIT_DONE ? "" : "homebound: ", words);
	forgetting_free(forgetting);
	return code;
}

/* The line again, with the device and the moment as they were understood. */
static int carry(struct command_call *call, const struct forget_what *what)
{
	char name[] = "forget", option[16], value[NAME_TEXT], yes[] = "--yes",
	     progress[] = "--progress";
	char *line[] = { name, option, value, yes, NULL, NULL };
	int place = what->before != 0 ? BEFORE :
		    what->name != NULL ? NAME : DEVICE;
	struct text text;

	text_init(&text, value, sizeof(value));
	if (what->device != 0)
		text_put(&text, "#%" PRId64, what->device);
	else if (what->client.family != 0)
		address_print(&what->client, 0, &text);
	else if (what->before != 0)
		words_time(what->before, &text);
	else
		text_put(&text, "%s", what->name);
	snprintf(option, sizeof(option), "--%s",
		 call->command->options[place].name);
	call->options[place] = value;
	call->argc = 4;
	if (isatty(STDERR_FILENO))
		call->options[PROGRESS] = line[call->argc++] = progress;
	call->argv = line;
	return commands_carry_or(call, here);
}

static int run(struct command_call *call)
{
	struct trail trail = { .command = NULL };
	struct forget_what what;
	bool enough = false;
	int code = take_what(call, &what);

	if (code == 0)
		code = check_line(call, &what);
	if (code != 0)
		return code;
	code = look(&trail, call, &what, &enough);
	trail_close(&trail);
	return code != EXIT_DONE || enough ? code : carry(call, &what);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "device", "DEVICE", ARGUMENT_DEVICE, NULL,
	  "all questions of this device: a name, MAC or address" },
	{ 0, "name", "NAME", ARGUMENT_NAME, NULL,
	  "all questions for this name and what is below it" },
	{ 0, "before", "TIME", ARGUMENT_TIME, NULL,
	  "all questions from before that moment" },
	{ 'y', "yes", NULL, ARGUMENT_NONE, NULL,
	  "do it without asking" },
	{ 0, "progress", NULL, ARGUMENT_NONE, NULL,
	  "say on stderr how far it is" },
	{ .name = NULL },
};

const struct command command_forget = {
	.name = "forget",
	.operands = "",
	.summary = "take a device, a name or a time out of the journal",
	.details =
	"Says what there is to forget and asks, unless --yes is given. Then "
	"the questions themselves, the hourly counts, and what is known of "
	"when a device first and last asked for a name are rewritten without "
	"it, so that afterwards no text of it is in the files of the journal; "
	"a daemon that runs does it step by step and goes on answering and "
	"recording. A device goes with its addresses and names, and is a new "
	"one when it asks again. A question that was judged through an alias "
	"goes with the alias. Of the hour that TIME lies in, the counts go.\n\n"
	"Marks, notes and rules of your own stay, and so do copies: exports, "
	"and journals that were set aside because they were damaged "
	"(journal.db.damaged-...).\n\n"
	"What was forgotten is no trace of tampering: homebound verify and "
	"the chain of the journal say \"redacted\", when, and how many "
	"questions it were, but not which. To keep something out of the "
	"journal from the beginning, see never_names, never_clients and "
	"privacy in homebound.conf(5).",
	.example =
	"homebound forget --device \"Anna's tablet\"\n"
	"homebound forget --name health.example\n"
	"homebound forget --before 2026-01-01 --yes",
	.options = options,
	.run = run,
	.serve = serve,
};
