/*
 * Rows put into the tail, and sealed into blocks, by hand: a journal of any
 * shape.
 */
#ifndef TESTS_JOURNAL_ARCHIVE_H
#define TESTS_JOURNAL_ARCHIVE_H

#include <criterion/criterion.h>
#include <sqlite3.h>

#include "fixture.h"
#include "journal/block.h"
#include "journal/database.h"
#include "journal/page.h"

static UNUSED sqlite3 *archive_open(const struct fixture *fixture)
{
	char words[256] = "";
	struct database_options options = {
		.path = fixture->database, .group = -1,
		.words = words, .room = sizeof(words),
	};
	sqlite3 *db;

	cr_assert_eq(database_open(&db, &options), SQLITE_OK, "%s", words);
	return db;
}

static UNUSED sqlite3 *archive_read(const struct fixture *fixture)
{
	sqlite3 *db;

	cr_assert_eq(database_open_reader(&db, fixture->database), 0);
	return db;
}

static UNUSED void archive_run(sqlite3 *db, const char *sql)
{
	char *words = NULL;

	sqlite3_exec(db, sql, NULL, NULL, &words);
	cr_assert_null(words, "%s: %s", sql, words);
}

static UNUSED sqlite3_stmt *archive_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK,
		     "%s: %s", sql, sqlite3_errmsg(db));
	return stmt;
}

static UNUSED void archive_done(sqlite3_stmt *stmt)
{
	cr_assert_eq(sqlite3_step(stmt), SQLITE_DONE, "%s",
		     sqlite3_errmsg(sqlite3_db_handle(stmt)));
	sqlite3_finalize(stmt);
}

/* A row of the tail that has what a test looks at. */
static UNUSED void archive_put(sqlite3 *db, const struct row *row)
{
	sqlite3_stmt *stmt = archive_prepare(db, "INSERT INTO tail (number, "
		"time, client, transport, name, type, class, verdict, action, "
		"source, rcode, duration, ttl, image, list, line, alias, "
		"upstream) VALUES (?, ?, ?, 1, ?, ?, 1, ?, 0, 2, 0, ?, ?, ?, "
		"?, ?, ?, ?)");

	sqlite3_bind_int64(stmt, 1, row->number);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)row->time);
	sqlite3_bind_blob(stmt, 3, row->client, row->client_len, NULL);
	sqlite3_bind_text(stmt, 4, (const char *)row->name.at,
			  (int)row->name.len, NULL);
	sqlite3_bind_int(stmt, 5, row->type);
	sqlite3_bind_int(stmt, 6, row->verdict);
	sqlite3_bind_int64(stmt, 7, row->duration);
	sqlite3_bind_int64(stmt, 8, row->ttl);
	if (row->image != 0)
		sqlite3_bind_int64(stmt, 9, row->image);
	if (row->list != ROW_NO_LIST)
		sqlite3_bind_int(stmt, 10, row->list);
	sqlite3_bind_int64(stmt, 11, row->line);
	if (row->alias.len > 0)
		sqlite3_bind_text(stmt, 12, (const char *)row->alias.at,
				  (int)row->alias.len, NULL);
	if (row->upstream != 0)
		sqlite3_bind_int64(stmt, 13, row->upstream);
	archive_done(stmt);
}

static UNUSED void archive_put_summary(sqlite3 *db, const char *sql,
				       const struct block_summary *summary,
				       struct bytes more)
{
	sqlite3_stmt *stmt = archive_prepare(db, sql);

	sqlite3_bind_int64(stmt, 1, summary->number);
	sqlite3_bind_int64(stmt, 2, summary->last);
	sqlite3_bind_int64(stmt, 3, summary->rows);
	sqlite3_bind_int64(stmt, 4, (sqlite3_int64)summary->from_time);
	sqlite3_bind_int64(stmt, 5, (sqlite3_int64)summary->until_time);
	sqlite3_bind_blob(stmt, 6, more.at, (int)more.len, NULL);
	archive_done(stmt);
}

static UNUSED void archive_store(sqlite3 *db, struct block_builder *builder)
{
	struct block_summary summary;
	struct bytes data, filter;
	sqlite3_stmt *stmt;

	cr_assert_eq(block_end(builder, 3, &summary, &data, &filter), 0);
	archive_put_summary(db, "INSERT INTO block (number, last, rows, "
		"from_time, until_time, filter, bytes) VALUES "
		"(?, ?, ?, ?, ?, ?, 0)", &summary, filter);
	archive_put_summary(db, "INSERT INTO chain (number, last, rows, "
		"from_time, until_time, hash, sealed) VALUES "
		"(?, ?, ?, ?, ?, ?, x'00')", &summary, bytes_of("hash", 4));
	stmt = archive_prepare(db, "INSERT INTO block_data VALUES (?, ?)");
	sqlite3_bind_int64(stmt, 1, summary.number);
	sqlite3_bind_blob(stmt, 2, data.at, (int)data.len, NULL);
	archive_done(stmt);
}

/* What the tail has of these numbers becomes one block. */
static UNUSED void archive_seal(sqlite3 *db, int64_t first, int64_t last)
{
	struct block_builder *builder = block_builder_new();
	sqlite3_stmt *stmt = archive_prepare(db, "SELECT " PAGE_COLUMNS
		" FROM tail WHERE number BETWEEN ? AND ? ORDER BY number");
	unsigned count = 0;
	struct row row;

	archive_run(db, "BEGIN IMMEDIATE");
	sqlite3_bind_int64(stmt, 1, first);
	sqlite3_bind_int64(stmt, 2, last);
	block_begin(builder);
	for (; sqlite3_step(stmt) == SQLITE_ROW; count++) {
		page_look(stmt, &row);
		cr_assert(block_add(builder, &row));
	}
	sqlite3_finalize(stmt);
	if (count > 0)
		archive_store(db, builder);
	stmt = archive_prepare(db, "DELETE FROM tail WHERE number "
			       "BETWEEN ? AND ?");
	sqlite3_bind_int64(stmt, 1, first);
	sqlite3_bind_int64(stmt, 2, last);
	archive_done(stmt);
	archive_run(db, "COMMIT");
	block_builder_free(builder);
}

#endif
