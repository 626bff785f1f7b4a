/*
 * What changes, changes in the database first and then in memory, so that an
 * error leaves memory as it was; after a rollback it is read again.
 *
 * One row each: a turn where an address came to another device, a label where
 * a name changed; seeing the same again writes nothing, but for `last`, once
 * a minute at most.
 */
#include <stdarg.h>

#include "journal/database.h"
#include "journal/devices_state.h"

#define MINUTE UINT64_C(60000000)

/* --- the database --- */

/*
 * Runs it with what its parameters are: i an int64_t, b a struct bytes, s a
 * text.
 */
static int run(sqlite3 *db, const char *sql, const char *types, ...)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	struct bytes blob;
	va_list args;

	if (rc != SQLITE_OK)
		return rc;
	va_start(args, types);
	for (int i = 1; *types != '\0'; types++, i++) {
		if (*types == 'i') {
			sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
		} else if (*types == 's') {
			sqlite3_bind_text(stmt, i, va_arg(args, const char *),
					  -1, SQLITE_STATIC);
		} else {
			blob = va_arg(args, struct bytes);
			sqlite3_bind_blob(stmt, i, blob.at, (int)blob.len,
					  SQLITE_STATIC);
		}
	}
	va_end(args);
	database_run(stmt);
	return sqlite3_finalize(stmt);
}

static struct bytes raw_of(const struct spot *spot)
{
	return bytes_of(spot->raw, spot->len);
}

/* --- when it was seen --- */

static int touch(sqlite3 *db, struct device *device, uint64_t time)
{
	uint64_t first = device->first, last = device->last;
	int rc;

	if (time >= first && time < last + MINUTE)
		return SQLITE_OK;
	if (time < first)
		first = time;
	else
		last = time;
	rc = run(db, "UPDATE device SET first = ?, last = ? WHERE id = ?",
		 "iii", (int64_t)first, (int64_t)last, device->id);
	if (rc != SQLITE_OK)
		return rc;
	device->first = first;
	device->last = last;
	return SQLITE_OK;
}

/* --- a new one --- */

/* Ids of those that became one with another are not given again. */
static int insert(sqlite3 *db, int64_t id, const struct mac *mac,
		  uint64_t time)
{
	struct bytes raw = bytes_of(mac, mac != NULL ? sizeof(mac->at) : 0);
	int rc = run(db, "INSERT OR REPLACE INTO device (id, mac, first, last)"
		     " VALUES (?, ?, ?, ?)", "ibii", id, raw, (int64_t)time,
		     (int64_t)time);

	if (rc == SQLITE_OK)
		rc = run(db, "INSERT OR REPLACE INTO progress (what, number)"
			 " VALUES ('device', ?)", "i", id);
	return rc;
}

/* Its id is the last one then. */
static int make(struct devices *devices, sqlite3 *db, const struct mac *mac,
		uint64_t time)
{
	int64_t id = devices->last_id + 1;
	struct device *new;
	int rc = insert(db, id, mac, time);

	if (rc != SQLITE_OK)
		return rc;
	new = devices_add(devices, id);
	if (new == NULL)
		return SQLITE_NOMEM;
	new->first = new->last = time;
	new->has_mac = mac != NULL;
	if (mac != NULL)
		new->mac = *mac;
	return SQLITE_OK;
}

/* --- names --- */

static int drop_label(sqlite3 *db, struct device *device, unsigned at)
{
	const struct label *label = &device->labels[at];
	int rc = run(db, "DELETE FROM device_name"
		     " WHERE device = ? AND source = ? AND since = ?", "isi",
		     device->id, devices_sources[label->source],
		     (int64_t)label->since);

	if (rc == SQLITE_OK)
		devices_drop_label(device, at);
	return rc;
}

/* A name that changes all the time must not fill the disk. */
static int make_room(sqlite3 *db, struct device *device, unsigned source)
{
	unsigned count = 0, oldest = device->label_count;

	for (unsigned i = device->label_count; i-- > 0; ) {
		if (device->labels[i].source != source)
			continue;
		count++;
		oldest = i;
	}
	return count < DEVICES_LABELS ? SQLITE_OK
				      : drop_label(db, device, oldest);
}

static int call(sqlite3 *db, struct device *device, const struct label *label)
{
	const struct label *now = devices_label(device, label->source,
						label->since);
	int rc;

	if (strcmp(now != NULL ? now->name : "", label->name) == 0)
		return SQLITE_OK;
	rc = make_room(db, device, label->source);
	if (rc == SQLITE_OK)
		rc = run(db, "INSERT OR REPLACE INTO device_name"
			 " (device, source, since, name) VALUES (?, ?, ?, ?)",
			 "isis", device->id, devices_sources[label->source],
			 (int64_t)label->since, label->name);
	if (rc != SQLITE_OK)
		return rc;
	return devices_add_label(device, label) != NULL ? SQLITE_OK
							: SQLITE_NOMEM;
}

/* What is no name is left out. */
static int call_as(struct devices *devices, sqlite3 *db, int64_t id,
		   const struct devices_sighting *sighting)
{
	struct device *device = devices_device(devices, id);
	struct label label = { .since = sighting->time };

	if (device == NULL || sighting->source == NULL ||
	    sighting->name == NULL || !devices_is_plain(sighting->name))
		return SQLITE_OK;
	if (sighting->name[0] != '\0' && !devices_is_name(sighting->name))
		return SQLITE_OK;
	label.source = (uint8_t)devices_source_of(sighting->source);
	if (label.source == DEVICES_SOURCES)
		return SQLITE_OK;
	strcpy(label.name, sighting->name);
	return call(db, device, &label);
}

/* --- whose an address is --- */

/* Those of its address are another's now. */
static int end_names(struct devices *devices, sqlite3 *db, int64_t id,
		     uint64_t time)
{
	struct device *device = devices_device(devices, id);
	struct label none = { .since = time, .source = DEVICES_HOSTS };
	int rc;

	if (device == NULL)
		return SQLITE_OK;
	rc = call(db, device, &none);
	none.source = DEVICES_PTR;
	return rc == SQLITE_OK ? call(db, device, &none) : rc;
}

static int put_turn(struct devices *devices, sqlite3 *db, struct spot *spot,
		    const struct turn *turn)
{
	int rc = run(db, "INSERT OR REPLACE INTO device_address"
		     " (address, since, device) VALUES (?, ?, ?)", "bii",
		     raw_of(spot), (int64_t)turn->since, turn->device);
	unsigned at = 0;
	struct turn *new;

	if (rc != SQLITE_OK)
		return rc;
	while (at < spot->count && spot->at[at].since < turn->since)
		at++;
	if (at < spot->count && spot->at[at].since == turn->since)
		new = &spot->at[at];
	else
		new = devices_add_turn(devices, spot, at);
	if (new == NULL)
		return SQLITE_NOMEM;
	*new = *turn;
	return SQLITE_OK;
}

/* Two that quarrel over an address must not fill the disk. */
static int drop_oldest(struct devices *devices, sqlite3 *db,
		       struct spot *spot)
{
	int rc;

	if (spot->count < DEVICES_TURNS)
		return SQLITE_OK;
	rc = run(db, "DELETE FROM device_address"
		 " WHERE address = ? AND since = ?", "bi", raw_of(spot),
		 (int64_t)spot->at[0].since);
	if (rc == SQLITE_OK)
		devices_drop_turn(devices, spot, 0);
	return rc;
}

/* The address is this device's from `turn.since` on. */
static int settle(struct devices *devices, sqlite3 *db, struct bytes raw,
		  const struct turn *turn)
{
	struct spot *spot = devices_spot(devices, raw);
	int64_t former;
	int rc;

	if (spot == NULL)
		spot = devices_add_spot(devices, raw);
	if (spot == NULL)
		return SQLITE_NOMEM;
	if (spot->count == 0)
		return put_turn(devices, db, spot, turn);
	former = spot->at[devices_turn(spot, turn->since)].device;
	if (former == turn->device)
		return SQLITE_OK;
	rc = drop_oldest(devices, db, spot);
	if (rc == SQLITE_OK)
		rc = put_turn(devices, db, spot, turn);
	return rc == SQLITE_OK ? end_names(devices, db, former, turn->since)
			       : rc;
}

/* --- two that are one --- */

static const char *const union_steps[] = {
	"UPDATE OR REPLACE device_address SET device = ?1 WHERE device = ?2",
	"INSERT OR IGNORE INTO device_name (device, source, since, name)"
	" SELECT ?1, source, since, name FROM device_name WHERE device = ?2",
	"DELETE FROM device_name WHERE ?1 AND device = ?2",
	"INSERT INTO ledger (device, name, first, last, count, sunk)"
	" SELECT ?1, name, first, last, count, sunk FROM ledger"
	"  WHERE device = ?2"
	" ON CONFLICT (device, name) DO UPDATE SET"
	"  first = min(first, excluded.first),"
	"  last = max(last, excluded.last),"
	"  count = count + excluded.count, sunk = sunk + excluded.sunk",
	"DELETE FROM ledger WHERE ?1 AND device = ?2",
	"INSERT INTO ledger_more"
	" (device, receiver, first, last, count, sunk, names)"
	" SELECT ?1, receiver, first, last, count, sunk, names"
	"  FROM ledger_more WHERE device = ?2"
	" ON CONFLICT (device, receiver) DO UPDATE SET"
	"  first = min(first, excluded.first),"
	"  last = max(last, excluded.last),"
	"  count = count + excluded.count, sunk = sunk + excluded.sunk,"
	"  names = names + excluded.names",
	"DELETE FROM ledger_more WHERE ?1 AND device = ?2",
	"UPDATE mark SET device = ?1 WHERE device = ?2",
	"UPDATE device SET"
	"  first = min(first, (SELECT first FROM device WHERE id = ?2)),"
	"  last = max(last, (SELECT last FROM device WHERE id = ?2))"
	" WHERE id = ?1",
	"DELETE FROM device WHERE ?1 AND id = ?2",
};

static void move_turns(struct devices *devices, int64_t stays, int64_t goes)
{
	for (unsigned i = 0; i < devices->spot_count; i++)
		for (unsigned j = 0; j < devices->spots[i].count; j++)
			if (devices->spots[i].at[j].device == goes)
				devices->spots[i].at[j].device = stays;
}

static bool has_label(const struct device *device, const struct label *label)
{
	const struct label *last = devices_label(device, label->source,
						 label->since);

	return last != NULL && last->since == label->since;
}

/* What they both were called at one time is as the one that stays says. */
static int move_labels(struct device *stays, const struct device *goes)
{
	for (unsigned i = 0; i < goes->label_count; i++)
		if (!has_label(stays, &goes->labels[i]) &&
		    devices_add_label(stays, &goes->labels[i]) == NULL)
			return SQLITE_NOMEM;
	return SQLITE_OK;
}

static int unite(struct devices *devices, sqlite3 *db, struct device *stays,
		 struct device *goes)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(union_steps) / sizeof(union_steps[0]) &&
	     rc == SQLITE_OK; i++)
		rc = run(db, union_steps[i], "ii", stays->id, goes->id);
	if (rc == SQLITE_OK)
		rc = move_labels(stays, goes);
	if (rc != SQLITE_OK)
		return rc;
	move_turns(devices, stays->id, goes->id);
	if (goes->first < stays->first)
		stays->first = goes->first;
	if (goes->last > stays->last)
		stays->last = goes->last;
	devices_drop(devices, goes);
	return SQLITE_OK;
}

static int give_mac(sqlite3 *db, struct device *device, const struct mac *mac)
{
	int rc = run(db, "UPDATE device SET mac = ? WHERE id = ?", "bi",
		     bytes_of(mac->at, sizeof(mac->at)), device->id);

	if (rc != SQLITE_OK)
		return rc;
	device->has_mac = true;
	device->mac = *mac;
	return SQLITE_OK;
}

/* --- what was seen --- */

static struct device *holder_of(struct devices *devices, struct bytes raw,
				uint64_t time)
{
	const struct spot *spot = raw.len > 0 ? devices_spot(devices, raw)
					      : NULL;

	if (spot == NULL || spot->count == 0)
		return NULL;
	return devices_device(devices,
			      spot->at[devices_turn(spot, time)].device);
}

/* The device of a MAC: who is at the address may turn out to be it. */
static int identify(struct devices *devices, sqlite3 *db,
		    const struct devices_sighting *sighting, int64_t *id)
{
	struct device *known = devices_of_mac(devices, &sighting->mac);
	struct device *holder;
	struct bytes raw;
	int rc;

	raw.at = address_raw(&sighting->address, &raw.len);
	holder = holder_of(devices, raw, sighting->time);
	if (holder != NULL && holder->has_mac)
		holder = NULL;
	if (known == NULL && holder == NULL) {
		rc = make(devices, db, &sighting->mac, sighting->time);
		*id = devices->last_id;
		return rc;
	}
	*id = known != NULL ? known->id : holder->id;
	if (known == NULL)
		return give_mac(db, holder, &sighting->mac);
	if (holder != NULL)
		return unite(devices, db, known, holder);
	return SQLITE_OK;
}

static bool has_room(const struct devices *devices, unsigned room)
{
	return devices->count < room && devices->turns < room;
}

int devices_take(struct devices *devices, sqlite3 *db,
		 const struct address *client, uint64_t time, int64_t *device)
{
	struct turn turn = { .since = time };
	struct device *holder;
	struct bytes raw;
	int rc;

	raw.at = address_raw(client, &raw.len);
	holder = holder_of(devices, raw, time);
	*device = holder != NULL ? holder->id : 0;
	if (holder != NULL)
		return touch(db, holder, time);
	if (raw.at == NULL || !has_room(devices, DEVICES_ROOM / 2))
		return SQLITE_OK;
	rc = make(devices, db, NULL, time);
	turn.device = devices->last_id;
	if (rc == SQLITE_OK)
		rc = settle(devices, db, raw, &turn);
	if (rc == SQLITE_OK)
		*device = turn.device;
	return rc;
}

static int find_or_make(struct devices *devices, sqlite3 *db,
			const struct devices_sighting *sighting, int64_t *id)
{
	struct device *holder;
	struct bytes raw;
	int rc;

	if (sighting->has_mac)
		return identify(devices, db, sighting, id);
	raw.at = address_raw(&sighting->address, &raw.len);
	holder = holder_of(devices, raw, sighting->time);
	*id = holder != NULL ? holder->id : 0;
	if (holder != NULL || raw.at == NULL)
		return SQLITE_OK;
	rc = make(devices, db, NULL, sighting->time);
	*id = devices->last_id;
	return rc;
}

int devices_note(struct devices *devices, sqlite3 *db,
		 const struct devices_sighting *sighting)
{
	struct turn turn = { .since = sighting->time };
	struct bytes raw;
	int rc;

	if (!has_room(devices, DEVICES_ROOM))
		return SQLITE_OK;
	rc = find_or_make(devices, db, sighting, &turn.device);
	if (rc != SQLITE_OK || turn.device == 0)
		return rc;
	raw.at = address_raw(&sighting->address, &raw.len);
	if (raw.at != NULL)
		rc = settle(devices, db, raw, &turn);
	if (rc == SQLITE_OK && !sighting->hearsay)
		rc = touch(db, devices_device(devices, turn.device),
			   sighting->time);
	if (rc == SQLITE_OK)
		rc = call_as(devices, db, turn.device, sighting);
	return rc;
}

int devices_give_name(struct devices *devices, sqlite3 *db, int64_t device,
		      const struct devices_called *called)
{
	const struct devices_sighting by_hand = {
		.source = devices_sources[DEVICES_GIVEN],
		.name = called->name, .time = called->since,
	};

	if (called->name[0] != '\0' && !devices_is_name(called->name))
		return SQLITE_MISMATCH;
	if (devices_device(devices, device) == NULL)
		return SQLITE_NOTFOUND;
	return call_as(devices, db, device, &by_hand);
}
