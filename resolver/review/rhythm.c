/*
 * Two ways of looking, for two kinds of beats, and a judge between them:
 *
 *	rhythm_events	questions -> events and the pauses between
 *	rhythm_gaps	pauses of equal length: few events, little noise
 *	rhythm_fold	all of time folded: much noise, many events
 *	rhythm_quiet	hours without any
 *
 * Each way brings a chance that is already corrected for all it tried; half
 * of what may be claimed falsely belongs to each.
 */
#include "review/rhythm.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "review/exact.h"
#include "review/rhythm_state.h"
#include "review/words.h"

enum { SECOND = 1000000, HOURS = RHYTHM_HOURS };

/*
 * People are not as random as the model of the fold: what they do in sessions
 * comes to a chance that is too small by up to this.
 */
enum { FOLD_MARGIN = 20 };

/* A silence of more periods than these is a device asleep. */
enum { ASLEEP = 6 };

int rhythm_new(struct rhythm_finder **finder)
{
	struct rhythm_finder *made = calloc(1, sizeof(*made));

	if (!made)
		return -ENOMEM;
	made->events = calloc(RHYTHM_EVENTS, sizeof(*made->events));
	made->pauses = calloc(RHYTHM_EVENTS, sizeof(*made->pauses));
	made->order = calloc(RHYTHM_EVENTS, sizeof(*made->order));
	made->waves = calloc(FOLD_SIZE, sizeof(*made->waves));
	made->roots = calloc(FOLD_SIZE, sizeof(*made->roots));
	made->power = calloc(FOLD_SIZE / 2, sizeof(*made->power));
	if (!made->events || !made->pauses || !made->order || !made->waves ||
	    !made->roots || !made->power) {
		rhythm_free(made);
		return -ENOMEM;
	}
	fourier_roots(made->roots, FOLD_SIZE);
	*finder = made;
	return 0;
}

void rhythm_free(struct rhythm_finder *finder)
{
	if (!finder)
		return;
	free(finder->events);
	free(finder->pauses);
	free(finder->order);
	free(finder->waves);
	free(finder->roots);
	free(finder->power);
	free(finder->sorted);
	free(finder);
}

int rhythm_compare(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

size_t rhythm_sort_pauses(struct rhythm_finder *finder)
{
	size_t count = 0;

	for (size_t i = 0; i + 1 < finder->count; i++)
		if (finder->pauses[i].known)
			finder->order[count++] = finder->pauses[i].length;
	qsort(finder->order, count, sizeof(*finder->order), rhythm_compare);
	return count;
}

double rhythm_places(const struct rhythm_finder *finder, double period)
{
	double places = 1;

	for (size_t i = 0; i + 1 < finder->count; i++) {
		const struct pause *pause = &finder->pauses[i];

		if (!pause->known || pause->length > ASLEEP * period +
						     pause->hidden)
			places++;
		else if (pause->hidden < period / 2)
			places += pause->length / period;
		else
			places += fmax(0, round(pause->length / period) -
					  floor(pause->hidden / period));
	}
	return places;
}

/*
 * Asks as soon as what it was given has run out: how long that is, or 0: it
 * does not do so.
 */
static double find_ttl(struct rhythm_finder *finder)
{
	size_t all = 0, locked = 0;

	for (size_t i = 0; finder->caches && i + 1 < finder->count; i++) {
		double ttl = finder->events[i].ttl;
		double late = finder->pauses[i].length - ttl;

		if (!finder->pauses[i].known || ttl < RHYTHM_SHORTEST)
			continue;
		all++;
		if (late >= -2 && late <= 2 + 0.1 * ttl)
			finder->order[locked++] = finder->pauses[i].length;
	}
	if (locked + 1 < RHYTHM_LEAST || locked * 2 < all)
		return 0;
	qsort(finder->order, locked, sizeof(*finder->order), rhythm_compare);
	return finder->order[locked / 2];
}

/*
 * May this period be nothing but a cache that ran out, again and again?  Where
 * answers are always given for as long, each part of that folds as well.
 */
static bool is_of_ttl(const struct rhythm_finder *finder, double period)
{
	size_t all = 0, near = 0, over = 0;
	double low = INFINITY, high = 0;

	for (size_t i = 0; finder->caches && i + 1 < finder->count; i++) {
		double ttl = finder->events[i].ttl;

		low = fmin(low, ttl);
		high = fmax(high, ttl);
		all++;
		over += ttl > period / 2;
		near += ttl > period / 2 && ttl < period * 1.1;
	}
	if (high <= low * 1.05)
		near = over;
	return near * 4 > all;
}

static void choose(struct rhythm_finder *finder, struct claim *claim)
{
	const double least = log(0.5 / RHYTHM_FALSE);
	const double fold_least = least - log(FOLD_MARGIN);
	struct claim fold;

	rhythm_gaps_find(finder, claim);
	rhythm_fold_find(finder, &fold);
	if (is_of_ttl(finder, fold.period))
		fold.chance = 0;
	if (fold.chance < fold_least &&
	    (fold.chance < claim->chance || claim->beats < 0.5 * fold.beats))
		*claim = fold;
	if (claim->chance >= least)
		*claim = (struct claim){ .chance = 0 };
}

/*
 * Beats that fall into the hours in which it is never awake were not missed;
 * long pauses are out of the count already.
 */
static void wake(const struct rhythm_finder *finder, struct rhythm *rhythm)
{
	double span = finder->events[finder->count - 1].at -
		      finder->events[0].at;
	unsigned hours = 0;
	double asleep;

	for (unsigned i = 0; i < HOURS; i++)
		hours += rhythm->quiet >> i & 1;
	if (rhythm->kind != RHYTHM_OWN ||
	    hours * 3600.0 > ASLEEP * rhythm->period)
		return;
	asleep = span * hours / HOURS / rhythm->period;
	rhythm->missed = (uint64_t)fmax(0, (double)rhythm->missed - asleep);
}

static void describe(struct rhythm_finder *finder, const struct claim *claim,
		     struct rhythm *rhythm)
{
	double ttl = find_ttl(finder), places;

	rhythm->chance = fmin(1, 2 * exp(claim->chance));
	if (claim->period > 0) {
		places = rhythm_places(finder, claim->period);
		rhythm->kind = RHYTHM_OWN;
		rhythm->period = claim->period;
		rhythm->spread = claim->spread;
		rhythm->beats = (uint64_t)claim->beats;
		rhythm->missed = (uint64_t)fmax(0, places - claim->beats);
	} else if (ttl > 0) {
		rhythm->kind = RHYTHM_TTL;
		rhythm->period = ttl;
		rhythm->beats = finder->count;
	}
}

int rhythm_find(struct rhythm_finder *finder, const struct rhythm_trace *trace,
		struct rhythm *rhythm)
{
	int error = rhythm_take(finder, trace);
	struct claim claim;

	*rhythm = (struct rhythm){ .kind = RHYTHM_NONE, .chance = 1 };
	if (error < 0)
		return error;
	rhythm->events = finder->count;
	if (finder->count < RHYTHM_LEAST)
		return 0;
	choose(finder, &claim);
	describe(finder, &claim, rhythm);
	rhythm->quiet = rhythm_quiet(finder, trace);
	wake(finder, rhythm);
	return 0;
}

/* Whole seconds where there are many: "5 min", not "4 min 59 s". */
static void print_seconds(double seconds, struct text *out)
{
	if (seconds >= RHYTHM_SHORTEST)
		seconds = round(seconds);
	words_span((uint64_t)(seconds * SECOND), out);
}

/* From one hour to the next that is not quiet. */
static void print_quiet(uint32_t quiet, struct text *out)
{
	const char *word = ", never from";

	for (unsigned i = 0; i < HOURS; i++) {
		unsigned end = i + 1;

		if (!(quiet >> i & 1) || quiet >> (i + HOURS - 1) % HOURS & 1)
			continue;
		while (quiet >> end % HOURS & 1)
			end++;
		text_put(out, "%s %02u:00 to %02u:00", word, i, end % HOURS);
		word = " and";
	}
}

void rhythm_print_period(const struct rhythm *rhythm, struct text *out)
{
	text_put(out, "every ");
	print_seconds(rhythm->period, out);
}

static void print_own(const struct rhythm *rhythm, struct text *out)
{
	rhythm_print_period(rhythm, out);
	text_put(out, " give or take ");
	print_seconds(rhythm->spread, out);
	text_put(out, ", ");
	words_number(rhythm->beats, out);
	text_put(out, " beats and ");
	words_number(rhythm->missed, out);
	text_put(out, " missed");
	print_quiet(rhythm->quiet, out);
	text_put(out, "; ");
	exact_print(rhythm->chance, out);
}

void rhythm_print(const struct rhythm *rhythm, struct text *out)
{
	switch (rhythm->kind) {
	case RHYTHM_OWN:
		print_own(rhythm, out);
		break;
	case RHYTHM_TTL:
		text_put(out, "again when its answer has run out, every ");
		print_seconds(rhythm->period, out);
		text_put(out, " (the cache's time, no rhythm of its own)");
		break;
	default:
		text_put(out, "no rhythm");
	}
}
