/*
 * The table says how things were at the row progress.ledger; the rows behind
 * it are gathered here, and both are added up.
 *
 * The daemon may flush at any moment, so each look into the table asks in the
 * same transaction how far it is.  When that is not where our rows begin,
 * they are gathered anew and the look is taken once more.
 */
#include "journal/known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "journal/asker.h"
#include "journal/database.h"
#include "journal/known_state.h"
#include "journal/row.h"
#include "journal/scan.h"
#include "journal/transaction.h"
#include "policy/verdict.h"

enum {
	RECENT = 1 << 16,		/* pairs of rows behind the table */
	RECENT_TEXT = 4 << 20,
	TRIES = 10,
};

static const char where_sql[] =
	"SELECT (SELECT number FROM progress WHERE what = 'ledger'),"
	" (SELECT number FROM progress WHERE what = 'forgotten')";

static const char find_sql[] =
	"SELECT first, last, count, sunk FROM ledger"
	" WHERE device = ?1 AND name = ?2";

/* Both tables in one order; what is asked for may have been given. */
static const char page_sql[] =
	"SELECT device, name, first, last, count, sunk, 0 AS names"
	" FROM ledger WHERE (device, name) >= (?1, ?2) AND device <= ?3"
	" UNION ALL SELECT device, receiver, first, last, count, sunk,"
	" max(names, 1) FROM ledger_more"
	" WHERE (device, receiver) >= (?1, ?2) AND device <= ?3"
	" ORDER BY device, name, names LIMIT ?4";

static int prepare(struct known *known)
{
	int rc = database_prepare(known->db, where_sql, &known->where);

	if (rc == SQLITE_OK)
		rc = database_prepare(known->db, find_sql, &known->find);
	if (rc == SQLITE_OK)
		rc = database_prepare(known->db, page_sql, &known->page);
	if (rc == SQLITE_OK)
		rc = database_prepare(known->db, "SELECT count(*) FROM device",
				      &known->count_devices);
	if (rc == SQLITE_OK)
		rc = devices_load(&known->devices, known->db);
	return database_error(known->db, rc);
}

int known_open(struct known **opened, sqlite3 *db)
{
	struct known *known = calloc(1, sizeof(*known));
	int error = -ENOMEM;

	if (known == NULL)
		return -ENOMEM;
	known->db = db;
	if (pairs_init(&known->recent, RECENT, RECENT_TEXT) == 0)
		error = prepare(known);
	if (error == 0)
		error = known_refresh(known);
	if (error < 0) {
		known_close(known);
		return error;
	}
	*opened = known;
	return 0;
}

void known_close(struct known *known)
{
	if (known == NULL)
		return;
	sqlite3_finalize(known->where);
	sqlite3_finalize(known->find);
	sqlite3_finalize(known->page);
	sqlite3_finalize(known->count_devices);
	devices_free(known->devices);
	pairs_release(&known->recent);
	free(known);
}

/* --- the rows behind the table --- */

static int ask_state(struct known *known, struct known_state *state)
{
	if (sqlite3_step(known->where) == SQLITE_ROW)
		*state = (struct known_state){
			sqlite3_column_int64(known->where, 0),
			sqlite3_column_int64(known->where, 1),
		};
	return sqlite3_reset(known->where);
}

bool known_is_same(struct known_state one, struct known_state other)
{
	return one.ledger == other.ledger && one.forgotten == other.forgotten;
}

/* More than it holds is in the table before long. */
static void gather(struct known *known, const struct row *row)
{
	int64_t device = asker_device(row, known->devices);
	struct pair *pair = pairs_take(&known->recent, device, row->name);

	if (pair != NULL)
		pair_count(pair, row->time, row->verdict == VERDICT_SINK);
}

static int gather_all(struct known *known)
{
	struct scan_filter filter = { .after = known->end };
	struct scan *scan = NULL;
	struct row row;
	int got = scan_open(&scan, known->db, &filter);

	if (got < 0)
		return got;
	while ((got = scan_next(scan, &row)) > 0)
		gather(known, &row);
	if (got == 0)
		known->end = scan_end(scan);
	else
		known->state.ledger = -1;	/* so that it begins anew */
	scan_close(scan);
	return got;
}

int known_refresh(struct known *known)
{
	sqlite3_int64 before = known->device_count;
	struct known_state state = { 0, 0 };
	int rc = ask_state(known, &state);

	if (rc == SQLITE_OK)
		rc = database_ask(known->count_devices, &known->device_count);
	if (rc == SQLITE_OK)
		rc = devices_reload(known->devices, known->db);
	if (rc != SQLITE_OK)
		return database_error(known->db, rc);
	if (!known_is_same(state, known->state) ||
	    known->device_count < before) {
		pairs_clear(&known->recent);
		known->end = state.ledger;
		known->state = state;
	}
	return gather_all(known);
}

void known_add(struct known_name *name, const struct pair *pair)
{
	if (name->count == 0 || pair->first < name->first)
		name->first = pair->first;
	if (pair->last > name->last)
		name->last = pair->last;
	name->count += pair->count;
	name->sunk += pair->sunk;
}

/* --- the table --- */

uint64_t known_number(sqlite3_stmt *stmt, int column)
{
	sqlite3_int64 number = sqlite3_column_int64(stmt, column);

	return number > 0 ? (uint64_t)number : 0;
}

void known_counts(sqlite3_stmt *stmt, int column, struct known_name *name)
{
	name->first = known_number(stmt, column);
	name->last = known_number(stmt, column + 1);
	name->count = known_number(stmt, column + 2);
	name->sunk = known_number(stmt, column + 3);
}

/* What is to be looked for in the table as it is at known->state. */
struct look {
	struct known *known;
	int (*at)(struct known *known, void *context);
	void *context;
	bool late;			/* the table is further by now */
};

static int look_once(sqlite3 *db, void *context)
{
	struct look *look = context;
	struct known_state state = { 0, 0 };
	int rc = ask_state(look->known, &state);

	(void)db;
	look->late = rc == SQLITE_OK &&
		     !known_is_same(state, look->known->state);
	if (rc != SQLITE_OK || look->late)
		return rc;
	return look->at(look->known, look->context);
}

int known_look(struct known *known,
	       int (*at)(struct known *known, void *context), void *context)
{
	struct look look = { .known = known, .at = at, .context = context };

	for (int i = 0; i < TRIES; i++) {
		int error = database_error(known->db, transaction_read(
			known->db, look_once, &look));

		if (error < 0 || !look.late)
			return error;
		error = known_refresh(known);
		if (error < 0)
			return error;
	}
	return ERROR_BUSY;
}

static int look_for_one(struct known *known, void *context)
{
	struct known_name *found = context;

	*found = (struct known_name){ .device = found->device };
	sqlite3_bind_int64(known->find, 1, found->device);
	sqlite3_bind_text(known->find, 2, known->name, -1, SQLITE_STATIC);
	if (sqlite3_step(known->find) == SQLITE_ROW)
		known_counts(known->find, 0, found);
	return sqlite3_reset(known->find);
}

int known_find(struct known *known, int64_t device, const char *name,
	       struct known_name *found)
{
	struct bytes text = bytes_of_string(name);
	const struct pair *pair;
	int error;

	if (text.len >= sizeof(known->name))
		return 0;
	name_lower_run((uint8_t *)known->name, text);
	known->name[text.len] = '\0';
	found->device = device;
	error = known_look(known, look_for_one, found);
	if (error < 0)
		return error;
	pair = pairs_find(&known->recent, device, text);
	if (pair != NULL)
		known_add(found, pair);
	found->name = known->name;
	return found->count > 0;
}
