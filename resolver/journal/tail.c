/*
 * NULL reads as 0, which is "none" everywhere but for the list.
 */
#include "journal/tail.h"

#include <string.h>

#include "dns/name.h"
#include "journal/row.h"

static struct bytes text_at(sqlite3_stmt *stmt, int column)
{
	const void *at = sqlite3_column_text(stmt, column);
	size_t len = at != NULL ? (size_t)sqlite3_column_bytes(stmt, column)
				: 0;

	return bytes_of(at, len < NAME_TEXT ? len : NAME_TEXT - 1);
}

static void take_client(sqlite3_stmt *stmt, struct row *row)
{
	const void *at = sqlite3_column_blob(stmt, TAIL_CLIENT);
	int len = sqlite3_column_bytes(stmt, TAIL_CLIENT);

	if (at == NULL || (len != 4 && len != 16))
		return;
	memcpy(row->client, at, (size_t)len);
	row->client_len = (uint8_t)len;
}

static uint8_t byte_at(sqlite3_stmt *stmt, int column)
{
	return (uint8_t)sqlite3_column_int(stmt, column);
}

static uint16_t short_at(sqlite3_stmt *stmt, int column)
{
	return (uint16_t)sqlite3_column_int(stmt, column);
}

static uint32_t word_at(sqlite3_stmt *stmt, int column)
{
	return (uint32_t)sqlite3_column_int64(stmt, column);
}

void tail_row(sqlite3_stmt *stmt, struct row *row)
{
	bool listed = sqlite3_column_type(stmt, TAIL_LIST) != SQLITE_NULL;

	*row = (struct row){
		.number = sqlite3_column_int64(stmt, TAIL_NUMBER),
		.time = (uint64_t)sqlite3_column_int64(stmt, TAIL_TIME),
		.name = text_at(stmt, TAIL_NAME),
		.alias = text_at(stmt, TAIL_ALIAS),
		.transport = byte_at(stmt, TAIL_TRANSPORT),
		.verdict = byte_at(stmt, TAIL_VERDICT),
		.action = byte_at(stmt, TAIL_ACTION),
		.source = byte_at(stmt, TAIL_SOURCE),
		.answered = sqlite3_column_int(stmt, TAIL_ANSWERED) != 0,
		.type = short_at(stmt, TAIL_TYPE),
		.class = short_at(stmt, TAIL_CLASS),
		.rcode = short_at(stmt, TAIL_RCODE),
		.list = listed ? short_at(stmt, TAIL_LIST) : ROW_NO_LIST,
		.line = word_at(stmt, TAIL_LINE),
		.image = word_at(stmt, TAIL_IMAGE),
		.upstream = word_at(stmt, TAIL_UPSTREAM),
		.duration = word_at(stmt, TAIL_DURATION),
		.ttl = word_at(stmt, TAIL_TTL),
	};
	take_client(stmt, row);
}
