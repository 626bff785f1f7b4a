/*
 * Hours of the day that have none.  One hour without is soon had where there
 * are few events: it is a run of such hours that has to be unlikely, beside
 * what an even spread over the time that the journal knows would bring.
 */
#include "review/rhythm_state.h"

enum { HOUR = 3600, HOURS = RHYTHM_HOURS, DAY = HOURS * HOUR };

/* Events to be expected in a run: e^-12 of chance, and 24 places to begin. */
enum { ENOUGH = 12 };

static void count_hours(const struct rhythm_finder *finder, double local,
			double counts[HOURS])
{
	for (size_t i = 0; i < finder->count; i++) {
		double at = finder->events[i].at + local;
		uint64_t hour = (uint64_t)(at / HOUR);

		counts[hour % HOURS]++;
	}
}

/* So many seconds from `begin` on, whole days first. */
static void cover(double begin, double length, double sign,
		  double covered[HOURS])
{
	double days = (double)(uint64_t)(length / DAY);

	for (unsigned i = 0; i < HOURS; i++)
		covered[i] += sign * days * HOUR;
	length -= days * DAY;
	while (length > 0) {
		uint64_t hour = (uint64_t)(begin / HOUR);
		double rest = (double)(hour + 1) * HOUR - begin;

		rest = rest < length ? rest : length;
		covered[hour % HOURS] += sign * rest;
		begin += rest > 1e-3 ? rest : 1e-3;
		length -= rest > 1e-3 ? rest : 1e-3;
	}
}

static double seconds(uint64_t from, uint64_t to)
{
	return to > from ? (double)(to - from) / 1e6 : 0;
}

static void cover_known(const struct rhythm_trace *trace, double local,
			double covered[HOURS])
{
	cover(local, seconds(trace->begin, trace->end), 1, covered);
	for (size_t i = 0; i < trace->gap_count; i++) {
		const struct rhythm_gap *gap = &trace->gaps[i];
		uint64_t end = gap->end < trace->end ? gap->end : trace->end;
		uint64_t begin = gap->begin > trace->begin ? gap->begin
							   : trace->begin;

		cover(local + seconds(trace->begin, begin),
		      seconds(begin, end), -1, covered);
	}
}

/* Runs go over midnight; one that is unlikely enough is marked. */
static uint32_t mark_runs(const double counts[HOURS],
			  const double expected[HOURS])
{
	uint32_t quiet = 0;

	for (unsigned i = 0; i < HOURS; i++) {
		double sum = 0;
		uint32_t run = 0;

		for (unsigned k = i; k < i + HOURS; k++) {
			if (counts[k % HOURS] > 0)
				break;
			sum += expected[k % HOURS];
			run |= UINT32_C(1) << k % HOURS;
		}
		if (sum >= ENOUGH)
			quiet |= run;
	}
	return quiet;
}

uint32_t rhythm_quiet(const struct rhythm_finder *finder,
		      const struct rhythm_trace *trace)
{
	double counts[HOURS] = { 0 }, expected[HOURS] = { 0 }, all = 0;
	int64_t since = (int64_t)(trace->begin / 1000000 % DAY);
	double local = (double)((since + trace->offset % DAY + DAY) % DAY);

	if (seconds(trace->begin, trace->end) < 2 * DAY)
		return 0;
	count_hours(finder, local, counts);
	cover_known(trace, local, expected);
	for (unsigned i = 0; i < HOURS; i++)
		all += expected[i] > 0 ? expected[i] : 0;
	for (unsigned i = 0; i < HOURS; i++)
		expected[i] *= all > 0 ? (double)finder->count / all : 0;
	return mark_runs(counts, expected);
}
