/*
 * `lost` is the sum of all gaps that were stored for a ring.  A ring's header
 * counts everything it has ever lost; once the ring has ended, the difference
 * is the gap that is still owed, whatever was killed in the middle of what.
 */
#include "journal/account.h"

#include <stdlib.h>
#include <time.h>

#include "base/ring.h"
#include "journal/database.h"
#include "journal/entries.h"
#include "journal/remarks.h"
#include "journal/writer.h"

enum { IDENTITY = 16 };

int account_init(struct account *account, sqlite3 *db)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{ &account->find,
		  "SELECT position, lost FROM ring WHERE identity = ?" },
		{ &account->put, "REPLACE INTO ring VALUES (?, ?, ?)" },
		{ &account->drop, "DELETE FROM ring" },
	};
	int rc = SQLITE_OK;

	*account = (struct account){ 0 };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == 0; i++)
		rc = database_prepare(db, all[i].sql, all[i].stmt);
	return rc;
}

void account_release(struct account *account)
{
	sqlite3_finalize(account->find);
	sqlite3_finalize(account->put);
	sqlite3_finalize(account->drop);
	free(account->pasts);
	*account = (struct account){ 0 };
}

static void bind_ring(sqlite3_stmt *stmt, const struct ring *ring)
{
	sqlite3_bind_blob(stmt, 1, ring_identity(ring), IDENTITY,
			  SQLITE_STATIC);
}

static int make_room(struct account *account, unsigned count)
{
	struct account_past *more;

	if (count <= account->room)
		return SQLITE_OK;
	more = realloc(account->pasts, count * sizeof(*more));
	if (more == NULL)
		return SQLITE_NOMEM;
	account->pasts = more;
	account->room = count;
	return SQLITE_OK;
}

/*
 * A ring that nobody knows and that was never emptied has no past.  Of one
 * that was (into a database that is gone), what it lost is not known.
 */
static int find_past(struct account *account,
		     const struct writer_source *source,
		     struct account_past *past)
{
	sqlite3_stmt *find = account->find;

	*past = (struct account_past){ .known = source->from == 0 };
	if (source->ring == NULL)
		return SQLITE_OK;
	bind_ring(find, source->ring);
	if (sqlite3_step(find) == SQLITE_ROW) {
		past->found = true;
		past->position = (uint64_t)sqlite3_column_int64(find, 0);
		past->known = sqlite3_column_type(find, 1) != SQLITE_NULL;
		past->lost = (uint64_t)sqlite3_column_int64(find, 1);
	}
	return sqlite3_reset(find);
}

static uint64_t now(void)
{
	return (uint64_t)time(NULL) * 1000000;
}

/*
 * A ring is freed after its entries were stored: a database that knows less
 * than that has lost commits, and SQLite does not say so when its log was
 * damaged.  One that does not know the ring has lost nobody knows how many.
 */
static int settle_lost_rows(const struct writer_source *source,
			    const struct account_past *past,
			    struct remarks *remarks)
{
	struct ring_gap gap = { .since = now(), .until = now() };

	if (source->ring == NULL || past->position >= source->from)
		return SQLITE_OK;
	if (past->found)
		gap.count = source->from - past->position;
	if (remarks->clock.any && remarks->clock.wall < gap.until)
		gap.since = remarks->clock.wall;
	return remarks_gap(remarks, &gap, "damaged");
}

/* A position beyond the ring's end is not of this ring. */
static uint64_t start_of(const struct writer_source *source,
			 const struct account_past *past)
{
	if (past->position > source->from && past->position <= source->until)
		return past->position;
	return source->from;
}

int account_begin(struct account *account, struct entries *entries,
		  const struct writer_source *sources, unsigned count)
{
	int rc = make_room(account, count);

	if (rc == SQLITE_OK)
		rc = entries_begin(entries, count);
	for (unsigned i = 0; i < count && rc == SQLITE_OK; i++) {
		rc = find_past(account, &sources[i], &account->pasts[i]);
		if (rc == SQLITE_OK)
			rc = settle_lost_rows(&sources[i], &account->pasts[i],
					      entries->remarks);
		entries_add(entries, &sources[i],
			    start_of(&sources[i], &account->pasts[i]));
	}
	return rc;
}

static uint64_t owed(const struct writer_source *source,
		     const struct account_past *past, uint64_t settled)
{
	uint64_t lost;

	if (!source->ended || !past->known)
		return source->gap.count;
	lost = ring_lost(source->ring);
	return lost > settled ? lost - settled : 0;
}

/*
 * If a run before this one took the gap out of the header and was killed, its
 * times went with it: then it lies somewhere between the last row and now.
 */
static int settle_gap(const struct entries_front *front,
		      struct account_past *past, struct remarks *remarks)
{
	const struct writer_source *source = front->source;
	struct ring_gap gap = source->gap;

	gap.count = owed(source, past, past->lost + front->gaps);
	past->lost += front->gaps + gap.count;
	if (gap.count == 0)
		return SQLITE_OK;
	if (source->gap.count == 0) {
		gap.until = now();
		gap.since = front->wall != 0 ? front->wall : gap.until;
	}
	return remarks_gap(remarks, &gap, "full");
}

static int settle_unreadable(const struct entries_front *front,
			     struct remarks *remarks)
{
	struct ring_gap gap = { .count = front->unreadable };

	if (gap.count == 0)
		return SQLITE_OK;
	gap.since = gap.until = front->wall != 0 ? front->wall : now();
	return remarks_gap(remarks, &gap, "unreadable");
}

static int put_past(struct account *account,
		    const struct writer_source *source,
		    const struct account_past *past)
{
	sqlite3_stmt *put = account->put;

	bind_ring(put, source->ring);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)source->until);
	if (past->known)
		sqlite3_bind_int64(put, 3, (sqlite3_int64)past->lost);
	else
		sqlite3_bind_null(put, 3);
	return database_run(put);
}

static int settle(struct account *account, const struct entries_front *front,
		  struct account_past *past, struct remarks *remarks)
{
	int rc;

	if (front->source->ring == NULL)
		return remarks_gap(remarks, &front->source->gap, "damaged");
	rc = settle_unreadable(front, remarks);
	if (rc == SQLITE_OK)
		rc = settle_gap(front, past, remarks);
	if (rc == SQLITE_OK)
		rc = put_past(account, front->source, past);
	return rc;
}

int account_settle(struct account *account, const struct entries *entries,
		   struct remarks *remarks)
{
	int rc = SQLITE_OK;

	for (unsigned i = 0; i < entries->count && rc == SQLITE_OK; i++)
		rc = settle(account, &entries->fronts[i], &account->pasts[i],
			    remarks);
	return rc;
}

int account_forget(struct account *account)
{
	return database_run(account->drop);
}
