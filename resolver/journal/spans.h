/*
 * spans: where in the journal a time lies, as ranges of row numbers.
 *
 * Between two rows of `clock`, rows are in the order of their time, except
 * that a query may be late by what it waited: such a stretch is searched by
 * halves, and a minute more is taken on both sides.
 */
#ifndef JOURNAL_SPANS_H
#define JOURNAL_SPANS_H

#include <sqlite3.h>
#include <stdint.h>

struct reader_filter;

enum { SPANS_MAX = 1024 };

struct spans {
	sqlite3_stmt *last, *clocks, *probe, *probe_back;
	struct span {
		int64_t after, until;	/* numbers: (after, until] */
	} at[SPANS_MAX];
	unsigned count;
	int64_t end;			/* the last number there is */
};

/* SQLite's codes. */
int spans_init(struct spans *spans, sqlite3 *db);
void spans_release(struct spans *spans);
int spans_find(struct spans *spans, const struct reader_filter *filter);
int spans_ask_last(struct spans *spans, int64_t *last);

/*
 * Makes the span begin right before its first row, or end with its last one;
 * it is empty (`after` is `until`) when there is none.
 */
int spans_skip(struct spans *spans, struct span *span);
int spans_skip_back(struct spans *spans, struct span *span);

#endif
