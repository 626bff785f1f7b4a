/*
 * rhythm: is a name asked for regularly, by the device's own clock?
 *
 * Given are the times at which one device asked for one name (or receiver),
 * with the TTL each answer had.  Questions within RHYTHM_BURST seconds are one
 * event.  Two kinds of beats are looked for:
 *
 *	by a clock	| .  |    | .|    .    |	offsets do not add up
 *	by sleeping	|   |    |     |    |		the next from the last
 *
 * Pauses of equal length: how many lie in a window, against the most that
 * asking without memory, at any rate, could put there (binomial).  Finds both
 * kinds, from 8 events on, periods of 10 s to 3 days, with little noise.
 *
 * Folding: the power of the events at every period, with up to eight harmonics
 * (Lord Rayleigh 1880; Z^2_m, Buccheri 1983; for evenly kept counts it is the
 * periodogram of Schuster 1898, as with Lomb 1976 and Scargle 1982), over
 * stretches of several lengths added up (Bartlett 1950), so that a drifting
 * beat is not lost; against the level around it, for people ask in sessions
 * and by day.  Periods of 10 s to 4 h, noise up to 31 questions a beat.
 *
 * Chances are corrected for all that was tried (Bonferroni), and claimed is
 * only what random asking brings once in RHYTHM_FALSE histories of a name; a
 * fold has to be 20 times rarer still, for people are burstier than that.
 *
 * A client that caches asks no sooner than the TTL after the last: that time
 * is out of the count of missed beats and of the null model.  What comes right
 * after the TTL, again and again, is RHYTHM_TTL: the name is in use, and no
 * more can be said; also a true period that is as long as the TTL.  A shorter
 * one shows as its next multiple after the TTL, if the TTL is always the same.
 *
 * What to expect (tests/bench/rhythm prints it): found of 100, periods of 60 s
 * to 3 h, 20 % of the beats missed, jitter to both sides, noise in questions
 * for each beat:
 *
 *	a clock		beats	   20	 50	100	200	500   1,500
 *	 2 %, noise 0		   96	100	100	100	100	100
 *	 2 %, noise 10		    0	  2	 54	 94	100	100
 *	20 %, noise 0		    6	 98	100	100	100	100
 *	20 %, noise 1		    0	  6	 40	100	 98	100
 *	20 %, noise 10		    0	  0	  0	  0	  8	 96
 *	a sleeper, 20 %
 *	noise 0			   34	 90	100	100	100	100
 *	noise 1			    0	  0	  0	  0	 70	 80
 *	noise 10		    0	  0	  0	  0	  0	  0
 *
 * Of 2,790 such claims 7 had the wrong period, mostly half or twice of it; of
 * 5,000 histories without a rhythm (Poisson, people, by day, behind caches)
 * none was claimed.  Pauses that are as alike as with a spread of one half are
 * taken for a rhythm in one of seven histories of hundreds of events.
 *
 * What is missing is not in the data: 50 beats with 20 % of jitter in ten
 * times as much noise bring about 2 nats of evidence to a judge who knows the
 * period, and one false claim in 1,000 over all periods asks for 15.
 */
#ifndef REVIEW_RHYTHM_H
#define REVIEW_RHYTHM_H

#include <stddef.h>
#include <stdint.h>

struct rhythm_finder;
struct text;

enum {
	RHYTHM_EVENTS = 100000,	/* the latest, if there are more */
	RHYTHM_LEAST = 8,	/* fewer events have none */
	RHYTHM_BURST = 2,	/* seconds */
	RHYTHM_SHORTEST = 10,	/* seconds */
	RHYTHM_LONGEST = 3 * 86400,
	RHYTHM_FALSE = 1000,	/* histories for one false claim */
	RHYTHM_HOURS = 24,
};

enum rhythm_kind {
	RHYTHM_NONE,
	RHYTHM_OWN,
	RHYTHM_TTL,		/* of a cache: only period and events are set */
};

struct rhythm_question {
	uint64_t time;		/* microseconds since 1970 */
	uint32_t ttl;		/* that was handed out, seconds; 0: not known */
};

/* Nobody knows what was asked from `begin` to `end`. */
struct rhythm_gap {
	uint64_t begin, end;
};

struct rhythm_trace {
	const struct rhythm_question *questions;	/* best in order */
	size_t count;
	const struct rhythm_gap *gaps;			/* by begin */
	size_t gap_count;
	uint64_t begin, end;	/* what is outside does not count */
	int32_t offset;		/* of local time, seconds east of UTC */
};

struct rhythm {
	enum rhythm_kind kind;
	double period;		/* seconds */
	double spread;		/* of a beat around its place, seconds: 68 % */
	double chance;		/* of it by chance, corrected; 1 - confidence */
	uint64_t events;	/* beats and noise */
	uint64_t beats;		/* estimated, where there is noise */
	uint64_t missed;	/* while it was awake, and not in its cache */
	uint32_t quiet;		/* bit h: never from h:00 to h:59, local */
};

/*
 * The memory that finding needs (23 MB), for one thread, for any number of
 * traces.  -ENOMEM or 0.
 */
int rhythm_new(struct rhythm_finder **finder);
void rhythm_free(struct rhythm_finder *finder);

/*
 * Takes O(n log n): 0.2 ms for 50 events, a third of a second for 100,000.
 * Borrows the trace for the call.  0, or -ENOMEM (questions in disorder are
 * copied).
 */
int rhythm_find(struct rhythm_finder *finder, const struct rhythm_trace *trace,
		struct rhythm *rhythm);

/*
 * "every 5 min give or take 3 s, 142 beats and 12 missed, never from 23:00 to
 * 07:00; 1 in 3,400 by chance"; "no rhythm".
 */
void rhythm_print(const struct rhythm *rhythm, struct text *out);

/* "every 5 min", of one that has a period. */
void rhythm_print_period(const struct rhythm *rhythm, struct text *out);

#endif
