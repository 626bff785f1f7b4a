/*
 * devices_state: what the parts of devices share: devices.c has the tables in
 * memory, devices_find.c looks things up in them, devices_write.c changes them
 * and the database together.
 *
 *	first[h] -> spot -> spot -> NONE		an address each
 *	            spot.at: (since, device) ...	in order of since
 *
 * For devices*.c alone.
 */
#ifndef JOURNAL_DEVICES_STATE_H
#define JOURNAL_DEVICES_STATE_H

#include "base/bytes.h"
#include "base/hash.h"
#include "journal/devices.h"

enum {
	DEVICES_BUCKETS = 16384,
	DEVICES_TURNS = 1024,	/* of one address; then the oldest goes */
	DEVICES_LABELS = 64,	/* of one device and source; likewise */
};
enum { DEVICES_NONE = -1 };

enum devices_source {
	DEVICES_GIVEN, DEVICES_LEASE, DEVICES_HOSTS, DEVICES_PTR,
	DEVICES_SOURCES,
};

struct turn {
	uint64_t since;
	int64_t device;
};

struct spot {
	uint8_t raw[16];
	uint8_t len;		/* 4 or 16 */
	int next;		/* of the bucket */
	unsigned count, room;
	struct turn *at;
};

struct label {
	uint64_t since;
	uint8_t source;
	char name[DEVICES_NAME];
};

struct device {
	int64_t id;
	bool has_mac;
	struct mac mac;
	uint64_t first, last;
	struct label *labels;	/* of each source in order of since */
	unsigned label_count, label_room;
};

struct devices {
	struct hash_key key;
	int64_t last_id;	/* that was ever given */
	struct device *all;	/* in order of id */
	unsigned count, room;
	struct spot *spots;
	unsigned spot_count, spot_room;
	unsigned turns;		/* of all spots */
	int *first;		/* DEVICES_BUCKETS */
};

extern const char *const devices_sources[DEVICES_SOURCES];

/* DEVICES_SOURCES: there is no such source. */
unsigned devices_source_of(const char *word);

/* NULL: there is none. */
struct device *devices_device(const struct devices *devices, int64_t id);
struct device *devices_of_mac(const struct devices *devices,
			      const struct mac *mac);
struct spot *devices_spot(const struct devices *devices, struct bytes raw);

/* Whose turn it was: an index, never behind the end; of a spot that has one. */
unsigned devices_turn(const struct spot *spot, uint64_t time);

/* The last one of that source at that time; NULL: none yet. */
const struct label *devices_label(const struct device *device,
				  unsigned source, uint64_t time);

/* New ones, or NULL without memory.  `id` is above all others. */
struct device *devices_add(struct devices *devices, int64_t id);
void devices_drop(struct devices *devices, struct device *device);
struct spot *devices_add_spot(struct devices *devices, struct bytes raw);
struct turn *devices_add_turn(struct devices *devices, struct spot *spot,
			      unsigned at);
void devices_drop_turn(struct devices *devices, struct spot *spot,
		       unsigned at);
/* In its place; one of the same source and time is there no more. */
struct label *devices_add_label(struct device *device,
				const struct label *label);
void devices_drop_label(struct device *device, unsigned at);

/* NUL-terminated, plain, not too long; "" as well. */
bool devices_is_plain(const char *name);

#endif
