/*
 * Without lists and neighbours less is known; that is no error.
 */
#include "commands/insight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "commands/about.h"
#include "commands/formerly.h"
#include "commands/why.h"
#include "device/neighbour.h"
#include "device/sightings.h"
#include "journal/database.h"
#include "journal/devices.h"

enum { SPANS = 64 };

int insight_open(struct insight *insight, const struct settings *settings)
{
	char path[4096];
	int error, rc;

	*insight = (struct insight){ .settings = settings };
	commands_commit(settings);
	snprintf(path, sizeof(path), "%s/journal.db", settings->state);
	error = database_open_reader(&insight->db, path);
	if (error < 0)
		return commands_journal_failed(error);
	rc = devices_load(&insight->devices, insight->db);
	if (rc == SQLITE_OK)
		return 0;
	log_error("%s: %s", path,
		  error_words(database_error(insight->db, rc)));
	return EXIT_FAILED;
}

void insight_close(struct insight *insight)
{
	if (insight->why)
		why_close(insight->why);
	free(insight->why);
	neighbours_free(insight->neighbours);
	formerly_free(insight->formerly);
	about_free(insight->about);
	devices_free(insight->devices);
	sqlite3_close(insight->db);
}

/* --- who is there --- */

struct hearing {
	const struct devices_span *spans;
	unsigned count;
	uint32_t age;
};

static bool is_same(const struct address *one, const struct address *other)
{
	size_t len, other_len;
	const uint8_t *raw = address_raw(one, &len);
	const uint8_t *other_raw = address_raw(other, &other_len);

	return raw && other_raw && len == other_len &&
	       memcmp(raw, other_raw, len) == 0;
}

static bool hear(void *context, const struct sighting *sighting)
{
	struct hearing *hearing = context;

	for (unsigned i = 0; i < hearing->count && i < SPANS; i++)
		if (sighting->there && hearing->spans[i].until == 0 &&
		    sighting->age < hearing->age &&
		    is_same(&hearing->spans[i].address, &sighting->address))
			hearing->age = sighting->age;
	return true;
}

static uint64_t heard(void *context, int64_t device)
{
	const struct insight *insight = context;
	struct devices_span spans[SPANS];
	struct hearing hearing = { spans, 0, UINT32_MAX };
	struct clock clock = { 0 };

	hearing.count = devices_spans(insight->devices, device, spans, SPANS);
	neighbours_each(insight->neighbours, hear, &hearing);
	clock_update(&clock);
	return hearing.age < UINT32_MAX
	       ? clock.wall - (uint64_t)hearing.age * 1000 : 0;
}

/* --- what lists say --- */

static void tell(void *context, const char *list,
		 struct summary_about *about)
{
	about_tell(((struct insight *)context)->about, list, about);
}

static bool had(void *context, const char *list, uint64_t time,
		struct bytes name)
{
	return formerly_had(((struct insight *)context)->formerly, list, time,
			    name);
}

static struct why *open_why(const struct settings *settings)
{
	struct why *why = calloc(1, sizeof(*why));

	if (!why)
		return NULL;
	why->settings = settings;
	why->question.now = clock_seconds();
	why_open(why);
	return why;
}

void insight_fill(struct insight *insight, struct summary_options *options)
{
	insight->about = about_new(insight->settings);
	insight->formerly = formerly_new(insight->settings);
	insight->neighbours = neighbours_read();
	insight->why = open_why(insight->settings);
	options->policy = insight->why ? insight->why->policy : NULL;
	options->about = insight->about ? tell : NULL;
	options->had = insight->formerly ? had : NULL;
	options->heard = insight->neighbours ? heard : NULL;
	options->context = insight;
}

uint64_t insight_noted(const struct insight *insight, const char *what)
{
	sqlite3_stmt *stmt;
	sqlite3_int64 time = 0;

	if (database_prepare(insight->db, "SELECT time FROM progress"
			     " WHERE what = ?", &stmt) == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, what, -1, SQLITE_STATIC);
		database_ask(stmt, &time);
	}
	sqlite3_finalize(stmt);
	return time > 0 ? (uint64_t)time : 0;
}
