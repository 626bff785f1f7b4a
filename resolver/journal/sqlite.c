/*
 * A commit is one transaction, and the disk is asked to keep it before COMMIT
 * returns:
 *
 *	BEGIN
 *	for each ring: where were we?		table ring
 *	all entries -> tail, gap, clock		one statement (entries_table.c)
 *	  or with the tail -> block, chain	when it is time (seal.h)
 *	for each ring: we are here now		table ring
 *	COMMIT
 *
 * So an entry and "this entry is stored" are on the disk together or not at
 * all, and whoever drains a ring twice stores its entries once.
 */
#include "journal/sqlite_state.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "journal/database.h"
#include "journal/keeping.h"
#include "journal/salvage.h"

enum {
	ASIDE_PAUSE = 60000,	/* ms between two damaged databases */
	NUMBER_BITS = 60,	/* row numbers above this are damage */
};

static int prepare_all(struct sqlite *sqlite)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{ &sqlite->begin, "BEGIN IMMEDIATE" },
		{ &sqlite->commit, "COMMIT" },
		{ &sqlite->rollback, "ROLLBACK" },
		{ &sqlite->last, "SELECT max("
		  "coalesce((SELECT max(number) FROM tail), 0),"
		  "coalesce((SELECT max(number) FROM gap), 0),"
		  "coalesce((SELECT max(number) FROM clock), 0),"
		  "coalesce((SELECT last FROM block"
		  " ORDER BY number DESC LIMIT 1), 0),"
		  "coalesce((SELECT last FROM chain"
		  " ORDER BY link DESC LIMIT 1), 0),"
		  "coalesce((SELECT max(number) FROM progress WHERE what IN"
		  " ('ledger', 'hours', '" SALVAGE_NUMBERS "')), 0))" },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == 0; i++)
		rc = database_prepare(sqlite->db, all[i].sql, all[i].stmt);
	return rc;
}

void sqlite_shut(struct sqlite *sqlite)
{
	sqlite3_stmt **all[] = {
		&sqlite->begin, &sqlite->commit, &sqlite->rollback,
		&sqlite->last,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		sqlite3_finalize(*all[i]);
		*all[i] = NULL;
	}
	dictionary_release(&sqlite->dictionary);
	account_release(&sqlite->account);
	remarks_release(&sqlite->remarks);
	seal_release(&sqlite->seal);
	salvage_free(sqlite->salvage);
	sqlite->salvage = NULL;
	sqlite3_close(sqlite->db);
	sqlite->db = NULL;
	entries_release(&sqlite->entries);
}

/* Somebody may have deleted rows: numbers only rise while we run. */
static int find_last(struct sqlite *sqlite)
{
	sqlite3_int64 last;
	int rc = database_ask(sqlite->last, &last);

	if (rc == SQLITE_OK && last >> NUMBER_BITS != 0)
		return SQLITE_CORRUPT;
	if (rc == SQLITE_OK && last >= sqlite->remarks.next)
		sqlite->remarks.next = last + 1;
	return rc;
}

static int set_up(struct sqlite *sqlite)
{
	sqlite3 *db = sqlite->db;
	int rc;

	sqlite->entries.dictionary = &sqlite->dictionary;
	sqlite->entries.remarks = &sqlite->remarks;
	sqlite->entries.privacy = sqlite->privacy;
	rc = salvage_open(&sqlite->salvage, db, sqlite->path);
	if (rc == SQLITE_OK)
		rc = entries_init(&sqlite->entries, db);
	if (rc == SQLITE_OK)
		rc = dictionary_init(&sqlite->dictionary, db);
	if (rc == SQLITE_OK)
		rc = remarks_init(&sqlite->remarks, db);
	if (rc == SQLITE_OK)
		rc = account_init(&sqlite->account, db);
	if (rc == SQLITE_OK)
		rc = seal_init(&sqlite->seal, db, sqlite->new_names);
	if (rc == SQLITE_OK)
		rc = prepare_all(sqlite);
	if (rc == SQLITE_OK)
		rc = find_last(sqlite);
	wal_watch(&sqlite->wal, db);
	return rc;
}

/*
 * A database that says it is ours, of this version, and has other tables than
 * ours is as damaged as one that SQLite cannot read.
 */
static bool is_damage(int rc)
{
	return rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ||
	       rc == SQLITE_ERROR;
}

void sqlite_explain(struct sqlite *sqlite, int rc)
{
	database_explain(sqlite->db, rc, sqlite->writer.words,
			 sizeof(sqlite->writer.words));
}

static int open_once(struct sqlite *sqlite)
{
	struct database_options options = {
		.path = sqlite->path,
		.group = sqlite->group,
		.words = sqlite->writer.words,
		.room = sizeof(sqlite->writer.words),
	};
	int rc = database_open(&sqlite->db, &options);

	if (rc != SQLITE_OK)
		return rc;
	rc = set_up(sqlite);
	if (rc != SQLITE_OK) {
		sqlite_explain(sqlite, rc);
		sqlite_shut(sqlite);
	}
	return rc;
}

static uint64_t now_ms(void)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return clock_ms(&clock);
}

/* A disk that damages everything is not to be filled with what it damaged. */
static int set_aside(struct sqlite *sqlite)
{
	uint64_t now = now_ms();

	if (sqlite->aside_at != 0 && now - sqlite->aside_at < ASIDE_PAUSE)
		return ERROR_BUSY;
	sqlite->aside_at = now;
	sqlite->anew = true;
	return database_set_aside(sqlite->path);
}

/* SQLite's code; a damaged database is replaced on the way. */
static int open_it(struct sqlite *sqlite)
{
	int rc = open_once(sqlite);

	if (is_damage(rc) && set_aside(sqlite) == 0)
		rc = open_once(sqlite);
	if (rc == SQLITE_OK)
		sqlite->writer.words[0] = '\0';
	return rc;
}

/*
 * A file that was deleted or replaced under us would go on taking rows that
 * nobody can read any more.
 */
int sqlite_ensure_open(struct sqlite *sqlite)
{
	if (sqlite->db != NULL && database_has_moved(sqlite->db)) {
		log_warning("%s: is another file now; it is opened anew",
			    sqlite->path);
		sqlite_shut(sqlite);
	}
	return sqlite->db != NULL ? SQLITE_OK : open_it(sqlite);
}

/* Rolls back, keeps the words, and says what it was in our numbers. */
int sqlite_give_up(struct sqlite *sqlite, int rc)
{
	int error = database_error(sqlite->db, rc);
	bool again = rc == SQLITE_BUSY || rc == SQLITE_FULL;

	if (sqlite->db == NULL)
		return error;
	sqlite_explain(sqlite, rc);
	if (!sqlite3_get_autocommit(sqlite->db))
		database_run(sqlite->rollback);
	dictionary_forget(&sqlite->dictionary);
	remarks_undo(&sqlite->remarks);
	if (again && seal_undo(&sqlite->seal) == SQLITE_OK)
		return error;
	sqlite_shut(sqlite);
	if (!is_damage(rc))
		return error;
	if (set_aside(sqlite) < 0)
		return ERROR_DATABASE;
	open_it(sqlite);
	sqlite->anew = false;
	return ERROR_DAMAGED;
}

static int begin(struct sqlite *sqlite, const struct writer_source *sources,
		 unsigned count)
{
	int rc;

	remarks_begin(&sqlite->remarks);
	rc = database_run(sqlite->begin);
	if (rc == SQLITE_OK)
		rc = find_last(sqlite);
	if (rc == SQLITE_OK)
		rc = account_begin(&sqlite->account, &sqlite->entries,
				   sources, count);
	return rc;
}

static int transact(struct sqlite *sqlite,
		    const struct writer_source *sources, unsigned count)
{
	int rc = begin(sqlite, sources, count);

	if (rc == SQLITE_OK)
		rc = seal_store(&sqlite->seal, &sqlite->entries);
	if (rc == SQLITE_OK)
		rc = privacy_withhold(sqlite->db, sqlite->entries.withheld);
	if (rc == SQLITE_OK)
		rc = account_settle(&sqlite->account, &sqlite->entries,
				    &sqlite->remarks);
	if (rc == SQLITE_OK)
		rc = database_run(sqlite->commit);
	return rc;
}

static void count_stored(struct sqlite *sqlite)
{
	const struct entries *entries = &sqlite->entries;

	sqlite->size.commits++;
	sqlite->size.rows += entries->rows;
	for (unsigned i = 0; i < entries->count; i++)
		sqlite->size.unreadable += entries->fronts[i].unreadable;
}

static int sqlite_store(struct writer *writer,
			const struct writer_source *sources, unsigned count)
{
	struct sqlite *sqlite = (struct sqlite *)writer;
	int rc = sqlite_ensure_open(sqlite);

	if (sqlite->anew) {
		sqlite->anew = false;
		return ERROR_DAMAGED;
	}
	if (rc == SQLITE_OK)
		rc = transact(sqlite, sources, count);
	if (rc != SQLITE_OK)
		return sqlite_give_up(sqlite, rc);
	seal_committed(&sqlite->seal);
	count_stored(sqlite);
	wal_take_back(&sqlite->wal, sqlite->db);
	sqlite_idle(writer);
	return 0;
}

static int sqlite_seal(struct writer *writer)
{
	struct sqlite *sqlite = (struct sqlite *)writer;
	int rc = sqlite_ensure_open(sqlite);

	if (rc != SQLITE_OK)
		return sqlite_give_up(sqlite, rc);
	sqlite->seal.asked = true;
	return sqlite_store(writer, NULL, 0);
}

static int sqlite_forget(struct writer *writer)
{
	struct sqlite *sqlite = (struct sqlite *)writer;

	if (sqlite->db == NULL)
		return 0;
	return database_error(sqlite->db, account_forget(&sqlite->account));
}

int sqlite_begin_alone(struct sqlite *sqlite)
{
	int rc = sqlite_ensure_open(sqlite);

	if (rc != SQLITE_OK)
		return rc;
	remarks_begin(&sqlite->remarks);
	return database_run(sqlite->begin);
}

static int sqlite_note_image(struct writer *writer,
			     const struct writer_image *image)
{
	struct sqlite *sqlite = (struct sqlite *)writer;
	int rc = sqlite_begin_alone(sqlite);

	if (rc == SQLITE_OK)
		rc = dictionary_note_image(&sqlite->dictionary, image);
	if (rc == SQLITE_OK)
		rc = database_run(sqlite->commit);
	return rc == SQLITE_OK ? 0 : sqlite_give_up(sqlite, rc);
}

static void sqlite_measure(struct writer *writer, struct writer_size *size)
{
	struct sqlite *sqlite = (struct sqlite *)writer;

	*size = sqlite->size;
	size->written = sqlite->wal.written;
	if (sqlite->db == NULL)
		return;
	size->last_row = sqlite->remarks.next - 1;
	size->blocks = sqlite->seal.stored.blocks;
	size->sealed_rows = sqlite->seal.stored.rows;
	size->block_bytes = sqlite->seal.stored.bytes;
	size->database = database_bytes(sqlite->path, "");
	size->wal = database_bytes(sqlite->path, "-wal");
}

/* What the ledger has in memory would be read again at the next start. */
static void flush(struct sqlite *sqlite)
{
	int rc = database_run(sqlite->begin);

	if (rc == SQLITE_OK)
		rc = seal_flush(&sqlite->seal);
	if (rc == SQLITE_OK)
		rc = database_run(sqlite->commit);
	if (rc != SQLITE_OK)
		sqlite_give_up(sqlite, rc);
}

static void sqlite_close(struct writer *writer)
{
	struct sqlite *sqlite = (struct sqlite *)writer;

	if (sqlite->db != NULL)
		flush(sqlite);
	sqlite_shut(sqlite);
	privacy_free(sqlite->privacy);
	free(sqlite->path);
	free(sqlite);
}

static const struct writer_ops sqlite_ops = {
	.name = "sqlite",
	.store = sqlite_store,
	.forget = sqlite_forget,
	.note_image = sqlite_note_image,
	.edit = sqlite_edit,
	.measure = sqlite_measure,
	.seal = sqlite_seal,
	.idle = sqlite_idle,
	.close = sqlite_close,
};

static int take_keeping(struct sqlite *sqlite, const struct keeping *keeping)
{
	if (keeping == NULL)
		return 0;
	sqlite->upkeep.options = keeping->retention;
	sqlite->new_names = keeping->new_names;
	return privacy_new(&sqlite->privacy, &keeping->privacy);
}

int writer_sqlite(struct writer **writer,
		  const struct writer_sqlite_options *options)
{
	struct sqlite *sqlite = calloc(1, sizeof(*sqlite));
	int error;

	if (sqlite == NULL)
		return -ENOMEM;
	sqlite->writer.ops = &sqlite_ops;
	sqlite->group = options->group;
	sqlite->path = strdup(options->path);
	error = sqlite->path == NULL ? -ENOMEM
				     : take_keeping(sqlite, options->keeping);
	if (error < 0) {
		free(sqlite->path);
		free(sqlite);
		return error;
	}
	sqlite->wal.path = sqlite->path;
	sqlite_ensure_open(sqlite);
	sqlite->anew = false;
	*writer = &sqlite->writer;
	return 0;
}
