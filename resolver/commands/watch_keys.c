/*
 * What changes something is asked of the daemon as any shell would ask it, by
 * the same words; a rule is asked about once more.
 *
 * The moment of a mark is that of the key, not of the label's end.
 */
#include "commands/watch.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/commands.h"
#include "commands/terminal.h"
#include "control/control.h"
#include "journal/marks.h"
#include "review/words.h"

enum { WORDS = 5 };

static void say(struct watch *watch, const char *words)
{
	snprintf(watch->screen.status, sizeof(watch->screen.status), "%.*s",
		 (int)strcspn(words, "\n"), words);
}

/* The daemon's answer is what is said. */
static void ask_daemon(struct watch *watch, int argc, char **argv)
{
	char answer[WATCH_STATUS];
	struct text text;
	int code;

	text_init(&text, answer, sizeof(answer));
	code = control_ask_text(watch->trail.settings->control, argc, argv,
				&text);
	if (code == EXIT_NO_SERVER)
		say(watch, "the daemon does not run, or not for us: nothing "
		    "can be marked or blocked from here");
	else if (code != EXIT_DONE)
		say(watch, "the daemon did not do it");
	else
		say(watch, answer);
}

/* An address that never asked becomes a device by its mark. */
static bool take_device(const struct watch *watch, char of[ADDRESS_TEXT])
{
	const char *word = watch->trail.device != 0 ? watch->trail.asked
						    : watch->device;
	struct address address;

	if (*word != '#' && address_parse(&address, word, 0) < 0)
		return false;
	snprintf(of, ADDRESS_TEXT, "%s", word);
	return true;
}

static void mark(struct watch *watch)
{
	char name[] = "mark", at[] = "--at", device[] = "--device",
	     end[] = "--", when[64], label[WATCH_ANSWER + 16], of[ADDRESS_TEXT];
	char *line[] = { name, at, when, end, label, NULL, NULL, NULL };
	struct text text;

	text_init(&text, when, sizeof(when));
	words_time(watch->asked_at, &text);
	if (*watch->answer != '\0')
		strcpy(label, watch->answer);
	else
		snprintf(label, sizeof(label), "mark %u", watch->marks + 1);
	if (take_device(watch, of)) {
		line[3] = device;
		line[4] = of;
		line[5] = end;
		line[6] = label;
	}
	ask_daemon(watch, line[5] != NULL ? 7 : 5, line);
}

static void block(struct watch *watch)
{
	char name[] = "block", end[] = "--", note[] = "--note",
	     why[] = "seen by watch";
	char *line[] = { name, note, why, end, watch->name, NULL };

	ask_daemon(watch, WORDS, line);
}

/* --- what is typed --- */

static void show_label(struct watch *watch)
{
	struct text text;

	text_init(&text, watch->screen.status, sizeof(watch->screen.status));
	text_put(&text, "label: ");
	utf8_put_hostile(&text, bytes_of_string(watch->answer));
	text_put(&text, "_   (Enter marks, Esc does not)");
}

/* A character of several bytes goes as a whole. */
static void erase(struct watch *watch)
{
	size_t len = strlen(watch->answer);

	while (len > 0 && (watch->answer[len - 1] & 0xc0) == 0x80)
		len--;
	watch->answer[len > 0 ? len - 1 : 0] = '\0';
}

static void type(struct watch *watch, int key)
{
	size_t len = strlen(watch->answer);

	if (key == TERMINAL_ERASE) {
		erase(watch);
	} else if (key >= ' ' && key <= 0xff && len < MARK_LABEL) {
		watch->answer[len] = (char)key;
		watch->answer[len + 1] = '\0';
	}
	show_label(watch);
}

static void take_label(struct watch *watch, int key)
{
	if (key == TERMINAL_ENTER)
		mark(watch);
	else if (key == TERMINAL_ESCAPE)
		say(watch, "");
	else if (key != TERMINAL_RESIZED)
		type(watch, key);
	if (key == TERMINAL_ENTER || key == TERMINAL_ESCAPE)
		watch->ask = WATCH_ASKS_NOTHING;
}

static void take_yes(struct watch *watch, int key)
{
	if (key == TERMINAL_RESIZED)
		return;
	watch->ask = WATCH_ASKS_NOTHING;
	if (key == 'y' || key == 'Y')
		block(watch);
	else
		say(watch, "");
}

/* --- keys --- */

static void ask_label(struct watch *watch)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	watch->asked_at = clock.wall;
	watch->ask = WATCH_ASKS_LABEL;
	*watch->answer = '\0';
	show_label(watch);
}

static void ask_block(struct watch *watch)
{
	const struct watch_row *row = watch_screen_meant(&watch->screen);

	if (row == NULL) {
		say(watch, "there is no name here that could be blocked");
		return;
	}
	strcpy(watch->name, row->name);
	watch->ask = WATCH_ASKS_BLOCK;
	snprintf(watch->screen.status, sizeof(watch->screen.status),
		 "block %.400s and all below it, for all devices? (y/n)",
		 watch->name);
}

static bool take_key(struct watch *watch, int key)
{
	if (key != TERMINAL_RESIZED)
		say(watch, "");
	switch (key) {
	case 'm':
		ask_label(watch);
		break;
	case 'b':
		ask_block(watch);
		break;
	case 'p':
		watch->screen.paused = !watch->screen.paused;
		break;
	case 'j':
	case TERMINAL_DOWN:
		watch_screen_move(&watch->screen, 1);
		break;
	case 'k':
	case TERMINAL_UP:
		watch_screen_move(&watch->screen, -1);
		break;
	case TERMINAL_ESCAPE:
		watch->screen.selected = -1;
		break;
	}
	return key != 'q';
}

bool watch_keys_take(struct watch *watch, int key)
{
	if (key == TERMINAL_END)
		return false;
	if (watch->ask == WATCH_ASKS_LABEL)
		take_label(watch, key);
	else if (watch->ask == WATCH_ASKS_BLOCK)
		take_yes(watch, key);
	else
		return take_key(watch, key);
	return true;
}
