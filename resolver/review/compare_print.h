/*
 * compare_print: a comparison for people, on one screen, and for programs.
 *
 * What is said is what was counted: questions put to DNS in windows of time.
 */
#ifndef REVIEW_COMPARE_PRINT_H
#define REVIEW_COMPARE_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "review/print.h"

struct compare;

struct compare_view {
	FILE *out;
	const char *label;	/* of the marks; a stranger's */
	const char *device;	/* in words that can be printed; NULL: all */
	unsigned width;		/* of the terminal; 0: as wide as it gets */
	unsigned rows;		/* of names at most; 0: all */
	bool colour;
};

void compare_print(const struct compare *compare,
		   const struct compare_view *view);

/*
 * A record for each name (review/records.h).  -ENOMEM, ERROR_ABSENT, or -errno
 * when `out` takes no more.
 */
int compare_print_records(const struct compare *compare,
			  const struct compare_view *view,
			  enum print_form form);

#endif
