/*
 * upkeep: what the journal's thread does with its database when it has stored
 * what there was: hours of days that are over (hours.h), and what is too old
 * (retention.h).
 */
#ifndef JOURNAL_UPKEEP_H
#define JOURNAL_UPKEEP_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "journal/retention.h"

struct devices;

struct upkeep {
	struct retention_options options;
	uint64_t next_ms;	/* not before that; 0: at once */
};

/*
 * Outside of a transaction; some ten milliseconds at a time.  *changed: blocks
 * may have gone.  *more: call it again soon.  SQLite's code.
 */
struct upkeep_done {
	bool changed, more;
};
int upkeep_run(struct upkeep *upkeep, sqlite3 *db,
	       const struct devices *devices, struct upkeep_done *done);

#endif
