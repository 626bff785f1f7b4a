/*
 * serve_batch: what was seen of devices, on its way to the journal's thread
 * and back; for serve_devices.c alone.
 *
 * Filled by the main thread, then used by the journal's until its edit is
 * done.
 */
#ifndef SERVE_BATCH_H
#define SERVE_BATCH_H

#include "base/address.h"
#include "journal/devices.h"

enum { BATCH_MOST = 16384, BATCH_WANTED = 64 };

struct noted {
	struct devices_sighting sighting;
	bool named;
	char name[DEVICES_NAME];
};

struct serve;

struct batch {
	struct serve *serve;
	uint64_t now;			/* microseconds since 1970 */
	unsigned count, room;
	struct noted *at;
	unsigned wanted_count;		/* afterwards: who has no name */
	struct address wanted[BATCH_WANTED];
};

struct batch *batch_new(struct serve *serve);	/* NULL: no memory */
void batch_free(struct batch *batch);

/* Copied with its name.  False: there is no room. */
bool batch_add(struct batch *batch, const struct devices_sighting *sighting);

/*
 * True when this is not what was told last of that address (or of the MAC,
 * where there is none) by that source, or not with this stamp.
 */
struct told;
bool batch_is_new(struct told *told, const struct devices_sighting *sighting,
		  uint64_t stamp);

/* An edit_apply: all of it, and then who is there and has no name. */
int batch_apply(sqlite3 *db, void *batch);

#endif
