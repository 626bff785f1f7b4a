/*
 * overview: a summary on a screen.
 *
 * A line for each device with its questions over the window, and under it the
 * receivers that tell something: sunk, new, regular, suspicious, watched, or
 * asked for before a list named them.  How many of them a device gets depends
 * on how many devices there are: 20 devices stand on one screen of 50 lines by
 * 80 columns.  With one device they are told with reasons and names.
 */
#ifndef REVIEW_OVERVIEW_H
#define REVIEW_OVERVIEW_H

#include <stdbool.h>
#include <stdio.h>

struct summary_device;
struct summary_house;
struct summary_receiver;
struct text;

struct overview_options {
	FILE *out;
	unsigned width;		/* of the terminal; 0: as wide as it gets */
	bool colour;
	bool utf8;		/* sparklines of blocks; else of letters */
	bool one_device;	/* with names and reasons */
	bool only_new;		/* receivers that are new */
	bool all;		/* also receivers that tell nothing */
};

void overview_print(const struct summary_house *house,
		    const struct overview_options *options);

/* "20 devices asked 302,373 questions; 25,934 were sunk." */
void overview_sentence(const struct summary_house *house, struct text *out);

/* Is there anything to say of it?  On a new device all is new. */
bool overview_is_telling(const struct summary_device *device,
			 const struct summary_receiver *receiver);

#endif
