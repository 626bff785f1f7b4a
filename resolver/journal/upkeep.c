/*
 * When there is nothing to do it is asked again after a while: it costs some
 * look-ups.  In a flood blocks go as fast as they come, so several steps fit
 * between two commits.
 */
#include "journal/upkeep.h"

#include "base/clock.h"
#include "journal/hours.h"

enum {
	PIECE_MS = 30,
	PAUSE_MS = 10000,
};

static int step(struct upkeep *upkeep, sqlite3 *db, uint64_t now,
		struct upkeep_done *done)
{
	const struct devices *devices = upkeep->options.devices;
	bool more;
	int rc = hours_seal(db, devices, now, &done->more);

	if (rc != SQLITE_OK || done->more)
		return rc;
	rc = retention_step(db, &upkeep->options, now, &more);
	done->more = more;
	done->changed |= more;
	return rc;
}

int upkeep_run(struct upkeep *upkeep, sqlite3 *db,
	       const struct devices *devices, struct upkeep_done *done)
{
	struct clock clock = { 0 };
	uint64_t end;
	int rc = SQLITE_OK;

	*done = (struct upkeep_done){ false, false };
	clock_update(&clock);
	if (clock_ms(&clock) < upkeep->next_ms)
		return SQLITE_OK;
	end = clock_ms(&clock) + PIECE_MS;
	upkeep->options.devices = devices;
	do {
		rc = step(upkeep, db, clock.wall, done);
		clock_update(&clock);
	} while (rc == SQLITE_OK && done->more && clock_ms(&clock) < end);
	if (!done->more)
		upkeep->next_ms = clock_ms(&clock) + PAUSE_MS;
	return rc;
}
