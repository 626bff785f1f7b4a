/*
 * No index on time is kept (it would cost more than the row); the rows' own
 * order is index enough.
 */
#include "journal/spans.h"

#include "journal/database.h"
#include "journal/reader.h"

enum { MINUTE = 60 * 1000000 };

int spans_init(struct spans *spans, sqlite3 *db)
{
	int rc = database_prepare(db, "SELECT max("
		"coalesce((SELECT max(number) FROM tail), 0),"
		"coalesce((SELECT max(number) FROM gap), 0),"
		"coalesce((SELECT max(number) FROM clock), 0))", &spans->last);

	if (rc == SQLITE_OK)
		rc = database_prepare(db, "SELECT number FROM clock "
				      "WHERE number > ? ORDER BY number",
				      &spans->clocks);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "SELECT number, time FROM tail "
				      "WHERE number > ? AND number <= ? "
				      "ORDER BY number LIMIT 1",
				      &spans->probe);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "SELECT max(number) FROM tail "
				      "WHERE number > ? AND number <= ?",
				      &spans->probe_back);
	return rc;
}

void spans_release(struct spans *spans)
{
	sqlite3_finalize(spans->last);
	sqlite3_finalize(spans->clocks);
	sqlite3_finalize(spans->probe);
	sqlite3_finalize(spans->probe_back);
}

int spans_ask_last(struct spans *spans, int64_t *last)
{
	sqlite3_int64 number;
	int rc = database_ask(spans->last, &number);

	*last = number;
	return rc;
}

static void add(struct spans *spans, int64_t after, int64_t until)
{
	if (after < until)
		spans->at[spans->count++] = (struct span){ after, until };
}

/* More stretches than there is room for: the rest is one, and not halved. */
static int cut_at_clocks(struct spans *spans, int64_t after)
{
	sqlite3_stmt *clocks = spans->clocks;

	sqlite3_bind_int64(clocks, 1, after);
	while (spans->count < SPANS_MAX - 1 &&
	       sqlite3_step(clocks) == SQLITE_ROW) {
		int64_t number = sqlite3_column_int64(clocks, 0);

		add(spans, after, number);
		after = number;
	}
	add(spans, after, spans->end);
	return sqlite3_reset(clocks);
}

/* The first row behind `after`: 0 in *number where there is none. */
static int probe(struct spans *spans, struct span span, int64_t *number,
		 uint64_t *time)
{
	sqlite3_stmt *stmt = spans->probe;

	*number = 0;
	sqlite3_bind_int64(stmt, 1, span.after);
	sqlite3_bind_int64(stmt, 2, span.until);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		sqlite3_int64 at = sqlite3_column_int64(stmt, 1);

		*number = sqlite3_column_int64(stmt, 0);
		*time = at > 0 ? (uint64_t)at : 0;
	}
	return sqlite3_reset(stmt);
}

int spans_skip(struct spans *spans, struct span *span)
{
	int64_t number;
	uint64_t time;
	int rc = probe(spans, *span, &number, &time);

	span->after = number != 0 ? number - 1 : span->until;
	return rc;
}

int spans_skip_back(struct spans *spans, struct span *span)
{
	sqlite3_int64 number;
	int rc;

	sqlite3_bind_int64(spans->probe_back, 1, span->after);
	sqlite3_bind_int64(spans->probe_back, 2, span->until);
	rc = database_ask(spans->probe_back, &number);
	span->until = number != 0 ? number : span->after;
	return rc;
}

/* The last number in the span before which all rows are older than `time`. */
static int halve(struct spans *spans, struct span span, uint64_t time,
		 int64_t *found)
{
	int64_t low = span.after, high = span.until;
	int rc = SQLITE_OK;

	while (low < high && rc == SQLITE_OK) {
		int64_t middle = low + (high - low) / 2, number;
		struct span rest = { middle, span.until };
		uint64_t at = 0;

		rc = probe(spans, rest, &number, &at);
		if (number != 0 && at < time)
			low = number;
		else
			high = middle;
	}
	*found = low;
	return rc;
}

static int narrow(struct spans *spans, struct span *span,
		  const struct reader_filter *filter)
{
	struct span whole = *span;
	int rc = SQLITE_OK;

	if (filter->since > MINUTE)
		rc = halve(spans, whole, filter->since - MINUTE, &span->after);
	if (filter->until != 0 && filter->until < INT64_MAX - MINUTE &&
	    rc == SQLITE_OK)
		rc = halve(spans, whole, filter->until + MINUTE + 1,
			   &span->until);
	return rc;
}

static int narrow_all(struct spans *spans, const struct reader_filter *filter)
{
	unsigned kept = 0, all = spans->count;
	int rc = SQLITE_OK;

	for (unsigned i = 0; i < all && rc == SQLITE_OK; i++) {
		struct span span = spans->at[i];

		if (i < SPANS_MAX - 1)
			rc = narrow(spans, &span, filter);
		if (span.after < span.until)
			spans->at[kept++] = span;
	}
	spans->count = kept;
	return rc;
}

int spans_find(struct spans *spans, const struct reader_filter *filter)
{
	int rc = spans_ask_last(spans, &spans->end);

	spans->count = 0;
	if (rc != SQLITE_OK)
		return rc;
	if (filter->since == 0 && filter->until == 0) {
		add(spans, filter->after, spans->end);
		return SQLITE_OK;
	}
	rc = cut_at_clocks(spans, filter->after);
	return rc == SQLITE_OK ? narrow_all(spans, filter) : rc;
}
