/*
 * What rows add is gathered by client and name, for a device is asked for
 * only once a client and flush:
 *
 *	rows --> pairs (client, name) --> by device, sorted --> table ledger
 *	                                       \--> fold.h: over the limit
 *
 * A filter of the table's keys says of most made-up names that they are not
 * in it, so that over the limit a name costs no look into the database.
 *
 * `last` is the number of the last row that was added: rows come here again
 * when they are sealed, after they were read from the tail, and are passed
 * over.  Who changes rows or counts behind our back (forget.h) raises
 * progress.forgotten; then what is in memory must be read again, by
 * ledger_forget, and not be written.
 */
#include "journal/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "journal/bloom.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/fold.h"
#include "journal/row.h"
#include "journal/scan.h"
#include "journal/transaction.h"
#include "policy/verdict.h"

enum {
	TEXT_ROOM = 448 << 10,
	KNOWN_BITS = 1 << 21,		/* 10 each for 200,000 names */
	CLIENTS = 1024,			/* a power of two */
	CLIENTS_SLOTS = 4 * CLIENTS,
	EVERY_MS = 30 * 60 * 1000,
};

struct client {
	uint8_t raw[16];
	uint8_t len;
	bool has_device;
	uint64_t time;			/* of its last row */
	int64_t device;
};

struct ledger {
	sqlite3 *db;
	struct devices *devices;
	sqlite3_stmt *update, *insert, *put_progress, *forgotten;
	struct pairs pairs;		/* who: which of `clients` */
	struct pair **order;		/* LEDGER_PENDING of them */
	struct bloom known;
	struct allowance allowance;
	struct fold fold;
	struct client clients[CLIENTS];
	uint16_t slots[CLIENTS_SLOTS];	/* 1 + which client */
	unsigned client_count, recent;
	int64_t last;			/* number of the last row added */
	uint64_t time;			/* its time */
	uint64_t since_ms;		/* the first since a flush; 0: none */
	sqlite3_int64 generation;	/* progress.forgotten */
};

static const char update_sql[] =
	"UPDATE ledger SET first = min(first, ?3), last = max(last, ?4),"
	" count = count + ?5, sunk = sunk + ?6"
	" WHERE device = ?1 AND name = ?2";

static const char insert_sql[] =
	"INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	" ON CONFLICT (device, name) DO UPDATE SET"
	" first = min(first, ?3), last = max(last, ?4),"
	" count = count + ?5, sunk = sunk + ?6";

static int prepare(struct ledger *ledger)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{ &ledger->update, update_sql },
		{ &ledger->insert, insert_sql },
		{ &ledger->put_progress,
		  "REPLACE INTO progress VALUES ('ledger', ?, ?)" },
		{ &ledger->forgotten, "SELECT number FROM progress"
		  " WHERE what = 'forgotten'" },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == 0; i++)
		rc = database_prepare(ledger->db, all[i].sql, all[i].stmt);
	return rc;
}

static int make(struct ledger *ledger, const struct ledger_options *options)
{
	uint32_t limit = options->new_names != 0 ? options->new_names
						 : LEDGER_NEW_NAMES;
	int rc;

	ledger->devices = options->devices;
	allowance_init(&ledger->allowance, limit);
	ledger->order = malloc(LEDGER_PENDING * sizeof(*ledger->order));
	if (ledger->order == NULL ||
	    pairs_init(&ledger->pairs, LEDGER_PENDING, TEXT_ROOM) < 0 ||
	    bloom_init(&ledger->known, KNOWN_BITS) < 0)
		return SQLITE_NOMEM;
	rc = fold_init(&ledger->fold, ledger->db, limit);
	if (rc == SQLITE_OK)
		rc = prepare(ledger);
	return rc;
}

void ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	sqlite3_finalize(ledger->update);
	sqlite3_finalize(ledger->insert);
	sqlite3_finalize(ledger->put_progress);
	sqlite3_finalize(ledger->forgotten);
	fold_release(&ledger->fold);
	bloom_release(&ledger->known);
	pairs_release(&ledger->pairs);
	free(ledger->order);
	free(ledger);
}

/* --- adding --- */

static void clear_pending(struct ledger *ledger)
{
	pairs_clear(&ledger->pairs);
	memset(ledger->slots, 0, sizeof(ledger->slots));
	ledger->client_count = ledger->recent = 0;
	ledger->since_ms = 0;
}

static bool is_client(const struct client *client, const struct row *row)
{
	return client->len == row->client_len &&
	       memcmp(client->raw, row->client, client->len) == 0;
}

static int put_client(struct ledger *ledger, const struct row *row,
		      uint32_t slot)
{
	struct client *client;

	if (ledger->client_count == CLIENTS)
		return -1;
	client = &ledger->clients[ledger->client_count++];
	*client = (struct client){ .len = row->client_len };
	memcpy(client->raw, row->client, row->client_len);
	ledger->slots[slot] = (uint16_t)ledger->client_count;
	return (int)ledger->client_count - 1;
}

/* Which it is, or -1: there is no room. */
static int take_client(struct ledger *ledger, const struct row *row)
{
	uint32_t slot;

	if (ledger->client_count > 0 &&
	    is_client(&ledger->clients[ledger->recent], row))
		return (int)ledger->recent;
	slot = (uint32_t)hash_bytes(&ledger->pairs.key, row->client,
				    row->client_len) % CLIENTS_SLOTS;
	while (ledger->slots[slot] != 0) {
		int at = ledger->slots[slot] - 1;

		if (is_client(&ledger->clients[at], row))
			return at;
		slot = (slot + 1) % CLIENTS_SLOTS;
	}
	return put_client(ledger, row, slot);
}

static uint64_t now_ms(void)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return clock_ms(&clock);
}

/* False: there is no room. */
static bool add(struct ledger *ledger, const struct row *row)
{
	int client = take_client(ledger, row);
	struct pair *pair;

	if (client < 0)
		return false;
	pair = pairs_take(&ledger->pairs, client, row->name);
	if (pair == NULL)
		return false;
	pair_count(pair, row->time, row->verdict == VERDICT_SINK);
	ledger->recent = (unsigned)client;
	ledger->clients[client].time = row->time;
	if (ledger->since_ms == 0)
		ledger->since_ms = now_ms();
	return true;
}

static int flush_full(sqlite3 *db, void *context)
{
	(void)db;
	return ledger_flush(context);
}

int ledger_add(struct ledger *ledger, const struct row *row)
{
	int rc;

	if (row->number <= ledger->last || row->client_len > 16)
		return SQLITE_OK;
	if (!add(ledger, row)) {
		rc = transaction_run(ledger->db, flush_full, ledger);
		if (rc != SQLITE_OK)
			return rc;
		add(ledger, row);
	}
	ledger->last = row->number;
	ledger->time = row->time;
	return SQLITE_OK;
}

bool ledger_is_due(const struct ledger *ledger, uint64_t now)
{
	if (ledger->pairs.count == 0)
		return false;
	return ledger->pairs.count > LEDGER_PENDING / 4 * 3 ||
	       now - ledger->since_ms >= EVERY_MS;
}

/* --- reading again --- */

static int replay(struct ledger *ledger, struct scan *scan)
{
	struct row row;
	int got, rc = SQLITE_OK;

	while (rc == SQLITE_OK && (got = scan_next(scan, &row)) != 0) {
		if (got < 0)
			return transaction_code(got);
		rc = ledger_add(ledger, &row);
	}
	return rc;
}

static int replay_all(struct ledger *ledger)
{
	struct scan_filter filter = { .after = ledger->last };
	struct scan *scan = NULL;
	int error = scan_open(&scan, ledger->db, &filter), rc;

	if (error < 0)
		return transaction_code(error);
	rc = replay(ledger, scan);
	scan_close(scan);
	return rc;
}

static int load_known(struct ledger *ledger)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(ledger->db, "SELECT device, name"
				    " FROM ledger", -1, &stmt, NULL);

	bloom_clear(&ledger->known);
	if (rc != SQLITE_OK)
		return rc;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const void *name = sqlite3_column_text(stmt, 1);
		int len = sqlite3_column_bytes(stmt, 1);
		uint32_t hash = pairs_hash(&ledger->pairs,
					   bytes_of(name, (size_t)len));

		bloom_put(&ledger->known,
			  bloom_key(sqlite3_column_int64(stmt, 0), hash));
	}
	return sqlite3_finalize(stmt);
}

int ledger_forget(struct ledger *ledger)
{
	sqlite3_int64 last;
	int rc = transaction_progress(ledger->db, "ledger", &last);

	clear_pending(ledger);
	if (rc == SQLITE_OK)
		rc = database_ask(ledger->forgotten, &ledger->generation);
	if (rc == SQLITE_OK)
		rc = load_known(ledger);
	if (rc == SQLITE_OK)
		rc = fold_load(&ledger->fold);
	ledger->last = last;
	return rc == SQLITE_OK ? replay_all(ledger) : rc;
}

static int is_behind(struct ledger *ledger, bool *behind)
{
	sqlite3_int64 generation;
	int rc = database_ask(ledger->forgotten, &generation);

	*behind = generation != ledger->generation;
	return rc;
}

int ledger_follow(struct ledger *ledger)
{
	bool behind;
	int rc = is_behind(ledger, &behind);

	return rc == SQLITE_OK && behind ? ledger_forget(ledger) : rc;
}

int ledger_open(struct ledger **opened, sqlite3 *db,
		const struct ledger_options *options)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	int rc;

	*opened = NULL;
	if (ledger == NULL)
		return SQLITE_NOMEM;
	ledger->db = db;
	rc = make(ledger, options);
	if (rc == SQLITE_OK)
		rc = ledger_forget(ledger);
	if (rc == SQLITE_OK)
		*opened = ledger;
	else
		ledger_close(ledger);
	return rc;
}

/* --- flushing --- */

static int write_with(sqlite3_stmt *stmt, const struct pair *pair)
{
	pair_bind(stmt, pair);
	return database_run(stmt);
}

static int take_device(struct ledger *ledger, struct client *client)
{
	struct address address = { .family = 0 };

	client->has_device = true;
	if (client->len != 4 && client->len != 16)
		return SQLITE_OK;
	address_from_raw(&address, client->raw, client->len, 0);
	return devices_take(ledger->devices, ledger->db, &address,
			    client->time, &client->device);
}

/* From clients to devices, in place: the pairs are cleared afterwards. */
static int resolve(struct ledger *ledger)
{
	int rc = SQLITE_OK;

	for (uint32_t i = 0; i < ledger->pairs.count && rc == SQLITE_OK; i++) {
		struct pair *pair = &ledger->pairs.at[i];
		struct client *client = &ledger->clients[pair->who];

		if (!client->has_device)
			rc = take_device(ledger, client);
		pair->who = client->device;
	}
	return rc;
}

static int by_key(const void *one, const void *other)
{
	return pair_compare(*(struct pair *const *)one,
			    *(struct pair *const *)other);
}

/*
 * What is surely over the limit is folded at once; how many are left, in the
 * table's order, goes to *count.
 */
static int sift(struct ledger *ledger, uint32_t *count)
{
	int rc = SQLITE_OK;

	*count = 0;
	for (uint32_t i = 0; i < ledger->pairs.count && rc == SQLITE_OK; i++) {
		struct pair *pair = &ledger->pairs.at[i];
		uint64_t key = bloom_key(pair->who, pair->hash);

		if (bloom_has(&ledger->known, key) ||
		    allowance_has(&ledger->allowance, pair->who, ledger->time))
			ledger->order[(*count)++] = pair;
		else
			rc = fold_add(&ledger->fold, pair, key, ledger->time);
	}
	qsort(ledger->order, *count, sizeof(*ledger->order), by_key);
	return rc;
}

static int write_one(struct ledger *ledger, const struct pair *pair)
{
	uint64_t key = bloom_key(pair->who, pair->hash);
	int rc;

	if (bloom_has(&ledger->known, key)) {
		rc = write_with(ledger->update, pair);
		if (rc != SQLITE_OK || sqlite3_changes(ledger->db) > 0)
			return rc;
	}
	if (!allowance_take(&ledger->allowance, pair->who, ledger->time))
		return fold_add(&ledger->fold, pair, key, ledger->time);
	bloom_put(&ledger->known, key);
	return write_with(ledger->insert, pair);
}

static int write_all(struct ledger *ledger)
{
	uint32_t count;
	int rc = sift(ledger, &count);

	for (uint32_t i = 0; i < count && rc == SQLITE_OK; i++)
		rc = write_one(ledger, ledger->order[i]);
	if (rc == SQLITE_OK)
		rc = fold_write(&ledger->fold, ledger->time);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(ledger->put_progress, 1, ledger->last);
	sqlite3_bind_int64(ledger->put_progress, 2,
			   (sqlite3_int64)ledger->time);
	return database_run(ledger->put_progress);
}

int ledger_flush(struct ledger *ledger)
{
	bool behind;
	int rc = is_behind(ledger, &behind);

	if (rc == SQLITE_OK && behind)
		return SQLITE_BUSY;
	if (rc != SQLITE_OK || ledger->pairs.count == 0)
		return rc;
	rc = resolve(ledger);
	if (rc == SQLITE_OK)
		rc = write_all(ledger);
	if (rc == SQLITE_OK)
		clear_pending(ledger);
	return rc;
}
