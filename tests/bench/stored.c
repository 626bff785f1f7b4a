/*
 * Rows become entries again and go the way that a worker's go: through a ring
 * and into the writer, which has the last word about their form.
 */
#include "stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/entry.h"
#include "base/error.h"
#include "base/ring.h"
#include "dns/name.h"
#include "household.h"
#include "journal/devices.h"
#include "journal/edit.h"
#include "journal/writer.h"

enum { SLOTS = 32768, COMMIT = 16384 };

/* A boot that all made rows share: some time before them. */
#define BOOT UINT64_C(946684800000000)

struct stored {
	struct writer *writer;
	struct ring ring;
	char path[64];
};

static void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(1);
}

/* --- devices --- */

static const char *const called[HOUSEHOLD_DEVICES] = {
	"anna-laptop", "ben-laptop", "study-pc", "anna-phone", "ben-phone",
	"carla-phone", "grandma-phone", "guest-phone", "tablet",
	"living-room-tv", "bedroom-tv", "games-console", "old-console",
	"thermostat", "doorbell", "scales", "hub", "glucose-reader",
	"Küchenradio", "printer",
};

static int see(struct devices *devices, sqlite3 *db, unsigned number,
	       struct devices_sighting *sighting)
{
	char words[64];
	int rc;

	sighting->has_mac = true;
	sighting->mac = (struct mac){ { 2, 0, 0, 0, 0, (uint8_t)number } };
	snprintf(words, sizeof(words), "192.168.1.%u", 20 + number);
	address_parse(&sighting->address, words, 0);
	rc = devices_note(devices, db, sighting);
	if (rc != SQLITE_OK)
		return rc;
	snprintf(words, sizeof(words), "2001:db8:17:0:5a31::%x", number);
	address_parse(&sighting->address, words, 0);
	return devices_note(devices, db, sighting);
}

static int see_all(sqlite3 *db, void *context)
{
	struct devices *devices;
	int rc = devices_load(&devices, db);

	for (unsigned i = 0; i < HOUSEHOLD_DEVICES && rc == SQLITE_OK; i++)
		rc = see(devices, db, i, &(struct devices_sighting){
			.source = "lease", .name = called[i],
			.time = *(uint64_t *)context,
		});
	devices_free(devices);
	return rc;
}

void stored_household(const char *database, uint64_t time)
{
	int error = edit_alone(database, -1, see_all, &time);

	if (error < 0)
		die(database, error);
}

/* --- rows --- */

struct stored *stored_open(const char *database)
{
	struct writer_sqlite_options options = {
		.path = database, .group = -1,
	};
	struct stored *stored = calloc(1, sizeof(*stored));
	int error;

	if (stored == NULL)
		die(database, ERROR_FULL);
	strcpy(stored->path, "/dev/shm/stored-XXXXXX");
	close(mkstemp(stored->path));
	unlink(stored->path);
	error = ring_open(&stored->ring, stored->path, SLOTS);
	if (error == 0)
		error = writer_sqlite(&stored->writer, &options);
	if (error < 0)
		die(database, error);
	return stored;
}

void stored_lists(struct stored *stored, uint32_t serial, int64_t time,
		  const char *const *names)
{
	struct writer_image *image;
	unsigned count = 0;
	int error;

	while (names[count] != NULL)
		count++;
	image = calloc(1, sizeof(*image) + count * sizeof(image->lists[0]));
	if (image == NULL)
		die("lists", ERROR_FULL);
	image->serial = serial;
	image->time = (uint64_t)time;
	image->list_count = count;
	for (unsigned i = 0; i < count; i++) {
		snprintf(image->lists[i].name, sizeof(image->lists[i].name),
			 "%s", names[i]);
		image->lists[i].time = (uint64_t)time;
	}
	error = stored->writer->ops->note_image(stored->writer, image);
	if (error < 0)
		die(stored->writer->words, error);
	free(image);
}

static void commit(struct stored *stored)
{
	struct writer_source source = {
		.ring = &stored->ring, .from = ring_tail(&stored->ring),
		.until = ring_head(&stored->ring),
	};
	int error = stored->writer->ops->store(stored->writer, &source, 1);

	if (error < 0)
		die(stored->writer->words, error);
	ring_free_until(&stored->ring, source.until);
}

static void publish(struct stored *stored, const struct entry *entry)
{
	uint64_t at;

	if (ring_head(&stored->ring) - ring_tail(&stored->ring) >= COMMIT)
		commit(stored);
	if (!ring_claim(&stored->ring, 1, entry->wall, &at))
		die(stored->path, ERROR_FULL);
	*ring_slot(&stored->ring, at) = *entry;
	ring_publish(&stored->ring, at, 1);
}

/* Addresses of upstreams are made of their numbers. */
static void put_addresses(struct entry *entry, const struct row *row)
{
	memcpy(entry->client.raw, row->client, row->client_len);
	entry->client.len = row->client_len;
	if (row->upstream == 0)
		return;
	entry->upstream = (struct entry_address){
		.raw = { 192, 0, 2, (uint8_t)row->upstream }, .port = 53,
		.len = 4,
	};
}

void stored_put(struct stored *stored, const struct row *row)
{
	struct entry entry = {
		.wall = row->time, .mono = row->time - BOOT,
		.image = row->image, .line = row->line,
		.duration = row->duration, .ttl = row->ttl,
		.list = row->list, .qtype = row->type, .qclass = row->class,
		.rcode = row->rcode, .kind = ENTRY_QUERY,
		.transport = row->transport, .verdict = row->verdict,
		.action = row->action, .source = row->source,
		.answered = row->answered,
	};
	struct name name;

	if (name_parse(&name, row->name) < 0)
		die("a name", ERROR_MALFORMED);
	memcpy(entry.name, name.wire, name.len);
	entry.name_len = name.len;
	put_addresses(&entry, row);
	publish(stored, &entry);
}

void stored_lose(struct stored *stored, uint64_t from, uint64_t until,
		 uint32_t count)
{
	struct entry entry = {
		.wall = until, .mono = until - BOOT, .since = from,
		.count = count, .kind = ENTRY_GAP,
	};

	publish(stored, &entry);
}

void stored_seal(struct stored *stored)
{
	int error;

	commit(stored);
	error = stored->writer->ops->seal(stored->writer);
	if (error < 0)
		die(stored->writer->words, error);
}

void stored_close(struct stored *stored)
{
	commit(stored);
	stored->writer->ops->close(stored->writer);
	ring_close(&stored->ring);
	unlink(stored->path);
	free(stored);
}
