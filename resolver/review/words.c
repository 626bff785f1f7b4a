/*
 * A database is a file, and who wrote it need not have been us: nothing from
 * it reaches a terminal without having been looked at here.
 */
#include "review/words.h"

#include <string.h>
#include <time.h>

#include "base/entry.h"
#include "base/text.h"
#include "base/utf8.h"
#include "dns/record.h"

enum { SECOND = 1000000 };

const char *words_transport(unsigned transport)
{
	return entry_transport_words(transport);
}

const char *words_source(unsigned source)
{
	return entry_source_words(source);
}

void words_class(uint16_t class, struct text *out)
{
	record_print_class(class, out);
}

void words_time(uint64_t wall, struct text *out)
{
	time_t seconds = (time_t)(wall / SECOND);
	char buffer[64];
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(buffer, sizeof(buffer), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		strcpy(buffer, "1970-01-01T00:00:00");
	text_put(out, "%s.%06uZ", buffer, (unsigned)(wall % SECOND));
}

void words_number(uint64_t number, struct text *out)
{
	if (number < 1000) {
		text_put(out, "%u", (unsigned)number);
		return;
	}
	words_number(number / 1000, out);
	text_put(out, ",%03u", (unsigned)(number % 1000));
}

void words_count(uint64_t count, const char *noun, struct text *out)
{
	words_number(count, out);
	text_put(out, " %s%s", noun, count == 1 ? "" : "s");
}

void words_span(uint64_t microseconds, struct text *out)
{
	static const struct {
		uint64_t unit;
		const char *word;
	} units[] = {
		{ (uint64_t)86400 * SECOND, "d" },
		{ (uint64_t)3600 * SECOND, "h" },
		{ (uint64_t)60 * SECOND, "min" },
		{ SECOND, "s" },
		{ 1000, "ms" },
	};
	enum { LAST = sizeof(units) / sizeof(units[0]) - 1 };
	unsigned i = 0;

	while (i < LAST && microseconds < units[i].unit)
		i++;
	words_number(microseconds / units[i].unit, out);
	text_put(out, " %s", units[i].word);
	microseconds %= units[i].unit;
	if (i + 1 < LAST && microseconds >= units[i + 1].unit)
		text_put(out, " %u %s",
			 (unsigned)(microseconds / units[i + 1].unit),
			 units[i + 1].word);
}

void words_put(const char *stored, struct text *out)
{
	const char *at = stored;

	if (stored == NULL)
		return;
	while (*at >= ' ' && *at <= '~')
		at++;
	if (*at == '\0')
		text_put(out, "%s", stored);
	else
		text_put_hostile(out, bytes_of_string(stored));
}

unsigned words_width(const char *plain)
{
	return (unsigned)utf8_width(bytes_of_string(plain));
}

size_t words_length(const char *plain, unsigned width)
{
	size_t len = 0;

	while (plain[len] != '\0' &&
	       (width > 0 || (plain[len] & 0xc0) == 0x80))
		width -= (plain[len++] & 0xc0) != 0x80;
	return len;
}

void words_put_field(FILE *out, const char *text)
{
	if (strpbrk(text, "\",\r\n") == NULL) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}
