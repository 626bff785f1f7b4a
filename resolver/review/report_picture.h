/*
 * report_picture: a group of a report as pictures, inline SVG.
 */
#ifndef REVIEW_REPORT_PICTURE_H
#define REVIEW_REPORT_PICTURE_H

#include <stdint.h>
#include <stdio.h>

struct report_group;

/* Units that time is wide. */
enum { REPORT_PICTURE_WIDE = 504 };

/* Moments that all timelines show: 0 and 0 end the array. */
struct report_moment {
	uint64_t from, until;		/* until 0: a mark, else a gap */
};

struct report_axis {
	uint64_t since, until;		/* microseconds since 1970 */
	const struct report_moment *moments;
};

/* The hours or days above the timelines, and the numbers of the marks. */
void report_picture_axis(FILE *out, const struct report_axis *axis);
void report_picture_timeline(FILE *out, const struct report_axis *axis,
			     const struct report_group *group);

/* How long it was between attempts, and the words above that. */
void report_picture_gaps_axis(FILE *out);
void report_picture_gaps(FILE *out, const struct report_group *group);

#endif
