/*
 * rhythm_state: what the parts of rhythm share.  Times are seconds since the
 * span began.
 */
#ifndef REVIEW_RHYTHM_STATE_H
#define REVIEW_RHYTHM_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "review/fourier.h"
#include "review/rhythm.h"

/* The largest transform: 32,768 of the shortest periods at once. */
enum { FOLD_SIZE = 1 << 20 };

/* One event: a burst of questions. */
struct event {
	double at;
	double ttl;	/* the least that was handed out in it; 0: none known */
};

/* The time from an event to the next. */
struct pause {
	double length;
	double hidden;	/* of it, so long no question could have come */
	bool known;	/* no gap of the journal in it */
};

struct rhythm_finder {
	struct event *events;		/* ascending */
	struct pause *pauses;		/* one less */
	size_t count;
	bool caches;			/* it asks no sooner than the TTL */
	struct rhythm_question *sorted;	/* when they came in disorder */
	struct wave *waves, *roots;	/* FOLD_SIZE of each */
	float *power;			/* FOLD_SIZE / 2 */
	double *order;			/* RHYTHM_EVENTS, for what is sorted */
};

/* What one way of looking found. */
struct claim {
	double period;
	double chance;		/* ln, corrected for all that was tried */
	double spread;
	double beats;
};

/* The lengths of the known pauses into finder->order, sorted; their
   number. */
size_t rhythm_sort_pauses(struct rhythm_finder *finder);

int rhythm_compare(const void *one, const void *other);

/* Fills events and pauses; -ENOMEM, or 0. */
int rhythm_take(struct rhythm_finder *finder,
		const struct rhythm_trace *trace);

/* Hours of the day without any: rhythm.quiet. */
uint32_t rhythm_quiet(const struct rhythm_finder *finder,
		      const struct rhythm_trace *trace);

/* Regular pauses: rhythm_gaps.c. */
void rhythm_gaps_find(struct rhythm_finder *finder, struct claim *claim);

/* Power of a fold: rhythm_fold.c. */
void rhythm_fold_find(struct rhythm_finder *finder, struct claim *claim);

/*
 * How many beats of this period could have been seen: the time in which the
 * device was awake and its cache not in the way, in periods.
 */
double rhythm_places(const struct rhythm_finder *finder, double period);

#endif
