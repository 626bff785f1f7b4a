/*
 * A household of 20 devices, of its own trace: the day stands on one screen,
 * is put together in no time, and takes no more memory than was said.
 */
#include <sys/resource.h>
#include <time.h>

#include "../bench/household.h"
#include "past.h"
#include "review/overview.h"
#include "review/words.h"

enum { DAYS = 3, MEMORY_MB = 96 };

#define START (PAST_NOW - DAYS * PAST_DAY * PAST_SECOND)

/* Memory of a sanitizer, and time under it, are its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SLOWED true
#else
#define IS_SLOWED false
#endif

static struct past past;

static void tear_down(void)
{
	past_remove(&past);
}

TestSuite(review_household, .fini = tear_down, .timeout = 300);

static void live(void)
{
	static const char *const lists[] = { "trackers", "ads", "own", NULL };
	struct household_trace *trace = household_trace_new(7, START);
	struct row row;

	cr_assert_not_null(trace);
	past_make(&past);
	stored_close(past.stored);
	stored_household(past.database, START);
	past.stored = stored_open(past.database);
	stored_lists(past.stored, 1, 1, lists);
	for (;;) {
		household_trace_next(trace, &row);
		if (row.time >= PAST_NOW)
			break;
		row.image = 1;
		stored_put(past.stored, &row);
	}
	household_trace_free(trace);
}

static double processor_time(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static long peak_kb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* In the process of its own that each test has: nothing was large before. */
static void sum_a_day(void)
{
	double before;
	long memory;

	past_end(&past, NULL);
	memory = peak_kb();
	before = processor_time();
	past_sum(&past);
	before = processor_time() - before;
	memory = peak_kb() - memory;
	cr_log_info("%llu rows, %u devices: %.2f s, %ld MB",
		    (unsigned long long)past.house->count,
		    past.house->device_count, before, memory / 1024);
	if (IS_SLOWED)
		return;
	cr_expect_lt(before, 2.0);
	cr_expect_lt(memory, MEMORY_MB * 1024);
}

static void look_at_screen(void)
{
	struct overview_options options = { .width = 80, .utf8 = true };
	unsigned lines = 0;
	char *said, *line, *rest;
	size_t len;

	options.out = open_memstream(&said, &len);
	overview_print(past.house, &options);
	fclose(options.out);
	cr_expect_not_null(strstr(said, "\nanna-laptop "));
	cr_expect_not_null(strstr(said, "\nKüchenradio "));
	for (line = said; *line; line++)
		lines += *line == '\n';
	cr_expect_leq(lines, 50, "%s", said);
	for (line = strtok_r(said, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		cr_expect_leq(words_width(line), 80, "%s", line);
	free(said);
}

static const struct rhythm *rhythm_of(const char *device)
{
	const struct summary_device *of = past_device(&past, device);

	for (unsigned i = 0; i < of->receiver_count; i++)
		if (of->receivers[i].has_rhythm)
			return &of->receivers[i].rhythm;
	return NULL;
}

/* Things with a beacon (household.h), every 30 s to half an hour. */
static void look_at_rhythms(void)
{
	static const struct {
		const char *device;
		double period;
	} things[] = {
		{ "thermostat", 30 }, { "doorbell", 60 },
		{ "scales", 120 }, { "printer", 1800 },
	};

	for (unsigned i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		const struct rhythm *rhythm = rhythm_of(things[i].device);

		cr_assert_not_null(rhythm, "%s", things[i].device);
		cr_expect(rhythm->period > things[i].period * 0.98 &&
			  rhythm->period < things[i].period * 1.02,
			  "%s: %f", things[i].device, rhythm->period);
	}
}

Test(review_household, a_day_stands_on_one_screen_in_no_time)
{
	live();
	sum_a_day();
	cr_expect_eq(past.house->device_count, HOUSEHOLD_DEVICES,
		     "addresses of one device are one device");
	cr_expect_eq(past.house->gap_total, 0);
	cr_expect_not(past.house->cut);
	look_at_screen();
	look_at_rhythms();
}
