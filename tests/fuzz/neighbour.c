/*
 * Datagrams that say they are the kernel's: whatever is in them, the table
 * knows of each address that was there the MAC that was said, and of each MAC
 * its addresses, once.
 */
#include <stdlib.h>

#include "device/rtnetlink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* The address is among those of its MAC, and each of those is its. */
static void check_mac(const struct sightings *sightings,
		      const struct address *address, const struct mac *mac)
{
	static struct address at[SIGHTINGS_ROOM];
	unsigned count = sightings_of(sightings, mac, at, SIGHTINGS_ROOM);
	unsigned found = 0;

	for (unsigned i = 0; i < count; i++) {
		struct mac other;

		must(sightings_mac(sightings, &at[i], &other));
		must(mac_equal(mac, &other));
		found += address_equal_host(&at[i], address);
	}
	must(found == 1);
}

static void take(struct sightings *sightings, const struct sighting *sighting,
		 uint64_t now)
{
	bool moved = sightings_put(sightings, sighting, now);
	struct mac mac;

	must(sighting->address.family != 0);
	must(!moved || sighting->there);
	if (!sightings_mac(sightings, &sighting->address, &mac)) {
		must(!sighting->there || sightings_refused(sightings) > 0);
		return;
	}
	must(!moved || mac_equal(&mac, &sighting->mac));
	check_mac(sightings, &sighting->address, &mac);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sightings *sightings = sightings_new();
	struct bytes datagram = bytes_of(data, size);
	uint64_t now = UINT64_C(1) << 33;
	struct rtnetlink message;
	size_t left = size;

	must(sightings != NULL);
	while (rtnetlink_next(&datagram, &message) > 0) {
		must(datagram.len < left);
		left = datagram.len;
		now += message.number;
		if (message.kind == RTNETLINK_SIGHTING)
			take(sightings, &message.sighting, now);
		else if (message.kind == RTNETLINK_REFUSED)
			must(message.error < 0);
		else if (message.kind == RTNETLINK_DONE)
			sightings_end(sightings, now);
		if (message.torn)
			sightings_begin(sightings);
		sightings_expire(sightings, now);
	}
	sightings_free(sightings);
	return 0;
}
