/*
 * Whether a schedule holds is a question to the wall clock alone: its day of
 * the week and its minute.  All about summer time follows from that: an hour
 * that is skipped is never shown, one that comes twice is shown twice.
 *
 * When it changes next is found by going ahead in steps.  Within a step the
 * clock either runs evenly, and then the next hand-over can be computed, or
 * it is put forward or back once, and then that moment is searched for.
 */
#include "policy/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"

enum {
	DAYS = 7, DAY_MINUTES = 24 * 60, WEEK_MINUTES = DAYS * DAY_MINUTES,
	ALL_DAYS = 0x7f,
	STEP = 3 * 3600,		/* no zone changes twice in that time */
	HORIZON = 35 * 24 * 3600,	/* a week, and a zone that skips days */
};

static const char *const day_words[DAYS] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
	"sunday",
};

/* The number of the day that stands there, or -1. */
static int day_parse(const char **words)
{
	size_t len = strcspn(*words, "-, \t");

	for (int day = 0; day < DAYS; day++) {
		if ((len != 3 && len != strlen(day_words[day])) ||
		    strncasecmp(*words, day_words[day], len) != 0)
			continue;
		*words += len;
		return day;
	}
	return -1;
}

/* "mon", "mon-fri", "fri-mon" too: the bits of these days; 0: none. */
static unsigned days_parse(const char **words)
{
	int day = day_parse(words), last = day;
	unsigned bits = 0;

	if (day >= 0 && **words == '-') {
		++*words;
		last = day_parse(words);
	}
	if (day < 0 || last < 0)
		return 0;
	for (; day != last; day = (day + 1) % DAYS)
		bits |= 1u << day;
	return bits | 1u << last;
}

/* 0 in front of anything that is no list of days. */
static unsigned day_list_parse(const char **words)
{
	unsigned all = 0, bits;

	do {
		bits = days_parse(words);
		if (bits == 0)
			return 0;
		all |= bits;
	} while (**words == ',' && ++*words);
	return all;
}

/* Two digits; -1: others. */
static int two_digits(const char *at)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return -1;
	return (at[0] - '0') * 10 + at[1] - '0';
}

/* "07:30" in minutes, `*words` moved behind it; -1: no such time. */
static int time_parse(const char **words)
{
	int hour = two_digits(*words), minute;

	if (hour < 0 || (*words)[2] != ':')
		return -1;
	minute = two_digits(*words + 3);
	if (minute < 0 || minute > 59 || hour * 60 + minute > DAY_MINUTES)
		return -1;
	*words += 5;
	return hour * 60 + minute;
}

/* "21:00-07:00"; false: it is not. */
static bool times_parse(struct schedule_span *span, const char **words)
{
	int from = time_parse(words), to;

	if (from < 0 || from == DAY_MINUTES || **words != '-')
		return false;
	++*words;
	to = time_parse(words);
	if (to < 0)
		return false;
	span->from = (uint16_t)from;
	span->to = (uint16_t)(to % DAY_MINUTES);
	return true;
}

static const char *skip_blanks(const char *words)
{
	return words + strspn(words, " \t");
}

int schedule_parse(struct schedule *schedule, const char *words,
		   const char **why)
{
	struct schedule_span span = { .days = ALL_DAYS };

	*why = "write it as \"mon-fri 21:00-07:00\", \"sat,sun\" or "
	       "\"08:00-12:00\"";
	words = skip_blanks(words);
	if (*words == '\0')
		return ERROR_MALFORMED;
	if (*words < '0' || *words > '9') {
		span.days = (uint8_t)day_list_parse(&words);
		if (span.days == 0)
			return ERROR_MALFORMED;
	}
	if (*words == ' ' || *words == '\t')
		words = skip_blanks(words);
	if (*words != '\0' && !times_parse(&span, &words))
		return ERROR_MALFORMED;
	if (*skip_blanks(words) != '\0')
		return ERROR_MALFORMED;
	if (schedule->count == SCHEDULE_SPANS) {
		*why = "16 times are the most";
		return ERROR_FULL;
	}
	schedule->at[schedule->count++] = span;
	return 0;
}

/* "mon-fri,sun": runs of three days and more with a dash. */
static void days_print(unsigned days, struct text *out)
{
	const char *between = "";

	for (int day = 0, last; day < DAYS; day = last + 1) {
		last = day;
		if (!(days >> day & 1))
			continue;
		while (last + 1 < DAYS && days >> (last + 1) & 1)
			last++;
		if (last == day + 1)
			last = day;
		text_put(out, "%s%.3s", between, day_words[day]);
		if (last > day)
			text_put(out, "-%.3s", day_words[last]);
		between = ",";
	}
}

static void span_print(const struct schedule_span *span, struct text *out)
{
	bool whole = span->from == 0 && span->to == 0;
	unsigned to = span->to == 0 ? DAY_MINUTES : span->to;

	if (span->days != ALL_DAYS || whole)
		days_print(span->days, out);
	if (whole)
		return;
	text_put(out, "%s%02u:%02u-%02u:%02u",
		 span->days != ALL_DAYS ? " " : "", span->from / 60u,
		 span->from % 60u, to / 60, to % 60);
}

void schedule_print(const struct schedule *schedule, struct text *out)
{
	if (schedule->count == 0)
		text_put(out, "always");
	for (unsigned i = 0; i < schedule->count; i++) {
		text_put(out, "%s", i > 0 ? "; " : "");
		span_print(&schedule->at[i], out);
	}
}

/* Names of files below a folder, and none that leads out of it. */
static bool is_zone_name(const char *zone)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_+-/";

	return zone[0] != '/' && strlen(zone) < 64 &&
	       strspn(zone, good) == strlen(zone);
}

/* The file must be one of zones (RFC 8536, section 3.1): others are there. */
static bool zone_is_there(const char *zone)
{
	const char *folder = getenv("TZDIR");
	char path[512], magic[4] = "";
	struct text text;
	FILE *file;

	text_init(&text, path, sizeof(path));
	text_put(&text, "%s/%s", folder ? folder : "/usr/share/zoneinfo",
		 zone);
	file = text.cut ? NULL : fopen(path, "re");
	if (file == NULL)
		return strcmp(zone, "UTC") == 0;
	if (fread(magic, 1, sizeof(magic), file) != sizeof(magic))
		magic[0] = '\0';
	fclose(file);
	return memcmp(magic, "TZif", sizeof(magic)) == 0;
}

/*
 * TZ that was set here begins with a colon (POSIX: what follows is for the C
 * library to read), so that one from outside is told from it.
 */
int schedule_zone(const char *zone)
{
	const char *now = getenv("TZ");
	bool ours = now != NULL && now[0] == ':';
	char value[66] = ":";

	if (zone == NULL || zone[0] == '\0') {
		if (ours)
			unsetenv("TZ");
		tzset();
		return 0;
	}
	if (!is_zone_name(zone) || !zone_is_there(zone))
		return ERROR_ABSENT;
	strcat(value, zone);
	if (now != NULL && strcmp(now, value) == 0)
		return 0;
	if (setenv("TZ", value, 1) != 0)
		return -errno;
	tzset();
	return 0;
}

/* Does it hold at that minute of the day, day 0 a Monday? */
static bool minute_holds(const struct schedule *schedule, unsigned day,
			 unsigned minute)
{
	unsigned yesterday = (day + DAYS - 1) % DAYS;

	if (schedule->count == 0)
		return true;
	for (unsigned i = 0; i < schedule->count; i++) {
		const struct schedule_span *span = &schedule->at[i];
		bool over = span->to <= span->from;

		if (span->days >> day & 1 && minute >= span->from &&
		    (over || minute < span->to))
			return true;
		if (over && span->days >> yesterday & 1 && minute < span->to)
			return true;
	}
	return false;
}

/* What the wall shows; false: no clock shows such a time. */
static bool wall_read(int64_t time, struct tm *tm)
{
	time_t there = (time_t)time;

	return there == time && localtime_r(&there, tm) != NULL;
}

static unsigned wall_day(const struct tm *tm)
{
	return (unsigned)(tm->tm_wday + DAYS - 1) % DAYS;
}

static unsigned wall_minute(const struct tm *tm)
{
	return (unsigned)(tm->tm_hour * 60 + tm->tm_min);
}

bool schedule_holds(const struct schedule *schedule, int64_t time)
{
	struct tm tm;

	if (!wall_read(time, &tm))
		return schedule->count == 0;
	return minute_holds(schedule, wall_day(&tm), wall_minute(&tm));
}

static bool never_changes(const struct schedule *schedule)
{
	bool first = minute_holds(schedule, 0, 0);

	for (unsigned at = 1; at < WEEK_MINUTES; at++)
		if (minute_holds(schedule, at / DAY_MINUTES,
				 at % DAY_MINUTES) != first)
			return false;
	return true;
}

/*
 * Seconds from that wall time until it would change on a clock that runs
 * evenly; STEP or more: later than that.
 */
static int64_t seconds_left(const struct schedule *schedule,
			    const struct tm *tm)
{
	unsigned start = wall_day(tm) * DAY_MINUTES + wall_minute(tm);
	bool holds = minute_holds(schedule, start / DAY_MINUTES,
				  start % DAY_MINUTES);
	unsigned minutes = 1;

	for (; minutes <= STEP / 60; minutes++) {
		unsigned at = (start + minutes) % WEEK_MINUTES;

		if (minute_holds(schedule, at / DAY_MINUTES,
				 at % DAY_MINUTES) != holds)
			break;
	}
	return (int64_t)minutes * 60 - tm->tm_sec;
}

static long offset_at(int64_t time)
{
	struct tm tm;

	return wall_read(time, &tm) ? tm.tm_gmtoff : 0;
}

/* The first second after `from`, up to `to`, with another offset. */
static int64_t offset_change(int64_t from, int64_t to)
{
	long before = offset_at(from);

	if (offset_at(to) == before)
		return INT64_MAX;
	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (offset_at(middle) == before)
			from = middle;
		else
			to = middle;
	}
	return to;
}

int64_t schedule_next(const struct schedule *schedule, int64_t time)
{
	bool holds = schedule_holds(schedule, time);
	int64_t at = time, left, put;
	struct tm tm;

	if (time > INT64_MAX - HORIZON - STEP || never_changes(schedule))
		return INT64_MAX;
	while (at - time < HORIZON) {
		if (!wall_read(at, &tm))
			return INT64_MAX;
		left = seconds_left(schedule, &tm);
		put = offset_change(at, at + STEP);
		if (put == INT64_MAX)
			put = at + STEP;
		at = left < put - at ? at + left : put;
		if (schedule_holds(schedule, at) != holds)
			return at;
	}
	return INT64_MAX;
}
