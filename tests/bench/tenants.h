/*
 * tenants: what a year does to the household of household.h.
 *
 *	devices	have a MAC and a name, as a DHCP server knows them
 *	leases	devices 3 to 8 (the phones and the tablet) go round among
 *		their addresses: each has another every 30 days, one that was
 *		its neighbour's
 *	IPv6	who asks by it has another privacy address every day (RFC 8981)
 *	guest	there in the third of twelve parts of the time, with a device
 *		of its own: every eighth question of device 0 is the guest's
 *	once	TENANTS_ONCE is asked a single time, by device 1, when 166 of
 *		366 parts of the time are over: 200 days ago in a year
 *
 * The same trace becomes the same rows on every machine.
 */
#ifndef TESTS_BENCH_TENANTS_H
#define TESTS_BENCH_TENANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "household.h"
#include "journal/devices.h"
#include "journal/row.h"

#define TENANTS_ONCE "once.upon-a-time.example"
#define TENANTS_GUEST "guest"

enum { TENANTS_SIGHTINGS = 2 * (HOUSEHOLD_DEVICES + 1) };

struct tenants {
	uint64_t start, length;		/* microseconds */
	bool asked;			/* TENANTS_ONCE */
};

/* Changes a row of the trace; the rows in their order, each once. */
void tenants_move(struct tenants *tenants, struct row *row);

/* Who is where from `time` on; how many. */
unsigned tenants_look(const struct tenants *tenants, uint64_t time,
		      struct devices_sighting at[TENANTS_SIGHTINGS]);

#endif
