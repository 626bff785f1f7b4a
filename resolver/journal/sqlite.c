/*
 * A commit is one transaction, and the disk is asked to keep it before COMMIT
 * returns:
 *
 *	BEGIN
 *	for each ring: where were we?		table ring
 *	all entries -> tail, gap, clock		one statement, see entries.c
 *	for each ring: we are here now		table ring
 *	COMMIT
 *
 * So an entry and "this entry is stored" are on the disk together or not at
 * all, and whoever drains a ring twice stores its entries once.
 *
 * SQLite's log (-wal) is taken back into the database by hand, so that an
 * error there is seen, and so that it cannot grow without end while somebody
 * reads all the time: then the readers are waited for, briefly.
 */
#include "journal/writer.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "journal/account.h"
#include "journal/database.h"
#include "journal/dictionary.h"
#include "journal/entries.h"
#include "journal/remarks.h"

enum {
	ASIDE_PAUSE = 60000,	/* ms between two damaged databases */
	NUMBER_BITS = 60,	/* row numbers above this are damage */
};

struct sqlite {
	struct writer writer;
	char *path;
	long group;
	sqlite3 *db;		/* NULL: not open now */
	sqlite3_stmt *begin, *commit, *rollback, *insert, *last;
	struct entries entries;
	struct dictionary dictionary;
	struct remarks remarks;
	struct account account;
	int log_pages;		/* in the -wal after the last commit */
	int log_tried;		/* so long was it at the last try; or 0 */
	uint64_t aside_at;	/* ms: when one was set aside last; or 0 */
	struct writer_size size;
};

static int note_log_pages(void *context, sqlite3 *db, const char *name,
			  int pages)
{
	(void)db;
	(void)name;
	((struct sqlite *)context)->log_pages = pages;
	return SQLITE_OK;
}

static int prepare_all(struct sqlite *sqlite)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{ &sqlite->begin, "BEGIN IMMEDIATE" },
		{ &sqlite->commit, "COMMIT" },
		{ &sqlite->rollback, "ROLLBACK" },
		{ &sqlite->insert, entries_insert },
		{ &sqlite->last, "SELECT max("
		  "coalesce((SELECT max(number) FROM tail), 0),"
		  "coalesce((SELECT max(number) FROM gap), 0),"
		  "coalesce((SELECT max(number) FROM clock), 0))" },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == 0; i++)
		rc = database_prepare(sqlite->db, all[i].sql, all[i].stmt);
	return rc;
}

static void shut(struct sqlite *sqlite)
{
	sqlite3_stmt **all[] = {
		&sqlite->begin, &sqlite->commit, &sqlite->rollback,
		&sqlite->insert, &sqlite->last,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		sqlite3_finalize(*all[i]);
		*all[i] = NULL;
	}
	dictionary_release(&sqlite->dictionary);
	account_release(&sqlite->account);
	remarks_release(&sqlite->remarks);
	sqlite3_close(sqlite->db);
	sqlite->db = NULL;
	entries_release(&sqlite->entries);
	sqlite->log_pages = sqlite->log_tried = 0;
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
	rc = entries_init(&sqlite->entries, db);
	if (rc == SQLITE_OK)
		rc = dictionary_init(&sqlite->dictionary, db);
	if (rc == SQLITE_OK)
		rc = remarks_init(&sqlite->remarks, db);
	if (rc == SQLITE_OK)
		rc = account_init(&sqlite->account, db);
	if (rc == SQLITE_OK)
		rc = prepare_all(sqlite);
	if (rc == SQLITE_OK)
		rc = find_last(sqlite);
	sqlite3_wal_hook(db, note_log_pages, sqlite);
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

static void explain(struct sqlite *sqlite, int rc)
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
		explain(sqlite, rc);
		shut(sqlite);
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
static int ensure_open(struct sqlite *sqlite)
{
	if (sqlite->db != NULL && database_has_moved(sqlite->db)) {
		log_warning("%s: is another file now; it is opened anew",
			    sqlite->path);
		shut(sqlite);
	}
	return sqlite->db != NULL ? SQLITE_OK : open_it(sqlite);
}

/* Rolls back, keeps the words, and says what it was in our numbers. */
static int give_up(struct sqlite *sqlite, int rc)
{
	int error = database_error(sqlite->db, rc);
	bool again = rc == SQLITE_BUSY || rc == SQLITE_FULL;

	if (sqlite->db == NULL)
		return error;
	explain(sqlite, rc);
	if (!sqlite3_get_autocommit(sqlite->db))
		database_run(sqlite->rollback);
	dictionary_forget(&sqlite->dictionary);
	remarks_undo(&sqlite->remarks);
	if (again)
		return error;
	shut(sqlite);
	if (!is_damage(rc))
		return error;
	if (set_aside(sqlite) < 0)
		return ERROR_DATABASE;
	open_it(sqlite);
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
		rc = database_run(sqlite->insert);
	if (rc == SQLITE_OK)
		rc = account_settle(&sqlite->account, &sqlite->entries,
				    &sqlite->remarks);
	if (rc == SQLITE_OK)
		rc = database_run(sqlite->commit);
	return rc;
}

/*
 * Usually one try is enough, and the next commit begins the log anew.  But
 * readers that come and go can keep a page of it in use all the time: then,
 * whenever it has grown by a quarter, they are waited for, briefly; new ones
 * read the database itself meanwhile.  An error here loses nothing: the rows
 * are in the log.
 */
static void take_log_back(struct sqlite *sqlite)
{
	int how = SQLITE_CHECKPOINT_PASSIVE, rc;

	if (sqlite->log_pages < DATABASE_WAL_PAGES) {
		sqlite->log_tried = 0;
		return;
	}
	if (sqlite->log_pages - sqlite->log_tried < sqlite->log_tried / 4)
		return;
	if (sqlite->log_tried > 0)
		how = SQLITE_CHECKPOINT_RESTART;
	sqlite->log_tried = sqlite->log_pages;
	rc = sqlite3_wal_checkpoint_v2(sqlite->db, "main", how, NULL, NULL);
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		log_debug("%s: its log cannot be taken back: %d",
			  sqlite->path, rc);
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
	int rc = ensure_open(sqlite);

	if (rc == SQLITE_OK)
		rc = transact(sqlite, sources, count);
	if (rc != SQLITE_OK)
		return give_up(sqlite, rc);
	count_stored(sqlite);
	take_log_back(sqlite);
	return 0;
}

static int sqlite_forget(struct writer *writer)
{
	struct sqlite *sqlite = (struct sqlite *)writer;

	if (sqlite->db == NULL)
		return 0;
	return database_error(sqlite->db, account_forget(&sqlite->account));
}

static int sqlite_note_image(struct writer *writer,
			     const struct writer_image *image)
{
	struct sqlite *sqlite = (struct sqlite *)writer;
	int rc = ensure_open(sqlite);

	if (rc == SQLITE_OK) {
		remarks_begin(&sqlite->remarks);
		rc = database_run(sqlite->begin);
	}
	if (rc == SQLITE_OK)
		rc = dictionary_note_image(&sqlite->dictionary, image);
	if (rc == SQLITE_OK)
		rc = database_run(sqlite->commit);
	return rc == SQLITE_OK ? 0 : give_up(sqlite, rc);
}

static uint64_t bytes_of_file(const char *path, const char *suffix)
{
	struct stat status;
	char name[PATH_MAX];
	int len = snprintf(name, sizeof(name), "%s%s", path, suffix);

	if (len < 0 || (size_t)len >= sizeof(name) || stat(name, &status) != 0)
		return 0;
	return (uint64_t)status.st_size;
}

static void sqlite_measure(struct writer *writer, struct writer_size *size)
{
	struct sqlite *sqlite = (struct sqlite *)writer;

	*size = sqlite->size;
	if (sqlite->db == NULL)
		return;
	size->last_row = sqlite->remarks.next - 1;
	size->database = bytes_of_file(sqlite->path, "");
	size->wal = bytes_of_file(sqlite->path, "-wal");
}

static void sqlite_close(struct writer *writer)
{
	struct sqlite *sqlite = (struct sqlite *)writer;

	shut(sqlite);
	free(sqlite->path);
	free(sqlite);
}

static const struct writer_ops sqlite_ops = {
	.name = "sqlite",
	.store = sqlite_store,
	.forget = sqlite_forget,
	.note_image = sqlite_note_image,
	.measure = sqlite_measure,
	.close = sqlite_close,
};

int writer_sqlite(struct writer **writer,
		  const struct writer_sqlite_options *options)
{
	struct sqlite *sqlite = calloc(1, sizeof(*sqlite));

	if (sqlite == NULL)
		return -ENOMEM;
	sqlite->writer.ops = &sqlite_ops;
	sqlite->group = options->group;
	sqlite->path = strdup(options->path);
	if (sqlite->path == NULL) {
		free(sqlite);
		return -ENOMEM;
	}
	ensure_open(sqlite);
	*writer = &sqlite->writer;
	return 0;
}
