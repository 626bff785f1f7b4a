/*
 * result_form: what the forms of a result share; for result*.c alone.
 */
#ifndef REVIEW_RESULT_FORM_H
#define REVIEW_RESULT_FORM_H

#include <stdio.h>

#include "review/result.h"

enum { RESULT_HELD = 64 };		/* rows of a table */

struct result {
	sqlite3_stmt *stmt;
	FILE *out;
	enum print_form form;
	unsigned limit;			/* of a line of a table; 0: none */
	bool colour;
	unsigned columns;
	bool begun;			/* the titles are written */
	int error;			/* errno of the first that failed */
	unsigned held;
	unsigned *widest, *width;	/* of each column */
	char **cells;			/* RESULT_HELD + 1 rows of them; the
					   first has the titles */
	bool *right;			/* numbers stand there */
};

/* A column of the row in words; to be freed.  NULL: no memory. */
char *result_words(const struct result *result, unsigned column);
char *result_title(const struct result *result, unsigned column);

/* One of each for the three forms.  False: no memory. */
bool result_table_row(struct result *result);
bool result_table_flush(struct result *result);
void result_csv_titles(struct result *result);
bool result_csv_row(struct result *result);
bool result_json_row(struct result *result);

#endif
