/*
 * legend: what the numbers in a row stand for: lists, upstreams, devices.
 *
 * For readers; some of each is remembered.  Text is printable, looked at
 * here, and stays until the next question of the same kind.
 */
#ifndef JOURNAL_LEGEND_H
#define JOURNAL_LEGEND_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/address.h"

struct devices;
struct row;
struct scan_client;

enum { LEGEND_LISTS = 64, LEGEND_UPSTREAMS = 32, LEGEND_TEXT = 256 };

struct legend {
	sqlite3 *db;
	sqlite3_stmt *find_list, *find_upstream, *find_state;
	struct devices *devices;	/* NULL: they cannot be read */
	sqlite3_int64 state;		/* of the database, when they were */
	struct legend_list {
		uint32_t image;
		uint16_t list;
		bool known;
		uint64_t version;
		char name[LEGEND_TEXT];
	} lists[LEGEND_LISTS];
	struct legend_upstream {
		uint32_t id;		/* 0: empty */
		char address[ADDRESS_TEXT];
	} upstreams[LEGEND_UPSTREAMS];
	char device[LEGEND_TEXT];
};

/* SQLite's codes. */
int legend_init(struct legend *legend, sqlite3 *db);
void legend_release(struct legend *legend);

/* Devices anew, if the database has changed since. */
int legend_refresh(struct legend *legend);

/* NULL: it has none, or nobody knows. */
const char *legend_list(struct legend *legend, const struct row *row,
			uint64_t *version);
const char *legend_upstream(struct legend *legend, uint32_t id);

/* The device that asked, as it was then; 0: nobody knows. */
int64_t legend_device(const struct legend *legend, const struct row *row);

/* What it was called then; NULL: nothing. */
const char *legend_device_name(const struct legend *legend, int64_t device,
			       uint64_t time);

/* The same, or its MAC or address; NULL for device 0. */
const char *legend_device_words(struct legend *legend, int64_t device,
				uint64_t time);

/*
 * The addresses of a device, as devices_find takes it, for a scan's filter;
 * to be freed.  At least one, if one that fits nothing.  How many, or
 * ERROR_ABSENT: there is no such device; -ENOMEM.
 */
int legend_clients(const struct legend *legend, const char *device,
		   struct scan_client **clients);

/* Leaves those that are within the prefix too, or one that fits nothing. */
unsigned legend_within(const struct prefix *prefix,
		       struct scan_client *clients, unsigned count);

#endif
