/*
 * Who wrote the file need not have been us: text is looked at again here, and
 * numbers are taken modulo their type.
 */
#include "journal/page.h"

#include <string.h>

#include "base/text.h"

enum { REASON_TEXT = 64 };

_Static_assert(PAGE_RECORDS * REASON_TEXT <= PAGE_TEXT, "room for reasons");

/* Columns of PAGE_ROW_COLUMNS. */
enum {
	NUMBER, TIME, CLIENT, TRANSPORT, NAME, TYPE, CLASS, RCODE, VERDICT,
	ACTION, SOURCE, ANSWERED, ALIAS, LIST, VERSION, LINE, UPSTREAM,
	DURATION,
};

void page_clear(struct page *page)
{
	page->count = page->next = 0;
	page->used = 0;
}

static bool is_printable(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

/* Printed by us it is printable; if it is not, somebody else wrote it. */
static const char *keep_text(struct page *page, sqlite3_stmt *stmt,
			     int column, size_t room)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);
	size_t len = (size_t)sqlite3_column_bytes(stmt, column);
	struct text kept;

	if (text == NULL)
		return NULL;
	text_init(&kept, page->text + page->used, room);
	if (is_printable(text, len))
		text_put(&kept, "%s", text);
	else
		text_put_hostile(&kept, bytes_of(text, len));
	page->used += kept.len + 1;
	return kept.at;
}

static uint64_t time_at(sqlite3_stmt *stmt, int column)
{
	sqlite3_int64 time = sqlite3_column_int64(stmt, column);

	return time > 0 ? (uint64_t)time : 0;
}

static uint16_t short_at(sqlite3_stmt *stmt, int column)
{
	return (uint16_t)sqlite3_column_int64(stmt, column);
}

static unsigned number_at(sqlite3_stmt *stmt, int column)
{
	return (unsigned)sqlite3_column_int64(stmt, column);
}

static struct address client_at(sqlite3_stmt *stmt)
{
	const uint8_t *raw = sqlite3_column_blob(stmt, CLIENT);
	int len = sqlite3_column_bytes(stmt, CLIENT);
	struct address client;

	memset(&client, 0, sizeof(client));
	if (raw != NULL && (len == 4 || len == 16))
		address_from_raw(&client, raw, (size_t)len, 0);
	return client;
}

bool page_keep_row(struct page *page, sqlite3_stmt *stmt)
{
	page->rows[page->count++] = (struct reader_row){
		.number = sqlite3_column_int64(stmt, NUMBER),
		.time = time_at(stmt, TIME),
		.client = client_at(stmt),
		.transport = number_at(stmt, TRANSPORT),
		.name = keep_text(page, stmt, NAME, NAME_TEXT),
		.qtype = short_at(stmt, TYPE),
		.qclass = short_at(stmt, CLASS),
		.rcode = short_at(stmt, RCODE),
		.verdict = number_at(stmt, VERDICT),
		.action = number_at(stmt, ACTION),
		.source = number_at(stmt, SOURCE),
		.answered = number_at(stmt, ANSWERED) != 0,
		.alias = keep_text(page, stmt, ALIAS, NAME_TEXT),
		.list = keep_text(page, stmt, LIST, PAGE_LIST),
		.list_version = (uint64_t)sqlite3_column_int64(stmt, VERSION),
		.line = number_at(stmt, LINE),
		.upstream = keep_text(page, stmt, UPSTREAM, ADDRESS_TEXT),
		.duration = number_at(stmt, DURATION),
	};
	return page->count < PAGE_RECORDS &&
	       page->used + PAGE_ROW <= PAGE_TEXT;
}

bool page_keep_note(struct page *page, sqlite3_stmt *stmt)
{
	sqlite3_int64 count = sqlite3_column_int64(stmt, 3);

	page->notes[page->count++] = (struct reader_note){
		.number = sqlite3_column_int64(stmt, 0),
		.from = time_at(stmt, 1),
		.until = time_at(stmt, 2),
		.count = count > 0 ? (uint64_t)count : 0,
		.step = sqlite3_column_int64(stmt, 4),
		.reason = keep_text(page, stmt, 5, REASON_TEXT),
	};
	return page->count < PAGE_RECORDS;
}
