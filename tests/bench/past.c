/*
 * past: gives a journal a past.
 *
 *	past DATABASE household SEED DAYS	of household.h, up to now
 *	past DATABASE < ROWS			a row a line, in order:
 *			SECONDS CLIENT NAME pass|sink|observe [TTL]
 *
 * For benchmarks, and for tests that ask what was long ago.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/entry.h"
#include "household.h"
#include "policy/verdict.h"
#include "stored.h"

#define SECOND UINT64_C(1000000)

static const char *const lists[] = { "trackers", "phone-home", "ads", NULL };

static void put_household(const char *database, uint64_t seed, unsigned days)
{
	uint64_t long_ago = days * UINT64_C(86400) * SECOND;
	struct clock clock = { 0 };
	struct household_trace *trace;
	struct stored *stored;
	struct row row;

	clock_update(&clock);
	stored_household(database, clock.wall - long_ago);
	stored = stored_open(database);
	trace = household_trace_new(seed, clock.wall - long_ago);
	if (trace == NULL)
		exit(1);
	stored_lists(stored, 1, 1, lists);
	for (;;) {
		household_trace_next(trace, &row);
		if (row.time >= clock.wall)
			break;
		row.image = 1;
		stored_put(stored, &row);
	}
	household_trace_free(trace);
	stored_close(stored);
}

static uint8_t verdict_of(const char *word)
{
	if (strcmp(word, "sink") == 0)
		return VERDICT_SINK;
	return strcmp(word, "observe") == 0 ? VERDICT_OBSERVE : VERDICT_PASS;
}

static bool read_row(const char *line, struct row *row, char name[1024])
{
	char client[64], verdict[16];
	struct address address;
	const uint8_t *raw;
	double seconds;
	size_t len;

	if (sscanf(line, "%lf %63s %1023s %15s %" SCNu32, &seconds, client,
		   name, verdict, &row->ttl) < 4 ||
	    address_parse(&address, client, 0) < 0)
		return false;
	raw = address_raw(&address, &len);
	memcpy(row->client, raw, len);
	row->client_len = (uint8_t)len;
	row->time = (uint64_t)(seconds * 1e6);
	row->name = bytes_of_string(name);
	row->verdict = verdict_of(verdict);
	return true;
}

static void put_lines(const char *database)
{
	struct stored *stored = stored_open(database);
	char line[2048], name[1024];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct row row = {
			.type = 1, .class = 1, .transport = ENTRY_UDP,
			.source = ENTRY_FROM_CACHE, .answered = true,
			.list = ROW_NO_LIST,
		};

		if (!read_row(line, &row, name)) {
			fprintf(stderr, "past: what is \"%s\"?\n", line);
			exit(2);
		}
		stored_put(stored, &row);
	}
	stored_seal(stored);
	stored_close(stored);
}

int main(int argc, char **argv)
{
	if (argc == 2)
		put_lines(argv[1]);
	else if (argc == 5)
		put_household(argv[1], strtoull(argv[3], NULL, 10),
			      (unsigned)atoi(argv[4]));
	else
		fprintf(stderr, "usage: past DATABASE [household SEED "
			"DAYS]\n");
	return argc == 2 || argc == 5 ? 0 : 2;
}
