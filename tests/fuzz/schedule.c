/*
 * Times of the week, a line each: what is read must print as what reads the
 * same, and the next change must be one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOMENT = 1774746000, SECONDS = 700000 };

static void check_words(const struct schedule_span *span)
{
	struct schedule one = { .count = 1, .at = { *span } };
	struct schedule other = { .count = 0 };
	char words[128];
	struct text text;
	const char *why;

	text_init(&text, words, sizeof(words));
	schedule_print(&one, &text);
	if (text.cut || schedule_parse(&other, words, &why) != 0 ||
	    other.at[0].days != span->days || other.at[0].from != span->from ||
	    other.at[0].to != span->to)
		abort();
}

static void check_next(const struct schedule *schedule, int64_t time)
{
	int64_t next = schedule_next(schedule, time);
	bool holds = schedule_holds(schedule, time);

	if (next == INT64_MAX)
		return;
	if (next <= time || schedule_holds(schedule, next - 1) != holds ||
	    schedule_holds(schedule, next) == holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct schedule schedule = { .count = 0 };
	char words[64];
	const char *why;
	size_t len;

	if (schedule_zone("UTC") != 0)
		abort();
	for (; size > 0; data += len, size -= len) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t line = end ? (size_t)(end - data) : size;

		len = end ? line + 1 : line;
		if (line >= sizeof(words))
			continue;
		memcpy(words, data, line);
		words[line] = '\0';
		why = NULL;
		if (schedule_parse(&schedule, words, &why) == 0)
			check_words(&schedule.at[schedule.count - 1]);
		else if (why == NULL)
			abort();
	}
	check_next(&schedule, MOMENT + (int64_t)schedule.count * SECONDS);
	return 0;
}
