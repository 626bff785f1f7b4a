/*
 * All that the three tables say, in memory: what is asked of each row must
 * cost next to nothing.
 *
 * What is read from the file may have been written by anybody: a row that
 * cannot be ours is passed over, and no more of them are taken than there is
 * room for.
 */
#include "journal/devices.h"

#include <stdlib.h>
#include <strings.h>

#include "base/utf8.h"
#include "journal/devices_state.h"

const char *const devices_sources[DEVICES_SOURCES] = {
	"given", "lease", "hosts", "ptr",
};

unsigned devices_source_of(const char *word)
{
	unsigned source = 0;

	while (source < DEVICES_SOURCES &&
	       strcmp(devices_sources[source], word) != 0)
		source++;
	return source;
}

bool devices_is_plain(const char *name)
{
	size_t len = strnlen(name, DEVICES_NAME);

	return len < DEVICES_NAME && utf8_is_plain(bytes_of(name, len));
}

/* --- the tables in memory --- */

/* Room for one more; false without memory. */
static bool grow(void **at, unsigned count, unsigned *room, size_t size)
{
	unsigned more = *room > 0 ? *room * 2 : 4;
	void *grown;

	if (count < *room)
		return true;
	grown = reallocarray(*at, more, size);
	if (grown == NULL)
		return false;
	*at = grown;
	*room = more;
	return true;
}

struct device *devices_device(const struct devices *devices, int64_t id)
{
	unsigned from = 0, until = devices->count;

	while (from < until) {
		unsigned middle = from + (until - from) / 2;

		if (devices->all[middle].id == id)
			return &devices->all[middle];
		if (devices->all[middle].id < id)
			from = middle + 1;
		else
			until = middle;
	}
	return NULL;
}

struct device *devices_of_mac(const struct devices *devices,
			      const struct mac *mac)
{
	for (unsigned i = 0; i < devices->count; i++)
		if (devices->all[i].has_mac &&
		    mac_equal(&devices->all[i].mac, mac))
			return &devices->all[i];
	return NULL;
}

static int *bucket_of(const struct devices *devices, struct bytes raw)
{
	uint64_t hash = hash_bytes(&devices->key, raw.at, raw.len);

	return &devices->first[hash % DEVICES_BUCKETS];
}

struct spot *devices_spot(const struct devices *devices, struct bytes raw)
{
	int at = *bucket_of(devices, raw);

	while (at != DEVICES_NONE) {
		struct spot *spot = &devices->spots[at];

		if (spot->len == raw.len &&
		    memcmp(spot->raw, raw.at, raw.len) == 0)
			return spot;
		at = spot->next;
	}
	return NULL;
}

/* Before the first turn it was the first one's as well. */
unsigned devices_turn(const struct spot *spot, uint64_t time)
{
	unsigned from = 0, until = spot->count;

	while (from < until) {
		unsigned middle = from + (until - from) / 2;

		if (spot->at[middle].since <= time)
			from = middle + 1;
		else
			until = middle;
	}
	return from > 0 ? from - 1 : 0;
}

const struct label *devices_label(const struct device *device,
				  unsigned source, uint64_t time)
{
	const struct label *last = NULL;

	for (unsigned i = 0; i < device->label_count; i++)
		if (device->labels[i].source == source &&
		    device->labels[i].since <= time)
			last = &device->labels[i];
	return last;
}

struct device *devices_add(struct devices *devices, int64_t id)
{
	void *all = devices->all;
	struct device *new;

	if (!grow(&all, devices->count, &devices->room, sizeof(*new)))
		return NULL;
	devices->all = all;
	new = &devices->all[devices->count++];
	*new = (struct device){ .id = id };
	if (id > devices->last_id)
		devices->last_id = id;
	return new;
}

void devices_drop(struct devices *devices, struct device *device)
{
	struct device *end = devices->all + devices->count--;

	free(device->labels);
	memmove(device, device + 1,
		(size_t)(end - device - 1) * sizeof(*device));
}

struct spot *devices_add_spot(struct devices *devices, struct bytes raw)
{
	void *spots = devices->spots;
	int *bucket = bucket_of(devices, raw);
	struct spot *new;

	if (!grow(&spots, devices->spot_count, &devices->spot_room,
		  sizeof(*new)))
		return NULL;
	devices->spots = spots;
	new = &devices->spots[devices->spot_count];
	*new = (struct spot){ .len = (uint8_t)raw.len, .next = *bucket };
	memcpy(new->raw, raw.at, raw.len);
	*bucket = (int)devices->spot_count++;
	return new;
}

struct turn *devices_add_turn(struct devices *devices, struct spot *spot,
			      unsigned at)
{
	void *turns = spot->at;

	if (!grow(&turns, spot->count, &spot->room, sizeof(*spot->at)))
		return NULL;
	spot->at = turns;
	memmove(&spot->at[at + 1], &spot->at[at],
		(spot->count - at) * sizeof(*spot->at));
	spot->count++;
	devices->turns++;
	return &spot->at[at];
}

void devices_drop_turn(struct devices *devices, struct spot *spot,
		       unsigned at)
{
	spot->count--;
	devices->turns--;
	memmove(&spot->at[at], &spot->at[at + 1],
		(spot->count - at) * sizeof(*spot->at));
}

struct label *devices_add_label(struct device *device,
				const struct label *label)
{
	void *labels = device->labels;
	unsigned at = device->label_count;

	while (at > 0 && device->labels[at - 1].since > label->since)
		at--;
	for (unsigned i = at; i-- > 0 &&
	     device->labels[i].since == label->since; ) {
		if (device->labels[i].source != label->source)
			continue;
		device->labels[i] = *label;
		return &device->labels[i];
	}
	if (!grow(&labels, device->label_count, &device->label_room,
		  sizeof(*label)))
		return NULL;
	device->labels = labels;
	memmove(&device->labels[at + 1], &device->labels[at],
		(device->label_count - at) * sizeof(*label));
	device->labels[at] = *label;
	device->label_count++;
	return &device->labels[at];
}

void devices_drop_label(struct device *device, unsigned at)
{
	device->label_count--;
	memmove(&device->labels[at], &device->labels[at + 1],
		(device->label_count - at) * sizeof(*device->labels));
}

/* --- what the file says --- */

static uint64_t time_of(sqlite3_stmt *stmt, int column)
{
	sqlite3_int64 time = sqlite3_column_int64(stmt, column);

	return time > 0 ? (uint64_t)time : 0;
}

static struct bytes blob_of(sqlite3_stmt *stmt, int column)
{
	const void *at = sqlite3_column_blob(stmt, column);

	return bytes_of(at, at != NULL ? (size_t)sqlite3_column_bytes(
			stmt, column) : 0);
}

static int take_device(struct devices *devices, sqlite3_stmt *stmt)
{
	struct bytes mac = blob_of(stmt, 1);
	struct device *new;

	if (sqlite3_column_int64(stmt, 0) <= 0)
		return SQLITE_OK;
	new = devices_add(devices, sqlite3_column_int64(stmt, 0));
	if (new == NULL)
		return SQLITE_NOMEM;
	new->has_mac = mac.len == sizeof(new->mac.at);
	if (new->has_mac)
		memcpy(new->mac.at, mac.at, mac.len);
	new->first = time_of(stmt, 2);
	new->last = time_of(stmt, 3);
	return SQLITE_OK;
}

/* They come in order, so that each turn is the last of its spot. */
static int take_turn(struct devices *devices, sqlite3_stmt *stmt)
{
	struct bytes raw = blob_of(stmt, 0);
	int64_t device = sqlite3_column_int64(stmt, 2);
	struct spot *spot;
	struct turn *turn;

	if ((raw.len != 4 && raw.len != 16) ||
	    devices_device(devices, device) == NULL)
		return SQLITE_OK;
	spot = devices_spot(devices, raw);
	if (spot == NULL)
		spot = devices_add_spot(devices, raw);
	if (spot == NULL)
		return SQLITE_NOMEM;
	turn = devices_add_turn(devices, spot, spot->count);
	if (turn == NULL)
		return SQLITE_NOMEM;
	*turn = (struct turn){ time_of(stmt, 1), device };
	return SQLITE_OK;
}

static int take_label(struct devices *devices, sqlite3_stmt *stmt)
{
	struct device *device =
		devices_device(devices, sqlite3_column_int64(stmt, 0));
	const char *source = (const char *)sqlite3_column_text(stmt, 1);
	const char *name = (const char *)sqlite3_column_text(stmt, 3);
	struct label label = { .since = time_of(stmt, 2) };

	if (device == NULL || source == NULL || name == NULL ||
	    !devices_is_plain(name))
		return SQLITE_OK;
	label.source = (uint8_t)devices_source_of(source);
	if (label.source == DEVICES_SOURCES ||
	    device->label_count >= DEVICES_SOURCES * DEVICES_LABELS)
		return SQLITE_OK;
	strcpy(label.name, name);
	return devices_add_label(device, &label) != NULL ? SQLITE_OK
							 : SQLITE_NOMEM;
}

static int take_last_id(struct devices *devices, sqlite3_stmt *stmt)
{
	int64_t last = sqlite3_column_int64(stmt, 0);

	if (last > devices->last_id && last < INT64_MAX / 2)
		devices->last_id = last;
	return SQLITE_OK;
}

static int read_rows(struct devices *devices, sqlite3 *db, const char *sql,
		     int (*take)(struct devices *devices, sqlite3_stmt *stmt))
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), taken = 0;

	if (rc != SQLITE_OK)
		return rc;
	while (taken == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		taken = take(devices, stmt);
	rc = sqlite3_finalize(stmt);
	return taken != SQLITE_OK ? taken : rc;
}

static int read_all(struct devices *devices, sqlite3 *db)
{
	static const struct {
		const char *sql;
		int (*take)(struct devices *devices, sqlite3_stmt *stmt);
	} tables[] = {
		{ "SELECT id, mac, first, last FROM device"
		  " WHERE id < 4611686018427387904 ORDER BY id LIMIT 65536",
		  take_device },
		{ "SELECT address, max(since, 0), device FROM device_address"
		  " ORDER BY address, since LIMIT 65536", take_turn },
		{ "SELECT device, source, since, name FROM device_name"
		  " ORDER BY device, since LIMIT 262144", take_label },
		{ "SELECT number FROM progress WHERE what = 'device'",
		  take_last_id },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && rc == 0;
	     i++)
		rc = read_rows(devices, db, tables[i].sql, tables[i].take);
	return rc;
}

static int make_buckets(struct devices *devices)
{
	devices->first = malloc(DEVICES_BUCKETS * sizeof(*devices->first));
	if (devices->first == NULL)
		return SQLITE_NOMEM;
	for (unsigned i = 0; i < DEVICES_BUCKETS; i++)
		devices->first[i] = DEVICES_NONE;
	return SQLITE_OK;
}

static void release(struct devices *devices)
{
	for (unsigned i = 0; i < devices->count; i++)
		free(devices->all[i].labels);
	for (unsigned i = 0; i < devices->spot_count; i++)
		free(devices->spots[i].at);
	free(devices->all);
	free(devices->spots);
	free(devices->first);
}

int devices_load(struct devices **loaded, sqlite3 *db)
{
	struct devices *devices = calloc(1, sizeof(*devices));
	int rc;

	*loaded = NULL;
	if (devices == NULL)
		return SQLITE_NOMEM;
	hash_key_draw(&devices->key);
	rc = make_buckets(devices);
	if (rc == SQLITE_OK)
		rc = read_all(devices, db);
	if (rc != SQLITE_OK) {
		devices_free(devices);
		return rc;
	}
	*loaded = devices;
	return SQLITE_OK;
}

void devices_free(struct devices *devices)
{
	if (devices == NULL)
		return;
	release(devices);
	free(devices);
}

/* Who holds the pointer goes on holding it; after an error all is as it was. */
int devices_reload(struct devices *devices, sqlite3 *db)
{
	struct devices *fresh, old = *devices;
	int rc = devices_load(&fresh, db);

	if (rc != SQLITE_OK)
		return rc;
	*devices = *fresh;
	*fresh = old;
	devices_free(fresh);
	return SQLITE_OK;
}
