/*
 * Counts are added to those that are there already, so each row of the old
 * ledger must come exactly once: where the walk stands is a device and a name,
 * kept as two rows of `progress`.
 *
 * Over a damaged page it goes by the first letter of the names of a device,
 * then by device; what lies between is lost.
 */
#include "journal/salvage_ledger.h"

#include <string.h>

#include "journal/copy.h"
#include "journal/database.h"

enum {
	TRIES = 4096,		/* over all damage of a ledger */
	LETTERS = '~',
};

static const char *const selects[] = {
	"SELECT device, name, first, last, count, sunk FROM ledger"
	" WHERE (device, name) > (?1, ?2) ORDER BY device, name LIMIT ?3",
	"SELECT device, receiver, first, last, count, sunk, names"
	" FROM ledger_more WHERE (device, receiver) > (?1, ?2)"
	" ORDER BY device, receiver LIMIT ?3",
};

#define MERGE " DO UPDATE SET first = min(first, excluded.first)," \
	" last = max(last, excluded.last), count = count + excluded.count," \
	" sunk = sunk + excluded.sunk"

static const char *const inserts[] = {
	"INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)"
	" ON CONFLICT (device, name)" MERGE,
	"INSERT INTO ledger_more VALUES (?, ?, ?, ?, ?, ?, ?)"
	" ON CONFLICT (device, receiver)" MERGE
	", names = names + excluded.names",
};

static int step(struct salvage_ledger *ledger, sqlite3_stmt *rows,
		unsigned limit)
{
	sqlite3_bind_int64(rows, 1, ledger->device);
	sqlite3_bind_text(rows, 2, ledger->name, -1, SQLITE_STATIC);
	sqlite3_bind_int(rows, 3, (int)limit);
	return sqlite3_step(rows);
}

static bool can_read(struct salvage_ledger *ledger, sqlite3_stmt *rows)
{
	int got = step(ledger, rows, 1);

	sqlite3_reset(rows);
	return got == SQLITE_ROW || got == SQLITE_DONE;
}

static void go_on(struct salvage_ledger *ledger)
{
	unsigned char letter = (unsigned char)ledger->name[0];

	if (letter < LETTERS) {
		ledger->name[0] = (char)(letter < ' ' ? ' ' : letter + 1);
	} else {
		ledger->device++;
		ledger->name[0] = '\0';
	}
	ledger->name[1] = '\0';
}

/* False: the rest is lost. */
static bool pass_over(struct salvage_ledger *ledger, sqlite3_stmt *rows)
{
	ledger->holes++;
	for (; ledger->tries < TRIES; ledger->tries++) {
		if (ledger->device == INT64_MAX)
			return false;
		go_on(ledger);
		if (can_read(ledger, rows))
			return true;
	}
	return false;
}

/*
 * A name that cannot be kept as it is stands for all that begin so.  False: a
 * walk that does not come forward is none of ours.
 */
static bool remember(struct salvage_ledger *ledger, sqlite3_stmt *row)
{
	const char *name = (const char *)sqlite3_column_text(row, 1);
	size_t len = (size_t)sqlite3_column_bytes(row, 1), kept;
	int64_t device = sqlite3_column_int64(row, 0);
	char before[NAME_TEXT];

	memcpy(before, ledger->name, sizeof(before));
	kept = name != NULL ? strnlen(name, NAME_TEXT - 2) : 0;
	if (kept > 0)
		memcpy(ledger->name, name, kept);
	if (kept < len)
		ledger->name[kept++] = '\xff';
	ledger->name[kept] = '\0';
	if (device == ledger->device)
		return strcmp(ledger->name, before) > 0;
	if (device < ledger->device)
		return false;
	ledger->device = device;
	return true;
}

static int take_rows(struct salvage_ledger *ledger, sqlite3_stmt *rows,
		     sqlite3_stmt *insert, unsigned limit)
{
	unsigned count = 0;
	int rc, got = step(ledger, rows, limit);

	for (; got == SQLITE_ROW; got = sqlite3_step(rows)) {
		count++;
		rc = copy_row(rows, insert);
		if (rc != SQLITE_OK && rc != SQLITE_CONSTRAINT &&
		    rc != SQLITE_MISMATCH)
			return rc;
		if (!remember(ledger, rows))
			break;
	}
	sqlite3_reset(rows);
	ledger->ended = got == SQLITE_ROW || count < limit;
	if (got != SQLITE_ROW && got != SQLITE_DONE)
		ledger->ended = !pass_over(ledger, rows);
	return SQLITE_OK;
}

int salvage_ledger_some(struct salvage_ledger *ledger, struct copy *copy,
			unsigned limit)
{
	sqlite3_stmt *rows = NULL, *insert = NULL;
	int rc = SQLITE_OK;

	copy->work = 0;
	if (copy->from == NULL ||
	    sqlite3_prepare_v2(copy->from, selects[ledger->which], -1, &rows,
			       NULL) != SQLITE_OK)
		ledger->ended = true;
	else
		rc = database_prepare(copy->to, inserts[ledger->which],
				      &insert);
	if (rc == SQLITE_OK && !ledger->ended)
		rc = take_rows(ledger, rows, insert, limit);
	sqlite3_finalize(rows);
	sqlite3_finalize(insert);
	return rc;
}
