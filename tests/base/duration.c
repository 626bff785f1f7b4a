/* How long, as people write it. */
#include "base/duration.h"

#include <criterion/criterion.h>

#include "base/error.h"

Test(duration, words)
{
	static const struct {
		const char *words;
		int64_t seconds;
	} rows[] = {
		{ "1s", 1 }, { "90s", 90 }, { "10m", 600 }, { "2h", 7200 },
		{ "7d", 604800 }, { "1w", 604800 }, { "1h30m", 5400 },
		{ "1w2d3h4m5s", 788645 }, { "007s", 7 },
		{ "315619200s", DURATION_MAX }, { "3653d", DURATION_MAX },
		{ "", 0 }, { "10", 0 }, { "m", 0 }, { "0m", 0 }, { "1h0m", 0 },
		{ "-1m", 0 }, { "+1m", 0 }, { " 1m", 0 }, { "1m ", 0 },
		{ "1.5h", 0 }, { "1M", 0 }, { "1y", 0 }, { "10m1h", 0 },
		{ "1m1m", 0 }, { "3654d", 0 }, { "315619201s", 0 },
		{ "999999999w", 0 }, { "1000000000s", 0 },
		{ "99999999999999999999m", 0 }, { "1h30", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(duration_parse(rows[i].words),
			     rows[i].seconds ? rows[i].seconds
					     : ERROR_MALFORMED, "%s",
			     rows[i].words);
}
