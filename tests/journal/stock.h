/*
 * A journal's database with rows that a test made up: in the tail, or sealed,
 * as the writer would have it.
 */
#ifndef TESTS_JOURNAL_STOCK_H
#define TESTS_JOURNAL_STOCK_H

#include <sqlite3.h>

#include "fixture.h"
#include "journal/block.h"
#include "journal/chain.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/row.h"

/* A Tuesday, 22:13:20. */
#define STOCK_START UINT64_C(1700000000000000)
#define STOCK_DAY UINT64_C(86400000000)
#define STOCK_HOUR UINT64_C(3600000000)

static UNUSED sqlite3 *stock_open(const struct fixture *fixture)
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

static UNUSED void stock_run(sqlite3 *db, const char *sql)
{
	char *words = NULL;

	sqlite3_exec(db, sql, NULL, NULL, &words);
	cr_assert_null(words, "%s: %s", sql, words);
}

static UNUSED int64_t stock_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t number = 0;

	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK,
		     "%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return number;
}

/* From 192.168.0.`client`. */
static UNUSED struct row stock_row(const char *name, uint8_t client,
				   uint64_t time)
{
	return (struct row){
		.time = STOCK_START + time,
		.name = bytes_of_string(name),
		.client = { 192, 168, 0, client },
		.client_len = 4,
		.transport = ENTRY_UDP,
		.source = ENTRY_FROM_CACHE,
		.answered = true,
		.type = 1, .class = 1,
		.list = ROW_NO_LIST,
		.duration = 100,
	};
}

static UNUSED void stock_bind_text(sqlite3_stmt *stmt, int at,
				   struct bytes text)
{
	sqlite3_bind_text(stmt, at, (const char *)text.at, (int)text.len,
			  SQLITE_STATIC);
}

/* Into the tail, with the next number; that is in *row afterwards. */
static UNUSED void stock_put(sqlite3 *db, struct row *row)
{
	static const char last_sql[] =
		"SELECT max(coalesce((SELECT max(number) FROM tail), 0),"
		" coalesce((SELECT max(last) FROM block), 0))";
	static const char put_sql[] =
		"INSERT INTO tail (number, time, client, transport, name,"
		" type, class, verdict, action, source, rcode, alias,"
		" duration, answered) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
		" ?8, 0, ?9, 0, ?10, 100, 1)";
	sqlite3_stmt *stmt;

	if (row->number == 0)
		row->number = stock_number(db, last_sql) + 1;
	cr_assert_eq(sqlite3_prepare_v2(db, put_sql, -1, &stmt, NULL),
		     SQLITE_OK, "%s", sqlite3_errmsg(db));
	sqlite3_bind_int64(stmt, 1, row->number);
	sqlite3_bind_int64(stmt, 2, (int64_t)row->time);
	sqlite3_bind_blob(stmt, 3, row->client, row->client_len,
			  SQLITE_STATIC);
	sqlite3_bind_int(stmt, 4, row->transport);
	stock_bind_text(stmt, 5, row->name);
	sqlite3_bind_int(stmt, 6, row->type);
	sqlite3_bind_int(stmt, 7, row->class);
	sqlite3_bind_int(stmt, 8, row->verdict);
	sqlite3_bind_int(stmt, 9, row->source);
	if (row->alias.len > 0)
		stock_bind_text(stmt, 10, row->alias);
	sqlite3_step(stmt);
	cr_assert_eq(sqlite3_finalize(stmt), SQLITE_OK, "%s",
		     sqlite3_errmsg(db));
}

static UNUSED struct row stock_at(sqlite3_stmt *stmt)
{
	struct row row = stock_row("", 0, 0);

	row.number = sqlite3_column_int64(stmt, 0);
	row.time = (uint64_t)sqlite3_column_int64(stmt, 1);
	row.client_len = (uint8_t)sqlite3_column_bytes(stmt, 2);
	memcpy(row.client, sqlite3_column_blob(stmt, 2), row.client_len);
	row.name = bytes_of(sqlite3_column_text(stmt, 3),
			    (size_t)sqlite3_column_bytes(stmt, 3));
	row.alias = bytes_of(sqlite3_column_text(stmt, 4),
			     (size_t)sqlite3_column_bytes(stmt, 4));
	row.verdict = (uint8_t)sqlite3_column_int(stmt, 5);
	return row;
}

static UNUSED void stock_bind_bytes(sqlite3_stmt *stmt, int at,
				    struct bytes bytes)
{
	sqlite3_bind_blob(stmt, at, bytes.at, (int)bytes.len, SQLITE_STATIC);
}

static UNUSED void stock_store_block(sqlite3 *db,
				     const struct block_summary *summary,
				     struct bytes data, struct bytes filter)
{
	static const char block_sql[] =
		"INSERT INTO block VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	static const char data_sql[] = "INSERT INTO block_data VALUES (?, ?)";
	sqlite3_stmt *stmt;

	sqlite3_prepare_v2(db, block_sql, -1, &stmt, NULL);
	sqlite3_bind_int64(stmt, 1, summary->number);
	sqlite3_bind_int64(stmt, 2, summary->last);
	sqlite3_bind_int64(stmt, 3, summary->rows);
	sqlite3_bind_int64(stmt, 4, (int64_t)summary->from_time);
	sqlite3_bind_int64(stmt, 5, (int64_t)summary->until_time);
	sqlite3_bind_int64(stmt, 6, (int64_t)data.len);
	stock_bind_bytes(stmt, 7, filter);
	sqlite3_step(stmt);
	cr_assert_eq(sqlite3_finalize(stmt), SQLITE_OK);
	sqlite3_prepare_v2(db, data_sql, -1, &stmt, NULL);
	sqlite3_bind_int64(stmt, 1, summary->number);
	stock_bind_bytes(stmt, 2, data);
	sqlite3_step(stmt);
	cr_assert_eq(sqlite3_finalize(stmt), SQLITE_OK);
	cr_assert_eq(chain_add(db, summary, data), SQLITE_OK);
}

/* The first `count` rows of the tail become a block. */
static UNUSED void stock_seal(sqlite3 *db, unsigned count)
{
	struct block_builder *builder = block_builder_new();
	struct block_summary summary;
	struct bytes data, filter;
	sqlite3_stmt *stmt;
	char sql[96];

	cr_assert_not_null(builder);
	block_begin(builder);
	sqlite3_prepare_v2(db, "SELECT number, time, client, name, alias,"
			   " verdict FROM tail ORDER BY number LIMIT ?",
			   -1, &stmt, NULL);
	sqlite3_bind_int64(stmt, 1, count);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct row row = stock_at(stmt);

		cr_assert(block_add(builder, &row));
	}
	sqlite3_finalize(stmt);
	cr_assert_eq(block_end(builder, 3, &summary, &data, &filter), 0);
	stock_run(db, "BEGIN");
	stock_store_block(db, &summary, data, filter);
	snprintf(sql, sizeof(sql), "DELETE FROM tail WHERE number <= %lld",
		 (long long)summary.last);
	stock_run(db, sql);
	stock_run(db, "COMMIT");
	block_builder_free(builder);
}

/* How many links of the chain are in this state. */
struct stock_states {
	unsigned count[CHAIN_MISSING + 1];
};

static UNUSED bool stock_count_state(void *context,
				     const struct chain_finding *found)
{
	((struct stock_states *)context)->count[found->state]++;
	return true;
}

static UNUSED unsigned stock_links(sqlite3 *db, enum chain_state state)
{
	struct stock_states states = { { 0 } };

	cr_assert_eq(chain_check(db, stock_count_state, &states), 0);
	return states.count[state];
}

#endif
