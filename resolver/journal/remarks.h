/*
 * remarks: what the journal says of itself: gaps, and steps of the clock.
 *
 * They take their numbers from the same sequence as the rows, so that they
 * have their place between them.  All functions return SQLite's codes.
 */
#ifndef JOURNAL_REMARKS_H
#define JOURNAL_REMARKS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ring.h"

/* How the last entry stood to the clock. */
struct remarks_clock {
	bool any;		/* there was one, ever */
	bool this_boot;		/* and since this boot */
	uint64_t wall, mono;
	int64_t offset;		/* wall - mono where it was last recorded */
};

struct remarks {
	sqlite3_stmt *put_gap, *put_clock;
	char boot[CLOCK_BOOT_ID];
	struct remarks_clock clock, before;
	int64_t next;		/* number of the next row or remark */
	int64_t next_before;
};

int remarks_init(struct remarks *remarks, sqlite3 *db);
void remarks_release(struct remarks *remarks);

/* Around a transaction; `undo` when it was rolled back. */
void remarks_begin(struct remarks *remarks);
void remarks_undo(struct remarks *remarks);

/* A count of 0: nobody knows how many. */
int remarks_gap(struct remarks *remarks, const struct ring_gap *gap,
		const char *reason);

/*
 * Before the row of an entry of that moment: writes a row of `clock` if the
 * clock has jumped, or this is another boot.  *wall is changed where an entry
 * from before a step comes behind it.
 */
int remarks_look(struct remarks *remarks, uint64_t *wall, uint64_t mono);

#endif
