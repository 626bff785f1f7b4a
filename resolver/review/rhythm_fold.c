/*
 * Folding with all periods at once: a Fourier transform of the events.
 *
 * A stretch of time becomes a row of small bins, as long as 16 to half a
 * million of the shortest periods that so many events can show; the length of
 * its vector at a period tells whether the events keep to a phase.  A level is
 * all stretches of one length, their powers added:
 *
 *	level 1	[----------------------------------------]  one phase
 *	level 2	[----][----]   [----][----]   [----][----]  each its own
 *	level 3	[][][][][]       [][][][]       [][][][][]  drift does not hurt
 *
 * A stretch begins at an event, so that silence costs nothing.  Under random
 * asking the power of one is exponential with the mean 1 (Rayleigh), that of
 * a level is gamma; what is over 1 in a whole neighbourhood, by sessions or
 * hours, is divided out, and where powers are wilder than gamma the shape is
 * taken from what they are.
 */
#include "review/rhythm_state.h"

#include <math.h>
#include <string.h>

#include "review/tails.h"

enum {
	LEAST_EVENTS = 32,
	SMALLEST = 256,		/* transform */
	TURNS = 8,		/* periods in a chunk, at least */
	HARMONICS = 8,
	OFTEN = 4 * HARMONICS,	/* bins in the shortest period, and padding */
	NOISE = 32,		/* one in so many events is a beat, or more */
	LONGEST = 4 * 3600,	/* seconds: above, the day itself is seen */
	SILENCE = 8,		/* median pauses: longer, it is asleep */
	BINS = 64,		/* of a profile */
};

/* All chunks of one length, folded with all periods at once. */
struct level {
	size_t size;		/* of the transform */
	double bin;		/* seconds */
	double longest;		/* period that is looked for, seconds */
	size_t chunks;		/* that were added up */
	double shape;		/* of the distribution of power */
};

/* The best of a scan. */
struct peak {
	double chance;
	double place;		/* periods in the length of the transform */
	size_t size;
};

/* The time between two events, on average; long silence counts little. */
static double mean_pause(struct rhythm_finder *finder)
{
	size_t count = rhythm_sort_pauses(finder);
	double most, sum = 0;

	if (count == 0)
		return LONGEST;
	most = SILENCE * finder->order[count / 2];
	for (size_t i = 0; i < count; i++)
		sum += fmin(most, finder->order[i]);
	return sum / (double)count;
}

/* Events of one chunk, as counts less their mean. */
struct chunk {
	size_t first, count;
	size_t filled;		/* bins */
};

static struct chunk next_chunk(const struct rhythm_finder *finder,
			       const struct level *level, size_t first)
{
	double start = finder->events[first].at;
	double length = level->bin * (double)(level->size / 2);
	struct chunk chunk = { .first = first };
	double rest = finder->events[finder->count - 1].at - start;

	while (first + chunk.count < finder->count &&
	       finder->events[first + chunk.count].at < start + length)
		chunk.count++;
	chunk.filled = (size_t)(fmin(length, rest) / level->bin) + 1;
	if (chunk.filled > level->size / 2)
		chunk.filled = level->size / 2;
	return chunk;
}

static void put_chunk(struct rhythm_finder *finder, const struct level *level,
		      const struct chunk *chunk, bool second)
{
	float mean = (float)chunk->count / (float)chunk->filled;
	double start = finder->events[chunk->first].at;

	for (size_t i = 0; i < chunk->filled; i++)
		*(second ? &finder->waves[i].im : &finder->waves[i].re) =
			-mean;
	for (size_t i = 0; i < chunk->count; i++) {
		double at = finder->events[chunk->first + i].at - start;
		size_t bin = (size_t)(at / level->bin);

		if (bin >= chunk->filled)
			bin = chunk->filled - 1;
		if (second)
			finder->waves[bin].im += 1;
		else
			finder->waves[bin].re += 1;
	}
}

/* Two real series went through one transform: apart again, as power. */
static void add_power(struct rhythm_finder *finder, const struct level *level,
		      double one, double other)
{
	const struct wave *waves = finder->waves;
	float first = one > 0 ? (float)(0.25 / one) : 0;
	float second = other > 0 ? (float)(0.25 / other) : 0;

	for (size_t i = 1; i < level->size / 2; i++) {
		struct wave a = waves[i], b = waves[level->size - i];
		float p = a.re + b.re, q = a.im - b.im;
		float r = a.re - b.re, s = a.im + b.im;

		finder->power[i] += first * (p * p + q * q) +
				    second * (r * r + s * s);
	}
}

static void fill_level(struct rhythm_finder *finder, struct level *level)
{
	double counts[2] = { 0, 0 };
	size_t in = 0;

	level->chunks = 0;
	memset(finder->power, 0, level->size / 2 * sizeof(*finder->power));
	memset(finder->waves, 0, level->size * sizeof(*finder->waves));
	for (size_t first = 0; first < finder->count;) {
		struct chunk chunk = next_chunk(finder, level, first);

		first += chunk.count;
		if (chunk.count >= 4) {
			put_chunk(finder, level, &chunk, in == 1);
			counts[in++] = (double)chunk.count;
			level->chunks++;
		}
		if (in == 2 || (in == 1 && first >= finder->count)) {
			fourier_transform(finder->waves, level->size,
					  finder->roots);
			add_power(finder, level, counts[0], counts[1]);
			memset(finder->waves, 0,
			       level->size * sizeof(*finder->waves));
			in = 0;
			counts[0] = counts[1] = 0;
		}
	}
}

/* The mean of a block, but for lines in it. */
static double block_level(const float *power, size_t count)
{
	double sum = 0, most, within = 0, left = 0;

	for (size_t i = 0; i < count; i++)
		sum += power[i];
	most = 3 * sum / (double)count;
	for (size_t i = 0; i < count; i++) {
		within += power[i] <= most ? power[i] : 0;
		left += power[i] <= most;
	}
	return within / left;
}

/* Divides a block by its own level, where that is over what chance gives. */
static void whiten_block(float *power, size_t count, double chunks)
{
	double level = block_level(power, count) / chunks;

	level = level > 1.1 ? 1.25 * level : 1;
	for (size_t i = 0; i < count; i++)
		power[i] /= (float)(chunks * level);
}

/* How wide the power spreads, as the shape of a gamma distribution. */
static double measure_shape(const struct rhythm_finder *finder,
			    const struct level *level)
{
	double chunks = (double)level->chunks, most = 1 + 7 / sqrt(chunks);
	double count = 0, sum = 0, squares = 0, mean, variance;

	for (size_t i = TURNS; i < level->size / 2; i++) {
		double power = finder->power[i];

		if (power > most)
			continue;
		count++;
		sum += power;
		squares += power * power;
	}
	mean = sum / fmax(count, 1);
	variance = squares / fmax(count, 1) - mean * mean;
	mean *= mean / fmax(variance, 1e-9);
	return mean < 0.8 * chunks ? mean : chunks;
}

static void whiten(struct rhythm_finder *finder, struct level *level)
{
	size_t half = level->size / 2;

	for (size_t from = TURNS; from < half;) {
		size_t width = from / 2 < 32 ? 32 : from / 2;
		size_t to = from + (width > 512 ? 512 : width);

		if (to + 32 > half)
			to = half;
		whiten_block(finder->power + from, to - from,
			     (double)level->chunks);
		from = to;
	}
	level->shape = measure_shape(finder, level);
}

static double power_near(const struct rhythm_finder *finder, size_t place)
{
	return fmax(finder->power[place], fmax(finder->power[place - 1],
					       finder->power[place + 1]));
}

/*
 * What goes up and down with the hours has lines at all multiples of once a
 * day; a period that is one of them has to stand out from its neighbours.
 */
static double power_at(const struct rhythm_finder *finder,
		       const struct level *level, size_t place)
{
	double day = level->bin * (double)level->size / 86400, around = 0;
	double chance = 1 + 2 / sqrt(level->shape);
	double power = finder->power[place];

	if (power < chance || day < 4 || (double)place < 3 * day ||
	    (double)place + 3 * day > (double)level->size / 2)
		return power;
	for (int i = -2; i <= 2; i++)
		if (i != 0)
			around = fmax(around, power_near(finder,
					(size_t)((double)place + i * day +
						 0.5)));
	return power - fmax(0, around - chance) * 3 / 2;
}

/* Folds with up to `harmonics` of every period; keeps the best. */
static void scan(const struct rhythm_finder *finder,
		 const struct level *level, size_t harmonics,
		 struct peak *best)
{
	double length = level->bin * (double)level->size, most = 0, chance;
	size_t from = 2 * TURNS * harmonics, at = 0;
	size_t to = harmonics * level->size / (2 * HARMONICS);
	size_t day = (size_t)(length / level->longest) * harmonics;

	for (size_t i = from > day ? from : day; i < to; i++) {
		double sum = 0;

		for (size_t k = 1; k <= harmonics; k++)
			sum += power_at(finder, level,
					(i * k + harmonics / 2) / harmonics);
		if (sum > most) {
			most = sum;
			at = i;
		}
	}
	chance = tails_gamma(level->shape * (double)harmonics,
			     level->shape * most);
	if (chance >= best->chance)
		return;
	*best = (struct peak){ chance, (double)at / (double)harmonics,
			       level->size };
}

static bool look_closer(struct rhythm_finder *finder, struct level *level)
{
	fill_level(finder, level);
	if (level->chunks == 0)
		return false;
	whiten(finder, level);
	return true;
}

static double power_of(const struct rhythm_finder *finder,
		       const struct level *level, double place)
{
	size_t i = (size_t)(place + 0.5);

	return i < level->size / 2 ? finder->power[i] : 0;
}

/* Between the multiples of place, at this part of it: the mean power. */
static double power_between(const struct rhythm_finder *finder,
			    const struct level *level, double place,
			    unsigned part)
{
	double sum = 0;

	for (unsigned k = 1; k < 2 * part; k++)
		if (k != part)
			sum += power_of(finder, level, place * k / part);
	return sum / (2 * part - 2);
}

/*
 * Sharp beats fold as well with half their period, or a third of it: then
 * there is power between.  And of those of half a period there is none at the
 * whole of it.
 */
static double find_fundamental(const struct rhythm_finder *finder,
			       const struct level *level, double place)
{
	static const unsigned primes[] = { 2, 3, 5, 7 };
	double own = power_of(finder, level, place);
	double enough = 1 + 3 / sqrt(level->shape);
	double least = fmax(TURNS, level->bin * (double)level->size /
				   level->longest);

	for (unsigned i = 0; i < 4; i++) {
		double higher = power_of(finder, level, place * primes[i]);

		if (higher > 2 * enough && own < higher / 4) {
			place *= primes[i];
			own = higher;
		}
	}
	for (unsigned i = 0; i < 4; i++)
		while (place / primes[i] >= least &&
		       power_between(finder, level, place, primes[i]) >
		       fmax(enough, own / 3))
			place /= primes[i];
	return place;
}

/* The length of the vector of all events of a chunk, and its direction. */
struct vector {
	double length, turn;
};

static struct vector add_vectors(const struct rhythm_finder *finder,
				 const struct chunk *chunk, double period)
{
	double re = 0, im = 0;

	for (size_t i = 0; i < chunk->count; i++) {
		double turn = 2 * M_PI * finder->events[chunk->first + i].at /
			      period;

		re += cos(turn);
		im += sin(turn);
	}
	return (struct vector){ hypot(re, im), atan2(im, re) };
}

/* The power of all chunks, at exactly this period. */
static double exact_power(const struct rhythm_finder *finder,
			  const struct level *level, double period)
{
	double power = 0;

	for (size_t first = 0; first < finder->count;) {
		struct chunk chunk = next_chunk(finder, level, first);
		struct vector vector = add_vectors(finder, &chunk, period);

		power += vector.length * vector.length / (double)chunk.count;
		first += chunk.count;
	}
	return power;
}

/* Between the places of the transform, by halving the step. */
static double refine(const struct rhythm_finder *finder,
		     const struct level *level, double place)
{
	double length = level->bin * (double)level->size;
	double best = exact_power(finder, level, length / place);

	for (double step = 0.5; step > 0.02; step /= 2) {
		double less = exact_power(finder, level,
					  length / (place - step));
		double more = exact_power(finder, level,
					  length / (place + step));

		if (less > best && less >= more)
			place -= step;
		else if (more > best)
			place += step;
		best = fmax(best, fmax(less, more));
	}
	return place;
}

/* Events by where in the period they lie; the beats are in the middle. */
static void fill_profile(const struct rhythm_finder *finder,
			 const struct level *level, double period,
			 double profile[BINS])
{
	memset(profile, 0, BINS * sizeof(*profile));
	for (size_t first = 0; first < finder->count;) {
		struct chunk chunk = next_chunk(finder, level, first);
		struct vector vector = add_vectors(finder, &chunk, period);

		for (size_t i = 0; i < chunk.count; i++) {
			double turns = finder->events[first + i].at / period -
				       vector.turn / (2 * M_PI) + 0.5;

			turns -= floor(turns);
			profile[(size_t)(turns * BINS) % BINS]++;
		}
		first += chunk.count;
	}
}

/* What is over the level of the outer half counts as beats. */
static void measure_profile(const double profile[BINS], struct claim *claim)
{
	double level = 0, sum = 0, within = 0;
	unsigned reach = 0;

	for (unsigned i = 0; i < BINS / 4; i++)
		level += (profile[i] + profile[BINS - 1 - i]) / (BINS / 2);
	for (unsigned i = BINS / 4; i < BINS - BINS / 4; i++)
		sum += profile[i] - level;
	while (reach < BINS / 4 && within < 0.68 * sum) {
		within += profile[BINS / 2 + reach] - level +
			  profile[BINS / 2 - 1 - reach] - level;
		reach++;
	}
	claim->beats = fmax(0, sum);
	claim->spread = claim->period * (double)reach / BINS;
}

static void measure(struct rhythm_finder *finder, const struct peak *peak,
		    struct level *level, struct claim *claim)
{
	double profile[BINS], place;

	level->size = peak->size;
	if (!look_closer(finder, level))
		return;
	place = refine(finder, level, peak->place);
	place = refine(finder, level, find_fundamental(finder, level, place));
	claim->period = level->bin * (double)level->size / place;
	fill_profile(finder, level, claim->period, profile);
	measure_profile(profile, claim);
	if (claim->beats < RHYTHM_LEAST ||
	    claim->beats < rhythm_places(finder, claim->period) / 4)
		claim->chance = 0;
}

void rhythm_fold_find(struct rhythm_finder *finder, struct claim *claim)
{
	struct level level = { .size = SMALLEST };
	struct peak best = { .chance = 0 };
	double span, pause, period, trials = 0;

	*claim = (struct claim){ .chance = 0 };
	if (finder->count < LEAST_EVENTS)
		return;
	pause = mean_pause(finder);
	period = fmax(RHYTHM_SHORTEST, fmin(pause / 2, LONGEST));
	level.longest = fmin(pause * NOISE, LONGEST);
	level.bin = 2 * period / OFTEN;
	span = finder->events[finder->count - 1].at - finder->events[0].at;
	while (level.size < FOLD_SIZE &&
	       level.size < 4 * OFTEN * finder->count &&
	       (double)level.size < OFTEN * span / period)
		level.size *= 2;
	for (; level.size >= SMALLEST; level.size /= 8) {
		trials += (double)level.size;
		if (!look_closer(finder, &level))
			continue;
		for (size_t h = 1; h <= HARMONICS; h *= 2)
			scan(finder, &level, h, &best);
	}
	if (best.chance >= 0)
		return;
	claim->chance = best.chance + log(trials);
	measure(finder, &best, &level, claim);
}
