/*
 * overview_state: what the files of overview share: lines that fit.
 */
#ifndef REVIEW_OVERVIEW_STATE_H
#define REVIEW_OVERVIEW_STATE_H

#include <stdint.h>

#include "base/text.h"
#include "review/overview.h"
#include "review/summary.h"

enum { OVERVIEW_LINE = 2048, OVERVIEW_SPARK = 24 };

#define OVERVIEW_BOLD "\033[1m"
#define OVERVIEW_RED "\033[31m"
#define OVERVIEW_YELLOW "\033[33m"
#define OVERVIEW_DIM "\033[2m"

struct overview {
	const struct summary_house *house;
	const struct overview_options *options;
	const struct summary_device *device;	/* that is being told of */
	unsigned each;			/* receivers a device */
	unsigned names;			/* columns of a device's name */
	bool days;			/* the window is over a day long */
};

/* A line that is being put together. */
struct overview_line {
	struct text text;
	char words[OVERVIEW_LINE];
};

void overview_begin(struct overview_line *line);

/*
 * The line, in a colour (NULL: none).  Where it is too wide it is cut, and
 * `tail` (NULL: none) stands behind what is left of it.
 */
void overview_put(const struct overview *overview, const char *colour,
		  const struct overview_line *line, const char *tail);

/* Words of our own as a line. */
void overview_say(const struct overview *overview, const char *colour,
		  const char *words);

/* As many lines as it takes; those behind the first begin under `indent`. */
void overview_wrap(const struct overview *overview, const char *colour,
		   const struct overview_line *line, unsigned indent);

/* The hour, and the day where the window has several. */
void overview_time(const struct overview *overview, uint64_t time,
		   struct text *out);

/* Counts of the window, as wide as it says. */
void overview_spark(const struct overview *overview, const uint32_t *slots,
		    unsigned width, struct text *out);

/* --- overview_receiver.c --- */

/* Those of overview.device that are to be shown. */
void overview_receivers(const struct overview *overview);

#endif
