/*
 * The names that are wanted are found where everything is known of everybody:
 * in the journal's thread, with the tables at hand.
 */
#include "serve_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "device/told.h"

enum { SPANS = 64 };

#define DAY UINT64_C(86400000000)

struct batch *batch_new(struct serve *serve)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	struct clock clock = { 0 };

	if (!batch)
		return NULL;
	clock_update(&clock);
	batch->serve = serve;
	batch->now = clock.wall;
	return batch;
}

void batch_free(struct batch *batch)
{
	free(batch->at);
	free(batch);
}

static bool batch_grow(struct batch *batch)
{
	unsigned more = batch->room ? batch->room * 2 : 16;
	struct noted *at;

	if (batch->count < batch->room)
		return true;
	if (batch->count == BATCH_MOST)
		return false;
	at = reallocarray(batch->at, more, sizeof(*at));
	if (!at)
		return false;
	batch->at = at;
	batch->room = more;
	return true;
}

bool batch_add(struct batch *batch, const struct devices_sighting *sighting)
{
	struct noted *noted;

	if (!batch_grow(batch))
		return false;
	noted = &batch->at[batch->count++];
	*noted = (struct noted){
		.sighting = *sighting, .named = sighting->name != NULL,
	};
	noted->sighting.name = NULL;
	if (sighting->name)
		memcpy(noted->name, sighting->name,
		       strnlen(sighting->name, DEVICES_NAME - 1));
	return true;
}

/* All of it is a number of bytes without holes. */
struct told_what {
	char source[8];
	uint8_t raw[16], len, mac[6], pad;
};

struct told_word {
	uint8_t mac[6], has_mac, pad;
	char name[DEVICES_NAME];
	uint64_t stamp;
};

bool batch_is_new(struct told *told, const struct devices_sighting *sighting,
		  uint64_t stamp)
{
	struct told_what what = { .pad = 0 };
	struct told_word word = { .stamp = stamp };
	size_t len;
	const uint8_t *raw = address_raw(&sighting->address, &len);

	memcpy(what.source, sighting->source,
	       strnlen(sighting->source, sizeof(what.source)));
	if (raw)
		memcpy(what.raw, raw, len);
	else
		memcpy(what.mac, sighting->mac.at, sizeof(what.mac));
	what.len = (uint8_t)len;
	word.has_mac = sighting->has_mac;
	if (sighting->has_mac)
		memcpy(word.mac, sighting->mac.at, sizeof(word.mac));
	if (sighting->name)
		memcpy(word.name, sighting->name,
		       strnlen(sighting->name, sizeof(word.name)));
	return told_is_new(told, bytes_of(&what, sizeof(what)),
			   bytes_of(&word, sizeof(word)));
}

static bool is_askable(const struct address *address)
{
	return address_is_private(address) && !address_is_loopback(address) &&
	       !(address->family == AF_INET6 &&
		 IN6_IS_ADDR_LINKLOCAL(&address->in6.sin6_addr));
}

/* The address it came to last, an IPv4 one rather than another. */
static const struct address *best_address(const struct devices_span *spans,
					  unsigned count)
{
	const struct devices_span *best = NULL;

	for (unsigned i = 0; i < count; i++) {
		const struct devices_span *span = &spans[i];

		if (span->until != 0 || !is_askable(&span->address))
			continue;
		if (!best ||
		    (best->address.family == span->address.family
		     ? span->seen > best->seen
		     : span->address.family == AF_INET))
			best = span;
	}
	return best ? &best->address : NULL;
}

struct looking {
	const struct devices *devices;
	struct batch *batch;
};

static bool want_name(void *context, const struct devices_one *one)
{
	const struct looking *looking = context;
	struct batch *batch = looking->batch;
	const char *source = devices_name_source(looking->devices, one->id,
						 batch->now);
	struct devices_span spans[SPANS];
	const struct address *address;
	unsigned count;

	if (one->last + DAY < batch->now ||
	    (*source && strcmp(source, "ptr") != 0))
		return true;
	count = devices_spans(looking->devices, one->id, spans, SPANS);
	address = best_address(spans, count < SPANS ? count : SPANS);
	if (address)
		batch->wanted[batch->wanted_count++] = *address;
	return batch->wanted_count < BATCH_WANTED;
}

/* The journal's thread. */
int batch_apply(sqlite3 *db, void *context)
{
	struct batch *batch = context;
	struct looking looking = { .batch = batch };
	struct devices *known;
	int rc = devices_load(&known, db);

	for (unsigned i = 0; i < batch->count && rc == SQLITE_OK; i++) {
		struct devices_sighting sighting = batch->at[i].sighting;

		if (batch->at[i].named)
			sighting.name = batch->at[i].name;
		rc = devices_note(known, db, &sighting);
	}
	looking.devices = known;
	batch->wanted_count = 0;
	if (rc == SQLITE_OK)
		devices_each(known, want_name, &looking);
	devices_free(known);
	return rc;
}
