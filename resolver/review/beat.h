/*
 * beat: the rhythm of a receiver: of all its names together, or of the one
 * that is regular among others that are not.
 */
#ifndef REVIEW_BEAT_H
#define REVIEW_BEAT_H

#include <stdint.h>

struct summary;
struct summary_receiver;

/*
 * Fills rhythm, has_rhythm and rhythm_name of one whose names are filled, from
 * what was gathered at `place`.  0 or -ENOMEM.
 */
int beat_find(struct summary *summary, struct summary_receiver *receiver,
	      uint32_t place);

#endif
