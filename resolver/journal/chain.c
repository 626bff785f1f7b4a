/*
 * A block has one link, so what is done here is rare: statements are prepared
 * when they are needed and not kept.
 */
#include "journal/chain.h"

#include <string.h>

#include "journal/block.h"
#include "journal/database.h"

static void add_number(struct sha256 *sum, uint64_t number)
{
	uint8_t bytes[8];

	bytes_put32(bytes, (uint32_t)(number >> 32));
	bytes_put32(bytes + 4, (uint32_t)number);
	sha256_add(sum, bytes, sizeof(bytes));
}

void chain_seal(struct chain_link *link, const uint8_t before[SHA256_SIZE])
{
	struct sha256 sum;

	sha256_init(&sum);
	sha256_add(&sum, before, SHA256_SIZE);
	sha256_add(&sum, link->hash, SHA256_SIZE);
	add_number(&sum, (uint64_t)link->number);
	add_number(&sum, (uint64_t)link->last);
	add_number(&sum, link->rows);
	add_number(&sum, link->from_time);
	add_number(&sum, link->until_time);
	sha256_end(&sum, link->sealed);
}

/* Of another length it is nobody's digest: zeros. */
static void take_digest(sqlite3_stmt *stmt, int column,
			uint8_t digest[SHA256_SIZE])
{
	const void *at = sqlite3_column_blob(stmt, column);

	if (at != NULL && sqlite3_column_bytes(stmt, column) == SHA256_SIZE)
		memcpy(digest, at, SHA256_SIZE);
}

/* Numbers that no row has are brought to where one can count with them. */
static int64_t between(int64_t value, int64_t low)
{
	if (value < low)
		return low;
	return value < INT64_MAX ? value : INT64_MAX - 1;
}

static int read_link(sqlite3 *db, const char *sql, int64_t at,
		     struct chain_link *link)
{
	sqlite3_stmt *get;
	int rc = sqlite3_prepare_v2(db, sql, -1, &get, NULL);
	bool found;

	*link = (struct chain_link){ 0 };
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(get, 1, at);
	found = sqlite3_step(get) == SQLITE_ROW;
	if (found) {
		link->link = sqlite3_column_int64(get, 0);
		link->number = between(sqlite3_column_int64(get, 1), 1);
		link->last = between(sqlite3_column_int64(get, 2),
				     link->number);
		link->rows = (uint32_t)sqlite3_column_int64(get, 3);
		link->from_time = (uint64_t)sqlite3_column_int64(get, 4);
		link->until_time = (uint64_t)sqlite3_column_int64(get, 5);
		take_digest(get, 6, link->hash);
		take_digest(get, 7, link->sealed);
	}
	rc = sqlite3_finalize(get);
	return rc == SQLITE_OK && !found ? SQLITE_NOTFOUND : rc;
}

#define COLUMNS "link, number, last, rows, from_time, until_time, hash, sealed"

int chain_last(sqlite3 *db, struct chain_link *link)
{
	return read_link(db, "SELECT " COLUMNS " FROM chain WHERE link <= ?"
			 " ORDER BY link DESC LIMIT 1", INT64_MAX, link);
}

/* A damaged page may hold rows in no order: walks must come forward. */
int chain_from(sqlite3 *db, int64_t at, struct chain_link *link)
{
	int rc = read_link(db, "SELECT " COLUMNS " FROM chain WHERE link >= ?"
			   " ORDER BY link LIMIT 1", at, link);

	return rc == SQLITE_OK && link->link < at ? SQLITE_CORRUPT : rc;
}

int chain_put(sqlite3 *db, const struct chain_link *link)
{
	sqlite3_stmt *put;
	int rc = sqlite3_prepare_v2(db, "INSERT OR IGNORE INTO chain "
		"(" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)", -1, &put,
		NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(put, 1, link->link);
	sqlite3_bind_int64(put, 2, link->number);
	sqlite3_bind_int64(put, 3, link->last);
	sqlite3_bind_int64(put, 4, link->rows);
	sqlite3_bind_int64(put, 5, (sqlite3_int64)link->from_time);
	sqlite3_bind_int64(put, 6, (sqlite3_int64)link->until_time);
	sqlite3_bind_blob(put, 7, link->hash, SHA256_SIZE, SQLITE_STATIC);
	sqlite3_bind_blob(put, 8, link->sealed, SHA256_SIZE, SQLITE_STATIC);
	sqlite3_step(put);
	return sqlite3_finalize(put);
}

int chain_add(sqlite3 *db, const struct block_summary *summary,
	      struct bytes data)
{
	struct chain_link before = { 0 }, link = {
		.number = summary->number,
		.last = summary->last,
		.rows = summary->rows,
		.from_time = summary->from_time,
		.until_time = summary->until_time,
	};
	int rc = chain_last(db, &before);

	if (rc != SQLITE_OK && rc != SQLITE_NOTFOUND)
		return rc;
	if (before.link == INT64_MAX)
		return SQLITE_CORRUPT;
	link.link = before.link + 1;
	sha256_of(data.at, data.len, link.hash);
	chain_seal(&link, before.sealed);
	return chain_put(db, &link);
}

/* Numbers rise with the links, whatever links are not there: by halves. */
int chain_find(sqlite3 *db, int64_t row, struct chain_link *link)
{
	struct chain_link last;
	int64_t low = 1, high;
	int rc = chain_last(db, &last);

	if (rc != SQLITE_OK)
		return rc;
	high = last.link;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		rc = chain_from(db, middle, link);
		if (rc != SQLITE_OK)
			return rc;
		if (link->last < row)
			low = link->link + 1;
		else
			high = middle;
	}
	rc = chain_from(db, low, link);
	if (rc == SQLITE_OK && (row < link->number || row > link->last))
		return SQLITE_NOTFOUND;
	return rc;
}

int chain_redact(sqlite3 *db, const struct chain_redaction *redaction)
{
	sqlite3_stmt *put;
	int rc = sqlite3_prepare_v2(db, "INSERT INTO redaction (link, time, "
		"reason, gone, hash) VALUES (?, ?, ?, ?, ?)", -1, &put, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(put, 1, redaction->link);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)redaction->time);
	sqlite3_bind_text(put, 3, redaction->reason, -1, SQLITE_STATIC);
	sqlite3_bind_int64(put, 4, (sqlite3_int64)redaction->gone);
	if (redaction->hash != NULL)
		sqlite3_bind_blob(put, 5, redaction->hash, SHA256_SIZE,
				  SQLITE_STATIC);
	sqlite3_step(put);
	return sqlite3_finalize(put);
}
