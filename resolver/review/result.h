/*
 * result: the rows of any statement, for people and for programs, in the
 * forms of print.h.
 *
 * Whatever is in them: text is shown where it is plain (base/utf8.h), and
 * escaped where it is not; a blob is its bytes in hex.
 */
#ifndef REVIEW_RESULT_H
#define REVIEW_RESULT_H

#include <sqlite3.h>
#include <stdbool.h>

#include "review/print.h"

struct result;

/*
 * The statement stays the caller's; its columns are the titles.  0, -ENOMEM,
 * or ERROR_ABSENT: built without what that form needs.
 */
int result_open(struct result **result, sqlite3_stmt *stmt,
		const struct print_options *options);
void result_close(struct result *result);

/*
 * The row the statement stands at; false: no memory, or `out` takes no more
 * (its errno).
 */
bool result_row(struct result *result);

/* What is held back, and the titles where there was no row. */
bool result_flush(struct result *result);

#endif
