/*
 * Regular pauses: of a device that sleeps for the same time after each
 * question, too many pauses are about as long as each other.  Needs no common
 * clock of the beats, and a handful is enough; but noise cuts pauses up.
 *
 *	pauses by length   . .. .  . |:::::::| .  .  ..   .
 *	                             P(1-w)..P(1+w)
 *
 * The null model asks without memory once its cache is empty.  Whatever its
 * rate, the share of its pauses between a and b (behind what the cache hides)
 * is at most
 *
 *	(a/b)^(a/(b-a)) (1 - a/b)
 *
 * so that no rate has to be guessed and sessions, which are mixtures of
 * rates, stay below it too.  Pauses that are a little alike (it has to finish
 * one thing before the next) are no rhythm either: the share that is to be
 * beaten is at least that of pauses with a spread of 60 %.  How many lie
 * in the window is then binomial.
 */
#include "review/rhythm_state.h"

#include <math.h>
#include <stdlib.h>

#include "review/tails.h"

/* In a hundred of the period, to both sides. */
static const double widths[] = { 0.01, 0.03, 0.08, 0.25 };
enum { WIDTHS = sizeof(widths) / sizeof(widths[0]) };

/* A pause of several periods, some beats missed, tells of the period too. */
enum { MULTIPLES = 3, FEWEST = 5 };

/* Of the logarithm of pauses that are a little alike. */
static const double alike = 0.6;

/* So many events before one are looked at; time stays in proportion. */
enum { PAIRS = 64 };

struct window {
	double low, high;
};

static struct window around(double period, double width)
{
	return (struct window){ period * (1 - width), period * (1 + width) };
}

/* The bound above; 1 where the window begins in what is hidden. */
static double most_likely(struct window window, double hidden)
{
	double a = window.low - hidden, b = window.high - hidden;

	if (a <= 0)
		return 1;
	return exp(a / (b - a) * log(a / b)) * (1 - a / b);
}

/* ln of the chance that so many of its pauses come to lie there. */
static double judge(const struct rhythm_finder *finder, double centre,
		    double width)
{
	struct window window = around(centre, width);
	double likely = 0, least = erf(width / (alike * sqrt(2)));
	uint64_t all = 0, inside = 0;

	for (size_t i = 0; i + 1 < finder->count; i++) {
		const struct pause *pause = &finder->pauses[i];

		if (!pause->known || pause->hidden >= window.low)
			continue;
		all++;
		likely += fmax(least, most_likely(window, pause->hidden));
		inside += pause->length >= window.low &&
			  pause->length <= window.high;
	}
	if (inside < FEWEST || (double)inside < 0.15 * (double)all ||
	    (double)inside < 1.25 * likely)
		return 0;
	return tails_binomial(all, inside, likely / (double)all);
}

/* The centre of the window that holds most beyond what it should. */
static double densest(const double *lengths, size_t count, double width)
{
	double best = 0, centre = 0;

	for (size_t i = 0, low = 0, high = 0; i < count; i++) {
		struct window window = around(lengths[i], width);
		double likely = most_likely(window, RHYTHM_BURST);
		double score;

		while (lengths[low] < window.low)
			low++;
		while (high < count && lengths[high] <= window.high)
			high++;
		if (lengths[i] < RHYTHM_SHORTEST ||
		    lengths[i] > RHYTHM_LONGEST)
			continue;
		score = ((double)(high - low) / (double)count - likely) /
			sqrt(likely * (1 - likely));
		if (score > best) {
			best = score;
			centre = lengths[i];
		}
	}
	return centre;
}

/* How many times the period it is, or 0: it does not fit. */
static double multiple(const struct pause *pause, double period, double width)
{
	double times = round(pause->length / period);

	if (!pause->known || times < 1 || times > MULTIPLES ||
	    fabs(pause->length / period - times) > width)
		return 0;
	return times;
}

/*
 * Slope of the beats over their numbers; and how much of all pauses tells of
 * it.
 */
static double regress(const struct rhythm_finder *finder, double *period,
		      double width)
{
	double time = 0, number = 0, fit = 0;

	for (size_t i = 0; i + 1 < finder->count; i++) {
		double times = multiple(&finder->pauses[i], *period, width);

		if (times > 0) {
			time += finder->pauses[i].length;
			number += times;
			fit++;
		}
	}
	if (number > 0)
		*period = time / number;
	return fit / (double)finder->count;
}

/*
 * Where noise cuts pauses up, those that are left are too short.  Between any
 * two events, neighbours or not, noise is level: the mean of a window that
 * follows it comes to rest where most are.
 */
static double climb(const struct rhythm_finder *finder, double period,
		    double width)
{
	struct window window = around(period, width);
	double sum = 0, count = 0;

	for (size_t i = 0, low = 0; i < finder->count; i++) {
		double at = finder->events[i].at;

		while (at - finder->events[low].at > window.high)
			low++;
		for (size_t j = low; j < i && j < low + PAIRS; j++) {
			double length = at - finder->events[j].at;

			if (length < window.low)
				break;
			sum += length;
			count++;
		}
	}
	return count > 0 ? sum / count : period;
}

static double settle(const struct rhythm_finder *finder, double period,
		     double width)
{
	double near = period, wide = fmin(0.4, fmax(0.08, 4 * width));

	for (unsigned i = 0; i < 3; i++)
		if (regress(finder, &near, wide) < 0.6)
			break;
		else if (i == 2)
			return near;
	for (unsigned i = 0; i < 12; i++)
		period = climb(finder, period, fmax(width, 0.03));
	return period;
}

/* The median deviation, as that of a normal distribution; counts the beats. */
static void measure(struct rhythm_finder *finder, struct claim *claim,
		    double width)
{
	size_t count = 0, beats = 0;
	bool before = false;

	for (size_t i = 0; i + 1 < finder->count; i++) {
		double times = multiple(&finder->pauses[i], claim->period,
					width);

		if (times > 0)
			finder->order[count++] =
				fabs(finder->pauses[i].length -
				     times * claim->period);
		beats += times > 0 ? before ? 1 : 2 : 0;
		before = times > 0;
	}
	qsort(finder->order, count, sizeof(*finder->order), rhythm_compare);
	claim->spread = count > 0 ? 1.4826 * finder->order[count / 2] : 0;
	claim->beats = (double)beats;
}

/* The best window of this width, corrected for all that could be chosen. */
static void try_width(const struct rhythm_finder *finder, size_t count,
		      double width, struct claim *claim)
{
	double centre = densest(finder->order, count, width), chance;
	double range = log(fmax(finder->order[count - 1], RHYTHM_SHORTEST) /
			   fmax(finder->order[0], RHYTHM_BURST));

	if (centre <= 0)
		return;
	chance = judge(finder, centre, width) +
		 log(WIDTHS * fmin((double)count, 2 + range / width));
	if (chance < claim->chance)
		*claim = (struct claim){ .chance = chance, .period = centre,
					 .spread = width };
}

void rhythm_gaps_find(struct rhythm_finder *finder, struct claim *claim)
{
	size_t count = rhythm_sort_pauses(finder);
	double width;

	*claim = (struct claim){ .chance = 0 };
	for (unsigned i = 0; i < WIDTHS && count >= FEWEST; i++)
		try_width(finder, count, widths[i], claim);
	if (claim->period <= 0)
		return;
	width = claim->spread;
	claim->period = settle(finder, claim->period, width);
	measure(finder, claim, fmax(width, 0.08));
}
