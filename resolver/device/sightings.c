/*
 * Seats in a fixed number, each in two chains of a keyed hash:
 *
 *	first[BY_ADDRESS][h] -> seat -> seat -> 0
 *	first[BY_MAC][h]     -> seat -> seat -> 0	newest first
 *
 * The chains by MAC are kept in order, so that asking for the addresses of
 * one is a walk, and it is when news comes that time is spent.  Seats that
 * are free hang together by their link of BY_ADDRESS; those that were never
 * used are not even touched.
 */
#include "device/sightings.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { BUCKETS = 4096 };
enum { BY_ADDRESS, BY_MAC, CHAINS };

#define KEPT_MS (UINT64_C(24) * 60 * 60 * 1000)

struct seat {
	struct address address;	/* family 0: free */
	struct mac mac;
	bool there;
	uint16_t next[CHAINS];
	uint32_t link;
	uint32_t round;		/* of the table that had it last */
	uint64_t seen;
	uint64_t left;		/* when it was there no more */
};

struct sightings {
	struct hash_key key;
	uint64_t refused;
	uint32_t round;
	uint16_t used;		/* seats that were ever taken */
	uint16_t free;
	uint16_t first[CHAINS][BUCKETS];
	struct seat seats[SIGHTINGS_ROOM + 1];	/* 0 ends every chain */
};

struct sightings *sightings_new(void)
{
	struct sightings *sightings = calloc(1, sizeof(*sightings));

	if (sightings != NULL)
		hash_key_draw(&sightings->key);
	return sightings;
}

void sightings_free(struct sightings *sightings)
{
	free(sightings);
}

/* Without port and scope; family 0 for what is no address. */
static struct address host_of(const struct address *address)
{
	struct address host;
	const uint8_t *raw;
	size_t len;

	raw = address_raw(address, &len);
	address_from_raw(&host, raw, len, 0);
	return host;
}

static unsigned bucket_of_address(const struct sightings *sightings,
				  const struct address *host)
{
	const uint8_t *raw;
	size_t len;

	raw = address_raw(host, &len);
	return hash_bytes(&sightings->key, raw, len) % BUCKETS;
}

static unsigned bucket_of_mac(const struct sightings *sightings,
			      const struct mac *mac)
{
	return hash_bytes(&sightings->key, mac->at, sizeof(mac->at)) % BUCKETS;
}

/* 0: not known. */
static uint16_t find(const struct sightings *sightings,
		     const struct address *host)
{
	unsigned bucket = bucket_of_address(sightings, host);
	uint16_t at = sightings->first[BY_ADDRESS][bucket];

	while (at != 0 &&
	       !address_equal_host(&sightings->seats[at].address, host))
		at = sightings->seats[at].next[BY_ADDRESS];
	return at;
}

static void take_out(struct sightings *sightings, uint16_t at, int chain,
		     unsigned bucket)
{
	uint16_t *link = &sightings->first[chain][bucket];

	while (*link != at)
		link = &sightings->seats[*link].next[chain];
	*link = sightings->seats[at].next[chain];
}

/* Before the first that is not newer. */
static void put_by_mac(struct sightings *sightings, uint16_t at)
{
	struct seat *seats = sightings->seats;
	unsigned bucket = bucket_of_mac(sightings, &seats[at].mac);
	uint16_t *link = &sightings->first[BY_MAC][bucket];

	while (*link != 0 && seats[*link].seen > seats[at].seen)
		link = &seats[*link].next[BY_MAC];
	seats[at].next[BY_MAC] = *link;
	*link = at;
}

static void put_by_address(struct sightings *sightings, uint16_t at)
{
	struct seat *seat = &sightings->seats[at];
	unsigned bucket = bucket_of_address(sightings, &seat->address);

	seat->next[BY_ADDRESS] = sightings->first[BY_ADDRESS][bucket];
	sightings->first[BY_ADDRESS][bucket] = at;
}

static void drop(struct sightings *sightings, uint16_t at)
{
	struct seat *seat = &sightings->seats[at];

	take_out(sightings, at, BY_ADDRESS,
		 bucket_of_address(sightings, &seat->address));
	take_out(sightings, at, BY_MAC, bucket_of_mac(sightings, &seat->mac));
	memset(seat, 0, sizeof(*seat));
	seat->next[BY_ADDRESS] = sightings->free;
	sightings->free = at;
}

/* All seats are taken: the one whose address was not heard of longest. */
static uint16_t oldest_that_left(const struct sightings *sightings)
{
	const struct seat *seats = sightings->seats;
	uint16_t oldest = 0;

	for (uint16_t at = 1; at <= SIGHTINGS_ROOM; at++) {
		if (seats[at].there)
			continue;
		if (oldest == 0 || seats[at].seen < seats[oldest].seen)
			oldest = at;
	}
	return oldest;
}

/* A seat that is free, or 0. */
static uint16_t take_seat(struct sightings *sightings)
{
	uint16_t at;

	if (sightings->free == 0 && sightings->used < SIGHTINGS_ROOM)
		return ++sightings->used;
	if (sightings->free == 0) {
		at = oldest_that_left(sightings);
		if (at == 0)
			return 0;
		drop(sightings, at);
	}
	at = sightings->free;
	sightings->free = sightings->seats[at].next[BY_ADDRESS];
	return at;
}

static void leave(struct seat *seat, uint64_t now)
{
	if (seat->there)
		seat->left = now;
	seat->there = false;
}

/* The same MAC again. */
static void refresh(struct sightings *sightings, uint16_t at,
		    const struct sighting *sighting, uint64_t seen)
{
	struct seat *seat = &sightings->seats[at];

	if (!seat->there || seen >= seat->seen)
		seat->link = sighting->link;
	seat->there = true;
	seat->round = sightings->round;
	if (seen <= seat->seen)
		return;
	take_out(sightings, at, BY_MAC, bucket_of_mac(sightings, &seat->mac));
	seat->seen = seen;
	put_by_mac(sightings, at);
}

static bool seat_new(struct sightings *sightings,
		     const struct sighting *sighting, uint64_t seen)
{
	uint16_t at = take_seat(sightings);
	struct seat *seat = &sightings->seats[at];

	if (at == 0) {
		sightings->refused++;
		return false;
	}
	*seat = (struct seat){
		.address = host_of(&sighting->address),
		.mac = sighting->mac,
		.there = true,
		.link = sighting->link,
		.round = sightings->round,
		.seen = seen,
	};
	put_by_address(sightings, at);
	put_by_mac(sightings, at);
	return true;
}

bool sightings_put(struct sightings *sightings,
		   const struct sighting *sighting, uint64_t now)
{
	uint64_t seen = now > sighting->age ? now - sighting->age : 0;
	struct address host = host_of(&sighting->address);
	struct seat *seat;
	uint16_t at;

	if (host.family == 0)
		return false;
	at = find(sightings, &host);
	seat = &sightings->seats[at];
	if (!sighting->there) {
		if (at != 0 && seat->link == sighting->link)
			leave(seat, now);
		return false;
	}
	if (at == 0)
		return seat_new(sightings, sighting, seen);
	if (mac_equal(&seat->mac, &sighting->mac)) {
		refresh(sightings, at, sighting, seen);
		return false;
	}
	if (seat->there && seen < seat->seen)
		return false;
	drop(sightings, at);
	return seat_new(sightings, sighting, seen);
}

void sightings_begin(struct sightings *sightings)
{
	sightings->round++;
}

void sightings_end(struct sightings *sightings, uint64_t now)
{
	for (uint16_t at = 1; at <= sightings->used; at++)
		if (sightings->seats[at].round != sightings->round)
			leave(&sightings->seats[at], now);
}

bool sightings_expire(struct sightings *sightings, uint64_t now)
{
	bool any = false;

	for (uint16_t at = 1; at <= sightings->used; at++) {
		const struct seat *seat = &sightings->seats[at];

		if (seat->address.family == 0 || seat->there ||
		    now - seat->left < KEPT_MS)
			continue;
		drop(sightings, at);
		any = true;
	}
	return any;
}

uint64_t sightings_refused(const struct sightings *sightings)
{
	return sightings->refused;
}

unsigned sightings_of(const struct sightings *sightings,
		      const struct mac *mac, struct address *at,
		      unsigned room)
{
	const struct seat *seats = sightings->seats;
	unsigned bucket = bucket_of_mac(sightings, mac), count = 0;

	for (uint16_t next = sightings->first[BY_MAC][bucket];
	     next != 0 && count < room; next = seats[next].next[BY_MAC])
		if (mac_equal(&seats[next].mac, mac))
			at[count++] = seats[next].address;
	return count;
}

bool sightings_mac(const struct sightings *sightings,
		   const struct address *address, struct mac *mac)
{
	struct address host = host_of(address);
	uint16_t at;

	if (host.family == 0)
		return false;
	at = find(sightings, &host);
	if (at != 0)
		*mac = sightings->seats[at].mac;
	return at != 0;
}

void sightings_each(const struct sightings *sightings, uint64_t now,
		    bool (*each)(void *context,
				 const struct sighting *sighting),
		    void *context)
{
	for (uint16_t at = 1; at <= sightings->used; at++) {
		const struct seat *seat = &sightings->seats[at];
		uint64_t age = now > seat->seen ? now - seat->seen : 0;
		struct sighting sighting = {
			.address = seat->address, .mac = seat->mac,
			.link = seat->link, .there = seat->there,
			.age = age < UINT32_MAX ? (uint32_t)age : UINT32_MAX,
		};

		if (seat->address.family != 0 && !each(context, &sighting))
			return;
	}
}
