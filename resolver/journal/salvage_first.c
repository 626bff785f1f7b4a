/*
 * Numbers that rows are known by (an upstream's, an image's, a device's, their
 * own) must not be given a second time, whatever of the old tables cannot be
 * read.  So where the highest cannot be known, the new ones begin at the
 * clock: in microseconds for rows, in seconds for the others, which come more
 * slowly than that.
 *
 * Blocks that the ledger or the hours have not counted yet come over here and
 * not later, for both count rows in the order of their numbers.
 */
#include "journal/salvage_first.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "journal/block.h"
#include "journal/chain.h"
#include "journal/copy.h"
#include "journal/database.h"
#include "journal/row.h"
#include "journal/salvage.h"
#include "journal/salvage_blocks.h"
#include "journal/tail.h"
#include "journal/transaction.h"

enum {
	TABLE_ROWS = 100000,		/* of a small table, from each end */
	TAIL_ROWS = 64 * BLOCK_ROWS,
	FRESH_BLOCKS = 64,		/* not counted yet */
	NUMBER_BITS = 60,		/* higher ones are damage */
	PIECE = 1024,
};

static const struct copy_table tables[] = {
	{ "ring", "SELECT identity, position, lost FROM ring", "identity",
	  "INSERT OR IGNORE INTO ring VALUES (?, ?, ?)" },
	{ "image", "SELECT id, serial, time, rules, inputs FROM image", "id",
	  "INSERT OR IGNORE INTO image VALUES (?, ?, ?, ?, ?)" },
	{ "image_list", "SELECT image, list, name, version, version_time,"
	  " digest, rules, rejected FROM image_list", "image",
	  "INSERT OR IGNORE INTO image_list VALUES (?, ?, ?, ?, ?, ?, ?, ?)" },
	{ "upstream", "SELECT id, address FROM upstream", "id",
	  "INSERT OR IGNORE INTO upstream VALUES (?, ?)" },
	{ "device", "SELECT id, mac, first, last FROM device", "id",
	  "INSERT OR IGNORE INTO device VALUES (?, ?, ?, ?)" },
	{ "device_address", "SELECT address, since, device"
	  " FROM device_address", "address",
	  "INSERT OR IGNORE INTO device_address VALUES (?, ?, ?)" },
	{ "device_name", "SELECT device, source, since, name"
	  " FROM device_name", "device",
	  "INSERT OR IGNORE INTO device_name VALUES (?, ?, ?, ?)" },
	{ "mark", "SELECT id, time, label, device, mode FROM mark", "id",
	  "INSERT OR IGNORE INTO mark VALUES (?, ?, ?, ?, ?)" },
	{ "decision", "SELECT name, verdict, note, time FROM decision", "name",
	  "INSERT OR IGNORE INTO decision VALUES (?, ?, ?, ?)" },
	{ "progress", "SELECT what, number, time FROM progress"
	  " WHERE what != '" SALVAGE_NUMBERS "'", "what",
	  "INSERT OR IGNORE INTO progress VALUES (?, ?, ?)" },
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

struct first {
	sqlite3 *db;
	const char *path;		/* of the new database */
	const char *file;		/* what is carried; no folder */
	uint64_t now;
	struct copy copy;
	struct salvage_blocks blocks;
	int64_t last;			/* the last number of a row there */
	struct chain_link end;		/* of the chain; link 0: none */
	/* The tail, as far as the walk has come. */
	uint64_t from;			/* time of the row before a hole */
	int64_t hole;			/* its number; 0: there is none */
};

static int put_gap(struct first *first, int64_t number, uint64_t from,
		   uint64_t until)
{
	const sqlite3_int64 values[] = {
		number, (sqlite3_int64)from, (sqlite3_int64)until,
	};

	return transaction_do(first->db, "INSERT OR IGNORE INTO gap VALUES "
			      "(?, ?, ?, 0, '" CHAIN_DAMAGED "')", 3, values);
}

/* --- numbers --- */

/* Rows that refer to them may be there where they themselves are not. */
static int begin_behind(struct first *first, const char *table)
{
	static const struct {
		const char *table, *sql;
	} rows[] = {
		{ "image", "INSERT OR IGNORE INTO image (id, serial)"
		  " VALUES (?, 0)" },
		{ "upstream", "INSERT OR IGNORE INTO upstream (id)"
		  " VALUES (?)" },
		{ "device", "REPLACE INTO progress (what, number)"
		  " VALUES ('device', ?)" },
	};
	sqlite3_int64 seconds = (sqlite3_int64)(first->now / 1000000);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].table, table) == 0)
			return transaction_do(first->db, rows[i].sql, 1,
					      &seconds);
	return SQLITE_OK;
}

static void find_last(struct first *first)
{
	static const char *const queries[] = {
		"SELECT coalesce(max(number), 0) FROM tail",
		"SELECT coalesce(max(number), 0) FROM gap",
		"SELECT coalesce(max(number), 0) FROM clock",
		"SELECT coalesce(max(last), 0) FROM (SELECT last FROM chain"
		" ORDER BY link DESC LIMIT 1)",
		"SELECT coalesce(max(number), 0) FROM progress"
		" WHERE what = '" SALVAGE_NUMBERS "'",
	};
	bool known = true;
	int64_t number = 0;

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		known = copy_ask(&first->copy, queries[i], &number) && known &&
			number >= 0 && number >> NUMBER_BITS == 0;
		if (known && number > first->last)
			first->last = number;
	}
	if (!known)
		first->last = (int64_t)first->now;
}

/* Behind all blocks and before the tail, as far as that can be known. */
static int64_t find_end(struct first *first)
{
	int64_t number;

	if (copy_ask(&first->copy, "SELECT min(number) - 1 FROM tail",
		     &number) ||
	    copy_ask(&first->copy, "SELECT max(last) FROM block", &number))
		if (number >= 0 && number <= first->last)
			return number;
	return first->last;
}

/*
 * The last link comes over, and the chain goes on behind it; or it begins
 * anew, with a link of nothing that says why.
 */
static int carry_end(struct first *first)
{
	struct chain_link *end = &first->end;
	const uint8_t zeros[SHA256_SIZE] = { 0 };
	struct chain_redaction why = {
		.time = first->now, .reason = CHAIN_DAMAGED,
	};
	int rc = SQLITE_CORRUPT;

	if (first->copy.from != NULL)
		rc = chain_last(first->copy.from, end);
	if (rc == SQLITE_NOTFOUND)
		return SQLITE_OK;
	if (rc == SQLITE_OK && end->last <= first->last && end->link > 0)
		return chain_put(first->db, end);
	*end = (struct chain_link){
		.link = (int64_t)(first->now / 1000),
		.number = find_end(first),
	};
	end->last = end->number;
	chain_seal(end, zeros);
	why.link = end->link;
	rc = chain_put(first->db, end);
	return rc == SQLITE_OK ? chain_redact(first->db, &why) : rc;
}

/* --- small tables --- */

/* What counted how far is not known has to count from here on. */
static int set_counted(struct first *first)
{
	static const char *const counters[] = { "ledger", "hours" };
	int rc = SQLITE_OK;

	log_warning("%s: how far its ledger and hours were cannot be read: "
		    "rows of the last day may be missing there", first->file);
	for (size_t i = 0; i < 2 && rc == SQLITE_OK; i++)
		rc = transaction_set_progress(first->db, counters[i],
					      first->last, first->now);
	return rc;
}

static int carry_table(struct first *first, const struct copy_table *table)
{
	bool whole;
	int rc = copy_all(&first->copy, table, TABLE_ROWS, &whole);

	if (rc != SQLITE_OK || whole)
		return rc;
	log_warning("%s: not all of its table %s can be read", first->file,
		    table->name);
	if (strcmp(table->name, "progress") == 0)
		return set_counted(first);
	return begin_behind(first, table->name);
}

static int carry_tables(struct first *first)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < TABLES && rc == SQLITE_OK; i++)
		rc = carry_table(first, &tables[i]);
	return rc;
}

/* --- rows --- */

static int put_block(void *context, sqlite3_stmt *row)
{
	struct first *first = context;
	const void *data = sqlite3_column_blob(row, 1);
	size_t len = (size_t)sqlite3_column_bytes(row, 1);

	return salvage_blocks_put(&first->blocks, sqlite3_column_int64(row, 0),
				  bytes_of(data, data != NULL ? len : 0));
}

/* From the block on that has the first row that is not counted. */
static int carry_fresh(struct first *first)
{
	struct copy_walk walk = {
		.select = "SELECT number, data FROM block_data"
			  " WHERE number > ?1 ORDER BY number LIMIT ?2",
		.put = put_block, .context = first,
	};
	sqlite3_int64 counted = 0;
	int64_t before = 0;
	char sql[128];
	int rc = transaction_ask(first->db, "SELECT min("
		"coalesce((SELECT number FROM progress WHERE what = 'ledger'),"
		" 0), coalesce((SELECT number FROM progress"
		" WHERE what = 'hours'), 0))", &counted);

	snprintf(sql, sizeof(sql), "SELECT max(number) - 1 FROM block_data "
		 "WHERE number <= %lld", (long long)counted);
	if (copy_ask(&first->copy, sql, &before))
		walk.at = before;
	if (rc == SQLITE_OK)
		rc = copy_some(&first->copy, &walk, FRESH_BLOCKS);
	return rc;
}

static int put_row(void *context, sqlite3_stmt *stmt)
{
	struct first *first = context;
	struct row row;
	int rc = SQLITE_OK;

	tail_row(stmt, &row);
	if (first->hole != 0)
		rc = put_gap(first, first->hole, first->from, row.time);
	first->hole = 0;
	first->from = row.time;
	return rc == SQLITE_OK ? salvage_blocks_row(&first->blocks, &row) : rc;
}

/* Of versions before 4 it has no column ttl. */
static const char *tail_select(struct first *first)
{
	int64_t unused;

	if (copy_ask(&first->copy, "SELECT count(*) FROM"
		     " pragma_table_info('tail') WHERE name = 'ttl'"
		     " HAVING count(*) = 0", &unused))
		return "SELECT " TAIL_COLUMNS_BEFORE_4 " FROM tail"
		       " WHERE number > ?1 ORDER BY number LIMIT ?2";
	return "SELECT " TAIL_COLUMNS " FROM tail"
	       " WHERE number > ?1 ORDER BY number LIMIT ?2";
}

/* Nothing of the tail was missing or refused. */
static bool is_whole(const struct first *first, const struct copy_walk *walk,
		     uint64_t refused)
{
	return walk->ended && walk->holes == 0 &&
	       first->copy.refused == refused && first->copy.from != NULL;
}

/* Blocks end with the transaction: no row is in two databases. */
static int carry_tail(struct first *first)
{
	struct copy_walk walk = {
		.select = tail_select(first), .put = put_row, .context = first,
	};
	uint64_t holes = 0, refused = first->copy.refused;
	int rc = SQLITE_OK;

	first->blocks.after = first->end.last;
	first->blocks.through = first->last;
	first->from = first->end.until_time;
	for (unsigned i = 0; i < TAIL_ROWS / PIECE && rc == SQLITE_OK &&
	     !walk.ended; i++) {
		rc = copy_some(&first->copy, &walk, PIECE);
		if (walk.holes > holes && first->hole == 0)
			first->hole = walk.at;
		holes = walk.holes;
	}
	if (rc == SQLITE_OK)
		rc = salvage_blocks_end(&first->blocks);
	if (rc != SQLITE_OK || is_whole(first, &walk, refused))
		return rc;
	log_warning("%s: not all of its last rows can be read", first->file);
	if (holes > 0 && first->hole == 0 && first->copy.refused == refused)
		return rc;
	return put_gap(first, first->last + 1, first->from != 0 ?
		       first->from : first->now, first->now);
}

/* --- all of it --- */

static int set_numbers(struct first *first)
{
	char key[NAME_MAX + sizeof(SALVAGE_KEY)];
	int rc;

	snprintf(key, sizeof(key), SALVAGE_KEY "%s", first->file);
	rc = transaction_set_progress(first->db, SALVAGE_NUMBERS,
				      first->last + 1, first->now);
	if (rc == SQLITE_OK)
		rc = transaction_set_progress(first->db, key, 0, 0);
	return rc;
}

static int carry(sqlite3 *db, void *context)
{
	struct first *first = context;
	int rc;

	(void)db;
	find_last(first);
	rc = carry_end(first);
	if (rc == SQLITE_OK)
		rc = carry_tables(first);
	if (rc == SQLITE_OK)
		rc = carry_fresh(first);
	if (rc == SQLITE_OK)
		rc = carry_tail(first);
	if (rc == SQLITE_OK)
		rc = set_numbers(first);
	return rc;
}

static char *beside(const char *path, const char *name)
{
	const char *last = strrchr(path, '/');
	char *file;

	if (asprintf(&file, "%.*s%s", last != NULL ?
		     (int)(last + 1 - path) : 0, path, name) < 0)
		return NULL;
	return file;
}

static int carry_from(sqlite3 *db, const char *path, const char *name)
{
	struct first first = { .db = db, .path = path, .file = name };
	struct clock clock = { 0 };
	char *file = beside(path, name);
	int rc;

	if (file == NULL)
		return SQLITE_NOMEM;
	clock_update(&clock);
	first.now = clock.wall;
	copy_open(&first.copy, db, file);
	rc = salvage_blocks_init(&first.blocks, db);
	if (rc == SQLITE_OK)
		rc = transaction_run(db, carry, &first);
	salvage_blocks_release(&first.blocks);
	copy_close(&first.copy);
	free(file);
	return rc;
}

/* A mark that points to nothing was left by a kill before the renaming. */
int salvage_first(sqlite3 *db, const char *path)
{
	char name[NAME_MAX + 1], *mark, *file;
	int rc = SQLITE_OK;
	ssize_t len;

	if (asprintf(&mark, "%s" DATABASE_MARK, path) < 0)
		return SQLITE_NOMEM;
	len = readlink(mark, name, sizeof(name) - 1);
	name[len > 0 ? len : 0] = '\0';
	file = beside(path, name);
	if (len > 0 && strchr(name, '/') == NULL && file != NULL &&
	    access(file, R_OK) == 0)
		rc = carry_from(db, path, name);
	if (rc == SQLITE_OK && len > 0)
		unlink(mark);
	free(file);
	free(mark);
	return rc;
}
