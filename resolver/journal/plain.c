/*
 * The file is made beside the one that is asked for and renamed when it is
 * complete.  Rows are read in pieces, so that the daemon's log file can be
 * taken back between two of them.
 */
#include "journal/plain.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mac.h"
#include "base/text.h"
#include "base/utf8.h"
#include "journal/block.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/query_table.h"

enum { PIECE = 20000, MODE = 0600 };

struct plain {
	const struct plain_options *options;
	struct plain_count *count;
	struct text *trouble;
	struct file_replacement new;
	sqlite3 *from, *to;
	struct devices *devices;
	int64_t told;			/* the last block that was damaged */
};

static const char tables[] =
	"CREATE TABLE query (number INTEGER PRIMARY KEY, time TEXT,"
	" client TEXT, transport TEXT, name TEXT, type TEXT, verdict TEXT,"
	" action TEXT, source TEXT, rcode TEXT, answered INTEGER,"
	" alias TEXT, list TEXT, version INTEGER, line INTEGER,"
	" upstream TEXT, ms REAL, device TEXT, ttl INTEGER, at INTEGER,"
	" day TEXT, class TEXT);"
	"CREATE TABLE gap (number INTEGER PRIMARY KEY, from_at INTEGER,"
	" until_at INTEGER, count INTEGER, reason TEXT);"
	"CREATE TABLE mark (id INTEGER PRIMARY KEY, at INTEGER, label TEXT,"
	" device INTEGER, mode TEXT);"
	"CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT, mac TEXT,"
	" first_at INTEGER, last_at INTEGER);";

static const char indexes[] =
	"CREATE INDEX query_at ON query (at);"
	"CREATE INDEX query_name ON query (name);"
	"CREATE INDEX query_device ON query (device);";

#define ROWS \
	"SELECT *, class FROM query WHERE number > ?1 AND at >= ?2" \
	" AND at < ?3"

static const char rows_sql[] = ROWS " ORDER BY number LIMIT ?4";
static const char device_rows_sql[] =
	ROWS " AND device = ?5 ORDER BY number LIMIT ?4";

static const char put_row[] =
	"INSERT INTO query VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	" ?, ?, ?, ?, ?, ?, ?, ?)";

/* --- both ends --- */

static int say(const struct plain *plain, int error, const char *words)
{
	utf8_put_hostile(plain->trouble, bytes_of_string(words));
	return error;
}

static int say_sql(const struct plain *plain, sqlite3 *db)
{
	return say(plain, ERROR_DATABASE, sqlite3_errmsg(db));
}

/* Rows that were and cannot be read any more are a gap, too. */
static void note_damaged(void *context, const struct block_summary *block)
{
	struct plain *plain = context;
	sqlite3_stmt *stmt;

	/* A piece may begin right where it was told before. */
	if (block->number <= plain->told)
		return;
	plain->told = block->number;
	plain->count->unreadable += block->rows;
	log_warning("block %" PRId64 " is damaged: %" PRIu32 " rows are left "
		    "out", block->number, block->rows);
	if (sqlite3_prepare_v2(plain->to, "INSERT OR IGNORE INTO gap VALUES "
			       "(?, ?, ?, ?, 'damaged block')", -1, &stmt,
			       NULL) != SQLITE_OK)
		return;
	sqlite3_bind_int64(stmt, 1, block->number);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)block->from_time);
	sqlite3_bind_int64(stmt, 3, (sqlite3_int64)block->until_time);
	sqlite3_bind_int64(stmt, 4, block->rows);
	sqlite3_step(stmt);
	sqlite3_finalize(stmt);
}

static int find_device(const struct plain *plain)
{
	const char *device = plain->options->device;

	if (device == NULL || devices_find(plain->devices, device) != 0)
		return 0;
	text_put(plain->trouble, "\"");
	utf8_put_hostile(plain->trouble, bytes_of_string(device));
	text_put(plain->trouble, "\" is no device: give a name it has or had, "
		 "a MAC or an address");
	return ERROR_ABSENT;
}

static int open_journal(struct plain *plain)
{
	struct query_table_options options = { note_damaged, plain };
	int error = database_open_reader(&plain->from, plain->options->from);

	if (error < 0)
		return error;
	if (query_table_register(plain->from, &options) != SQLITE_OK ||
	    devices_load(&plain->devices, plain->from) != SQLITE_OK)
		return say_sql(plain, plain->from);
	return find_device(plain);
}

static int run(struct plain *plain, const char *sql)
{
	return sqlite3_exec(plain->to, sql, NULL, NULL, NULL) == SQLITE_OK
	       ? 0 : say_sql(plain, plain->to);
}

static int open_file(struct plain *plain)
{
	const struct plain_options *options = plain->options;
	int error;

	if (!options->force && access(options->to, F_OK) == 0)
		return say(plain, ERROR_BUSY, "the file is there already; "
			   "--force writes over it");
	error = file_replace(&plain->new, options->to, MODE);
	if (error < 0)
		return say(plain, error, error_words(error));
	if (sqlite3_open_v2(plain->new.temporary, &plain->to,
			    SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return say_sql(plain, plain->to);
	error = run(plain, "PRAGMA journal_mode = OFF;"
		    "PRAGMA synchronous = OFF; BEGIN");
	return error == 0 ? run(plain, tables) : error;
}

/* --- copying --- */

/* One row, a value for each parameter of `to`. */
static int copy_row(sqlite3_stmt *from, sqlite3_stmt *to)
{
	for (int i = 0; i < sqlite3_bind_parameter_count(to); i++)
		sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
	sqlite3_step(to);
	return sqlite3_reset(to);
}

/* How many rows came, the last one's number, and SQLite's codes. */
struct piece {
	unsigned count;
	int64_t last;
	int from, to;
};

static void copy_rows(sqlite3_stmt *from, sqlite3_stmt *to,
		      struct piece *piece)
{
	piece->count = 0;
	piece->to = SQLITE_OK;
	while (piece->to == SQLITE_OK && sqlite3_step(from) == SQLITE_ROW) {
		piece->last = sqlite3_column_int64(from, 0);
		piece->to = copy_row(from, to);
		piece->count++;
	}
	piece->from = sqlite3_reset(from);
}

static sqlite3_int64 end_of(const struct plain *plain)
{
	return plain->options->until != 0 && plain->options->until < INT64_MAX
	       ? (sqlite3_int64)plain->options->until : INT64_MAX;
}

static int prepare(const struct plain *plain, const char *select,
		   const char *insert, sqlite3_stmt *stmts[2])
{
	stmts[0] = stmts[1] = NULL;
	if (database_prepare(plain->from, select, &stmts[0]) != SQLITE_OK)
		return say_sql(plain, plain->from);
	if (database_prepare(plain->to, insert, &stmts[1]) != SQLITE_OK)
		return say_sql(plain, plain->to);
	sqlite3_bind_int64(stmts[0], 2, (sqlite3_int64)plain->options->since);
	sqlite3_bind_int64(stmts[0], 3, end_of(plain));
	return 0;
}

static int judge(const struct plain *plain, const struct piece *piece)
{
	if (piece->to != SQLITE_OK)
		return say_sql(plain, plain->to);
	if (piece->from != SQLITE_OK)
		return say_sql(plain, plain->from);
	return 0;
}

static int copy_queries(struct plain *plain)
{
	const char *device = plain->options->device;
	struct piece piece = { .count = PIECE };
	sqlite3_stmt *stmts[2];
	int error = prepare(plain, device != NULL ? device_rows_sql : rows_sql,
			    put_row, stmts);

	while (error == 0 && piece.count == PIECE) {
		sqlite3_bind_int64(stmts[0], 1, piece.last);
		sqlite3_bind_int(stmts[0], 4, PIECE);
		if (device != NULL)
			sqlite3_bind_text(stmts[0], 5, device, -1, NULL);
		copy_rows(stmts[0], stmts[1], &piece);
		plain->count->rows += piece.count;
		error = judge(plain, &piece);
		if (plain->options->progress != NULL)
			plain->options->progress(plain->count->rows);
	}
	sqlite3_finalize(stmts[0]);
	sqlite3_finalize(stmts[1]);
	return error;
}

static int copy_table(struct plain *plain, const char *select,
		      const char *insert)
{
	struct piece piece;
	sqlite3_stmt *stmts[2];
	int error = prepare(plain, select, insert, stmts);

	if (error == 0) {
		copy_rows(stmts[0], stmts[1], &piece);
		error = judge(plain, &piece);
	}
	sqlite3_finalize(stmts[0]);
	sqlite3_finalize(stmts[1]);
	return error;
}

static bool put_device(void *context, const struct devices_one *one)
{
	struct plain *plain = context;
	char name[256], mac[MAC_TEXT];
	struct text text;
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(plain->to, "INSERT INTO device VALUES "
				    "(?, ?, ?, ?, ?)", -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return false;
	text_init(&text, name, sizeof(name));
	devices_words(plain->devices, one->id, &text);
	text_init(&text, mac, sizeof(mac));
	mac_print(&one->mac, &text);
	sqlite3_bind_int64(stmt, 1, one->id);
	sqlite3_bind_text(stmt, 2, name, -1, NULL);
	if (one->has_mac)
		sqlite3_bind_text(stmt, 3, mac, -1, NULL);
	sqlite3_bind_int64(stmt, 4, (sqlite3_int64)one->first);
	sqlite3_bind_int64(stmt, 5, (sqlite3_int64)one->last);
	sqlite3_step(stmt);
	return sqlite3_finalize(stmt) == SQLITE_OK;
}

static int copy_all(struct plain *plain)
{
	int error = copy_table(plain, "SELECT number, from_time, until_time, "
			      "count, reason FROM gap WHERE until_time >= ?2 "
			      "AND from_time < ?3",
			      "INSERT INTO gap VALUES (?, ?, ?, ?, ?)");

	if (error == 0)
		error = copy_table(plain, "SELECT id, time, label, device, "
				  "mode FROM mark WHERE time >= ?2 AND "
				  "time < ?3",
				  "INSERT INTO mark VALUES (?, ?, ?, ?, ?)");
	if (error == 0)
		error = copy_queries(plain);
	devices_each(plain->devices, put_device, plain);
	return error;
}

/* The file is whole, or it is not there. */
static int finish(struct plain *plain)
{
	int error = run(plain, indexes);

	if (error == 0)
		error = run(plain, "COMMIT");
	if (error < 0)
		return error;
	sqlite3_close(plain->to);
	plain->to = NULL;
	error = file_replace_commit(&plain->new);
	return error < 0 ? say(plain, error, error_words(error)) : 0;
}

int plain_make(const struct plain_options *options, struct plain_count *count,
	      struct text *trouble)
{
	struct plain plain = {
		.options = options, .count = count, .trouble = trouble,
	};
	int error;

	*count = (struct plain_count){ 0 };
	error = open_journal(&plain);
	if (error == 0)
		error = open_file(&plain);
	if (error == 0)
		error = copy_all(&plain);
	if (error == 0)
		error = finish(&plain);
	sqlite3_close(plain.to);
	file_replace_abort(&plain.new);
	devices_free(plain.devices);
	sqlite3_close(plain.from);
	return error;
}
