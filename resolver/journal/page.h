/*
 * page: some rows of the table tail, copied out of the database.
 */
#ifndef JOURNAL_PAGE_H
#define JOURNAL_PAGE_H

#include <sqlite3.h>

#include "dns/name.h"
#include "journal/row.h"

enum {
	PAGE_ROWS = 256,
	PAGE_TEXT = PAGE_ROWS * 128 + 2 * NAME_TEXT,
};

/* What page_look reads. */
#define PAGE_COLUMNS \
	"number, time, client, transport, name, type, class, rcode, " \
	"verdict, action, source, answered, alias, image, list, line, " \
	"upstream, duration, ttl"

struct page {
	unsigned count, next;	/* next: to be given away */
	struct row rows[PAGE_ROWS];
	size_t used;		/* of the text, one after the other */
	char text[PAGE_TEXT];
};

void page_clear(struct page *page);

/* The row the statement stands at; its text is the statement's. */
void page_look(sqlite3_stmt *stmt, struct row *row);

/* Copies it, its text too; false: there is room for no other. */
bool page_keep(struct page *page, const struct row *row);

/*
 * Text as a row should have it; where somebody else wrote another, a copy in
 * `room` that is printable and fits.
 */
struct bytes page_clean(struct bytes text, char room[NAME_TEXT]);

#endif
