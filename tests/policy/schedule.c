/*
 * Times of the week on the wall clock of several households, on the days when
 * it is put forward and back most of all.
 */
#include "policy/schedule.h"

#include <criterion/criterion.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 7 * DAY };

static struct schedule made(const char *words)
{
	struct schedule schedule = { .count = 0 };
	const char *why;

	cr_assert_eq(schedule_parse(&schedule, words, &why), 0, "%s", words);
	return schedule;
}

/* Of that wall clock, or UTC with a Z. */
static int64_t at(const char *moment)
{
	uint64_t wall;

	cr_assert_eq(clock_parse(moment, 0, &wall), 0, "%s", moment);
	return (int64_t)(wall / 1000000);
}

static const char *printed(const struct schedule *schedule, char words[512])
{
	struct text text;

	text_init(&text, words, 512);
	schedule_print(schedule, &text);
	return words;
}

Test(schedule, words_that_are_right)
{
	static const struct {
		const char *words, *printed;
	} rows[] = {
		{ "mon-fri 21:00-07:00", "mon-fri 21:00-07:00" },
		{ "sat,sun", "sat,sun" },
		{ "08:00-12:00", "08:00-12:00" },
		{ " Sunday\t00:00-24:00 ", "sun" },
		{ "fri-mon", "mon,fri-sun" },
		{ "sat-mon 10:00-24:00", "mon,sat,sun 10:00-24:00" },
		{ "mon,TUE,wed", "mon-wed" },
		{ "mon-sun", "mon-sun" },
		{ "00:00-00:00", "mon-sun" },
		{ "wed-wed 12:00-12:00", "wed 12:00-12:00" },
		{ "thursday-saturday,mon 23:59-00:01",
		  "mon,thu-sat 23:59-00:01" },
	};
	char words[512];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct schedule schedule = made(rows[i].words), again;

		cr_expect_str_eq(printed(&schedule, words), rows[i].printed);
		again = made(words);
		cr_expect_arr_eq(&again.at[0], &schedule.at[0],
				 sizeof(again.at[0]), "%s", rows[i].words);
	}
}

Test(schedule, words_that_are_wrong)
{
	static const char *const rows[] = {
		"", " ", "mo", "montag", "mon-", "mon,", ",mon", "mon--fri",
		"mon fri", "mon 8:00-12:00", "mon 08:00", "mon 08:00-",
		"08:00-24:01", "24:00-08:00", "08:60-09:00", "08:00 12:00",
		"08:00-12:00 mon", "08:00-12:00x", "mon-fri-sun", "25:00-26:00",
		"mon08:00-12:00", "08:00-12:00,13:00-14:00", "always", "1", "-",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct schedule schedule = { .count = 0 };
		const char *why = NULL;

		cr_expect_eq(schedule_parse(&schedule, rows[i], &why),
			     ERROR_MALFORMED, "%s", rows[i]);
		cr_expect_eq(schedule.count, 0, "%s", rows[i]);
		cr_expect_not_null(why, "%s", rows[i]);
	}
}

Test(schedule, holds_so_many_and_no_more)
{
	struct schedule schedule = { .count = 0 };
	const char *why = NULL;
	char words[1024];
	struct text text;

	for (unsigned i = 0; i < SCHEDULE_SPANS; i++)
		cr_assert_eq(schedule_parse(&schedule, "mon", &why), 0);
	cr_assert_eq(schedule_parse(&schedule, "mon", &why), ERROR_FULL);
	cr_assert_str_eq(why, "16 times are the most");
	cr_assert_eq(schedule.count, SCHEDULE_SPANS);
	text_init(&text, words, sizeof(words));
	schedule_print(&schedule, &text);
	cr_assert_not(text.cut);
}

Test(schedule, without_times_always)
{
	struct schedule none = { .count = 0 };
	char words[512];

	cr_assert_eq(schedule_zone("UTC"), 0);
	cr_expect(schedule_holds(&none, 0));
	cr_expect(schedule_holds(&none, INT64_MAX));
	cr_expect_eq(schedule_next(&none, 0), INT64_MAX);
	cr_expect_str_eq(printed(&none, words), "always");
}

Test(schedule, that_fills_the_week_never_changes)
{
	struct schedule week = made("mon-fri"), other;
	const char *why;

	cr_assert_eq(schedule_zone("UTC"), 0);
	cr_assert_eq(schedule_parse(&week, "sat,sun", &why), 0);
	cr_expect_eq(schedule_next(&week, 0), INT64_MAX);
	other = made("mon");
	cr_expect_eq(schedule_next(&other, INT64_MAX), INT64_MAX);
	cr_expect_eq(schedule_next(&other, INT64_MAX - DAY), INT64_MAX);
}

Test(schedule, zones)
{
	static const char *const wrong[] = {
		"Europe/Nowhere", "../../../etc/passwd", "/etc/localtime",
		"zone.tab", "Europe", "Europe/Berlin ", ":Europe/Berlin",
		"CET-1CEST", "tzdata.zi",
	};
	struct schedule noon = made("12:00-13:00");

	cr_assert_eq(schedule_zone("Europe/Berlin"), 0);
	cr_expect(schedule_holds(&noon, at("2026-07-01T10:30Z")));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_eq(schedule_zone(wrong[i]), ERROR_ABSENT, "%s",
			     wrong[i]);
	cr_expect(schedule_holds(&noon, at("2026-07-01T10:30Z")),
		  "what is wrong changes nothing");
	cr_assert_eq(schedule_zone("America/New_York"), 0);
	cr_expect(schedule_holds(&noon, at("2026-07-01T16:30Z")));
}

Test(schedule, tz_of_the_environment_is_that_of_the_system)
{
	struct schedule noon = made("12:00-13:00");

	setenv("TZ", "XYZ-5", 1);
	cr_assert_eq(schedule_zone(NULL), 0);
	cr_expect(schedule_holds(&noon, at("2026-07-01T07:30Z")));
	cr_assert_eq(schedule_zone(""), 0);
	cr_expect(schedule_holds(&noon, at("2026-07-01T07:30Z")));
	cr_assert_eq(schedule_zone("America/New_York"), 0);
	cr_assert_eq(schedule_zone(""), 0);
	cr_expect_null(getenv("TZ"));
}

struct moment {
	const char *at;		/* Z: UTC */
	bool holds;
};

static void check_moments(const char *words, const struct moment *rows,
			  size_t count)
{
	struct schedule schedule = made(words);

	for (size_t i = 0; i < count; i++)
		cr_expect_eq(schedule_holds(&schedule, at(rows[i].at)),
			     rows[i].holds, "%s at %s", words, rows[i].at);
}

Test(schedule, over_midnight_belongs_to_the_day_it_began)
{
	static const struct moment rows[] = {
		/* 2026-11-23 is a Monday. */
		{ "2026-11-23T06:59", false }, { "2026-11-23T20:59:59", false },
		{ "2026-11-23T21:00", true }, { "2026-11-24T06:59:59", true },
		{ "2026-11-24T07:00", false }, { "2026-11-27T21:00", true },
		{ "2026-11-28T06:59", true }, { "2026-11-28T07:00", false },
		{ "2026-11-28T21:00", false }, { "2026-11-29T23:00", false },
	};

	cr_assert_eq(schedule_zone("Europe/Berlin"), 0);
	check_moments("mon-fri 21:00-07:00", rows,
		      sizeof(rows) / sizeof(rows[0]));
}

/* Berlin, 29 March 2026, a Sunday: 01:59:59 is followed by 03:00. */
Test(schedule, an_hour_that_is_skipped_begins_with_the_next)
{
	static const struct moment begins[] = {
		{ "2026-03-29T00:59:59Z", false },
		{ "2026-03-29T01:00:00Z", true },
		{ "2026-03-29T01:29:59Z", true },
		{ "2026-03-29T01:30:00Z", false },
	};
	static const struct moment ends[] = {
		{ "2026-03-29T00:59:59Z", true },
		{ "2026-03-29T01:00:00Z", false },
	};
	struct schedule inside = made("02:10-02:50");

	cr_assert_eq(schedule_zone("Europe/Berlin"), 0);
	check_moments("sun 02:30-03:30", begins, 4);
	check_moments("sun 01:30-02:30", ends, 2);
	cr_expect_eq(schedule_next(&inside, at("2026-03-29T00:30Z")),
		     at("2026-03-30T00:10Z"), "not on that day");
}

/* Berlin, 25 October 2026, a Sunday: 02:00 to 03:00 comes twice. */
Test(schedule, an_hour_that_comes_twice_holds_twice)
{
	static const struct moment rows[] = {
		{ "2026-10-25T00:29:59Z", false },
		{ "2026-10-25T00:30:00Z", true },
		{ "2026-10-25T00:44:59Z", true },
		{ "2026-10-25T00:45:00Z", false },
		{ "2026-10-25T01:29:59Z", false },
		{ "2026-10-25T01:30:00Z", true },
		{ "2026-10-25T01:45:00Z", false },
	};
	struct schedule schedule = made("sun 02:30-02:45");

	cr_assert_eq(schedule_zone("Europe/Berlin"), 0);
	check_moments("sun 02:30-02:45", rows, 7);
	cr_expect_eq(schedule_next(&schedule, at("2026-10-25T00:45Z")),
		     at("2026-10-25T01:30Z"));
}

/* Apia had no 30 December 2011, a Friday. */
Test(schedule, a_day_that_is_skipped)
{
	static const struct moment friday[] = {
		{ "2011-12-30T09:59:59Z", false },
		{ "2011-12-30T10:00:00Z", true },	/* Saturday 00:00 */
		{ "2011-12-30T16:59:59Z", true },
		{ "2011-12-30T17:00:00Z", false },
	};
	static const struct moment thursday[] = {
		{ "2011-12-30T09:59:59Z", true },
		{ "2011-12-30T10:00:00Z", false },
	};
	struct schedule all_day = made("fri");

	cr_assert_eq(schedule_zone("Pacific/Apia"), 0);
	check_moments("fri 21:00-07:00", friday, 4);
	check_moments("thu 21:00-07:00", thursday, 2);
	cr_expect_eq(schedule_next(&all_day, at("2011-12-26T00:00Z")),
		     at("2012-01-05T10:00Z"), "the Friday after");
}

/* Every change that a minute by minute look sees, and no other. */
static void scan(const struct schedule *schedule, int64_t from, int64_t to)
{
	bool holds = schedule_holds(schedule, from);
	int64_t next = schedule_next(schedule, from), asked = from;
	char words[512];

	for (int64_t time = from + MINUTE; time < to; time += MINUTE) {
		bool now = schedule_holds(schedule, time);

		if (time % (37 * MINUTE) == 0) {
			asked = time - MINUTE / 2;
			cr_assert_eq(schedule_next(schedule, asked), next,
				     "%s after %lld", printed(schedule, words),
				     (long long)asked);
		}
		cr_assert_eq(now != holds, time == next,
			     "%s: %lld, not %lld", printed(schedule, words),
			     (long long)next, (long long)time);
		if (now == holds)
			continue;
		cr_assert_eq(schedule_holds(schedule, time - 1), holds);
		holds = now;
		next = schedule_next(schedule, time);
	}
}

static void scan_all(const char *zone, const char *around)
{
	static const char *const words[] = {
		"mon-fri 21:00-07:00", "sat,sun", "08:00-12:00",
		"sun 01:30-02:30", "sun 02:10-02:20", "02:30-03:30",
		"fri 21:00-07:00", "fri", "01:59-02:00", "00:00-00:01",
	};
	int64_t middle;
	struct schedule both = made("sat 01:45-02:15");
	const char *why;

	cr_assert_eq(schedule_zone(zone), 0, "%s", zone);
	middle = at(around);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct schedule schedule = made(words[i]);

		scan(&schedule, middle - WEEK - DAY, middle + WEEK + DAY);
	}
	cr_assert_eq(schedule_parse(&both, "sun 01:50-02:50", &why), 0);
	scan(&both, middle - WEEK, middle + 2 * WEEK);
}

Test(schedule, next_is_what_a_scan_sees_in_berlin)
{
	scan_all("Europe/Berlin", "2026-03-29T00:00Z");
	scan_all("Europe/Berlin", "2026-10-25T00:00Z");
}

Test(schedule, next_is_what_a_scan_sees_in_new_york)
{
	scan_all("America/New_York", "2026-03-08T00:00Z");
	scan_all("America/New_York", "2026-11-01T00:00Z");
}

/* Half an hour of summer time. */
Test(schedule, next_is_what_a_scan_sees_on_lord_howe)
{
	scan_all("Australia/Lord_Howe", "2026-04-05T00:00Z");
	scan_all("Australia/Lord_Howe", "2026-10-04T00:00Z");
}

Test(schedule, next_is_what_a_scan_sees_in_apia)
{
	scan_all("Pacific/Apia", "2011-12-30T00:00Z");
}

Test(schedule, next_is_what_a_scan_sees_in_utc)
{
	scan_all("UTC", "2026-03-29T00:00Z");
}
