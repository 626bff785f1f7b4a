/*
 * Who wrote the file need not have been us: text is looked at again here, and
 * numbers are taken modulo their type.
 */
#include "journal/page.h"

#include <string.h>

#include "base/text.h"

/* Columns of PAGE_COLUMNS. */
enum {
	NUMBER, TIME, CLIENT, TRANSPORT, NAME, TYPE, CLASS, RCODE, VERDICT,
	ACTION, SOURCE, ANSWERED, ALIAS, IMAGE, LIST, LINE, UPSTREAM,
	DURATION, TTL,
};

void page_clear(struct page *page)
{
	page->count = page->next = 0;
	page->used = 0;
}

static struct bytes text_at(sqlite3_stmt *stmt, int column)
{
	const void *text = sqlite3_column_text(stmt, column);

	return bytes_of(text != NULL ? text : "",
			(size_t)sqlite3_column_bytes(stmt, column));
}

static uint64_t time_at(sqlite3_stmt *stmt)
{
	sqlite3_int64 time = sqlite3_column_int64(stmt, TIME);

	return time > 0 ? (uint64_t)time : 0;
}

static uint8_t byte_at(sqlite3_stmt *stmt, int column)
{
	return (uint8_t)sqlite3_column_int64(stmt, column);
}

static uint16_t short_at(sqlite3_stmt *stmt, int column)
{
	return (uint16_t)sqlite3_column_int64(stmt, column);
}

static uint32_t long_at(sqlite3_stmt *stmt, int column)
{
	return (uint32_t)sqlite3_column_int64(stmt, column);
}

static uint16_t list_at(sqlite3_stmt *stmt)
{
	if (sqlite3_column_type(stmt, LIST) == SQLITE_NULL)
		return ROW_NO_LIST;
	return short_at(stmt, LIST);
}

static void look_at_client(sqlite3_stmt *stmt, struct row *row)
{
	const uint8_t *raw = sqlite3_column_blob(stmt, CLIENT);
	int len = sqlite3_column_bytes(stmt, CLIENT);

	if (raw == NULL || (len != 4 && len != 16))
		return;
	memcpy(row->client, raw, (size_t)len);
	row->client_len = (uint8_t)len;
}

void page_look(sqlite3_stmt *stmt, struct row *row)
{
	*row = (struct row){
		.number = sqlite3_column_int64(stmt, NUMBER),
		.time = time_at(stmt),
		.name = text_at(stmt, NAME),
		.alias = text_at(stmt, ALIAS),
		.transport = byte_at(stmt, TRANSPORT),
		.verdict = byte_at(stmt, VERDICT),
		.action = byte_at(stmt, ACTION),
		.source = byte_at(stmt, SOURCE),
		.answered = sqlite3_column_int64(stmt, ANSWERED) != 0,
		.type = short_at(stmt, TYPE),
		.class = short_at(stmt, CLASS),
		.rcode = short_at(stmt, RCODE),
		.list = list_at(stmt),
		.line = long_at(stmt, LINE),
		.image = long_at(stmt, IMAGE),
		.upstream = long_at(stmt, UPSTREAM),
		.duration = long_at(stmt, DURATION),
		.ttl = long_at(stmt, TTL),
	};
	look_at_client(stmt, row);
}

static bool is_printable(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return false;
	return true;
}

struct bytes page_clean(struct bytes text, char room[NAME_TEXT])
{
	struct text kept;

	if (text.len < NAME_TEXT && is_printable(text))
		return text;
	text_init(&kept, room, NAME_TEXT);
	text_put_hostile(&kept, text);
	return bytes_of(kept.at, kept.len);
}

static struct bytes keep_text(struct page *page, struct bytes text)
{
	char *to = page->text + page->used;
	struct bytes clean = page_clean(text, to);

	if (clean.at != (const uint8_t *)to)
		memcpy(to, clean.at, clean.len);
	page->used += clean.len;
	return bytes_of(to, clean.len);
}

bool page_keep(struct page *page, const struct row *row)
{
	struct row *kept = &page->rows[page->count++];

	*kept = *row;
	kept->name = keep_text(page, row->name);
	kept->alias = keep_text(page, row->alias);
	return page->count < PAGE_ROWS &&
	       page->used + 2 * NAME_TEXT <= PAGE_TEXT;
}
