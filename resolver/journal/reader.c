/*
 * Rows and notes are two streams in the order of their numbers; each is read
 * a page at a time and the two are merged:
 *
 *	rows	[ 17 18 20 21 ]
 *	notes	[ 19 23 ]		--> 17 18 19 20 21 23
 *
 * A page is copied before the first of it is given away: what is held open in
 * the database is never held while a terminal scrolls.  A look for rows goes
 * through at most WINDOW of them at a time, some 10 ms.
 */
#include "journal/reader.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "journal/database.h"
#include "journal/page.h"
#include "journal/sieve.h"
#include "journal/spans.h"

enum { WINDOW = 20000 };

struct reader {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *find_rows, *find_back, *find_notes;
	struct sieve sieve;
	struct spans spans;
	struct rows {
		struct page page;
		unsigned span;		/* being read */
		int64_t position;	/* read until here */
	} rows;
	struct notes {
		struct page page;
		int64_t position, until;
		bool end;
	} notes;
};

static const char rows_sql[] =
	"SELECT " PAGE_ROW_COLUMNS
	" FROM tail"
	" LEFT JOIN image_list ON image_list.image = tail.image"
	" AND image_list.list = tail.list"
	" LEFT JOIN upstream ON upstream.id = tail.upstream"
	" WHERE number > ?1 AND number <= ?2 AND " SIEVE_SQL
	" ORDER BY number";

static const char back_sql[] =
	"SELECT number FROM tail"
	" WHERE number > ?1 AND number <= ?2 AND " SIEVE_SQL
	" ORDER BY number DESC LIMIT ?3";

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

static int complain(struct reader *reader, int rc)
{
	char words[256];

	database_explain(reader->db, rc, words, sizeof(words));
	log_error("%s: %s", reader->path, words);
	return database_error(reader->db, rc);
}

static int prepare(struct reader *reader)
{
	int rc = sieve_init(&reader->sieve, reader->db);

	if (rc == SQLITE_OK)
		rc = spans_init(&reader->spans, reader->db);
	if (rc == SQLITE_OK)
		rc = database_prepare(reader->db, rows_sql,
				      &reader->find_rows);
	if (rc == SQLITE_OK)
		rc = database_prepare(reader->db, back_sql,
				      &reader->find_back);
	if (rc == SQLITE_OK)
		rc = database_prepare(reader->db, notes_sql,
				      &reader->find_notes);
	return rc == SQLITE_OK ? 0 : complain(reader, rc);
}

int reader_open(struct reader **opened, const char *path)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int error = -ENOMEM;

	if (reader != NULL)
		reader->path = strdup(path);
	if (reader != NULL && reader->path != NULL)
		error = database_open_reader(&reader->db, path);
	if (error == 0)
		error = prepare(reader);
	if (error < 0) {
		reader_close(reader);
		return error;
	}
	*opened = reader;
	return 0;
}

void reader_close(struct reader *reader)
{
	if (reader == NULL)
		return;
	spans_release(&reader->spans);
	sqlite3_finalize(reader->find_rows);
	sqlite3_finalize(reader->find_back);
	sqlite3_finalize(reader->find_notes);
	sqlite3_close(reader->db);
	free(reader->path);
	free(reader);
}

static int64_t window_end(struct span span)
{
	return span.until - span.after > WINDOW ? span.after + WINDOW
						: span.until;
}

/* One window of one span; the page may be full before its end. */
static int read_window(struct reader *reader, int64_t until)
{
	struct rows *rows = &reader->rows;
	sqlite3_stmt *stmt = reader->find_rows;

	sqlite3_bind_int64(stmt, 1, rows->position);
	sqlite3_bind_int64(stmt, 2, until);
	rows->position = until;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		if (page_keep_row(&rows->page, stmt))
			continue;
		rows->position = sqlite3_column_int64(stmt, 0);
		break;
	}
	return sqlite3_reset(stmt);
}

/*
 * Fills the page; an empty one is the end.  Numbers may be far apart: windows
 * begin where there is a row.
 */
static int fill_rows(struct reader *reader)
{
	struct spans *spans = &reader->spans;
	struct rows *rows = &reader->rows;
	int rc = SQLITE_OK;

	page_clear(&rows->page);
	while (rows->page.count == 0 && rows->span < spans->count &&
	       rc == SQLITE_OK) {
		struct span span = spans->at[rows->span];

		if (rows->position > span.after)
			span.after = rows->position;
		if (span.after < span.until)
			rc = spans_skip(spans, &span);
		rows->position = span.after;
		if (span.after >= span.until)
			rows->span++;
		else if (rc == SQLITE_OK)
			rc = read_window(reader, window_end(span));
	}
	return rc;
}

static int fill_notes(struct reader *reader)
{
	struct notes *notes = &reader->notes;
	sqlite3_stmt *stmt = reader->find_notes;

	page_clear(&notes->page);
	if (notes->end)
		return SQLITE_OK;
	notes->end = true;
	sqlite3_bind_int64(stmt, 1, notes->position);
	sqlite3_bind_int64(stmt, 2, notes->until);
	sqlite3_bind_int64(stmt, 3, (sqlite3_int64)reader->sieve.since);
	sqlite3_bind_int64(stmt, 4, (sqlite3_int64)reader->sieve.until);
	while (notes->end && sqlite3_step(stmt) == SQLITE_ROW) {
		notes->end = page_keep_note(&notes->page, stmt);
		notes->position = sqlite3_column_int64(stmt, 0);
	}
	return sqlite3_reset(stmt);
}

/* The last window of the span: how many match is taken off *wanted. */
static int look_back(struct reader *reader, struct span *span,
		     unsigned *wanted, int64_t *first)
{
	sqlite3_stmt *stmt = reader->find_back;
	int64_t after = span->after;
	int rc = spans_skip_back(&reader->spans, span);

	if (rc != SQLITE_OK || span->until <= span->after)
		return rc;
	if (span->until - after > WINDOW)
		after = span->until - WINDOW;
	sqlite3_bind_int64(stmt, 1, after);
	sqlite3_bind_int64(stmt, 2, span->until);
	sqlite3_bind_int64(stmt, 3, *wanted);
	span->until = after;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		*first = sqlite3_column_int64(stmt, 0);
		--*wanted;
	}
	return sqlite3_reset(stmt);
}

/*
 * Where the last so many rows begin; as it was, when there are not so many.
 * They are only counted: the way back costs no memory.
 */
static int find_start(struct reader *reader, unsigned wanted, int64_t *start)
{
	int64_t first = 0;
	int rc = SQLITE_OK;

	for (unsigned i = reader->spans.count; i-- > 0 && wanted > 0; ) {
		struct span span = reader->spans.at[i];

		while (span.until > span.after && wanted > 0 &&
		       rc == SQLITE_OK)
			rc = look_back(reader, &span, &wanted, &first);
	}
	if (rc == SQLITE_OK && wanted == 0)
		*start = first - 1;
	return rc;
}

static int begin(struct reader *reader, const struct reader_filter *filter,
		 const struct reader_taker *taker)
{
	int64_t start = filter->after;
	int rc = spans_find(&reader->spans, filter);

	if (rc == SQLITE_OK && filter->last > 0)
		rc = find_start(reader, filter->last, &start);
	reader->rows.span = 0;
	page_clear(&reader->rows.page);
	reader->rows.position = start;
	if (taker->row == NULL)
		reader->spans.count = 0;
	reader->notes.position = start;
	page_clear(&reader->notes.page);
	reader->notes.until = reader->spans.end;
	reader->notes.end = taker->note == NULL;
	return rc;
}

static int refill(struct reader *reader)
{
	int rc = SQLITE_OK;

	if (page_is_empty(&reader->rows.page))
		rc = fill_rows(reader);
	if (rc == SQLITE_OK && page_is_empty(&reader->notes.page))
		rc = fill_notes(reader);
	return rc;
}

enum given { NOTHING, ENOUGH, MORE };

/* Whichever has the lower number. */
static enum given give_one(struct reader *reader,
			   const struct reader_taker *taker)
{
	struct page *rows = &reader->rows.page, *notes = &reader->notes.page;
	bool has_row = !page_is_empty(rows), has_note = !page_is_empty(notes);
	bool more;

	if (!has_row && !has_note)
		return NOTHING;
	if (has_row && (!has_note || rows->rows[rows->next].number <
			notes->notes[notes->next].number))
		more = taker->row(taker->context, &rows->rows[rows->next++]);
	else
		more = taker->note(taker->context,
				   &notes->notes[notes->next++]);
	return more ? MORE : ENOUGH;
}

int64_t reader_records(struct reader *reader,
		       const struct reader_filter *filter,
		       const struct reader_taker *taker)
{
	enum given given = MORE;
	int64_t count = 0;
	int rc;

	if (sieve_set(&reader->sieve, filter) < 0)
		return ERROR_MALFORMED;
	rc = begin(reader, filter, taker);
	if (rc == SQLITE_OK)
		rc = refill(reader);
	while (rc == SQLITE_OK && given == MORE) {
		given = give_one(reader, taker);
		count += given != NOTHING;
		if (given == MORE)
			rc = refill(reader);
	}
	return rc == SQLITE_OK ? count : complain(reader, rc);
}

int64_t reader_rows(struct reader *reader, const struct reader_filter *filter,
		    bool (*each)(void *context, const struct reader_row *row),
		    void *context)
{
	struct reader_taker taker = { .row = each, .context = context };

	return reader_records(reader, filter, &taker);
}

int64_t reader_notes(struct reader *reader,
		     const struct reader_filter *filter,
		     bool (*each)(void *context,
				  const struct reader_note *note),
		     void *context)
{
	struct reader_filter only = {
		.since = filter->since, .until = filter->until,
		.after = filter->after, .verdict = -1,
	};
	struct reader_taker taker = { .note = each, .context = context };

	return reader_records(reader, &only, &taker);
}

int64_t reader_end(const struct reader *reader)
{
	return reader->spans.end;
}

bool reader_is_stale(struct reader *reader)
{
	return database_has_moved(reader->db);
}

int64_t reader_last(struct reader *reader)
{
	int64_t last;
	int rc = spans_ask_last(&reader->spans, &last);

	return rc == SQLITE_OK ? last : complain(reader, rc);
}
