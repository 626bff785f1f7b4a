/*
 *	PC, 192.168.1.23
 *	  22:10:03  A     pass              www.example
 *	> 22:10:04  A     sunk trackers:17  upload.example  (new)
 *	  m mark   b block   p pause   j k select   q leave
 *
 * All of it is drawn anew each time, line by line from the top, and each line
 * cleared behind its end: nothing flickers, and nothing need be remembered of
 * what is on the screen.
 */
#include "commands/watch_screen.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/terminal.h"
#include "journal/marks.h"
#include "journal/reader.h"
#include "review/cells.h"
#include "review/colour.h"
#include "review/words.h"
#include "review/words_mark.h"

enum {
	DROPPED = 64,		/* rows at a time */
	AROUND = 2,		/* lines above and below the rows */
	DAY = sizeof("2026-11-22"), VERDICT_WIDTH = 24,
	LINE = 4096,
};

#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"

struct watch_row *watch_screen_add(struct watch_screen *screen)
{
	if (screen->count == WATCH_ROWS) {
		memmove(screen->rows, screen->rows + DROPPED,
			(WATCH_ROWS - DROPPED) * sizeof(*screen->rows));
		screen->count -= DROPPED;
		screen->top = screen->top > DROPPED ? screen->top - DROPPED : 0;
		screen->selected -= screen->selected >= DROPPED
				    ? DROPPED : screen->selected + 1;
	}
	return &screen->rows[screen->count++];
}

void watch_screen_place(struct watch_screen *screen, unsigned rows)
{
	struct watch_row *row = &screen->rows[screen->count - 1], kept;

	for (; rows > 0 && row > screen->rows && row[-1].time > row->time;
	     rows--, row--) {
		kept = row[-1];
		row[-1] = row[0];
		row[0] = kept;
	}
}

static void fill_when(struct watch_row *row, uint64_t time)
{
	char words[48];
	struct text text;

	row->time = time;
	text_init(&text, words, sizeof(words));
	clock_print(time, false, &text);
	snprintf(row->when, sizeof(row->when), "%.*s",
		 (int)sizeof(row->when) - 1,
		 text.len > DAY ? words + DAY : words);
}

void watch_row_fill(struct watch_row *row, const struct reader_row *from)
{
	struct cells cells;

	memset(row, 0, sizeof(*row));
	cells_fill(&cells, from);
	fill_when(row, from->time);
	row->verdict = from->verdict;
	snprintf(row->type, sizeof(row->type), "%s", cells.type);
	snprintf(row->verdict_words, sizeof(row->verdict_words), "%.*s",
		 (int)sizeof(row->verdict_words) - 1, cells.verdict);
	snprintf(row->name, sizeof(row->name), "%s", cells.name);
}

void watch_row_fill_mark(struct watch_row *row, const struct mark *mark)
{
	struct text text;

	memset(row, 0, sizeof(*row));
	row->is_mark = true;
	row->time = mark->time;
	text_init(&text, row->name, sizeof(row->name));
	words_mark_line(mark, &text);
}

static void put_padded(struct text *out, const char *words, size_t width)
{
	size_t len = strlen(words);

	if (len > width)
		text_put(out, "%.*s..  ", (int)width - 2, words);
	else
		text_put(out, "%-*s  ", (int)width, words);
}

static void cut_end(struct text *out, unsigned width)
{
	size_t fit = utf8_fit(bytes_of(out->at, out->len), width);

	if (width == 0 || fit >= out->len)
		return;
	out->len = fit;
	out->at[fit] = '\0';
}

/* Of a long name its end: that says whose it is. */
static void put_name(const struct watch_row *row, unsigned width,
		     struct text *out)
{
	const char *new = row->fresh ? "  (new)" : "";
	size_t len = strlen(row->name), used = out->len + strlen(new);

	if (width > used + 2 && len > width - used)
		text_put(out, "..%s", row->name + (len - (width - used) + 2));
	else
		text_put(out, "%s", row->name);
	text_put(out, "%s", new);
}

void watch_row_print(const struct watch_row *row, unsigned width,
		     struct text *out)
{
	if (row->is_mark) {
		text_put(out, "%s", row->name);
	} else {
		put_padded(out, row->when, 8);
		put_padded(out, row->type, 5);
		put_padded(out, row->verdict_words, VERDICT_WIDTH);
		put_name(row, width, out);
	}
	cut_end(out, width);
}

/* --- selecting --- */

void watch_screen_move(struct watch_screen *screen, int by)
{
	int last = (int)screen->count - 1;
	int to = screen->selected < 0 ? last : screen->selected + by;

	if (screen->selected < 0 && by > 0)
		to = -1;
	screen->selected = to > last || last < 0 ? -1 : to < 0 ? 0 : to;
}

const struct watch_row *watch_screen_meant(const struct watch_screen *screen)
{
	if (screen->selected >= 0)
		return screen->rows[screen->selected].is_mark
		       ? NULL : &screen->rows[screen->selected];
	for (unsigned i = screen->count; i-- > 0; )
		if (!screen->rows[i].is_mark)
			return &screen->rows[i];
	return NULL;
}

/* What is selected stays in sight; without it the last rows are. */
static void scroll(struct watch_screen *screen, unsigned lines)
{
	unsigned end = screen->count > lines ? screen->count - lines : 0;
	unsigned selected = (unsigned)screen->selected;

	if (screen->selected < 0 || screen->top > end)
		screen->top = end;
	if (screen->selected < 0)
		return;
	if (selected < screen->top)
		screen->top = selected;
	else if (selected >= screen->top + lines)
		screen->top = selected - lines + 1;
}

/* --- drawing --- */

static const char *colour_of(const struct watch_row *row)
{
	if (row->is_mark)
		return COLOUR_REVERSE;
	if (row->fresh && colour_of_verdict(row->verdict) == NULL)
		return COLOUR_BOLD;
	return colour_of_verdict(row->verdict);
}

static void draw_line(const struct watch_screen *screen, const char *line,
		      const char *colour)
{
	bool coloured = screen->colour && colour != NULL;

	printf("%s%s%s" CLEAR_LINE "\n", coloured ? colour : "", line,
	       coloured ? COLOUR_PLAIN : "");
}

static void draw_row(const struct watch_screen *screen, unsigned number,
		     unsigned width)
{
	const struct watch_row *row = &screen->rows[number];
	bool selected = screen->selected == (int)number;
	char line[LINE];
	struct text text;

	text_init(&text, line, sizeof(line));
	text_put(&text, selected ? "> " : "  ");
	watch_row_print(row, width, &text);
	draw_line(screen, line, selected ? COLOUR_REVERSE : colour_of(row));
}

static void draw_cut(const struct watch_screen *screen, const char *words,
		     unsigned width)
{
	size_t fit = utf8_fit(bytes_of_string(words), width);

	printf("%s%.*s%s" CLEAR_LINE, screen->colour ? COLOUR_BOLD : "",
	       (int)fit, words, screen->colour ? COLOUR_PLAIN : "");
}

void watch_screen_draw(struct watch_screen *screen)
{
	unsigned width = terminal_width() - 1, height = terminal_height();
	unsigned lines = height > AROUND + 1 ? height - AROUND : 1;

	scroll(screen, lines);
	fputs(HOME, stdout);
	draw_cut(screen, screen->title, width);
	fputc('\n', stdout);
	for (unsigned i = 0; i < lines; i++)
		if (screen->top + i < screen->count)
			draw_row(screen, screen->top + i, width);
		else
			draw_line(screen, "", NULL);
	draw_cut(screen, *screen->status != '\0' ? screen->status
		 : screen->paused ? "paused: p goes on   q leave"
		 : "m mark   b block   j k select   p pause   q leave", width);
	fputs(CLEAR_BELOW, stdout);
	fflush(stdout);
}
