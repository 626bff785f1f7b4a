/*
 * traces: made histories of asking, with what is true of them.
 *
 * Beats come from a clock (each is off from the grid by up to the jitter) or
 * from a device that sleeps (each pause is off, and the offsets add up).
 * Noise is Poisson.  All is drawn from one seed.
 */
#ifndef TESTS_REVIEW_TRACES_H
#define TESTS_REVIEW_TRACES_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "review/rhythm.h"

enum { TRACE_MOST = 400000 };

/* A Saturday, midnight; microseconds. */
#define TRACE_BEGIN UINT64_C(1600000000000000)

struct trace {
	struct rhythm_question questions[TRACE_MOST];
	size_t count;
	uint64_t seed;
	double length;		/* seconds */
};

struct beat {
	double period;
	double jitter;		/* uniform, to both sides, of the period */
	double missed;		/* a share */
	double noise;		/* questions for every beat that was to be */
	unsigned beats;
	bool sleeps;		/* offsets add up */
	bool nights;		/* off from 23 to 7 */
};

static inline double trace_draw(struct trace *trace)
{
	trace->seed ^= trace->seed << 13;
	trace->seed ^= trace->seed >> 7;
	trace->seed ^= trace->seed << 17;
	return ((double)(trace->seed >> 11) + 0.5) / 9007199254740992.0;
}

static inline double trace_wait(struct trace *trace, double mean)
{
	return -mean * log(trace_draw(trace));
}

/* A period between the two, equal chances for equal ratios. */
static inline double trace_between(struct trace *trace, double low,
				   double high)
{
	return low * exp(trace_draw(trace) * log(high / low));
}

static inline void trace_begin(struct trace *trace, uint64_t seed)
{
	trace->count = 0;
	trace->length = 0;
	trace->seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 12345;
	for (int i = 0; i < 8; i++)
		trace_draw(trace);
}

static inline void trace_put(struct trace *trace, double at)
{
	if (at < 0 || trace->count == TRACE_MOST)
		return;
	trace->questions[trace->count++] = (struct rhythm_question){
		TRACE_BEGIN + (uint64_t)(at * 1e6), 0 };
	trace->length = fmax(trace->length, at);
}

static inline int trace_compare(const void *one, const void *other)
{
	uint64_t a = ((const struct rhythm_question *)one)->time;
	uint64_t b = ((const struct rhythm_question *)other)->time;

	return (a > b) - (a < b);
}

static inline void trace_sort(struct trace *trace)
{
	qsort(trace->questions, trace->count, sizeof(*trace->questions),
	      trace_compare);
}

static inline bool trace_is_night(double at)
{
	double hour = fmod(at / 3600 + (12 * 3600 + 1600) / 3600.0, 24);

	return hour < 7 || hour >= 23;
}

static inline void trace_poisson(struct trace *trace, double mean,
				 double length)
{
	for (double at = trace_wait(trace, mean); at < length;
	     at += trace_wait(trace, mean))
		trace_put(trace, at);
}

static inline void trace_beats(struct trace *trace, const struct beat *beat)
{
	double at = trace_draw(trace) * beat->period, length;

	for (unsigned made = 0; made < beat->beats;) {
		double off = (2 * trace_draw(trace) - 1) * beat->jitter *
			     beat->period;

		if (!beat->nights || !trace_is_night(at)) {
			made++;
			if (trace_draw(trace) >= beat->missed)
				trace_put(trace, at + (beat->sleeps ? 0 : off));
		}
		at += beat->period + (beat->sleeps ? off : 0);
	}
	length = at;
	if (beat->noise > 0)
		trace_poisson(trace, length / (beat->noise * beat->beats),
			      length);
	trace->length = fmax(trace->length, length);
	trace_sort(trace);
}

/* A person: now and then a session, in it pages, a page after the other. */
static inline void trace_person(struct trace *trace, double days,
				double pages, double reading)
{
	double at = 0;

	while (at < days * 86400 && trace->count < TRACE_MOST) {
		double left = trace_wait(trace, pages);

		at += trace_wait(trace, 9000);
		if (trace_is_night(at))
			continue;
		for (; left > 0; left--) {
			at += 4 + reading * exp(1.2 * (trace_draw(trace) +
					trace_draw(trace) + trace_draw(trace) -
					1.5) * 2) * 0.7;
			trace_put(trace, at);
		}
	}
	trace_sort(trace);
}

/* At random, more by day than by night: `sharp`, none at all by night. */
static inline void trace_diurnal(struct trace *trace, double mean, double days,
				 bool sharp)
{
	double length = days * 86400;

	for (double at = trace_wait(trace, mean); at < length;
	     at += trace_wait(trace, mean)) {
		double wave = 0.5 - 0.5 * cos(2 * M_PI * at / 86400);

		if (sharp ? !trace_is_night(at) : trace_draw(trace) < wave)
			trace_put(trace, at);
	}
	trace_sort(trace);
}

/*
 * What a client that keeps answers for `ttl` still has to ask; `aged`: answers
 * come out of a cache and have any part of it left.
 */
static inline void trace_cache(struct trace *trace, uint32_t ttl, bool aged)
{
	uint64_t until = 0;
	size_t kept = 0;

	for (size_t i = 0; i < trace->count; i++) {
		struct rhythm_question question = trace->questions[i];

		if (question.time < until)
			continue;
		question.ttl = aged ? 1 + (uint32_t)(trace_draw(trace) * ttl)
				    : ttl;
		until = question.time + (uint64_t)question.ttl * 1000000;
		trace->questions[kept++] = question;
	}
	trace->count = kept;
}

static inline int trace_find(struct rhythm_finder *finder,
			     const struct trace *trace, struct rhythm *rhythm)
{
	struct rhythm_trace given = {
		.questions = trace->questions, .count = trace->count,
		.begin = TRACE_BEGIN,
		.end = TRACE_BEGIN + (uint64_t)(trace->length * 1e6) + 1,
	};

	return rhythm_find(finder, &given, rhythm);
}

/* What came of many traces of one kind. */
struct trace_tally {
	unsigned runs, right, wrong, cache;
};

/*
 * Is that the period, as well as so many beats can tell it?  Offsets that add
 * up, and noise, cost the most.
 */
static inline bool trace_is_right(const struct beat *beat, double period)
{
	double error = 2 * beat->jitter / sqrt(beat->beats);

	return fabs(period / beat->period - 1) < fmax(0.05, error);
}

static inline void trace_try(struct rhythm_finder *finder, struct trace *trace,
			     const struct beat *beat,
			     struct trace_tally *tally)
{
	struct rhythm rhythm;

	trace_beats(trace, beat);
	trace_find(finder, trace, &rhythm);
	tally->runs++;
	tally->cache += rhythm.kind == RHYTHM_TTL;
	if (rhythm.kind != RHYTHM_OWN)
		return;
	if (trace_is_right(beat, rhythm.period))
		tally->right++;
	else
		tally->wrong++;
}

/*
 * A beat of 1 % behind a cache: right is the first of its multiples after the
 * TTL; close after it, that it is of the cache.  What lies on the edge between
 * two multiples is drawn again.
 */
static inline void trace_try_cached(struct rhythm_finder *finder,
				    struct trace *trace,
				    struct trace_tally *tally)
{
	struct beat beat = { .jitter = 0.01, .missed = 0.1, .beats = 600 };
	struct rhythm rhythm;
	double ttl, part;

	do {
		beat.period = trace_between(trace, 60, 3600);
		ttl = floor(trace_between(trace, 30, 3600));
		part = fmod(ttl / beat.period, 1);
	} while (part < 0.05 || part > 0.95 || ttl > 20 * beat.period);
	trace_beats(trace, &beat);
	trace_cache(trace, (uint32_t)ttl, false);
	trace_find(finder, trace, &rhythm);
	beat.period *= ceil(ttl / beat.period);
	tally->runs++;
	if (rhythm.kind == RHYTHM_TTL && beat.period < 1.12 * ttl + 2)
		tally->cache++;
	else if (rhythm.kind == RHYTHM_OWN &&
		 trace_is_right(&beat, rhythm.period))
		tally->right++;
	else if (rhythm.kind != RHYTHM_NONE)
		tally->wrong++;
}

/* Histories without a beat: what a claim would be false of. */
enum trace_null {
	NULL_POISSON, NULL_POISSON_LONG, NULL_PERSON, NULL_PERSON_LONG,
	NULL_DIURNAL, NULL_NIGHTS, NULL_ALIKE, NULL_CACHED,
	NULL_PERSON_CACHED, NULL_AGED,
	NULLS,
};

static const char *const trace_nulls[NULLS] = {
	"Poisson, 8 to 70 events", "Poisson, 60 to 700 events",
	"a person, 1 to 30 days", "a person, 30 days, long sessions",
	"Poisson by day, less by night", "Poisson by day, none by night",
	"pauses a little alike (gamma, shape 2)",
	"Poisson behind a cache", "a person behind a cache",
	"Poisson behind a cache, answers aged",
};

static inline void trace_null(struct trace *trace, enum trace_null kind)
{
	uint32_t ttl = (uint32_t)trace_between(trace, 30, 3600);
	double mean = trace_between(trace, 20, 4000);

	switch (kind) {
	case NULL_POISSON:
		trace_poisson(trace, mean, mean *
			      (8 + 60 * trace_draw(trace)));
		break;
	case NULL_POISSON_LONG:
		trace_poisson(trace, mean, mean *
			      (60 + 600 * trace_draw(trace)));
		break;
	case NULL_PERSON:
		trace_person(trace, 1 + 29 * trace_draw(trace),
			     trace_between(trace, 2, 30),
			     trace_between(trace, 10, 200));
		break;
	case NULL_PERSON_LONG:
	case NULL_PERSON_CACHED:
		trace_person(trace, 30, trace_between(trace, 2, 100),
			     trace_between(trace, 5, 300));
		break;
	case NULL_DIURNAL:
	case NULL_NIGHTS:
		trace_diurnal(trace, fmax(60, mean), 30, kind == NULL_NIGHTS);
		break;
	case NULL_ALIKE:
		for (double at = 0; at < 700 * mean;
		     at += trace_wait(trace, mean / 2) +
			   trace_wait(trace, mean / 2))
			trace_put(trace, at);
		break;
	default:
		trace_poisson(trace, mean, mean * 1000);
	}
	if (kind >= NULL_CACHED)
		trace_cache(trace, ttl, kind == NULL_AGED);
}

#endif
