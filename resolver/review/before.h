/*
 * before: what the ledger knows of the time before a summary's window.
 *
 * For what was gathered: since when each name is asked for.  Besides it finds
 * what was not asked in the window and matters nevertheless: names that a list
 * came to have after they were asked for, and devices that are there and ask
 * nothing.
 */
#ifndef REVIEW_BEFORE_H
#define REVIEW_BEFORE_H

#include <sqlite3.h>

struct summary;

/* After all rows are gathered.  0 or an error. */
int before_look(struct summary *summary, sqlite3 *db);

#endif
