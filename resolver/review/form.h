/*
 * form: one way to print; what print.c needs of each.
 */
#ifndef REVIEW_FORM_H
#define REVIEW_FORM_H

#include <stdbool.h>
#include <stdio.h>

struct mark;
struct print_options;
struct reader_note;
struct reader_row;

struct form {
	/* What the form keeps; NULL: no memory. */
	void *(*open)(const struct print_options *options);
	void (*close)(void *form);
	void (*row)(void *form, const struct reader_row *row);
	void (*note)(void *form, const struct reader_note *note);
	void (*mark)(void *form, const struct mark *mark);
	void (*flush)(void *form);
};

extern const struct form form_table;
extern const struct form form_csv;
extern const struct form form_json;
extern const struct form form_lines;

#endif
