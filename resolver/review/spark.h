/*
 * spark: counts as a line of little bars.
 *
 *	▁▁▂▅█▃▁▁	with UTF-8
 *	..-#@+..	without
 *
 * A place with nothing is blank, and one with anything is at least the lowest
 * bar, so that a single question is seen beside ten thousand.  The highest bar
 * is the largest count of that line: lines do not compare with each other.
 * Counts add up to no more than 2^64.
 */
#ifndef REVIEW_SPARK_H
#define REVIEW_SPARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

struct spark {
	const uint64_t *counts;		/* the oldest first */
	size_t count;
	unsigned width;			/* columns */
	bool utf8;
};

enum { SPARK_HOURS = 24 };

/*
 * Always `width` columns: more counts than columns are added up (each count
 * goes to one column), fewer stand to the right.  What does not fit into `out`
 * is cut between two bars.
 */
void spark_print(const struct spark *spark, struct text *out);

/* The hours of a day: "00▁    ▂06▅▅▃▃▂▁12...18...24". */
void spark_hours(const uint64_t hours[SPARK_HOURS], bool utf8,
		 struct text *out);

#endif
