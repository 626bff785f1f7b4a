/*
 * devices: which device an address was at a time, and what it was called
 * then; the journal's tables device, device_address and device_name.
 *
 * A device is known by its MAC address, or, where none is seen, by its one
 * address.  An address belongs to a device from when it was seen there until
 * it is seen at another: before its first sighting it belongs to that first
 * one, for the question that makes a device known comes before the neighbour
 * table knows it.  When a device that was only an address turns out to have a
 * MAC, both become one, the ledger too.
 *
 * A name has a source: "given" by hand, "lease", "hosts", "ptr"; the first of
 * these that there is counts, as it was at the time.  Before its first name a
 * device is called by that one.  Names of "hosts" and "ptr" are an address's:
 * when another device is seen there, they are over.
 *
 * An id is never given twice.
 *
 * SQL functions return SQLite's codes.
 */
#ifndef JOURNAL_DEVICES_H
#define JOURNAL_DEVICES_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/mac.h"

struct devices;
struct text;

/*
 * A name is plain UTF-8 (base/utf8.h), at most so many bytes with its NUL.  Of
 * so many addresses and times the table has room; clients that nobody else
 * saw get half of it, since who asks can make addresses up.
 */
enum { DEVICES_NAME = 64, DEVICES_ROOM = 65536 };

/* All of it in memory: some 100 bytes an address.  *devices NULL on error. */
int devices_load(struct devices **devices, sqlite3 *db);
void devices_free(struct devices *devices);
int devices_reload(struct devices *devices, sqlite3 *db);

/* --- asking --- */

/* 0: nobody has ever seen it, or there was no room. */
int64_t devices_at(const struct devices *devices,
		   const struct address *client, uint64_t time);

/* NULL: it had none.  Printable text, looked at when it was taken. */
const char *devices_name(const struct devices *devices, int64_t device,
			 uint64_t time);

/*
 * By a MAC, an address, "#ID", a name it has, else one it had (in any case of
 * ASCII; the device seen last of several); 0: there is none.
 */
int64_t devices_find(const struct devices *devices, const char *what);

/* The name, or the MAC, or the address it was seen at last. */
void devices_words(const struct devices *devices, int64_t device,
		   struct text *out);

/* Its addresses with the times they were its own; how many there are. */
struct devices_span {
	struct address address;
	uint64_t since, until;		/* 0: open */
	uint64_t seen;			/* there, first */
};
unsigned devices_spans(const struct devices *devices, int64_t device,
		       struct devices_span *at, unsigned room);

/* What it was called from when on; "" after a name was taken away. */
struct devices_called {
	const char *source, *name;
	uint64_t since;
};
unsigned devices_names(const struct devices *devices, int64_t device,
		       struct devices_called *at, unsigned room);

/* The source of devices_name; "" where it has none. */
const char *devices_name_source(const struct devices *devices,
				int64_t device, uint64_t time);

struct devices_one {
	int64_t id;
	bool has_mac;
	struct mac mac;
	uint64_t first, last;		/* when it was seen; to the minute */
};
void devices_each(const struct devices *devices,
		  bool (*each)(void *context, const struct devices_one *one),
		  void *context);

/* --- writing: within a transaction of the caller's --- */

/*
 * What somebody saw: an address, perhaps its MAC, perhaps a name.  They come
 * in order of time.  A name that is none of the above is left out; "": it has
 * none of that source any more.
 */
struct devices_sighting {
	struct address address;		/* family 0: only MAC and name */
	bool has_mac;
	struct mac mac;
	bool hearsay;			/* from a file: it need not be there */
	const char *source, *name;	/* or NULL */
	uint64_t time;			/* microseconds since 1970 */
};
int devices_note(struct devices *devices, sqlite3 *db,
		 const struct devices_sighting *sighting);

/* The device of a client that asked then; made when it is new; or 0. */
int devices_take(struct devices *devices, sqlite3 *db,
		 const struct address *client, uint64_t time, int64_t *device);

/*
 * A name by hand from then on (its source is not looked at); "" takes it
 * away.  SQLITE_NOTFOUND: there is no such device; SQLITE_MISMATCH: no such
 * name can be.
 */
int devices_give_name(struct devices *devices, sqlite3 *db, int64_t device,
		      const struct devices_called *called);

/*
 * Can it be a name?  Not empty, and nothing devices_find takes for something
 * else.
 */
bool devices_is_name(const char *name);

#endif
