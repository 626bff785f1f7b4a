/*
 * The table has a row of some kilobytes for each block, so a search in a
 * short time must not touch them all: a small index on the times says first
 * between which numbers that time lies.  It is only believed of blocks that
 * were there when it was asked.
 */
#include "journal/blocks.h"

#include <stdlib.h>

#include "journal/database.h"

#define SUMMARY "number, last, rows, from_time, until_time"

static const char *const walk_sql[] = {
	"SELECT " SUMMARY ", filter FROM block WHERE number > ? "
	"ORDER BY number",
	"SELECT " SUMMARY ", filter FROM block WHERE number < ? "
	"ORDER BY number DESC",
};

static const char *const links_sql[] = {
	"SELECT " SUMMARY " FROM chain WHERE number > ? ORDER BY link",
	"SELECT " SUMMARY " FROM chain WHERE number < ? ORDER BY link DESC",
};

static const char one_sql[] =
	"SELECT " SUMMARY ", filter FROM block WHERE number = ?";

/* Of the index alone. */
static const char range_sql[] =
	"SELECT coalesce(min(number), 0), coalesce(max(number), -1) "
	"FROM block WHERE until_time >= ?1 AND (?2 = 0 OR from_time < ?2)";

int blocks_init(struct blocks *blocks, sqlite3 *db, bool backwards)
{
	int rc;

	*blocks = (struct blocks){ .db = db, .backwards = backwards };
	rc = database_prepare(db, walk_sql[backwards], &blocks->walk);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, links_sql[backwards],
				      &blocks->links);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, one_sql, &blocks->one);
	return rc;
}

void blocks_release(struct blocks *blocks)
{
	sqlite3_finalize(blocks->walk);
	sqlite3_finalize(blocks->links);
	sqlite3_finalize(blocks->one);
	free(blocks->data);
}

void blocks_pause(struct blocks *blocks)
{
	sqlite3_reset(blocks->walk);
	sqlite3_reset(blocks->links);
	sqlite3_reset(blocks->one);
	blocks->walking = false;
}

/* --- where to begin, and what to leave out --- */

static sqlite3_int64 bound_of(uint64_t time)
{
	return time < INT64_MAX ? (sqlite3_int64)time : INT64_MAX;
}

static int find_range(struct blocks *blocks, uint64_t since, uint64_t until)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(blocks->db, range_sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, bound_of(since));
	sqlite3_bind_int64(stmt, 2, bound_of(until));
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		blocks->range.first = sqlite3_column_int64(stmt, 0);
		blocks->range.last = sqlite3_column_int64(stmt, 1);
	}
	return sqlite3_finalize(stmt);
}

static int ask(struct blocks *blocks, const char *sql, int64_t value,
	       sqlite3_int64 *answer)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(blocks->db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, value);
	rc = database_ask(stmt, answer);
	sqlite3_finalize(stmt);
	return rc;
}

/* Damage costs time at the most: then all of them are looked at. */
static int forgive(int rc)
{
	return (rc & 0xff) == SQLITE_CORRUPT ? SQLITE_OK : rc;
}

static int narrow(struct blocks *blocks, uint64_t since, uint64_t until)
{
	sqlite3_int64 newest = 0;
	int rc = ask(blocks, "SELECT coalesce(max(number), ?1) FROM block",
		     INT64_MIN, &newest);

	blocks->range.first = INT64_MIN;
	blocks->range.last = blocks->range.newest = newest;
	if (rc == SQLITE_OK && (since > 0 || until > 0))
		rc = find_range(blocks, since, until);
	if (rc != SQLITE_OK)
		blocks->range.newest = INT64_MIN;
	return forgive(rc);
}

int blocks_start(struct blocks *blocks, int64_t from, uint64_t since,
		 uint64_t until)
{
	static const char at_or_before[] =
		"SELECT coalesce(max(number), ?1) FROM block "
		"WHERE number <= ?1";
	sqlite3_int64 first = from;
	int rc = narrow(blocks, since, until);

	blocks_pause(blocks);
	blocks->torn = false;
	if (rc == SQLITE_OK && !blocks->backwards)
		rc = forgive(ask(blocks, at_or_before, from, &first));
	if (blocks->backwards)
		blocks->done = from < INT64_MAX ? from + 1 : from;
	else
		blocks->done = first > INT64_MIN ? first - 1 : first;
	return rc;
}

/* Past those of another time; false: this one may be looked at. */
static bool leap(struct blocks *blocks, int64_t number)
{
	int64_t to;

	if (number > blocks->range.newest)
		return false;
	if (number < blocks->range.first)
		to = blocks->backwards ? INT64_MIN : blocks->range.first - 1;
	else if (number > blocks->range.last)
		to = blocks->backwards ? blocks->range.last + 1
				       : blocks->range.newest;
	else
		return false;
	blocks_pause(blocks);
	blocks->done = to;
	return true;
}

/* --- walking --- */

static uint64_t time_at(sqlite3_stmt *stmt, int column)
{
	sqlite3_int64 time = sqlite3_column_int64(stmt, column);

	return time > 0 ? (uint64_t)time : 0;
}

static void look(sqlite3_stmt *stmt, struct blocks_one *one)
{
	one->summary = (struct block_summary){
		.number = sqlite3_column_int64(stmt, 0),
		.last = sqlite3_column_int64(stmt, 1),
		.rows = (uint32_t)sqlite3_column_int64(stmt, 2),
		.from_time = time_at(stmt, 3),
		.until_time = time_at(stmt, 4),
	};
	one->filter = bytes_of(NULL, 0);
}

static void look_closely(sqlite3_stmt *stmt, struct blocks_one *one)
{
	const void *filter = sqlite3_column_blob(stmt, 5);

	look(stmt, one);
	one->filter = bytes_of(filter, filter != NULL ?
			       (size_t)sqlite3_column_bytes(stmt, 5) : 0);
}

static bool is_done(const struct blocks *blocks, int64_t number)
{
	return blocks->backwards ? number >= blocks->done
				 : number <= blocks->done;
}

/* Goes on, or begins, with what is behind blocks->done. */
static int step(struct blocks *blocks, sqlite3_stmt *stmt)
{
	int rc;

	if (!blocks->walking)
		sqlite3_bind_int64(stmt, 1, blocks->done);
	blocks->walking = true;
	rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW)
		blocks_pause(blocks);
	return rc;
}

/* SQLITE_DONE: the link's block is gone, as retention leaves it. */
static int look_up(struct blocks *blocks, struct blocks_one *one)
{
	sqlite3_stmt *stmt = blocks->one;
	int rc;

	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 1, one->summary.number);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		look_closely(stmt, one);
	if ((rc & 0xff) == SQLITE_CORRUPT)
		return SQLITE_ROW;
	return rc;
}

static int next_link(struct blocks *blocks, struct blocks_one *one)
{
	int rc = SQLITE_DONE;

	while (rc == SQLITE_DONE) {
		rc = step(blocks, blocks->links);
		if (rc != SQLITE_ROW)
			return rc;
		look(blocks->links, one);
		rc = is_done(blocks, one->summary.number)
		     ? SQLITE_DONE : look_up(blocks, one);
	}
	return rc;
}

int blocks_next(struct blocks *blocks, struct blocks_one *one)
{
	int rc;

	do {
		rc = blocks->torn ? SQLITE_CORRUPT
				  : step(blocks, blocks->walk);
		if (rc == SQLITE_ROW)
			look_closely(blocks->walk, one);
		if ((rc & 0xff) == SQLITE_CORRUPT) {
			blocks->torn = true;
			rc = next_link(blocks, one);
		}
	} while (rc == SQLITE_ROW && leap(blocks, one->summary.number));
	return rc;
}

void blocks_pass(struct blocks *blocks, const struct blocks_one *one)
{
	blocks->done = one->summary.number;
}

/* --- their bytes --- */

static int make_room(struct blocks *blocks, size_t len)
{
	uint8_t *data;

	if (len <= blocks->room)
		return SQLITE_OK;
	data = realloc(blocks->data, len);
	if (data == NULL)
		return SQLITE_NOMEM;
	blocks->data = data;
	blocks->room = len;
	return SQLITE_OK;
}

static int read_whole(struct blocks *blocks, sqlite3_blob *blob,
		      struct bytes *data)
{
	int len = sqlite3_blob_bytes(blob), rc;

	if (len > BLOCK_BYTES)
		return SQLITE_CORRUPT;
	rc = make_room(blocks, (size_t)len);
	if (rc == SQLITE_OK)
		rc = sqlite3_blob_read(blob, blocks->data, len, 0);
	*data = bytes_of(blocks->data, (size_t)len);
	return rc;
}

/* A sector that cannot be read is damage; a full house is not. */
static int judge(struct blocks *blocks, int rc)
{
	switch (sqlite3_extended_errcode(blocks->db)) {
	case SQLITE_IOERR_READ:
	case SQLITE_IOERR_SHORT_READ:
	case SQLITE_IOERR_CORRUPTFS:
	case SQLITE_ERROR:	/* no such row */
		return SQLITE_CORRUPT;
	default:
		return rc & 0xff;
	}
}

int blocks_read(struct blocks *blocks, int64_t number, struct bytes *data)
{
	sqlite3_blob *blob = NULL;
	int rc = sqlite3_blob_open(blocks->db, "main", "block_data", "data",
				   number, 0, &blob);

	if (rc == SQLITE_OK)
		rc = read_whole(blocks, blob, data);
	if (rc != SQLITE_OK)
		rc = judge(blocks, rc);
	sqlite3_blob_close(blob);
	return rc;
}
