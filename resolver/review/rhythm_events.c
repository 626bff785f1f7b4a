/*
 * Questions become events: a burst (the types of one name, retries, a page
 * that asks twice) is one, at the time of its first question.
 *
 *	questions   |||     | |          ||
 *	events      |       |            |
 *	pauses       ------- ------------
 *	hidden       ####    ####              by the client's cache
 */
#include "review/rhythm_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000000 };

static int compare_times(const void *one, const void *other)
{
	uint64_t a = ((const struct rhythm_question *)one)->time;
	uint64_t b = ((const struct rhythm_question *)other)->time;

	return (a > b) - (a < b);
}

/* The questions in their order: themselves, or a copy. */
static const struct rhythm_question *
in_order(struct rhythm_finder *finder, const struct rhythm_trace *trace)
{
	struct rhythm_question *copy;
	size_t i = 1;

	while (i < trace->count &&
	       trace->questions[i - 1].time <= trace->questions[i].time)
		i++;
	if (i >= trace->count)
		return trace->questions;
	copy = reallocarray(finder->sorted, trace->count, sizeof(*copy));
	if (!copy)
		return NULL;
	memcpy(copy, trace->questions, trace->count * sizeof(*copy));
	qsort(copy, trace->count, sizeof(*copy), compare_times);
	finder->sorted = copy;
	return copy;
}

static double seconds(const struct rhythm_trace *trace, uint64_t time)
{
	return ((double)time - (double)trace->begin) / SECOND;
}

static bool is_inside(const struct rhythm_trace *trace, uint64_t time)
{
	return time >= trace->begin && time < trace->end;
}

static size_t count_bursts(const struct rhythm_trace *trace,
			   const struct rhythm_question *questions)
{
	uint64_t next = trace->begin;
	size_t count = 0;

	for (size_t i = 0; i < trace->count; i++) {
		uint64_t time = questions[i].time;

		if (!is_inside(trace, time) || time < next)
			continue;
		next = time + RHYTHM_BURST * SECOND;
		count++;
	}
	return count;
}

/* Of too many the latest. */
static void take_events(struct rhythm_finder *finder,
			const struct rhythm_trace *trace,
			const struct rhythm_question *questions)
{
	size_t skip = count_bursts(trace, questions);
	uint64_t next = trace->begin;
	struct event *last = NULL;

	skip = skip > RHYTHM_EVENTS ? skip - RHYTHM_EVENTS : 0;
	finder->count = 0;
	for (size_t i = 0; i < trace->count; i++) {
		uint64_t time = questions[i].time;
		double ttl = questions[i].ttl;

		if (!is_inside(trace, time))
			continue;
		if (time < next) {
			if (last && ttl > 0 &&
			    (last->ttl <= 0 || ttl < last->ttl))
				last->ttl = ttl;
			continue;
		}
		next = time + RHYTHM_BURST * SECOND;
		if (skip > 0) {
			skip--;
			continue;
		}
		last = &finder->events[finder->count++];
		*last = (struct event){ seconds(trace, time), ttl };
	}
}

/* Hardly ever asked again before the answer it had was too old? */
static bool does_cache(const struct rhythm_finder *finder)
{
	size_t told = 0, sooner = 0;

	for (size_t i = 0; i + 1 < finder->count; i++) {
		double ttl = finder->events[i].ttl;

		told += ttl > RHYTHM_BURST;
		sooner += ttl > RHYTHM_BURST &&
			  finder->pauses[i].length < ttl - 2;
	}
	return told >= RHYTHM_LEAST - 1 && sooner * 10 <= told;
}

static void take_pauses(struct rhythm_finder *finder,
			const struct rhythm_trace *trace)
{
	size_t gap = 0;
	double unknown = -1;

	for (size_t i = 0; i + 1 < finder->count; i++) {
		double from = finder->events[i].at;
		double to = finder->events[i + 1].at;

		while (gap < trace->gap_count &&
		       seconds(trace, trace->gaps[gap].begin) < to)
			unknown = fmax(unknown, seconds(
					trace, trace->gaps[gap++].end));
		finder->pauses[i] = (struct pause){
			.length = to - from, .hidden = RHYTHM_BURST,
			.known = unknown <= from,
		};
	}
}

static void take_caching(struct rhythm_finder *finder)
{
	finder->caches = does_cache(finder);
	for (size_t i = 0; finder->caches && i + 1 < finder->count; i++) {
		struct pause *pause = &finder->pauses[i];

		pause->hidden = fmin(pause->length,
				     fmax(RHYTHM_BURST,
					  finder->events[i].ttl));
	}
}

int rhythm_take(struct rhythm_finder *finder, const struct rhythm_trace *trace)
{
	const struct rhythm_question *questions = in_order(finder, trace);

	if (!questions && trace->count > 0)
		return -ENOMEM;
	take_events(finder, trace, questions);
	take_pauses(finder, trace);
	take_caching(finder);
	return 0;
}
