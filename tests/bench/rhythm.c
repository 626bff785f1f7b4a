/*
 * What review/rhythm finds, what it claims falsely, and how long it takes.
 *
 *	rhythm [RUNS]
 *
 * RUNS (20) histories for each cell of the tables, ten times as many without a
 * rhythm for each kind.  Periods are drawn from 60 s to 3 h, logarithmically;
 * 20 % of the beats are missed.  Figures are of processor time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../review/traces.h"

enum { COUNTS = 6 };

static struct trace trace;
static struct rhythm_finder *finder;
static struct trace_tally all;
static unsigned runs = 20;

static const unsigned beat_counts[COUNTS] = { 20, 50, 100, 200, 500, 1500 };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void print_cell(struct beat beat)
{
	struct trace_tally tally = { 0 };
	double begun = now();

	for (unsigned run = 0; run < runs; run++) {
		trace_begin(&trace, run + 1);
		beat.period = trace_between(&trace, 60, 10800);
		trace_try(finder, &trace, &beat, &tally);
	}
	printf("  %3u %u %5.1f", tally.right * 100 / runs, tally.wrong,
	       (now() - begun) / runs);
	all.right += tally.right;
	all.wrong += tally.wrong;
	fflush(stdout);
}

static void print_found(bool sleeps)
{
	static const double jitters[] = { 0.02, 0.2 }, noises[] = { 0, 1, 10 };

	printf("%s: found of 100, wrong of %u, ms\njitter noise", sleeps ?
	       "a device that sleeps" : "a clock", runs);
	for (unsigned i = 0; i < COUNTS; i++)
		printf("  %5u beats", beat_counts[i]);
	for (unsigned i = 0; i < 6; i++) {
		printf("\n%4.0f %% %5.0f", 100 * jitters[i / 3],
		       noises[i % 3]);
		for (unsigned k = 0; k < COUNTS; k++)
			print_cell((struct beat){
				.jitter = jitters[i / 3], .missed = 0.2,
				.noise = noises[i % 3], .sleeps = sleeps,
				.beats = beat_counts[k] });
	}
	puts("\n");
}

static void print_cached(void)
{
	struct trace_tally tally = { 0 };

	for (unsigned run = 0; run < 10 * runs; run++) {
		trace_begin(&trace, run + 1);
		trace_try_cached(finder, &trace, &tally);
	}
	printf("behind a cache: %u of %u found, %u are of the cache, %u "
	       "wrong\n\n", tally.right, tally.runs, tally.cache, tally.wrong);
	all.right += tally.right;
	all.wrong += tally.wrong;
}

static unsigned print_null(enum trace_null kind)
{
	unsigned claims = 0, cached = 0;
	struct rhythm rhythm;
	double begun = now();

	for (unsigned run = 0; run < 10 * runs; run++) {
		trace_begin(&trace, 100000 * (uint64_t)kind + run + 1);
		trace_null(&trace, kind);
		trace_find(finder, &trace, &rhythm);
		claims += rhythm.kind == RHYTHM_OWN;
		cached += rhythm.kind == RHYTHM_TTL;
	}
	printf("%-38s %u claims in %u histories, %u of the cache, %.1f ms\n",
	       trace_nulls[kind], claims, 10 * runs, cached,
	       (now() - begun) / (10 * runs));
	return claims;
}

static void print_largest(void)
{
	struct rhythm rhythm;
	double begun;

	trace_begin(&trace, 1);
	trace_poisson(&trace, 20, 2100000);
	begun = now();
	trace_find(finder, &trace, &rhythm);
	printf("%lu events: %.0f ms\n", (unsigned long)rhythm.events,
	       now() - begun);
}

int main(int argc, char **argv)
{
	unsigned claims = 0;

	if (argc > 1)
		runs = (unsigned)strtoul(argv[1], NULL, 10);
	if (runs == 0 || rhythm_new(&finder) < 0)
		return 1;
	print_found(false);
	print_found(true);
	print_cached();
	for (unsigned kind = 0; kind < NULLS; kind++)
		claims += print_null(kind);
	printf("\nwith a rhythm: %u claims, %u of them wrong: precision %.4f\n"
	       "without one: %u claims in %u histories\n",
	       all.right + all.wrong, all.wrong, (double)all.right /
	       (all.right + all.wrong), claims, 10 * runs * NULLS);
	print_largest();
	rhythm_free(finder);
	return 0;
}
