/*
 * print: rows of the journal for people and for programs.
 *
 *	PRINT_TABLE	a table; on a terminal as wide as that is
 *	PRINT_JSON	an object a line (https://jsonlines.org)
 *	PRINT_CSV	RFC 4180, with a line of names
 *	PRINT_LINES	key=value, for syslog and journald
 *
 * Gaps, steps of the clock and marks have their place between the rows in
 * each.
 */
#ifndef REVIEW_PRINT_H
#define REVIEW_PRINT_H

#include <stdbool.h>
#include <stdio.h>

struct mark;
struct print;
struct reader_note;
struct reader_row;

enum print_form {
	PRINT_TABLE,
	PRINT_JSON,
	PRINT_CSV,
	PRINT_LINES,
};

struct print_options {
	FILE *out;
	enum print_form form;
	unsigned width;		/* of the terminal; 0: as wide as it gets */
	bool colour;
};

/* -ENOMEM, or ERROR_ABSENT: built without what that form needs. */
int print_open(struct print **print, const struct print_options *options);

/* What is still held back is lost: flush first. */
void print_close(struct print *print);

/* All four: false, and errno, when `out` takes no more. */
bool print_row(struct print *print, const struct reader_row *row);
bool print_note(struct print *print, const struct reader_note *note);
bool print_mark(struct print *print, const struct mark *mark);
bool print_flush(struct print *print);

#endif
