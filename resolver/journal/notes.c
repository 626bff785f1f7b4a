/*
 * Gaps and steps are read a page at a time, and copied, so that nothing is
 * held open while a terminal scrolls.
 */
#include "journal/notes.h"

#include <string.h>

#include "base/text.h"
#include "journal/block.h"
#include "journal/database.h"

/* ?3 and ?4: the time; 0 for open. */
static const char notes_sql[] =
	"SELECT number, from_time, until_time, count, 0, reason FROM gap"
	" WHERE number > ?1 AND number <= ?2 AND until_time >= ?3"
	" AND (?4 = 0 OR from_time <= ?4)"
	" UNION ALL"
	" SELECT number, time, time, 0, step, NULL FROM clock"
	" WHERE number > ?1 AND number <= ?2 AND step != 0 AND time >= ?3"
	" AND (?4 = 0 OR time <= ?4)"
	" ORDER BY number";

int notes_init(struct notes *notes, sqlite3 *db)
{
	notes->count = notes->next = notes->damaged_count = 0;
	notes->end = true;
	return database_prepare(db, notes_sql, &notes->find);
}

void notes_release(struct notes *notes)
{
	sqlite3_finalize(notes->find);
}

void notes_start(struct notes *notes, const struct reader_filter *filter,
		 int64_t after, int64_t until)
{
	notes->position = after;
	notes->until = until;
	notes->since_time = filter->since;
	notes->until_time = filter->until;
	notes->end = false;
	notes->count = notes->next = notes->damaged_count = 0;
}

static uint64_t positive(sqlite3_int64 value)
{
	return value > 0 ? (uint64_t)value : 0;
}

static const char *keep_reason(char *room, sqlite3_stmt *stmt)
{
	const char *reason = (const char *)sqlite3_column_text(stmt, 5);
	struct text text;

	if (reason == NULL)
		return NULL;
	text_init(&text, room, NOTES_REASON);
	text_put_hostile(&text, bytes_of(reason, (size_t)
					 sqlite3_column_bytes(stmt, 5)));
	return room;
}

static void keep(struct notes *notes, sqlite3_stmt *stmt)
{
	unsigned at = notes->count++;

	notes->position = sqlite3_column_int64(stmt, 0);
	notes->page[at] = (struct reader_note){
		.number = notes->position,
		.from = positive(sqlite3_column_int64(stmt, 1)),
		.until = positive(sqlite3_column_int64(stmt, 2)),
		.count = positive(sqlite3_column_int64(stmt, 3)),
		.step = sqlite3_column_int64(stmt, 4),
		.reason = keep_reason(notes->reasons[at], stmt),
	};
}

int notes_fill(struct notes *notes)
{
	sqlite3_stmt *stmt = notes->find;

	if (notes->end || notes->next < notes->count)
		return SQLITE_OK;
	notes->count = notes->next = 0;
	sqlite3_bind_int64(stmt, 1, notes->position);
	sqlite3_bind_int64(stmt, 2, notes->until);
	sqlite3_bind_int64(stmt, 3, (sqlite3_int64)notes->since_time);
	sqlite3_bind_int64(stmt, 4, (sqlite3_int64)notes->until_time);
	while (notes->count < NOTES_PAGE && sqlite3_step(stmt) == SQLITE_ROW)
		keep(notes, stmt);
	notes->end = notes->count < NOTES_PAGE;
	return sqlite3_reset(stmt);
}

const struct reader_note *notes_look(const struct notes *notes)
{
	const struct reader_note *stored =
		notes->next < notes->count ? &notes->page[notes->next] : NULL;

	if (notes->damaged_count == 0)
		return stored;
	return stored != NULL && stored->number < notes->damaged[0].number
	       ? stored : &notes->damaged[0];
}

void notes_drop(struct notes *notes, const struct reader_note *note)
{
	if (note != &notes->damaged[0]) {
		notes->next++;
		return;
	}
	notes->damaged_count--;
	memmove(&notes->damaged[0], &notes->damaged[1],
		notes->damaged_count * sizeof(notes->damaged[0]));
}

void notes_add_damaged(struct notes *notes, const struct block_summary *block)
{
	unsigned count = notes->damaged_count;
	struct reader_note *last = &notes->damaged[NOTES_DAMAGED - 1];

	if (count < NOTES_DAMAGED) {
		notes->damaged[count] = (struct reader_note){
			.number = block->number, .from = block->from_time,
			.until = block->until_time, .count = block->rows,
			.reason = READER_DAMAGED_BLOCK,
		};
		notes->damaged_count++;
		return;
	}
	last->count += block->rows;
	if (block->until_time > last->until)
		last->until = block->until_time;
}
