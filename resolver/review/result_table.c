/*
 * As wide as what is in it, a screenful at a time.  On a terminal a line
 * never wraps: the widest columns give way first, then the end of the line.
 */
#include "review/result_form.h"

#include <stdlib.h>

#include "review/words.h"

enum { SPACE = 2, LEAST = 6, PAD_MOST = 48 };

#define BOLD "\033[1m"
#define PLAIN "\033[0m"

static char **row_at(const struct result *result, unsigned row)
{
	return result->cells + (size_t)row * result->columns;
}

static void widen(struct result *result, unsigned column, const char *text)
{
	unsigned width = words_width(text);

	if (width > result->widest[column])
		result->widest[column] = width;
}

/* --- how wide --- */

static unsigned total(const struct result *result)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < result->columns; i++)
		sum += result->width[i] + SPACE;
	return sum > 0 ? sum - SPACE : 0;
}

static unsigned widest_of(const struct result *result)
{
	unsigned widest = 0;

	for (unsigned i = 1; i < result->columns; i++)
		if (result->width[i] > result->width[widest])
			widest = i;
	return widest;
}

static void fit(struct result *result)
{
	unsigned widest;

	for (unsigned i = 0; i < result->columns; i++)
		result->width[i] = result->widest[i];
	if (result->limit == 0 || result->columns == 0)
		return;
	while (total(result) > result->limit) {
		widest = widest_of(result);
		if (result->width[widest] <= LEAST)
			return;
		result->width[widest]--;
	}
}

/* --- lines --- */

/* How much of a cell is shown, and whether there is more of it. */
static int shown(const struct result *result, unsigned column,
		 const char *text, bool *cut)
{
	unsigned width = result->width[column];

	*cut = result->limit > 0 && words_width(text) > width;
	return (int)words_length(text,
				 *cut ? width - 2 : words_width(text));
}

static void pad(FILE *out, unsigned width, unsigned taken)
{
	if (width > PAD_MOST)
		width = PAD_MOST;
	if (taken < width)
		fprintf(out, "%*s", (int)(width - taken), "");
}

static void write_cell(struct result *result, unsigned column,
		       const char *text, bool last)
{
	bool cut;
	int len = shown(result, column, text, &cut);
	unsigned width = result->width[column];
	unsigned taken = cut ? width : words_width(text);

	if (column > 0)
		fprintf(result->out, "%*s", SPACE, "");
	if (result->right[column])
		pad(result->out, width, taken);
	fprintf(result->out, "%.*s%s", len, text, cut ? ".." : "");
	if (!result->right[column] && !last)
		pad(result->out, width, taken);
}

/* What does not fit behind the others is left out. */
static unsigned columns_shown(const struct result *result)
{
	unsigned taken = 0, i;

	for (i = 0; i < result->columns; i++) {
		taken += result->width[i] + (i > 0 ? SPACE : 0);
		if (result->limit > 0 && i > 0 && taken > result->limit)
			break;
	}
	return i;
}

static void write_row(struct result *result, unsigned row)
{
	unsigned columns = columns_shown(result);
	char **cells = row_at(result, row);

	for (unsigned i = 0; i < columns; i++)
		write_cell(result, i, cells[i], i + 1 == columns);
	fputc('\n', result->out);
}

static void write_titles(struct result *result)
{
	if (result->colour)
		fputs(BOLD, result->out);
	write_row(result, 0);
	if (result->colour)
		fputs(PLAIN, result->out);
}

/* --- holding back --- */

static bool take_titles(struct result *result)
{
	char **titles = row_at(result, 0);

	for (unsigned i = 0; i < result->columns; i++) {
		if (titles[i] == NULL)
			titles[i] = result_title(result, i);
		if (titles[i] == NULL)
			return false;
		widen(result, i, titles[i]);
	}
	return true;
}

bool result_table_flush(struct result *result)
{
	bool titled = result->begun;

	if (!titled && !take_titles(result))
		return false;
	fit(result);
	if (!titled)
		write_titles(result);
	result->begun = true;
	for (unsigned row = 1; row <= result->held; row++) {
		write_row(result, row);
		for (unsigned i = 0; i < result->columns; i++) {
			free(row_at(result, row)[i]);
			row_at(result, row)[i] = NULL;
		}
	}
	result->held = 0;
	return true;
}

static bool is_number(const struct result *result, unsigned column)
{
	int type = sqlite3_column_type(result->stmt, (int)column);

	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

bool result_table_row(struct result *result)
{
	char **cells;

	if (result->held == RESULT_HELD && !result_table_flush(result))
		return false;
	cells = row_at(result, ++result->held);
	for (unsigned i = 0; i < result->columns; i++) {
		if (is_number(result, i))
			result->right[i] = true;
		cells[i] = result_words(result, i);
		if (cells[i] == NULL)
			return false;
		widen(result, i, cells[i]);
	}
	return true;
}
