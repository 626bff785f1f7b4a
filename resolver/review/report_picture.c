/*
 * A timeline is REPORT_BUCKETS bars, as high as the root of what is in them:
 * one question beside a burst of a thousand is still seen.  What was sunk
 * stands below, in the accent; the rest on top of it.
 *
 * The gaps are a histogram over a scale on which every step is the same
 * share longer: a program that asks every quarter of an hour is one tower,
 * a person is a plain.
 */
#include "review/report_picture.h"

#include <time.h>

#include "review/html.h"
#include "review/report.h"

enum {
	TIMELINE = REPORT_PICTURE_WIDE, BAR = TIMELINE / REPORT_BUCKETS,
	HEIGHT = 36,
	GAP_BAR = 3, GAPS = GAP_BAR * REPORT_GAPS, GAPS_HEIGHT = 36,
	AXIS = 16, TICKS = 7, SECOND = 1000000,
};

/* Newton; good enough for a bar. */
static double root(double value)
{
	double guess = value > 1 ? value / 2 : 1;

	for (int i = 0; value > 0 && i < 40; i++)
		guess = (guess + value / guess) / 2;
	return value > 0 ? guess : 0;
}

static double place(const struct report_axis *axis, uint64_t time)
{
	if (time <= axis->since)
		return 0;
	if (time >= axis->until)
		return TIMELINE;
	return (double)(time - axis->since) * TIMELINE /
	       (double)(axis->until - axis->since);
}

/* --- time --- */

/* A tick every so many seconds, a day's ticks at midnight. */
static time_t step_of(const struct report_axis *axis)
{
	static const time_t steps[] = {
		1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600,
		86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400,
		91 * 86400,
	};
	enum { LAST = sizeof(steps) / sizeof(*steps) - 1 };
	uint64_t length = (axis->until - axis->since) / SECOND;
	unsigned i = 0;

	while (i < LAST && length / (uint64_t)steps[i] > TICKS)
		i++;
	return steps[i];
}

/* The last round moment before the axis, by the local clock. */
static time_t before(const struct report_axis *axis, time_t step)
{
	time_t at = (time_t)(axis->since / SECOND);
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL)
		return at;
	if (step < 86400)
		return at - (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) %
		       step;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return mktime(&tm);
}

static time_t next(time_t at, time_t step)
{
	struct tm tm;

	if (step < 86400 || localtime_r(&at, &tm) == NULL)
		return at + step;
	tm.tm_mday += (int)(step / 86400);
	tm.tm_isdst = -1;
	return mktime(&tm);
}

static void put_tick(FILE *out, double x, time_t at, time_t step)
{
	const char *form = step >= 86400 ? "%e %b" :
			   step >= 60 ? "%H:%M" : "%H:%M:%S";
	char words[32];
	struct tm tm;

	/* Those at the edges would be cut. */
	if (x < 12 || x > TIMELINE - 12 || localtime_r(&at, &tm) == NULL)
		return;
	if (step >= 3600 && step < 86400 && tm.tm_hour == 0)
		form = "%e %b";
	strftime(words, sizeof(words), form, &tm);
	html_svg_text(out, "tick", (struct html_box){ .x = x, .y = 10 },
		      words);
}

void report_picture_axis(FILE *out, const struct report_axis *axis)
{
	time_t step = step_of(axis), end = (time_t)(axis->until / SECOND);
	time_t at = before(axis, step);

	html_svg_begin(out, TIMELINE, AXIS, "time");
	/* More than these fit on no axis. */
	for (int i = 0; i < 4 * TICKS && at <= end; i++, at = next(at, step))
		if (at > 0)
			put_tick(out, place(axis, (uint64_t)at * SECOND), at,
				 step);
	html_svg_end(out);
}

static void put_moments(FILE *out, const struct report_axis *axis)
{
	const struct report_moment *moment = axis->moments;

	for (; moment->from != 0 || moment->until != 0; moment++) {
		struct html_box box = {
			.x = place(axis, moment->from), .height = HEIGHT,
		};

		if (moment->until == 0) {
			html_svg_line(out, "mark", box);
			continue;
		}
		box.width = place(axis, moment->until) - box.x;
		box.width = box.width > BAR ? box.width : BAR;
		html_svg_box(out, "hole", box);
	}
}

static void put_bar(FILE *out, const struct report_group *group, unsigned at,
		    double scale)
{
	double all = root(group->when[at]) * scale;
	double sunk = all * group->sunk_when[at] / group->when[at];
	struct html_box box = {
		.x = (double)at * BAR, .y = HEIGHT - sunk,
		.width = BAR - 0.6, .height = sunk,
	};

	if (group->sunk_when[at] > 0)
		html_svg_box(out, "sunk", box);
	box.y = HEIGHT - all;
	box.height = all - sunk;
	if (group->when[at] > group->sunk_when[at])
		html_svg_box(out, "other", box);
}

void report_picture_timeline(FILE *out, const struct report_axis *axis,
			     const struct report_group *group)
{
	const struct html_box ground = { .y = HEIGHT, .width = TIMELINE };
	uint32_t most = 1;

	for (unsigned i = 0; i < REPORT_BUCKETS; i++)
		most = group->when[i] > most ? group->when[i] : most;
	html_svg_begin(out, TIMELINE, HEIGHT + 1, "when it was asked for");
	html_svg_line(out, "axis", ground);
	put_moments(out, axis);
	for (unsigned i = 0; i < REPORT_BUCKETS; i++)
		if (group->when[i] > 0)
			put_bar(out, group, i, (HEIGHT - 2) / root(most));
	html_svg_end(out);
}

/* --- gaps --- */

void report_picture_gaps_axis(FILE *out)
{
	static const struct {
		uint64_t seconds;
		const char *words;
	} ticks[] = {
		{ 60, "1 min" }, { 900, "15 min" }, { 3600 * 4, "4 h" },
		{ 86400 * 2, "2 d" },
	};

	html_svg_begin(out, GAPS, AXIS, "time between attempts");
	for (unsigned i = 0; i < sizeof(ticks) / sizeof(*ticks); i++) {
		unsigned gap = report_gap_of(ticks[i].seconds * SECOND);

		html_svg_text(out, "tick", (struct html_box){
			.x = (double)gap * GAP_BAR, .y = 10,
		}, ticks[i].words);
	}
	html_svg_end(out);
}

void report_picture_gaps(FILE *out, const struct report_group *group)
{
	const struct html_box ground = { .y = GAPS_HEIGHT, .width = GAPS };
	const char *class = group->sunk > 0 ? "sunk" : "other";
	uint32_t most = 1;

	for (unsigned i = 0; i < REPORT_GAPS; i++)
		most = group->gaps[i] > most ? group->gaps[i] : most;
	html_svg_begin(out, GAPS, GAPS_HEIGHT + 1,
		       "how long it was between attempts");
	html_svg_line(out, "axis", ground);
	for (unsigned i = 0; i < REPORT_GAPS; i++) {
		double high = (double)group->gaps[i] * (GAPS_HEIGHT - 2) /
			      most;

		if (group->gaps[i] > 0)
			html_svg_box(out, class, (struct html_box){
				.x = i * GAP_BAR, .y = GAPS_HEIGHT - high,
				.width = GAP_BAR - 0.5, .height = high,
			});
	}
	html_svg_end(out);
}
