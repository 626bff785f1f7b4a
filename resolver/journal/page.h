/*
 * page: some rows, or some notes, copied out of the database.
 */
#ifndef JOURNAL_PAGE_H
#define JOURNAL_PAGE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#include "journal/reader.h"
#include "journal/schema.h"

enum {
	PAGE_RECORDS = 256,
	PAGE_LIST = 256,
	PAGE_ROW = 2 * NAME_TEXT + PAGE_LIST + ADDRESS_TEXT,
	PAGE_TEXT = PAGE_RECORDS * 128 + PAGE_ROW,
};

/* What page_keep_row takes, from tail, image_list and upstream. */
#define PAGE_ROW_COLUMNS \
	"number, tail.time, client, transport, tail.name, type, class, " \
	"rcode, verdict, action, source, answered, alias, " \
	SCHEMA_LIST_NAME ", " \
	"image_list.version, line, upstream.address, duration"

struct page {
	unsigned count, next;	/* next: to be given away */
	union {
		struct reader_row rows[PAGE_RECORDS];
		struct reader_note notes[PAGE_RECORDS];
	};
	size_t used;		/* of the text, one after the other */
	char text[PAGE_TEXT];
};

void page_clear(struct page *page);

/* The row the statement stands at; false: there is room for no other. */
bool page_keep_row(struct page *page, sqlite3_stmt *stmt);
/* Columns: number, from, until, count, step, reason. */
bool page_keep_note(struct page *page, sqlite3_stmt *stmt);

static inline bool page_is_empty(const struct page *page)
{
	return page->next == page->count;
}

#endif
