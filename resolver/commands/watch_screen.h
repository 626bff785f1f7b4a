/*
 * watch_screen: the rows that `watch` shows, and the screen they are on.
 */
#ifndef COMMANDS_WATCH_SCREEN_H
#define COMMANDS_WATCH_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "dns/name.h"

struct mark;
struct reader_row;
struct text;

enum { WATCH_ROWS = 512, WATCH_STATUS = 512 };

struct watch_row {
	bool is_mark;
	bool fresh;			/* a name new to this device */
	unsigned verdict;
	uint64_t time;
	char when[12], type[16];
	char verdict_words[128];
	char name[NAME_TEXT];		/* or the line of a mark; printable */
};

struct watch_screen {
	const char *title;
	struct watch_row *rows;		/* WATCH_ROWS */
	unsigned count;
	unsigned top;			/* the first that is shown */
	int selected;			/* -1: none, the last ones are shown */
	bool paused, colour;
	char status[WATCH_STATUS];	/* the line below, when it is not "" */
};

/* The oldest go when there is no room; where the new one is. */
struct watch_row *watch_screen_add(struct watch_screen *screen);

/* The last row goes up to where its time is, among `rows` before it. */
void watch_screen_place(struct watch_screen *screen, unsigned rows);

void watch_row_fill(struct watch_row *row, const struct reader_row *from);
void watch_row_fill_mark(struct watch_row *row, const struct mark *mark);

/* One line without its end, at most so wide; 0: as wide as it gets. */
void watch_row_print(const struct watch_row *row, unsigned width,
		     struct text *out);

/* Up is -1, down is 1. */
void watch_screen_move(struct watch_screen *screen, int by);

/* The row that is meant: the selected one, or the last query; or NULL. */
const struct watch_row *watch_screen_meant(const struct watch_screen *screen);

void watch_screen_draw(struct watch_screen *screen);

#endif
