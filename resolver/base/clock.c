/*
 * Moments are read the way people type them.  A local time that does not
 * exist (the hour that summer time skips) is taken an hour off, as mktime(3)
 * does; a day that does not exist is refused.
 */
#include "base/clock.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

#ifndef CLOCK_BOOTTIME
#define CLOCK_BOOTTIME CLOCK_MONOTONIC
#endif

enum { SECOND = 1000000, FRACTION_DIGITS = 6 };

static uint64_t microseconds(clockid_t id)
{
	struct timespec at;

	clock_gettime(id, &at);
	return (uint64_t)at.tv_sec * SECOND + (uint64_t)at.tv_nsec / 1000;
}

void clock_update(struct clock *clock)
{
	if (clock->fixed)
		return;
	clock->wall = microseconds(CLOCK_REALTIME);
	clock->mono = microseconds(CLOCK_BOOTTIME);
}

int64_t clock_seconds(void)
{
	return (int64_t)(microseconds(CLOCK_REALTIME) / 1000000);
}

static bool is_boot_id(const char *id)
{
	return strspn(id, "0123456789abcdef-") == CLOCK_BOOT_ID - 1;
}

void clock_boot_id(char id[CLOCK_BOOT_ID])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = -1;

	memset(id, 0, CLOCK_BOOT_ID);
	if (fd >= 0) {
		len = read(fd, id, CLOCK_BOOT_ID - 1);
		close(fd);
	}
	if (len != CLOCK_BOOT_ID - 1 || !is_boot_id(id))
		strcpy(id, "00000000-0000-0000-0000-000000000000");
}

/* Exactly `digits` of them, `*text` moved behind; -1 if they are not there. */
static int take_digits(const char **text, unsigned digits)
{
	int value = 0;

	for (; digits > 0; digits--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return -1;
		value = value * 10 + (**text - '0');
	}
	return value;
}

static bool take_char(const char **text, const char *any)
{
	if (**text == '\0' || strchr(any, **text) == NULL)
		return false;
	(*text)++;
	return true;
}

static bool is_day(const struct tm *tm)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	int year = tm->tm_year + 1900;
	int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return tm->tm_mon >= 0 && tm->tm_mon < 12 && tm->tm_mday >= 1 &&
	       tm->tm_mday <= days[tm->tm_mon] + (leap && tm->tm_mon == 1);
}

static bool take_date(const char **text, struct tm *tm)
{
	tm->tm_year = take_digits(text, 4) - 1900;
	if (tm->tm_year < 70 || !take_char(text, "-"))
		return false;
	tm->tm_mon = take_digits(text, 2) - 1;
	if (!take_char(text, "-"))
		return false;
	tm->tm_mday = take_digits(text, 2);
	return is_day(tm);
}

/* ".5" is half a second: what is not written is zeros. */
static bool take_fraction(const char **text, uint32_t *fraction)
{
	uint32_t worth = SECOND / 10;

	for (unsigned i = 0; i < FRACTION_DIGITS; i++, worth /= 10) {
		if (!isdigit((unsigned char)**text))
			return i > 0;
		*fraction += worth * (uint32_t)(*(*text)++ - '0');
	}
	return true;
}

static bool take_time(const char **text, struct tm *tm, uint32_t *fraction)
{
	tm->tm_hour = take_digits(text, 2);
	if (tm->tm_hour < 0 || tm->tm_hour > 23 || !take_char(text, ":"))
		return false;
	tm->tm_min = take_digits(text, 2);
	if (tm->tm_min < 0 || tm->tm_min > 59)
		return false;
	if (!take_char(text, ":"))
		return true;
	tm->tm_sec = take_digits(text, 2);
	if (tm->tm_sec < 0 || tm->tm_sec > 59)
		return false;
	return !take_char(text, ".") || take_fraction(text, fraction);
}

static int parse_moment(const char *text, uint64_t *at)
{
	struct tm tm = { .tm_isdst = -1 };
	uint32_t fraction = 0;
	time_t seconds;

	if (!take_date(&text, &tm))
		return ERROR_MALFORMED;
	if (take_char(&text, "T ") && !take_time(&text, &tm, &fraction))
		return ERROR_MALFORMED;
	seconds = take_char(&text, "Z") ? timegm(&tm) : mktime(&tm);
	if (*text != '\0' || seconds < 0)
		return ERROR_MALFORMED;
	*at = (uint64_t)seconds * SECOND + fraction;
	return 0;
}

/* Digits, as many as fit when they are seconds; `*end` behind them. */
static int take_number(const char *text, uint64_t *value, const char **end)
{
	*value = 0;
	for (*end = text; isdigit((unsigned char)**end); (*end)++) {
		*value = *value * 10 + (uint64_t)(**end - '0');
		if (*value > UINT64_MAX / SECOND)
			return ERROR_MALFORMED;
	}
	return *end > text ? 0 : ERROR_MALFORMED;
}

static uint64_t unit_seconds(const char *unit)
{
	if (unit[0] == '\0' || unit[1] != '\0')
		return 0;
	switch (unit[0]) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 604800;
	default:
		return 0;
	}
}

static int parse_ago(const char *text, uint64_t now, uint64_t *at)
{
	const char *end;
	uint64_t number, unit;

	if (take_number(text, &number, &end) < 0)
		return ERROR_MALFORMED;
	unit = unit_seconds(end) * SECOND;
	if (unit == 0 || number > UINT64_MAX / unit)
		return ERROR_MALFORMED;
	*at = number * unit < now ? now - number * unit : 0;
	return 0;
}

static int parse_epoch(const char *text, uint64_t *at)
{
	const char *end;
	uint64_t seconds;

	if (take_number(text, &seconds, &end) < 0 || *end != '\0')
		return ERROR_MALFORMED;
	*at = seconds * SECOND;
	return 0;
}

static int parse_midnight(uint64_t now, int days_ago, uint64_t *at)
{
	time_t seconds = (time_t)(now / SECOND);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL)
		return ERROR_MALFORMED;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mday -= days_ago;
	tm.tm_isdst = -1;
	seconds = mktime(&tm);
	*at = seconds > 0 ? (uint64_t)seconds * SECOND : 0;
	return 0;
}

/* The last time that a clock on the wall said so: today, or yesterday. */
static int parse_hour(const char *text, uint64_t now, uint64_t *at)
{
	time_t seconds = (time_t)(now / SECOND);
	uint32_t fraction = 0;
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL)
		return ERROR_MALFORMED;
	for (unsigned days = 0; days < 2; days++) {
		const char *rest = text;

		tm.tm_sec = 0;
		tm.tm_isdst = -1;
		if (!take_time(&rest, &tm, &fraction) || *rest != '\0')
			return ERROR_MALFORMED;
		seconds = mktime(&tm);
		*at = seconds > 0 ? (uint64_t)seconds * SECOND : 0;
		if (*at <= now)
			break;
		tm.tm_mday--;
	}
	return 0;
}

int clock_parse(const char *text, uint64_t now, uint64_t *at)
{
	if (strcmp(text, "now") == 0) {
		*at = now;
		return 0;
	}
	if (strcmp(text, "today") == 0)
		return parse_midnight(now, 0, at);
	if (strcmp(text, "yesterday") == 0)
		return parse_midnight(now, 1, at);
	if (text[0] == '@')
		return parse_epoch(text + 1, at);
	if (strchr(text, '-') != NULL)
		return parse_moment(text, at);
	if (strchr(text, ':') != NULL)
		return parse_hour(text, now, at);
	return parse_ago(text, now, at);
}

void clock_print(uint64_t wall, bool fraction, struct text *out)
{
	time_t seconds = (time_t)(wall / SECOND);
	char words[64];
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(words, sizeof(words), "%Y-%m-%d %H:%M:%S", &tm) == 0) {
		text_put(out, "@%llu", (unsigned long long)(wall / SECOND));
		return;
	}
	text_put(out, "%s", words);
	if (fraction)
		text_put(out, ".%06u", (unsigned)(wall % SECOND));
}
