/*
 * watch: one device, as it asks.
 *
 * A few times a second the daemon is asked to store what it has, and what is
 * new is read.  Whether a name is new to the device is asked of the ledger
 * after its row was read: so the ledger knows it, and since when.
 *
 * Without a terminal the same rows are plain lines, and marks come from
 * another shell.
 */
#include "commands/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/text.h"
#include "commands/commands.h"
#include "commands/marked.h"
#include "commands/terminal.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/known.h"
#include "journal/marks.h"

enum {
	POLL_MS = 300,
	LABELS = 4,		/* that are compared at the end */
	LINE = 4096, SECOND = 1000000, TENTH = SECOND / 10,
};

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static uint64_t now(void)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return clock.wall;
}

/* --- what is new --- */

static bool keep_row(void *context, const struct reader_row *row)
{
	struct watch *watch = context;

	watch_row_fill(watch_screen_add(&watch->screen), row);
	if (watch->news < WATCH_ROWS)
		watch->news++;
	return true;
}

static bool is_fresh(const struct watch *watch, const struct watch_row *row)
{
	struct known_name known;
	char name[NAME_TEXT];

	strcpy(name, row->name);
	for (char *c = name; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + ('a' - 'A'));
	return known_find(watch->known, watch->trail.device, name,
			  &known) == 1 &&
	       known.names == 0 && known.first >= row->time;
}

static void print_plain(const struct watch *watch,
			const struct watch_row *row)
{
	char line[LINE];
	struct text text;

	text_init(&text, line, sizeof(line));
	watch_row_print(row, terminal_width(), &text);
	if (!watch->has_keys)
		printf("%s\n", line);
}

static void judge_news(struct watch *watch)
{
	struct watch_screen *screen = &watch->screen;
	bool knows = watch->trail.device != 0 && watch->known != NULL &&
		     known_refresh(watch->known) == 0;
	unsigned first = watch->news < screen->count
			 ? screen->count - watch->news : 0;

	for (unsigned i = first; i < screen->count; i++) {
		struct watch_row *row = &screen->rows[i];

		row->fresh = knows && !row->is_mark && is_fresh(watch, row);
		print_plain(watch, row);
	}
	watch->news = 0;
}

static bool keep_mark(void *context, const struct mark *mark)
{
	struct watch *watch = context;

	if (mark->id <= watch->last_mark)
		return true;
	watch->last_mark = mark->id;
	watch->marks++;
	watch_row_fill_mark(watch_screen_add(&watch->screen), mark);
	watch_screen_place(&watch->screen, watch->news);
	if (watch->news < WATCH_ROWS)
		watch->news++;
	return true;
}

static bool note_mark(void *context, const struct mark *mark)
{
	int64_t *last = context;

	if (mark->id > *last)
		*last = mark->id;
	return true;
}

/*
 * One that is only an address becomes a device when it asked for a while, or
 * by a mark.  What it asked before is its own then: the ledger is read anew.
 */
static void look_for_device(struct watch *watch)
{
	struct trail *trail = &watch->trail;

	if (trail->device != 0 ||
	    devices_reload(trail->devices, trail->db) != SQLITE_OK ||
	    devices_find(trail->devices, watch->device) == 0)
		return;
	trail_follow(trail, watch->device);
	known_close(watch->known);
	watch->known = NULL;
	if (known_open(&watch->known, trail->db) < 0)
		watch->known = NULL;
}

static int read_on(struct watch *watch)
{
	struct trail *trail = &watch->trail;
	struct marks_filter filter = { .device = trail->device };
	struct reader_filter whose;
	int64_t count;

	commands_commit(trail->settings);
	look_for_device(watch);
	whose = trail->whose;
	whose.after = watch->after;
	count = reader_rows(trail->reader, &whose, keep_row, watch);
	if (count < 0)
		return (int)count;
	watch->after = reader_end(trail->reader);
	marks_each(trail->db, &filter, keep_mark, watch);
	judge_news(watch);
	return fflush(stdout) == 0 ? 0 : -errno;
}

/* --- looking on --- */

static bool wait_plainly(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	if (poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0)
		return false;
	poll(NULL, 0, POLL_MS);
	return !interrupted;
}

static int look_on_plainly(struct watch *watch)
{
	struct sigaction action = { .sa_handler = interrupt };
	int error = 0;

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (error == 0 && wait_plainly())
		error = read_on(watch);
	return error == -EPIPE ? 0 : error;
}

static int look_on(struct watch *watch)
{
	int error = terminal_open(), key = TERMINAL_RESIZED;
	bool more = error == 0;

	while (more && error == 0) {
		if (key == TERMINAL_NOTHING && !watch->screen.paused)
			error = read_on(watch);
		watch_screen_draw(&watch->screen);
		key = terminal_key(POLL_MS);
		if (key != TERMINAL_NOTHING)
			more = watch_keys_take(watch, key);
	}
	terminal_close();
	return error;
}

/* --- leaving --- */

struct session {
	int64_t before;			/* the last mark there was */
	char labels[LABELS][MARK_LABEL + 1];
	unsigned count;
	uint64_t last;			/* moment of the last one */
};

static bool keep_label(void *context, const struct mark *mark)
{
	struct session *session = context;
	char *label = session->labels[session->count];

	if (mark->id <= session->before || session->count == LABELS)
		return true;
	session->last = mark->time;
	for (unsigned i = 0; i < session->count; i++)
		if (strcasecmp(session->labels[i], mark->label) == 0)
			return true;
	snprintf(label, sizeof(session->labels[0]), "%.*s", MARK_LABEL,
		 mark->label);
	session->count++;
	return true;
}

/* As long a window as has passed since the last mark, if that is less. */
static int report(struct watch *watch, int64_t before)
{
	struct session session = { .before = before };
	struct marks_filter filter = { .device = watch->trail.device };
	struct marked_wish wish = {
		.controls = COMPARE_CONTROLS_USUAL, .window = watch->window,
	};
	int code = EXIT_DONE;
	uint64_t passed;

	commands_commit(watch->trail.settings);
	marks_each(watch->trail.db, &filter, keep_label, &session);
	passed = now() - session.last;
	if (passed < wish.window)
		wish.window = passed > TENTH ? passed - passed % TENTH : TENTH;
	for (unsigned i = 0; i < session.count && code == EXIT_DONE; i++) {
		if (i > 0)
			putchar('\n');
		wish.what = session.labels[i];
		code = marked_report(&watch->trail, &wish);
	}
	return code;
}

/* --- beginning --- */

static int complain(const char *words)
{
	fprintf(stderr, "homebound watch: %s\n", words);
	return EXIT_FAILED;
}

static int take_window(const struct command_call *call, uint64_t *window)
{
	const char *value = command_option(call, "window");
	int64_t seconds = value ? duration_parse(value) : COMPARE_WINDOW;

	if (seconds <= 0 || seconds > 86400) {
		complain("--window takes a length of time such as 30s or 5m, "
			 "a day at most");
		return EXIT_USAGE;
	}
	*window = (uint64_t)seconds * SECOND;
	return 0;
}

static int begin(struct watch *watch, const struct command_call *call)
{
	struct trail *trail = &watch->trail;
	int code = trail_open(trail, call), error;

	if (code == 0)
		code = trail_follow(trail, watch->device);
	if (code != 0)
		return code;
	error = known_open(&watch->known, trail->db);
	if (error < 0)
		return complain(error_words(error));
	watch->screen.rows = calloc(WATCH_ROWS, sizeof(struct watch_row));
	if (watch->screen.rows == NULL)
		return complain(error_words(-ENOMEM));
	watch->screen.title = trail->words;
	watch->screen.selected = -1;
	watch->screen.colour = terminal_wants_colour();
	watch->has_keys = terminal_is_there();
	watch->after = reader_last(trail->reader);
	return watch->after < 0 ? EXIT_FAILED : 0;
}

static int watch_device(struct watch *watch)
{
	const struct marks_filter all = { 0 };
	int64_t before = 0;
	int error;

	marks_each(watch->trail.db, &all, note_mark, &before);
	watch->last_mark = before;
	error = watch->has_keys ? look_on(watch) : look_on_plainly(watch);
	if (error < 0)
		return complain(error_words(error));
	return report(watch, before);
}

static int run(struct command_call *call)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int code;

	if (watch == NULL)
		return EXIT_FAILED;
	watch->device = call->operands[0];
	code = take_window(call, &watch->window);
	if (code == 0)
		code = begin(watch, call);
	if (code == 0)
		code = watch_device(watch);
	known_close(watch->known);
	trail_close(&watch->trail);
	free(watch->screen.rows);
	free(watch);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 'w', "window", "TIME", ARGUMENT_WORD, NULL,
	  "so long after each mark, when marks are compared; 60s" },
	{ .name = NULL },
};

const struct command command_watch = {
	.name = "watch",
	.operands = "DEVICE",
	.operand_kind = ARGUMENT_DEVICE,
	.operands_min = 1,
	.operands_max = 1,
	.summary = "look on while a device asks, and mark what you do",
	.details =
	"Shows what one device (a name, MAC or address) asks for, as it "
	"comes; a name that it never asked for before is marked as new.\n\n"
	"m marks this moment, and asks for a label. b blocks the name of the "
	"last row, or of the one that j, k or the arrow keys select. p holds "
	"the screen, q leaves and prints what came after the marks that were "
	"made meanwhile, as compare does.\n\n"
	"Where the output is no terminal, rows are plain lines; then mark "
	"from another shell.",
	.example =
	"homebound watch 192.168.1.23",
	.options = options,
	.run = run,
};
