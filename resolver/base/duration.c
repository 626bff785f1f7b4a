/*
 * A sum of numbers with a unit each.  Units only get smaller, so that none
 * comes twice and "10m1h" is taken for the slip that it is.
 */
#include "base/duration.h"

#include <string.h>

#include "base/error.h"

enum { DIGITS = 9 };

/* A number and its unit, which must be worth less than `below`; or 0. */
static int64_t part_take(const char **words, int64_t *below)
{
	static const char letters[] = "wdhms";
	static const int64_t worth[] = { 604800, 86400, 3600, 60, 1 };
	size_t digits = strspn(*words, "0123456789");
	const char *letter;
	int64_t number = 0, unit;

	if (digits == 0 || digits > DIGITS || (*words)[digits] == '\0')
		return 0;
	letter = strchr(letters, (*words)[digits]);
	if (letter == NULL)
		return 0;
	unit = worth[letter - letters];
	if (unit >= *below)
		return 0;
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + ((*words)[i] - '0');
	*words += digits + 1;
	*below = unit;
	return number * unit;
}

int64_t duration_parse(const char *words)
{
	int64_t below = INT64_MAX, all = 0;

	do {
		int64_t part = part_take(&words, &below);

		if (part == 0)
			return ERROR_MALFORMED;
		all += part;
	} while (*words != '\0');
	return all <= DURATION_MAX ? all : ERROR_MALFORMED;
}
