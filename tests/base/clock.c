#include "base/clock.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"

#define SECOND UINT64_C(1000000)

/* Central Europe, without a need for tzdata. */
static void set_zone(void)
{
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
}

static const char *printed(uint64_t wall, bool fraction)
{
	static char buffer[64];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	clock_print(wall, fraction, &text);
	return buffer;
}

Test(clock, moves)
{
	struct clock clock = { 0 };
	uint64_t wall, mono;

	clock_update(&clock);
	wall = clock.wall;
	mono = clock.mono;
	cr_assert(wall / SECOND + 1 >= (uint64_t)time(NULL));
	cr_assert(wall / SECOND <= (uint64_t)time(NULL));
	while (clock.mono == mono)
		clock_update(&clock);
	cr_assert(clock.mono > mono);
	cr_assert_eq(clock_ms(&clock), clock.mono / 1000);
}

Test(clock, stands_where_it_was_put)
{
	struct clock clock = { .wall = 5, .mono = 7, .fixed = true };

	clock_update(&clock);
	cr_assert_eq(clock.wall, 5);
	cr_assert_eq(clock.mono, 7);
}

Test(clock, boot_id_has_its_shape_and_stays)
{
	char one[CLOCK_BOOT_ID], other[CLOCK_BOOT_ID];

	clock_boot_id(one);
	clock_boot_id(other);
	cr_assert_str_eq(one, other);
	cr_assert_eq(strlen(one), 36);
	cr_assert_eq(one[8], '-');
}

Test(clock, reads_moments, .init = set_zone)
{
	/* 2026-11-22 13:00:30.25 CET */
	const uint64_t now = 1795348830 * SECOND + 250000;
	static const struct {
		const char *text;
		uint64_t at;		/* microseconds */
	} rows[] = {
		{ "now", 1795348830 * SECOND + 250000 },
		{ "0s", 1795348830 * SECOND + 250000 },
		{ "30s", 1795348800 * SECOND + 250000 },
		{ "10m", 1795348230 * SECOND + 250000 },
		{ "2h", 1795341630 * SECOND + 250000 },
		{ "7d", 1794744030 * SECOND + 250000 },
		{ "2w", 1794139230 * SECOND + 250000 },
		{ "999999w", 0 },
		{ "13:00", 1795348800 * SECOND },
		{ "13:00:30", 1795348830 * SECOND },
		{ "22:00", 1795294800 * SECOND },	/* yesterday */
		{ "00:00", 1795302000 * SECOND },
		{ "today", 1795302000 * SECOND },
		{ "yesterday", 1795215600 * SECOND },
		{ "2026-11-22", 1795302000 * SECOND },
		{ "2026-11-22Z", 1795305600 * SECOND },
		{ "2026-11-22T10:00", 1795338000 * SECOND },
		{ "2026-11-22T10:00Z", 1795341600 * SECOND },
		{ "2026-11-22T10:00:30", 1795338030 * SECOND },
		{ "2026-11-22 10:00:30", 1795338030 * SECOND },
		{ "2026-11-22T10:00:30Z", 1795341630 * SECOND },
		{ "2026-11-22T10:00:30.5Z", 1795341630 * SECOND + 500000 },
		{ "2026-11-22T10:00:30.000001Z", 1795341630 * SECOND + 1 },
		{ "2026-07-01T12:00", 1782900000 * SECOND },	/* summer */
		{ "2024-02-29Z", 1709164800 * SECOND },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "@0", 0 },
		{ "@1795348830", 1795348830 * SECOND },
	};
	uint64_t at;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(clock_parse(rows[i].text, now, &at), 0, "%s",
			     rows[i].text);
		cr_assert_eq(at, rows[i].at, "%s: %llu", rows[i].text,
			     (unsigned long long)at);
	}
}

Test(clock, refuses_what_is_no_moment, .init = set_zone)
{
	static const char *const rows[] = {
		"", " ", "m", "10", "10y", "10 m", "-10m", "+10m", "10mm",
		"99999999999999999999d", "184467440737096s", "@", "@-1", "@1x",
		"@99999999999999999999", "tomorrow", "Now", "2026", "2026-11",
		"2026-11-", "2026-1-22", "2026-13-01", "2026-00-01",
		"2026-02-29", "2100-02-29", "2026-04-31", "2026-11-00",
		"2026-11-22T", "2026-11-22T1", "2026-11-22T10",
		"2026-11-22T10:", "2026-11-22T24:00", "2026-11-22T10:60",
		"2026-11-22T10:00:60", "2026-11-22T10:00:", "1969-12-31",
		"2026-11-22T10:00:30.", "2026-11-22T10:00:30.1234567",
		"2026-11-22T10:00ZZ", "2026-11-22T10:00z", "2026-11-22x",
		" 2026-11-22", "1970-01-01", "26-11-22", "24:00", "1:00",
		"22:", ":30", "22:60", "22:00Z", "22:00:", "22:00:61",
	};
	uint64_t at = 77;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(clock_parse(rows[i], 1, &at), ERROR_MALFORMED,
			     "\"%s\"", rows[i]);
}

Test(clock, yesterday_begins_at_midnight_after_a_long_day, .init = set_zone)
{
	uint64_t at;

	/* 2026-10-26 12:00 CET; the 25th had 25 hours */
	cr_assert_eq(clock_parse("yesterday", 1793012400 * SECOND, &at), 0);
	cr_assert_str_eq(printed(at, false), "2026-10-25 00:00:00");
}

Test(clock, prints_local_time, .init = set_zone)
{
	cr_assert_str_eq(printed(1795348830 * SECOND + 123456, false),
			 "2026-11-22 13:00:30");
	cr_assert_str_eq(printed(1795348830 * SECOND + 123456, true),
			 "2026-11-22 13:00:30.123456");
	cr_assert_str_eq(printed(0, true), "1970-01-01 01:00:00.000000");
	cr_assert_not_null(printed(UINT64_MAX, true));
}

/* The hour that comes twice in autumn is left out: it cannot come back. */
Test(clock, reads_what_it_prints)
{
	uint64_t wall, at;

	setenv("TZ", "<+0530>-5:30", 1);
	tzset();
	srand(20261122);
	for (unsigned i = 0; i < 2000; i++) {
		wall = (uint64_t)rand() * SECOND + (uint64_t)rand() % SECOND;
		cr_assert_eq(clock_parse(printed(wall, true), 0, &at), 0);
		cr_assert_eq(at, wall, "%s", printed(wall, true));
	}
}
