/*
 * Rhythms of which the truth is known, and histories that have none.
 */
#include "review/rhythm.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/text.h"
#include "traces.h"

static struct trace trace;
static struct rhythm_finder *finder;

static void begin(void)
{
	cr_assert_eq(rhythm_new(&finder), 0);
}

static void end(void)
{
	rhythm_free(finder);
}

TestSuite(rhythm, .init = begin, .fini = end, .timeout = 30);

struct row {
	const char *words;
	struct beat beat;
	double low, high;	/* of the period */
	unsigned runs;
};

/* `bar` of those that are there are found, and 99 of 100 claims are true. */
static void expect_found(const struct row *rows, size_t count, double bar)
{
	struct trace_tally all = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct trace_tally tally = { 0 };
		struct beat beat = rows[i].beat;

		for (unsigned run = 0; run < rows[i].runs; run++) {
			trace_begin(&trace, 1000 * i + run + 1);
			beat.period = trace_between(&trace, rows[i].low,
						    rows[i].high);
			trace_try(finder, &trace, &beat, &tally);
		}
		printf("%-44s %3u of %3u found, %u wrong\n", rows[i].words,
		       tally.right, tally.runs, tally.wrong);
		cr_expect_geq(tally.right, bar * tally.runs, "%s: %u of %u",
			      rows[i].words, tally.right, tally.runs);
		all.right += tally.right;
		all.wrong += tally.wrong;
	}
	cr_expect_leq(all.wrong * 100, all.right + all.wrong, "%u wrong",
		      all.wrong);
}

Test(rhythm, beats_without_noise_are_found)
{
	static const struct row rows[] = {
		{ "10 sharp beats", { .jitter = 0.01, .beats = 10 },
		  10, 250000, 60 },
		{ "14 beats of a sleeper, 20 %",
		  { .jitter = 0.2, .beats = 14, .sleeps = true },
		  10, 100000, 60 },
		{ "20 beats of a clock, 20 %", { .jitter = 0.2, .beats = 20 },
		  10, 100000, 60 },
		{ "50 beats, 20 %, 20 % missed",
		  { .jitter = 0.2, .missed = 0.2, .beats = 50 },
		  10, 100000, 60 },
		{ "50 of a sleeper, 20 %, 20 % missed",
		  { .jitter = 0.2, .missed = 0.2, .beats = 50, .sleeps = true },
		  10, 100000, 60 },
		{ "5,000 beats, 20 %, 20 % missed",
		  { .jitter = 0.2, .missed = 0.2, .beats = 5000 },
		  10, 600, 5 },
		{ "200 beats, 20 % missed, off by night",
		  { .jitter = 0.05, .missed = 0.2, .beats = 200,
		    .nights = true }, 10, 3000, 40 },
	};

	expect_found(rows, sizeof(rows) / sizeof(rows[0]), 0.9);
}

Test(rhythm, beats_in_as_much_noise_are_found)
{
	static const struct row rows[] = {
		{ "300 beats, 20 %, 20 % missed, noise 1",
		  { .jitter = 0.2, .missed = 0.2, .noise = 1, .beats = 300 },
		  30, 10000, 30 },
		{ "100 beats, 2 %, 20 % missed, noise 1",
		  { .jitter = 0.02, .missed = 0.2, .noise = 1, .beats = 100 },
		  30, 10000, 40 },
	};

	expect_found(rows, sizeof(rows) / sizeof(rows[0]), 0.9);
}

Test(rhythm, beats_in_ten_times_as_much_noise_are_found)
{
	static const struct row rows[] = {
		{ "400 beats, 2 %, 20 % missed, noise 10",
		  { .jitter = 0.02, .missed = 0.2, .noise = 10, .beats = 400 },
		  120, 10000, 15 },
		{ "2,000 beats, 20 %, 20 % missed, noise 10",
		  { .jitter = 0.2, .missed = 0.2, .noise = 10,
		    .beats = 2000 }, 300, 5000, 5 },
	};

	expect_found(rows, sizeof(rows) / sizeof(rows[0]), 0.9);
}

Test(rhythm, nothing_is_claimed_of_random_asking)
{
	enum { RUNS = 20 };
	unsigned claims = 0;
	struct rhythm rhythm;

	for (unsigned kind = 0; kind < NULLS; kind++) {
		for (unsigned run = 0; run < RUNS; run++) {
			trace_begin(&trace, 100 * kind + run + 1);
			trace_null(&trace, kind);
			trace_find(finder, &trace, &rhythm);
			claims += rhythm.kind == RHYTHM_OWN;
		}
	}
	printf("%u claims in %u histories without a rhythm\n", claims,
	       NULLS * RUNS);
	cr_expect_eq(claims, 0, "%u", claims);
}

static void make(const struct beat *beat)
{
	trace_begin(&trace, 7);
	trace_beats(&trace, beat);
}

static void look(struct rhythm *rhythm)
{
	cr_assert_eq(trace_find(finder, &trace, rhythm), 0);
}

/* What a client with a cache shows of its period: the next after the TTL. */
Test(rhythm, a_period_behind_a_cache_is_its_next_beat_after_the_ttl)
{
	static const struct {
		double period;
		uint32_t ttl;
		double seen;
	} rows[] = {
		{ 60, 30, 60 }, { 300, 60, 300 }, { 3600, 300, 3600 },
		{ 3600, 1800, 3600 }, { 120, 300, 360 }, { 600, 900, 1200 },
		{ 1800, 3000, 3600 }, { 3600, 3000, 3600 },
	};
	struct rhythm rhythm;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(&(struct beat){ .period = rows[i].period, .jitter = 0.005,
				     .beats = 400 });
		trace_cache(&trace, rows[i].ttl, false);
		look(&rhythm);
		cr_expect_eq(rhythm.kind, RHYTHM_OWN, "row %zu: %d", i,
			     rhythm.kind);
		cr_expect_lt(fabs(rhythm.period / rows[i].seen - 1), 0.03,
			     "row %zu: %f", i, rhythm.period);
		cr_expect_leq(rhythm.missed, rhythm.events / 20,
			      "row %zu: %lu hidden beats are missed", i,
			      (unsigned long)rhythm.missed);
	}
}

Test(rhythm, periods_of_clients_with_a_cache_are_found)
{
	struct trace_tally tally = { 0 };

	for (unsigned run = 0; run < 100; run++) {
		trace_begin(&trace, run + 1);
		trace_try_cached(finder, &trace, &tally);
	}
	printf("behind a cache: %u of %u found, %u are of the cache, %u "
	       "wrong\n", tally.right, tally.runs, tally.cache, tally.wrong);
	cr_expect_geq(tally.right + tally.cache, 90);
	cr_expect_leq(tally.wrong, 1, "%u", tally.wrong);
}

Test(rhythm, a_period_behind_aged_answers_is_found_itself)
{
	struct rhythm rhythm;

	make(&(struct beat){ .period = 60, .jitter = 0.02, .beats = 4000 });
	trace_cache(&trace, 300, true);
	look(&rhythm);
	cr_expect_eq(rhythm.kind, RHYTHM_OWN);
	cr_expect_lt(fabs(rhythm.period - 60), 1, "%f", rhythm.period);
}

Test(rhythm, a_name_in_use_behind_a_cache_has_the_cache_s_time)
{
	struct rhythm rhythm;

	trace_begin(&trace, 3);
	trace_poisson(&trace, 5, 200000);
	trace_cache(&trace, 300, false);
	look(&rhythm);
	cr_expect_eq(rhythm.kind, RHYTHM_TTL);
	cr_expect_lt(fabs(rhythm.period - 304), 4, "%f", rhythm.period);
}

Test(rhythm, a_period_as_long_as_the_ttl_is_not_claimed)
{
	struct rhythm rhythm;

	make(&(struct beat){ .period = 301, .jitter = 0.002, .beats = 300 });
	trace_cache(&trace, 300, false);
	look(&rhythm);
	cr_expect_eq(rhythm.kind, RHYTHM_TTL);
}

Test(rhythm, a_client_that_asks_before_the_ttl_is_over_has_no_cache)
{
	struct rhythm rhythm;

	make(&(struct beat){ .period = 60, .jitter = 0.05, .beats = 100 });
	for (size_t i = 0; i < trace.count; i++)
		trace.questions[i].ttl = 300;
	look(&rhythm);
	cr_expect_eq(rhythm.kind, RHYTHM_OWN);
	cr_expect_lt(fabs(rhythm.period - 60), 1, "%f", rhythm.period);
	cr_expect_leq(rhythm.missed, 2, "%lu", (unsigned long)rhythm.missed);
}

Test(rhythm, beats_and_missed_beats_are_counted)
{
	struct rhythm rhythm;

	make(&(struct beat){ .period = 300, .jitter = 0.03, .missed = 0.2,
			     .beats = 1000 });
	look(&rhythm);
	cr_expect_lt(fabs((double)rhythm.beats - 800), 40, "%lu",
		     (unsigned long)rhythm.beats);
	cr_expect_lt(fabs((double)rhythm.missed - 200), 40, "%lu",
		     (unsigned long)rhythm.missed);
	cr_expect_lt(rhythm.spread, 0.04 * 300, "%f", rhythm.spread);
	cr_expect_gt(rhythm.spread, 0.01 * 300, "%f", rhythm.spread);
	cr_expect_lt(rhythm.chance, 1e-6);
}

Test(rhythm, the_types_of_one_name_are_one_event)
{
	struct rhythm rhythm;
	size_t count;

	make(&(struct beat){ .period = 120, .jitter = 0.02, .beats = 40 });
	count = trace.count;
	for (size_t i = 0; i < count; i++) {
		trace.questions[trace.count] = trace.questions[i];
		trace.questions[trace.count++].time += 900000;
		trace.questions[trace.count] = trace.questions[i];
		trace.questions[trace.count++].time += 20000;
	}
	look(&rhythm);		/* and not in order */
	cr_expect_eq(rhythm.kind, RHYTHM_OWN);
	cr_expect_eq(rhythm.events, 40);
	cr_expect_lt(fabs(rhythm.period - 120), 1, "%f", rhythm.period);
}

Test(rhythm, nights_are_no_missed_beats)
{
	struct rhythm rhythm;

	make(&(struct beat){ .period = 600, .jitter = 0, .beats = 900,
			     .nights = true });
	look(&rhythm);
	cr_expect_eq(rhythm.kind, RHYTHM_OWN);
	cr_expect_eq(rhythm.quiet, 0x80007f, "%06x", rhythm.quiet);
	cr_expect_leq(rhythm.missed, 20, "%lu", (unsigned long)rhythm.missed);
}

Test(rhythm, hours_are_local)
{
	struct rhythm_trace given = { .questions = trace.questions };
	struct rhythm rhythm;

	make(&(struct beat){ .period = 600, .jitter = 0, .beats = 900,
			     .nights = true });
	given.count = trace.count;
	given.begin = TRACE_BEGIN;
	given.end = TRACE_BEGIN + (uint64_t)(trace.length * 1e6);
	given.offset = -5 * 3600;
	cr_assert_eq(rhythm_find(finder, &given, &rhythm), 0);
	cr_expect_eq(rhythm.quiet, 0xfc0003, "%06x", rhythm.quiet);
}

/* Half of the time is gone: nothing of it was missed, and no hour is quiet. */
Test(rhythm, what_the_journal_does_not_know_was_not_missed)
{
	static struct rhythm_gap gaps[40];
	struct rhythm_trace given = { .questions = trace.questions,
				      .gaps = gaps };
	struct rhythm rhythm;
	uint64_t day = UINT64_C(86400000000);
	size_t kept = 0;

	make(&(struct beat){ .period = 7200, .jitter = 0.02, .beats = 240 });
	for (; given.gap_count < 20; given.gap_count++) {
		gaps[given.gap_count].begin = TRACE_BEGIN + day *
					      given.gap_count;
		gaps[given.gap_count].end = gaps[given.gap_count].begin +
					    day / 4;
	}
	for (size_t i = 0; i < trace.count; i++)
		if ((trace.questions[i].time - TRACE_BEGIN) % day >= day / 4)
			trace.questions[kept++] = trace.questions[i];
	given.count = kept;
	given.begin = TRACE_BEGIN;
	given.end = TRACE_BEGIN + 20 * day;
	cr_assert_eq(rhythm_find(finder, &given, &rhythm), 0);
	cr_expect_eq(rhythm.kind, RHYTHM_OWN);
	cr_expect_eq(rhythm.missed, 0, "%lu", (unsigned long)rhythm.missed);
	cr_expect_eq(rhythm.quiet, 0, "%06x", rhythm.quiet);
}

Test(rhythm, too_few_are_none)
{
	struct rhythm rhythm;

	for (unsigned beats = 0; beats < RHYTHM_LEAST; beats++) {
		make(&(struct beat){ .period = 60, .beats = beats });
		look(&rhythm);
		cr_expect_eq(rhythm.kind, RHYTHM_NONE, "%u", beats);
		cr_expect_eq(rhythm.events, beats);
	}
}

/* A database is a file that anybody may have written. */
Test(rhythm, any_times_are_borne)
{
	struct rhythm_gap gap = { UINT64_MAX, 0 };
	struct rhythm_trace given = {
		.questions = trace.questions, .gaps = &gap, .gap_count = 1,
		.end = UINT64_MAX, .offset = INT32_MIN,
	};
	struct rhythm rhythm;

	trace_begin(&trace, 5);
	for (size_t i = 0; i < 3000; i++) {
		double time = trace_draw(&trace) * 1.8e19;

		trace.questions[i].time = i % 3 ? (uint64_t)time
						: i % 2 ? UINT64_MAX - i : i;
		trace.questions[i].ttl = i % 5 ? UINT32_MAX : 0;
	}
	for (given.count = 0; given.count <= 3000; given.count += 250)
		cr_expect_eq(rhythm_find(finder, &given, &rhythm), 0);
}

Test(rhythm, of_too_many_the_latest_are_looked_at)
{
	struct rhythm rhythm;

	trace_begin(&trace, 11);
	trace_poisson(&trace, 4, 200000 * 4.0);
	for (unsigned i = 0; i < 100100; i++)
		trace_put(&trace, 900000 + 60.0 * i);
	look(&rhythm);
	cr_expect_eq(rhythm.events, RHYTHM_EVENTS);
	cr_expect_lt(fabs(rhythm.period - 60), 0.1, "%f", rhythm.period);
	cr_expect_eq(rhythm.missed, 0);
}

Test(rhythm, in_words)
{
	static const struct {
		struct rhythm rhythm;
		const char *words;
	} rows[] = {
		{ { .kind = RHYTHM_NONE }, "no rhythm" },
		{ { .kind = RHYTHM_TTL, .period = 304.2 },
		  "again when its answer has run out, every 5 min 4 s (the "
		  "cache's time, no rhythm of its own)" },
		{ { .kind = RHYTHM_OWN, .period = 299.99, .spread = 3.2,
		    .beats = 1420, .missed = 12, .chance = 0.00029 },
		  "every 5 min give or take 3 s, 1,420 beats and 12 missed; "
		  "1 in 3,400 by chance" },
		{ { .kind = RHYTHM_OWN, .period = 3600, .spread = 0.25,
		    .beats = 12, .quiet = 0x80107f },
		  "every 1 h give or take 250 ms, 12 beats and 0 missed, never "
		  "from 12:00 to 13:00 and 23:00 to 07:00; less than 1 in "
		  "1,000,000,000 by chance" },
	};
	char buffer[256];
	struct text text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text_init(&text, buffer, sizeof(buffer));
		rhythm_print(&rows[i].rhythm, &text);
		cr_expect_str_eq(buffer, rows[i].words);
	}
}
