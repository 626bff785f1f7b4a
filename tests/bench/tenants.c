/*
 * All of it follows from a device's number and the time, so there is nothing
 * to remember but that the one name was asked.
 */
#include "tenants.h"

#include <string.h>

#define DAY UINT64_C(86400000000)

enum { FIRST_LEASE = 3, LEASES = 6, LEASE_DAYS = 30, GUEST = 99 };

static const char *const names[HOUSEHOLD_DEVICES] = {
	"pc-1", "pc-2", "pc-3", "phone-1", "phone-2", "phone-3", "phone-4",
	"phone-5", "tablet", "tv-1", "tv-2", "console-1", "console-2",
	"meter", "bulb", "plug", "vacuum", "doorbell", "speaker", "fridge",
};

static uint64_t days(const struct tenants *tenants, uint64_t time)
{
	return (time - tenants->start) / DAY;
}

static bool is_in(const struct tenants *tenants, uint64_t time, unsigned from,
		  unsigned until)
{
	uint64_t part = tenants->length / 366;

	return time >= tenants->start + part * from &&
	       time < tenants->start + part * until;
}

static bool guest_is_there(const struct tenants *tenants, uint64_t time)
{
	return is_in(tenants, time, 60, 91);
}

/* --- addresses --- */

static unsigned lease(const struct tenants *tenants, unsigned device,
		      uint64_t time)
{
	uint64_t turn = days(tenants, time) / LEASE_DAYS;

	if (device < FIRST_LEASE || device >= FIRST_LEASE + LEASES)
		return 20 + device;
	return 20 + FIRST_LEASE +
	       (unsigned)((device - FIRST_LEASE + turn) % LEASES);
}

static void put_four(uint8_t raw[16], unsigned host)
{
	static const uint8_t net[3] = { 192, 168, 1 };

	memcpy(raw, net, sizeof(net));
	raw[3] = (uint8_t)host;
}

static void put_six(uint8_t raw[16], unsigned device, uint64_t day)
{
	static const uint8_t net[8] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0x17 };
	uint64_t word = (day << 8 | device) + 0x9e3779b97f4a7c15;

	word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
	word = (word ^ word >> 27) * 0x94d049bb133111eb;
	word ^= word >> 31;
	memcpy(raw, net, sizeof(net));
	for (unsigned i = 0; i < 8; i++)
		raw[8 + i] = (uint8_t)(word >> 8 * i);
}

/* The trace's: 192.168.1.(20 + device), or an IPv6 one that ends so. */
static unsigned device_of(const struct row *row)
{
	return row->client_len == 4 ? row->client[3] - 20u : row->client[15];
}

void tenants_move(struct tenants *tenants, struct row *row)
{
	unsigned device = device_of(row);

	if (row->client_len == 16)
		put_six(row->client, device, days(tenants, row->time));
	else
		put_four(row->client, lease(tenants, device, row->time));
	if (device == 0 && row->number % 8 == 0 &&
	    guest_is_there(tenants, row->time))
		put_four(row->client, GUEST);
	if (device == 1 && !tenants->asked &&
	    is_in(tenants, row->time, 166, 366)) {
		row->name = bytes_of_string(TENANTS_ONCE);
		tenants->asked = true;
	}
}

/* --- devices --- */

static void put_mac(struct devices_sighting *sighting, unsigned host)
{
	static const uint8_t maker[5] = { 0x02, 0x5e, 0x10, 0x00, 0x7a };

	memcpy(sighting->mac.at, maker, sizeof(maker));
	sighting->mac.at[5] = (uint8_t)host;
	sighting->has_mac = true;
}

static void see(struct devices_sighting *sighting, unsigned device,
		const char *name)
{
	put_mac(sighting, device);
	sighting->source = "lease";
	sighting->name = name;
}

unsigned tenants_look(const struct tenants *tenants, uint64_t time,
		      struct devices_sighting at[TENANTS_SIGHTINGS])
{
	unsigned count = 0;
	uint8_t raw[16];

	memset(at, 0, TENANTS_SIGHTINGS * sizeof(*at));
	for (unsigned i = 0; i < HOUSEHOLD_DEVICES; i++) {
		put_four(raw, lease(tenants, i, time));
		see(&at[count], i, names[i]);
		address_from_raw(&at[count++].address, raw, 4, 0);
		if (i % 3 != 1)
			continue;
		put_six(raw, i, days(tenants, time));
		see(&at[count], i, names[i]);
		address_from_raw(&at[count++].address, raw, 16, 0);
	}
	if (guest_is_there(tenants, time)) {
		put_four(raw, GUEST);
		see(&at[count], GUEST, TENANTS_GUEST);
		address_from_raw(&at[count++].address, raw, 4, 0);
	}
	for (unsigned i = 0; i < count; i++)
		at[i].time = time;
	return count;
}
