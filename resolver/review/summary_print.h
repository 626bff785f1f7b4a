/*
 * summary_print: a summary for programs and spreadsheets.
 *
 *	PRINT_JSON	one object: the house and its gaps, in it devices, in
 *			them receivers, in them names
 *	PRINT_CSV	a line for each name, with what is told of its receiver
 */
#ifndef REVIEW_SUMMARY_PRINT_H
#define REVIEW_SUMMARY_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "review/print.h"

struct summary_house;

/*
 * 0, -ENOMEM, ERROR_ABSENT (built without what it needs), or -errno: `out`
 * takes no more.  `only_new`: receivers that are new to their device.
 */
int summary_print(const struct summary_house *house, enum print_form form,
		  bool only_new, FILE *out);

/* The first of the two. */
int summary_json(const struct summary_house *house, bool only_new, FILE *out);

#endif
