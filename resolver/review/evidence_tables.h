/*
 * evidence_tables: what the journal says beside its rows, as JSON.
 *
 * Each takes what belongs to a stretch of time out of an open database and
 * gives a new object (or array) into *into: 0, -ENOMEM, or a database's
 * error.  Times are given twice: in words (UTC), and as "..._us", in
 * microseconds since 1970.
 */
#ifndef REVIEW_EVIDENCE_TABLES_H
#define REVIEW_EVIDENCE_TABLES_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdint.h>

struct devices;

struct evidence_stretch {
	sqlite3 *db;
	uint64_t since, until;		/* microseconds; until is not in it */
	int64_t device;			/* 0: all */
};

int evidence_tables_marks(const struct evidence_stretch *stretch,
			  json_t **into);
int evidence_tables_gaps(const struct evidence_stretch *stretch,
			 json_t **into);

/*
 * What is known of the clock: its steps and the machine's starts in that
 * time, the one before it, and whether the kernel calls it synchronised now.
 */
int evidence_tables_clock(const struct evidence_stretch *stretch,
			  json_t **into);

/* The images that can have been in force then, with their lists. */
int evidence_tables_lists(const struct evidence_stretch *stretch,
			  json_t **into);

/* Those of `ids`, as they were known at the end of that time. */
struct evidence_devices {
	const struct devices *known;
	const int64_t *ids;
	unsigned count;
};
int evidence_tables_devices(const struct evidence_stretch *stretch,
			    const struct evidence_devices *devices,
			    json_t **into);

/*
 * The chain from the first link whose block has rows of that time to its end,
 * and the redactions of these.  Blocks of that time are looked at.  In
 * evidence_links.c.
 */
int evidence_tables_chain(const struct evidence_stretch *stretch,
			  json_t **into);

#endif
