/*
 * notes: what the journal says of itself, in the order of numbers: gaps,
 * steps of the clock, and blocks that a scan found damaged.
 */
#ifndef JOURNAL_NOTES_H
#define JOURNAL_NOTES_H

#include <sqlite3.h>
#include <stdbool.h>

#include "journal/reader.h"

struct block_summary;

enum { NOTES_PAGE = 256, NOTES_DAMAGED = 64, NOTES_REASON = 64 };

struct notes {
	sqlite3_stmt *find;
	int64_t position, until;	/* numbers: (position, until] */
	uint64_t since_time, until_time;
	bool end;			/* nothing behind this page */
	unsigned count, next;
	struct reader_note page[NOTES_PAGE];
	char reasons[NOTES_PAGE][NOTES_REASON];
	unsigned damaged_count;
	struct reader_note damaged[NOTES_DAMAGED];
};

/* SQLite's codes. */
int notes_init(struct notes *notes, sqlite3 *db);
void notes_release(struct notes *notes);

/* Those behind `after`, up to the number `until`, in the filter's time. */
void notes_start(struct notes *notes, const struct reader_filter *filter,
		 int64_t after, int64_t until);

/* Has the next one at hand, if there is one. */
int notes_fill(struct notes *notes);

/* The next one, left where it is; NULL: there is none. */
const struct reader_note *notes_look(const struct notes *notes);
void notes_drop(struct notes *notes, const struct reader_note *note);

/* More than there is room for become one. */
void notes_add_damaged(struct notes *notes,
		       const struct block_summary *block);

#endif
