/*
 * A house has a few lists and a few servers, so a small table that is looked
 * into by remainder finds nearly all of them.
 */
#include "journal/legend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/scan.h"
#include "policy/verdict.h"

int legend_init(struct legend *legend, sqlite3 *db)
{
	int rc;

	memset(legend, 0, sizeof(*legend));
	legend->db = db;
	legend->state = -1;
	rc = database_prepare(db, "SELECT name, version FROM image_list "
			      "WHERE image = ? AND list = ?",
			      &legend->find_list);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "SELECT address FROM upstream "
				      "WHERE id = ?", &legend->find_upstream);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "PRAGMA data_version",
				      &legend->find_state);
	return rc == SQLITE_OK ? legend_refresh(legend) : rc;
}

void legend_release(struct legend *legend)
{
	sqlite3_finalize(legend->find_list);
	sqlite3_finalize(legend->find_upstream);
	sqlite3_finalize(legend->find_state);
	devices_free(legend->devices);
}

/* Rows are worth reading without their devices, too. */
int legend_refresh(struct legend *legend)
{
	sqlite3_int64 state;
	int rc = database_ask(legend->find_state, &state);

	if (rc != SQLITE_OK || state == legend->state)
		return rc;
	if (legend->devices == NULL)
		rc = devices_load(&legend->devices, legend->db);
	else
		rc = devices_reload(legend->devices, legend->db);
	if (rc == SQLITE_OK)
		legend->state = state;
	return (rc & 0xff) == SQLITE_CORRUPT ? SQLITE_OK : rc;
}

/* Printed by us it is printable; if it is not, somebody else wrote it. */
static void keep_text(sqlite3_stmt *stmt, char *to, size_t room)
{
	const char *text = (const char *)sqlite3_column_text(stmt, 0);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 0);
	struct text kept;

	text_init(&kept, to, room);
	if (text != NULL)
		text_put_hostile(&kept, bytes_of(text, len));
}

static const struct legend_list *find_list(struct legend *legend,
					   uint32_t image, uint16_t list)
{
	sqlite3_stmt *stmt = legend->find_list;
	struct legend_list *found =
		&legend->lists[(image * 7 + list) % LEGEND_LISTS];

	if (found->known && found->image == image && found->list == list)
		return found;
	*found = (struct legend_list){ .image = image, .list = list };
	sqlite3_bind_int64(stmt, 1, image);
	sqlite3_bind_int64(stmt, 2, list);
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_type(stmt, 0) != SQLITE_NULL) {
		found->known = true;
		found->version = (uint64_t)sqlite3_column_int64(stmt, 1);
		keep_text(stmt, found->name, sizeof(found->name));
	}
	sqlite3_reset(stmt);
	return found;
}

const char *legend_list(struct legend *legend, const struct row *row,
			uint64_t *version)
{
	const struct legend_list *found;

	*version = 0;
	if (row->list == ROW_NO_LIST)
		return NULL;
	if (row->list == VERDICT_OWN_LIST)
		return "household";
	found = find_list(legend, row->image, row->list);
	*version = found->version;
	return found->known ? found->name : NULL;
}

const char *legend_upstream(struct legend *legend, uint32_t id)
{
	sqlite3_stmt *stmt = legend->find_upstream;
	struct legend_upstream *found =
		&legend->upstreams[id % LEGEND_UPSTREAMS];

	if (id == 0)
		return NULL;
	if (found->id == id)
		return found->address;
	found->id = 0;
	sqlite3_bind_int64(stmt, 1, id);
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_type(stmt, 0) != SQLITE_NULL) {
		found->id = id;
		keep_text(stmt, found->address, sizeof(found->address));
	}
	sqlite3_reset(stmt);
	return found->id != 0 ? found->address : NULL;
}

int64_t legend_device(const struct legend *legend, const struct row *row)
{
	struct address client;

	if (legend->devices == NULL || row->client_len == 0)
		return 0;
	address_from_raw(&client, row->client, row->client_len, 0);
	return devices_at(legend->devices, &client, row->time);
}

const char *legend_device_name(const struct legend *legend, int64_t device,
			       uint64_t time)
{
	if (legend->devices == NULL || device == 0)
		return NULL;
	return devices_name(legend->devices, device, time);
}

const char *legend_device_words(struct legend *legend, int64_t device,
				uint64_t time)
{
	const char *name = legend_device_name(legend, device, time);
	struct text text;

	if (name != NULL || legend->devices == NULL || device == 0)
		return name;
	text_init(&text, legend->device, sizeof(legend->device));
	devices_words(legend->devices, device, &text);
	return legend->device;
}

/* --- a device as clients --- */

/* Fits nothing: there is no moment in its time. */
static const struct scan_client nowhere = { .since = 1, .until = 1 };

static void take_span(struct scan_client *client,
		      const struct devices_span *span)
{
	size_t len;
	const uint8_t *raw = address_raw(&span->address, &len);

	*client = (struct scan_client){
		.prefix = { .family = (uint8_t)span->address.family,
			    .bits = (uint8_t)(8 * len) },
		.since = span->since, .until = span->until,
	};
	if (len > 0)
		memcpy(client->prefix.at, raw, len);
}

static int take_spans(const struct devices *devices, int64_t device,
		      unsigned count, struct scan_client *clients)
{
	struct devices_span *spans = calloc(count, sizeof(*spans));

	if (spans == NULL)
		return -ENOMEM;
	devices_spans(devices, device, spans, count);
	for (unsigned i = 0; i < count; i++)
		take_span(&clients[i], &spans[i]);
	free(spans);
	return 0;
}

int legend_clients(const struct legend *legend, const char *what,
		   struct scan_client **clients)
{
	const struct devices *devices = legend->devices;
	int64_t device = devices != NULL ? devices_find(devices, what) : 0;
	unsigned count;
	int error = 0;

	*clients = NULL;
	if (device == 0)
		return ERROR_ABSENT;
	count = devices_spans(devices, device, NULL, 0);
	*clients = calloc(count + 1, sizeof(**clients));
	if (*clients == NULL)
		return -ENOMEM;
	**clients = nowhere;
	if (count > 0)
		error = take_spans(devices, device, count, *clients);
	if (error < 0) {
		free(*clients);
		*clients = NULL;
		return error;
	}
	return count > 0 ? (int)count : 1;
}

unsigned legend_within(const struct prefix *prefix,
		       struct scan_client *clients, unsigned count)
{
	struct address address;
	unsigned kept = 0;

	for (unsigned i = 0; i < count; i++) {
		address_from_raw(&address, clients[i].prefix.at,
				 clients[i].prefix.bits / 8u, 0);
		if (prefix_holds(prefix, &address))
			clients[kept++] = clients[i];
	}
	if (kept == 0)
		clients[kept++] = nowhere;
	return kept;
}
