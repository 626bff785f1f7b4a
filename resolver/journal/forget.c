/*
 * A step belongs to the phase that is at work; a phase that has no more to do
 * hands over to the next.
 *
 * Each step that takes something raises progress.forgotten, so that what the
 * journal thread has in memory is not written over what is gone (ledger.c).
 */
#include "journal/forget.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "journal/asker.h"
#include "journal/block.h"
#include "journal/forget_state.h"
#include "journal/sheet.h"
#include "journal/transaction.h"

enum { PAGES = 256 };		/* given back in a step */

static int take_what(struct forget *forget, const struct forget_what *what)
{
	int error;

	forget->what = *what;
	if ((what->device != 0) + (what->client.family != 0) +
	    (what->name != NULL) + (what->before != 0) != 1)
		return ERROR_MALFORMED;
	if (what->before > INT64_MAX)
		return ERROR_MALFORMED;
	if (what->name == NULL)
		return 0;
	error = subtree_parse(&forget->subtree, bytes_of_string(what->name));
	if (error == 0 && forget->subtree.name.labels == 0)
		error = ERROR_MALFORMED;
	forget->what.name = forget->subtree.text;
	return error;
}

int forget_new(struct forget **made, const struct forget_what *what,
	       uint64_t now)
{
	struct forget *forget = calloc(1, sizeof(*forget));
	int error;

	if (forget == NULL)
		return -ENOMEM;
	forget->now = now;
	forget->at = INT64_MIN;
	error = take_what(forget, what);
	if (error < 0) {
		free(forget);
		return error;
	}
	*made = forget;
	return 0;
}

void forget_free(struct forget *forget)
{
	if (forget == NULL)
		return;
	devices_free(forget->devices);
	block_builder_free(forget->builder);
	block_free(forget->block);
	if (forget->sheet != NULL)
		sheet_release(forget->sheet);
	free(forget->sheet);
	free(forget);
}

bool forget_is_done(const struct forget *forget)
{
	return forget->phase == FORGET_DONE;
}

const struct forget_counts *forget_counted(const struct forget *forget)
{
	return &forget->counts;
}

bool forget_has_name(const struct forget *forget, struct bytes name)
{
	return name.len > 0 && subtree_holds(&forget->subtree, name);
}

bool forget_has_row(const struct forget *forget, const struct row *row)
{
	struct address client;

	if (forget->what.before != 0)
		return row->time < forget->what.before;
	if (forget->what.device != 0)
		return asker_device(row, forget->devices) ==
		       forget->what.device;
	if (forget->what.client.family != 0)
		return asker_address(row, &client) &&
		       address_equal_host(&client, &forget->what.client);
	return forget_has_name(forget, row->name) ||
	       forget_has_name(forget, row->alias);
}

/*
 * SQLite writes zeros over what is deleted, but not over what it left behind
 * when it had moved rows from one page to another long before.  So tables
 * with text in them are emptied, which clears all their pages, and filled
 * again; one in a step.
 */
static int scrub(struct forget *forget, sqlite3 *db, bool *done)
{
	static const char *const tables[] = {
		"tail", "ledger", "ledger_more", "device", "device_address",
		"device_name", "decision", NULL
	};
	const char *table = tables[forget->at_part];
	char sql[256];

	*done = table == NULL;
	if (*done)
		return SQLITE_OK;
	forget->at_part++;
	sqlite3_snprintf(sizeof(sql), sql,
			 "CREATE TABLE forget_copy AS SELECT * FROM %s;"
			 "DELETE FROM %s;"
			 "INSERT INTO %s SELECT * FROM forget_copy;"
			 "DROP TABLE forget_copy", table, table, table);
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Pages that are moved to the front of the file leave nothing behind. */
static int give_back(sqlite3 *db, bool *done)
{
	sqlite3_int64 before, after = 0;
	char sql[64];
	int rc = transaction_ask(db, "PRAGMA freelist_count", &before);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_snprintf(sizeof(sql), sql, "PRAGMA incremental_vacuum(%d)",
			 PAGES);
	rc = transaction_do(db, sql, 0, NULL);
	if (rc == SQLITE_OK)
		rc = transaction_ask(db, "PRAGMA freelist_count", &after);
	*done = after == 0 || after == before;
	return rc;
}

static int step(struct forget *forget, sqlite3 *db, bool *done)
{
	switch (forget->phase) {
	case FORGET_TAIL:
		return forget_tail(forget, db, done);
	case FORGET_BLOCKS:
		return forget_blocks(forget, db, done);
	case FORGET_HOURS:
		return forget_hours(forget, db, done);
	case FORGET_LEDGER:
		return forget_ledger(forget, db, done);
	case FORGET_REST:
		return forget_rest(forget, db, done);
	case FORGET_TRACES:
		return scrub(forget, db, done);
	case FORGET_PAGES:
		return give_back(db, done);
	default:
		*done = false;
		return SQLITE_OK;
	}
}

/* secure_delete: SQLite writes zeros where something was. */
static int prepare(struct forget *forget, sqlite3 *db)
{
	int rc = transaction_do(db, "PRAGMA secure_delete = ON", 0, NULL);

	if (rc == SQLITE_OK)
		rc = transaction_progress(db, "hours", &forget->hours);
	if (rc == SQLITE_OK)
		rc = transaction_progress(db, "ledger", &forget->ledger);
	if (rc == SQLITE_OK && forget->devices == NULL)
		rc = devices_load(&forget->devices, db);
	if (rc == SQLITE_OK && forget->phase < FORGET_PAGES)
		rc = transaction_do(db, "INSERT INTO progress (what, number)"
				    " VALUES ('forgotten', 1) ON CONFLICT"
				    " (what) DO UPDATE SET number = number + 1",
				    0, NULL);
	return rc;
}

int forget_step(sqlite3 *db, void *context)
{
	struct forget *forget = context;
	bool done = false;
	int rc = prepare(forget, db);

	if (rc == SQLITE_OK)
		rc = step(forget, db, &done);
	if (done) {
		forget->phase++;
		forget->at = INT64_MIN;
		forget->at_part = 0;
	}
	return rc;
}
