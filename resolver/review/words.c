/*
 * A database is a file, and who wrote it need not have been us: nothing from
 * it reaches a terminal without having been looked at here.
 */
#include "review/words.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "base/entry.h"
#include "base/text.h"
#include "dns/message.h"

enum { SECOND = 1000000 };

const char *words_transport(unsigned transport)
{
	switch (transport) {
	case ENTRY_UDP:
		return "udp";
	case ENTRY_TCP:
		return "tcp";
	default:
		return "";
	}
}

const char *words_source(unsigned source)
{
	switch (source) {
	case ENTRY_FROM_POLICY:
		return "policy";
	case ENTRY_FROM_CACHE:
		return "cache";
	case ENTRY_FROM_UPSTREAM:
		return "upstream";
	case ENTRY_FROM_SELF:
		return "self";
	default:
		return "";
	}
}

void words_class(uint16_t class, struct text *out)
{
	if (class == CLASS_IN)
		text_put(out, "IN");
	else if (class == CLASS_CH)
		text_put(out, "CH");
	else
		text_put(out, "CLASS%u", class);
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
