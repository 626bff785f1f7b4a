/*
 * What the writer does beside storing rows: edits, and the work that can
 * wait: what an older database leaves, hours, retention.
 */
#include "journal/sqlite_state.h"

#include "journal/database.h"
#include "journal/salvage.h"

/*
 * What was carried over was written behind the ledger's back.  One that was
 * not done when the next was set aside goes on after it.
 */
static bool end_salvage(struct sqlite *sqlite)
{
	int rc;

	salvage_free(sqlite->salvage);
	rc = salvage_open(&sqlite->salvage, sqlite->db, sqlite->path);
	if (rc == SQLITE_OK)
		rc = seal_undo(&sqlite->seal);
	if (rc == SQLITE_OK)
		rc = seal_count(&sqlite->seal);
	if (rc != SQLITE_OK)
		sqlite_give_up(sqlite, rc);
	return sqlite->salvage != NULL;
}

/*
 * A piece of what is carried over.  What the old database says is no trouble
 * of the new one's: only what the new one says comes here.
 */
static bool carry_over(struct sqlite *sqlite)
{
	bool more = false;
	int rc = salvage_step(sqlite->salvage, &more);

	if (rc == SQLITE_OK)
		rc = seal_count(&sqlite->seal);
	if (rc != SQLITE_OK) {
		sqlite_give_up(sqlite, rc);
		return false;
	}
	wal_take_back(&sqlite->wal, sqlite->db);
	return more || end_salvage(sqlite);
}

static bool keep_up(struct sqlite *sqlite)
{
	struct upkeep_done done;
	int rc = upkeep_run(&sqlite->upkeep, sqlite->db, sqlite->seal.devices,
			    &done);

	if (rc == SQLITE_OK && done.changed)
		rc = seal_count(&sqlite->seal);
	if (rc != SQLITE_OK) {
		sqlite_give_up(sqlite, rc);
		return false;
	}
	wal_take_back(&sqlite->wal, sqlite->db);
	return done.more;
}

bool sqlite_idle(struct writer *writer)
{
	struct sqlite *sqlite = (struct sqlite *)writer;

	if (sqlite->db == NULL)
		return false;
	return sqlite->salvage != NULL ? carry_over(sqlite) : keep_up(sqlite);
}

/* What an edit has committed is never taken back. */
static int finish_edit(struct sqlite *sqlite, int how)
{
	int rc = database_run(sqlite->commit);

	if (rc == SQLITE_OK)
		rc = seal_edited(&sqlite->seal);
	if (rc != SQLITE_OK)
		return sqlite_give_up(sqlite, rc);
	wal_take_back(&sqlite->wal, sqlite->db);
	return how == SQLITE_DONE
	       ? database_error(sqlite->db, edit_empty_log(sqlite->db)) : 0;
}

int sqlite_edit(struct writer *writer, edit_apply *apply, void *context)
{
	struct sqlite *sqlite = (struct sqlite *)writer;
	int rc = sqlite_begin_alone(sqlite);

	if (rc != SQLITE_OK)
		return sqlite_give_up(sqlite, rc);
	rc = apply(sqlite->db, context);
	if (edit_commits(rc))
		return finish_edit(sqlite, rc);
	if (!edit_refuses(rc))
		return sqlite_give_up(sqlite, rc);
	sqlite_explain(sqlite, rc);
	database_run(sqlite->rollback);
	return database_error(sqlite->db, rc);
}
