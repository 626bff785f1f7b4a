/*
 * scan: the rows of a journal, from tail and blocks as if they were one.
 *
 * Forwards or backwards by their numbers, a page at a time: no transaction of
 * the database is held between two calls of scan_next, so that the daemon's
 * log file can always be taken back.  Rows that are sealed while a scan goes
 * on are given once.  A block that is damaged is passed over and told to
 * `damaged`; the scan goes on behind it.  Memory: one block and one page,
 * under 8 MB, however long the journal is.
 *
 * One thread; any process that may read the file.
 */
#ifndef JOURNAL_SCAN_H
#define JOURNAL_SCAN_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "journal/row.h"

struct scan;
struct block_summary;

struct scan_filter {
	uint64_t since, until;		/* microseconds; until is not in it;
					   0: open */
	int64_t after, through;		/* numbers: (after, through]; 0: open */
	const char *name;		/* as name_print prints; NULL: all */
	bool below;			/* and what is below the name */
	/* Any of these addresses or prefixes, each in its own time. */
	const struct scan_client {
		struct prefix prefix;
		uint64_t since, until;	/* as above */
	} *clients;
	unsigned client_count;		/* 0: all */
	uint32_t verdicts;		/* a bit for each kind; 0: all */
	bool backwards;
	void (*damaged)(void *context, const struct block_summary *block);
	void *context;			/* of damaged; or NULL */
};

/*
 * `db` is open for reading and stays the caller's.  The filter is copied, and
 * its strings and clients too.  0, -ENOMEM, ERROR_MALFORMED (the name), or a
 * database's error (database_error).
 */
int scan_open(struct scan **scan, sqlite3 *db,
	      const struct scan_filter *filter);
void scan_close(struct scan *scan);	/* NULL is fine */

/*
 * 1 and a row, whose text lies in the scan until the next call; 0 at the end;
 * or an error as above.
 */
int scan_next(struct scan *scan, struct row *row);

/* The highest number there was when it was opened. */
int64_t scan_end(const struct scan *scan);

#endif
