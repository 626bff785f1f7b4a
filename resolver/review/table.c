/*
 * How wide a column is depends on what is in it, so rows are held back until
 * there is a screenful or a flush, and the columns are made as wide as those
 * rows need; later rows can only widen them.
 *
 * On a terminal a line never wraps.  What gives way, in this order: the two
 * long columns (a name from its left end, since its right end says whose it
 * is), the columns one can live without, the day, and at last the end of the
 * line.
 */
#include "review/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "journal/reader.h"
#include "review/cells.h"
#include "review/colour.h"
#include "review/print.h"
#include "review/words_mark.h"
#include "review/words.h"

enum {
	HELD = 64,		/* rows */
	SPACE = 2,		/* between two columns */
	NOTE_TEXT = 256,
	NAME_LEAST = 24, VERDICT_LEAST = 14,	/* before columns go */
	LEAST = 8,				/* before the line is cut */
	PAD_MOST = 48,		/* no column is wider where nothing is cut */
	DAY = 11,				/* "2026-11-22 " */
	LINE_MAX_BYTES = 8192,
};

/* A row, or the line of a note. */
struct held {
	bool is_note;
	unsigned verdict;
	union {
		struct cells cells;
		char note[NOTE_TEXT];
	};
};

struct table {
	FILE *out;
	unsigned limit;			/* of a line; 0: none */
	bool colour;
	bool titled;
	unsigned widest[CELLS];		/* that was ever needed */
	unsigned width[CELLS];		/* as it is printed; 0: left out */
	bool short_time;
	unsigned count;
	struct held held[HELD];
};

static void *table_open(const struct print_options *options)
{
	struct table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	table->out = options->out;
	table->limit = options->width;
	table->colour = options->colour;
	for (unsigned i = 0; i < CELLS; i++)
		table->widest[i] = (unsigned)strlen(cells_titles[i]);
	return table;
}

static void table_close(void *form)
{
	free(form);
}

static unsigned total(const struct table *table)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < CELLS; i++)
		if (table->width[i] > 0)
			sum += table->width[i] + SPACE;
	return sum > 0 ? sum - SPACE : 0;
}

/* Takes from the longer of the two long ones until it fits or both are low. */
static void squeeze(struct table *table, unsigned name_least,
		    unsigned verdict_least)
{
	unsigned *name = &table->width[CELL_NAME];
	unsigned *verdict = &table->width[CELL_VERDICT];

	while (total(table) > table->limit) {
		bool more_name = *name > name_least;
		bool more_verdict = *verdict > verdict_least;

		if (more_name && (*name >= *verdict || !more_verdict))
			--*name;
		else if (more_verdict)
			--*verdict;
		else
			return;
	}
}

/* One long name is no reason to fill a file with blanks. */
static void relax(struct table *table)
{
	for (unsigned i = 0; i < CELLS; i++)
		if (table->width[i] > PAD_MOST)
			table->width[i] = PAD_MOST;
}

/* The long ones as wide as the others let them. */
static bool fits(struct table *table, unsigned name_least,
		 unsigned verdict_least)
{
	table->width[CELL_NAME] = table->widest[CELL_NAME];
	table->width[CELL_VERDICT] = table->widest[CELL_VERDICT];
	squeeze(table, name_least, verdict_least);
	return total(table) <= table->limit;
}

static void fit(struct table *table)
{
	static const enum cell least_needed[] = {
		CELL_FROM, CELL_MS, CELL_RCODE,
	};
	bool good;

	memcpy(table->width, table->widest, sizeof(table->width));
	table->short_time = false;
	if (table->limit == 0) {
		relax(table);
		return;
	}
	good = fits(table, NAME_LEAST, VERDICT_LEAST);
	for (unsigned i = 0; i < 3 && !good; i++) {
		table->width[least_needed[i]] = 0;
		good = fits(table, NAME_LEAST, VERDICT_LEAST);
	}
	if (!good && table->width[CELL_TIME] > DAY) {
		table->width[CELL_TIME] -= DAY;
		table->short_time = true;
		good = fits(table, NAME_LEAST, VERDICT_LEAST);
	}
	if (!good)
		fits(table, LEAST, LEAST);
}

/* What is shown of a cell, with ".." for what is not; names are ASCII. */
static void put_cut(struct text *line, enum cell cell, const char *text,
		    unsigned width)
{
	unsigned needed = words_width(text);

	if (needed <= width)
		text_put(line, "%s", text);
	else if (cell == CELL_NAME)
		text_put(line, "..%s", text + (needed - width + 2));
	else
		text_put(line, "%.*s..", (int)words_length(text, width - 2),
			 text);
}

static void put_cell(const struct table *table, struct text *line,
		     enum cell cell, const char *text)
{
	unsigned width = table->width[cell], pad;

	if (cell == CELL_TIME && table->short_time && strlen(text) > DAY)
		text += DAY;
	pad = words_width(text) < width ? width - words_width(text) : 0;
	if (cell == CELL_MS)
		text_put(line, "%*s", (int)pad, "");
	if (table->limit == 0)
		text_put(line, "%s", text);
	else
		put_cut(line, cell, text, width);
	if (cell != CELL_MS)
		text_put(line, "%*s", (int)pad, "");
}

static void put_cells(const struct table *table, const char *const *texts,
		      struct text *line)
{
	for (unsigned i = 0; i < CELLS; i++) {
		if (table->width[i] == 0)
			continue;
		if (i > 0)
			text_put(line, "%*s", SPACE, "");
		put_cell(table, line, i, texts[i]);
	}
}

static void cut_end(const struct table *table, struct text *line)
{
	if (table->limit > 0)
		line->len = words_length(line->at, table->limit);
	while (line->len > 0 && line->at[line->len - 1] == ' ')
		line->len--;
	line->at[line->len] = '\0';
}

/* Colours are put around the finished line: they have no width. */
static void write_line(const struct table *table, const struct text *line,
		       const char *colour)
{
	if (table->colour && colour != NULL)
		fprintf(table->out, "%s%s" COLOUR_PLAIN "\n", colour, line->at);
	else
		fprintf(table->out, "%s\n", line->at);
}

static void write_cells(const struct table *table, const char *const *texts,
			const char *colour)
{
	char buffer[LINE_MAX_BYTES];
	struct text line;

	text_init(&line, buffer, sizeof(buffer));
	put_cells(table, texts, &line);
	cut_end(table, &line);
	write_line(table, &line, colour);
}

static void write_held(const struct table *table, struct held *held)
{
	const char *texts[CELLS];
	struct text line = {
		.at = held->note, .size = NOTE_TEXT, .len = strlen(held->note),
	};

	if (held->is_note) {
		cut_end(table, &line);
		write_line(table, &line, COLOUR_REVERSE);
		return;
	}
	for (unsigned i = 0; i < CELLS; i++)
		texts[i] = cells_text(&held->cells, i);
	write_cells(table, texts, colour_of_verdict(held->verdict));
}

static void widen(struct table *table, const struct cells *cells)
{
	for (unsigned i = 0; i < CELLS; i++) {
		unsigned width = words_width(cells_text(cells, i));

		if (width > table->widest[i])
			table->widest[i] = width;
	}
}

static void table_flush(void *form)
{
	struct table *table = form;
	bool rows = false;

	for (unsigned i = 0; i < table->count; i++) {
		rows = rows || !table->held[i].is_note;
		if (!table->held[i].is_note)
			widen(table, &table->held[i].cells);
	}
	fit(table);
	if (rows && !table->titled) {
		write_cells(table, cells_titles, COLOUR_BOLD);
		table->titled = true;
	}
	for (unsigned i = 0; i < table->count; i++)
		write_held(table, &table->held[i]);
	table->count = 0;
}

static struct held *hold(struct table *table)
{
	if (table->count == HELD)
		table_flush(table);
	return &table->held[table->count++];
}

static void table_row(void *form, const struct reader_row *row)
{
	struct held *held = hold(form);

	held->is_note = false;
	held->verdict = row->verdict;
	cells_fill(&held->cells, row);
}

static void table_note(void *form, const struct reader_note *note)
{
	struct held *held = hold(form);
	struct text text;

	held->is_note = true;
	text_init(&text, held->note, sizeof(held->note));
	cells_print_note(note, &text);
}

static void table_mark(void *form, const struct mark *mark)
{
	struct held *held = hold(form);
	struct text text;

	held->is_note = true;
	text_init(&text, held->note, sizeof(held->note));
	words_mark_line(mark, &text);
}

const struct form form_table = {
	.open = table_open,
	.close = table_close,
	.row = table_row,
	.note = table_note,
	.mark = table_mark,
	.flush = table_flush,
};
