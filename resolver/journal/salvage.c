/*
 * What is carried over in the background, in this order: hours before blocks,
 * so that a day is not counted twice; the chain before blocks, so that a page
 * that was found tells whether it should be there; the lost ones last.
 *
 * The rows of a transaction and where it stands are stored together, so a
 * kill at any moment repeats nothing.
 */
#include "journal/salvage.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "journal/copy.h"
#include "journal/database.h"
#include "journal/pages.h"
#include "journal/salvage_blocks.h"
#include "journal/salvage_first.h"
#include "journal/salvage_ledger.h"
#include "journal/salvage_lost.h"
#include "journal/transaction.h"

enum stage {
	HOURS, CHAIN, REDACTIONS, BLOCKS, LEDGER, LEDGER_MORE, GAPS, CLOCK,
	PAGES, LOST, STAGES,
};

/* For one piece: some ten milliseconds. */
enum { ROWS = 1000, HOURS_ROWS = 16, BLOCKS_A_PIECE = 2, PAGES_A_PIECE = 512 };

struct salvage {
	sqlite3 *db;
	char *file, *key;	/* what is carried; its key in `progress` */
	struct copy copy;
	struct pages pages;
	struct salvage_blocks blocks;
	struct salvage_ledger ledger;
	sqlite3_stmt *insert;	/* of the stage, where it has one */
	unsigned stage;
	int64_t at;
	unsigned holes;		/* since it was opened */
};

/* Stages that take rows over as they are: the key first. */
static const struct {
	const char *select, *insert;
	unsigned limit;
} simple[STAGES] = {
	[HOURS] = { "SELECT rowid, day, part, rows, data FROM hours"
		    " WHERE rowid > ?1 ORDER BY rowid LIMIT ?2",
		    "INSERT INTO hours VALUES (?2, (SELECT"
		    " coalesce(max(part) + 1, 0) FROM hours WHERE day = ?2),"
		    " ?4, ?5)", HOURS_ROWS },
	[CHAIN] = { "SELECT link, number, last, rows, from_time, until_time,"
		    " hash, sealed FROM chain"
		    " WHERE link > ?1 ORDER BY link LIMIT ?2",
		    "INSERT OR IGNORE INTO chain"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ROWS },
	[REDACTIONS] = { "SELECT id, link, time, reason, gone, hash"
			 " FROM redaction WHERE id > ?1 ORDER BY id LIMIT ?2",
			 "INSERT INTO redaction"
			 " (link, time, reason, gone, hash)"
			 " VALUES (?2, ?3, ?4, ?5, ?6)", ROWS },
	[GAPS] = { "SELECT number, from_time, until_time, count, reason"
		   " FROM gap WHERE number > ?1 ORDER BY number LIMIT ?2",
		   "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?, ?)", ROWS },
	[CLOCK] = { "SELECT number, time, mono, step, boot FROM clock"
		    " WHERE number > ?1 ORDER BY number LIMIT ?2",
		    "INSERT OR IGNORE INTO clock VALUES (?, ?, ?, ?, ?)",
		    ROWS },
};

static int put_simple(void *context, sqlite3_stmt *row)
{
	struct salvage *salvage = context;

	return copy_row(row, salvage->insert);
}

static int put_block(void *context, sqlite3_stmt *row)
{
	struct salvage *salvage = context;
	const void *data = sqlite3_column_blob(row, 1);
	size_t len = (size_t)sqlite3_column_bytes(row, 1);

	return salvage_blocks_put(&salvage->blocks,
				  sqlite3_column_int64(row, 0),
				  bytes_of(data, data != NULL ? len : 0));
}

static int walk(struct salvage *salvage, struct copy_walk *walk,
		unsigned limit, bool *ended)
{
	int rc;

	walk->context = salvage;
	walk->at = salvage->at;
	rc = copy_some(&salvage->copy, walk, limit);
	salvage->at = walk->at;
	salvage->holes += (unsigned)walk->holes;
	*ended = walk->ended;
	return rc;
}

static int carry_simple(struct salvage *salvage, bool *ended)
{
	struct copy_walk rows = {
		.select = simple[salvage->stage].select, .put = put_simple,
	};
	int rc = database_prepare(salvage->db, simple[salvage->stage].insert,
				  &salvage->insert);

	if (rc == SQLITE_OK)
		rc = walk(salvage, &rows, simple[salvage->stage].limit, ended);
	sqlite3_finalize(salvage->insert);
	salvage->insert = NULL;
	return rc;
}

static int carry_blocks(struct salvage *salvage, bool *ended)
{
	struct copy_walk rows = {
		.select = "SELECT number, data FROM block_data"
			  " WHERE number > ?1 ORDER BY number LIMIT ?2",
		.put = put_block,
	};

	return walk(salvage, &rows, BLOCKS_A_PIECE, ended);
}

static int carry_ledger(struct salvage *salvage, bool *ended)
{
	struct salvage_ledger *ledger = &salvage->ledger;
	int rc;

	ledger->which = salvage->stage == LEDGER_MORE;
	ledger->device = salvage->at;
	rc = salvage_ledger_some(ledger, &salvage->copy, ROWS);
	salvage->at = ledger->device;
	*ended = ledger->ended;
	if (!ledger->ended || rc != SQLITE_OK)
		return rc;
	salvage->holes += ledger->holes;
	*ledger = (struct salvage_ledger){ 0 };
	return rc;
}

static int put_found(void *context, int64_t number, struct bytes blob)
{
	struct salvage *salvage = context;
	int rc = salvage_blocks_put_found(&salvage->blocks, number, blob);

	return rc == SQLITE_MISMATCH || rc == SQLITE_CONSTRAINT ? SQLITE_OK
								: rc;
}

/* A block found is work for a piece of its own. */
static int carry_pages(struct salvage *salvage, bool *ended)
{
	uint64_t found = salvage->blocks.blocks;
	int rc = SQLITE_OK;

	if (salvage->pages.file < 0 &&
	    pages_open(&salvage->pages, salvage->file) < 0) {
		*ended = true;
		return SQLITE_OK;
	}
	for (unsigned i = 0; i < PAGES_A_PIECE && rc == SQLITE_OK &&
	     (uint64_t)salvage->at < pages_end(&salvage->pages) &&
	     salvage->blocks.blocks - found < BLOCKS_A_PIECE; i++)
		rc = pages_look(&salvage->pages, (uint64_t)salvage->at++,
				put_found, salvage);
	*ended = (uint64_t)salvage->at >= pages_end(&salvage->pages);
	return rc;
}

static int carry(struct salvage *salvage, bool *ended)
{
	*ended = false;
	switch (salvage->stage) {
	case BLOCKS:
		return carry_blocks(salvage, ended);
	case LEDGER:
	case LEDGER_MORE:
		return carry_ledger(salvage, ended);
	case PAGES:
		return carry_pages(salvage, ended);
	case LOST:
		return salvage_lost(salvage->db, &salvage->at, ROWS, ended);
	default:
		return carry_simple(salvage, ended);
	}
}

/* --- where it stands --- */

/* "name FILE/": before the name at which its ledger stands. */
static char *name_prefix(const struct salvage *salvage)
{
	char *prefix;

	if (asprintf(&prefix, "name %s/", salvage->key +
		     strlen(SALVAGE_KEY)) < 0)
		return NULL;
	return prefix;
}

/* Two rows at most: where it stands, and the name. */
static int drop_progress(struct salvage *salvage, const char *prefix)
{
	sqlite3_stmt *drop;
	int rc = database_prepare(salvage->db, "DELETE FROM progress WHERE "
		"what = ?1 OR substr(what, 1, length(?2)) = ?2", &drop);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(drop, 1, salvage->key, -1, SQLITE_STATIC);
	sqlite3_bind_text(drop, 2, prefix, -1, SQLITE_STATIC);
	sqlite3_step(drop);
	return sqlite3_finalize(drop);
}

static int save_name(struct salvage *salvage, const char *prefix)
{
	char *name;
	int rc;

	if (asprintf(&name, "%s%s", prefix, salvage->ledger.name) < 0)
		return SQLITE_NOMEM;
	rc = transaction_set_progress(salvage->db, name, 0, 0);
	free(name);
	return rc;
}

static int save(struct salvage *salvage)
{
	char *prefix = name_prefix(salvage);
	int rc = prefix != NULL ? drop_progress(salvage, prefix)
				: SQLITE_NOMEM;

	if (rc == SQLITE_OK && salvage->ledger.name[0] != '\0')
		rc = save_name(salvage, prefix);
	if (rc == SQLITE_OK && salvage->stage < STAGES)
		rc = transaction_set_progress(salvage->db, salvage->key,
					      salvage->at, salvage->stage);
	free(prefix);
	return rc;
}

static int load_name(struct salvage *salvage)
{
	char *prefix = name_prefix(salvage);
	sqlite3_stmt *ask;
	int rc = database_prepare(salvage->db, "SELECT substr(what, "
		"length(?1) + 1) FROM progress WHERE "
		"substr(what, 1, length(?1)) = ?1", &ask);

	if (prefix == NULL || rc != SQLITE_OK) {
		free(prefix);
		return rc != SQLITE_OK ? rc : SQLITE_NOMEM;
	}
	sqlite3_bind_text(ask, 1, prefix, -1, SQLITE_STATIC);
	if (sqlite3_step(ask) == SQLITE_ROW)
		strncat(salvage->ledger.name,
			(const char *)sqlite3_column_text(ask, 0),
			sizeof(salvage->ledger.name) - 1);
	rc = sqlite3_finalize(ask);
	free(prefix);
	return rc;
}

/* A key names a file beside the database, and nothing else. */
static bool is_key(const char *path, const char *key)
{
	const char *last = strrchr(path, '/');
	size_t len;

	last = last != NULL ? last + 1 : path;
	len = strlen(last);
	return key != NULL && strncmp(key, SALVAGE_KEY, strlen(SALVAGE_KEY)) ==
	       0 && strncmp(key + strlen(SALVAGE_KEY), last, len) == 0 &&
	       strncmp(key + strlen(SALVAGE_KEY) + len, ".damaged-", 9) == 0 &&
	       strchr(key, '/') == NULL;
}

static char *file_of(const char *path, const char *key)
{
	const char *last = strrchr(path, '/');
	int folder = last != NULL ? (int)(last + 1 - path) : 0;
	char *file;

	if (asprintf(&file, "%.*s%s", folder, path,
		     key + strlen(SALVAGE_KEY)) < 0)
		return NULL;
	return file;
}

/* The newest first: of the ones before it said how far they were. */
static int load(struct salvage *salvage, const char *path)
{
	sqlite3_stmt *ask;
	int rc = database_prepare(salvage->db, "SELECT what, number, time "
		"FROM progress WHERE what LIKE '" SALVAGE_KEY "%' "
		"ORDER BY what DESC LIMIT 1", &ask);
	const char *key;

	if (rc != SQLITE_OK)
		return rc;
	if (sqlite3_step(ask) == SQLITE_ROW) {
		key = (const char *)sqlite3_column_text(ask, 0);
		salvage->at = sqlite3_column_int64(ask, 1);
		salvage->stage = (unsigned)sqlite3_column_int(ask, 2);
		if (is_key(path, key) && salvage->stage < STAGES) {
			salvage->key = strdup(key);
			salvage->file = file_of(path, key);
		}
	}
	return sqlite3_finalize(ask);
}

static int begin(struct salvage *salvage, const char *path)
{
	int rc = load(salvage, path);

	if (rc != SQLITE_OK || salvage->key == NULL || salvage->file == NULL)
		return rc;
	rc = load_name(salvage);
	if (rc != SQLITE_OK)
		return rc;
	copy_open(&salvage->copy, salvage->db, salvage->file);
	return salvage_blocks_init(&salvage->blocks, salvage->db);
}

int salvage_open(struct salvage **opened, sqlite3 *db, const char *path)
{
	struct salvage *salvage = calloc(1, sizeof(*salvage));
	int rc;

	*opened = NULL;
	if (salvage == NULL)
		return SQLITE_NOMEM;
	salvage->db = db;
	salvage->pages.file = salvage->pages.log = -1;
	rc = salvage_first(db, path);
	if (rc == SQLITE_OK)
		rc = begin(salvage, path);
	if (rc == SQLITE_OK && salvage->blocks.db != NULL)
		*opened = salvage;
	else
		salvage_free(salvage);
	return rc;
}

void salvage_free(struct salvage *salvage)
{
	if (salvage == NULL)
		return;
	salvage_blocks_release(&salvage->blocks);
	copy_close(&salvage->copy);
	pages_close(&salvage->pages);
	free(salvage->file);
	free(salvage->key);
	free(salvage);
}

/* What is lost is known when the last of them was looked through. */
static bool has_others(struct salvage *salvage)
{
	sqlite3_int64 count = 0;

	return transaction_ask(salvage->db, "SELECT count(*) > 1 FROM progress"
			       " WHERE what LIKE '" SALVAGE_KEY "%'",
			       &count) == SQLITE_OK && count != 0;
}

static int piece(sqlite3 *db, void *context)
{
	struct salvage *salvage = context;
	bool ended;
	int rc = carry(salvage, &ended);

	(void)db;
	if (rc != SQLITE_OK)
		return rc;
	if (ended) {
		salvage->stage++;
		salvage->at = 0;
	}
	if (salvage->stage == LOST && has_others(salvage))
		salvage->stage = STAGES;
	return save(salvage);
}

static void say_done(const struct salvage *salvage)
{
	log_notice("%s: carried over: %llu rows in %llu blocks, %llu other "
		   "rows; %u places could not be read, %llu rows were none",
		   salvage->file, (unsigned long long)salvage->blocks.rows,
		   (unsigned long long)salvage->blocks.blocks,
		   (unsigned long long)salvage->copy.copied, salvage->holes,
		   (unsigned long long)salvage->copy.refused);
}

int salvage_step(struct salvage *salvage, bool *more)
{
	struct salvage_ledger ledger = salvage->ledger;
	unsigned stage = salvage->stage;
	int64_t at = salvage->at;
	int rc = transaction_run(salvage->db, piece, salvage);

	*more = rc == SQLITE_OK && salvage->stage < STAGES;
	if (rc != SQLITE_OK) {
		salvage->ledger = ledger;
		salvage->stage = stage;
		salvage->at = at;
	} else if (!*more) {
		say_done(salvage);
	}
	return rc;
}
