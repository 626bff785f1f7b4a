/*
 * sightings: which MAC address was last seen behind an IP address.
 *
 * An address stands behind one MAC at a time.  While it is there it stays; 24
 * hours after it was last there it is forgotten, unless another MAC claims it
 * before: a device that is quiet is still the same device.  At most 4,096 are
 * kept.  When there are more, those that have left make room, the one that
 * was not heard of for the longest time first; when all are there, what comes
 * is refused and counted.
 *
 * Times are milliseconds of any clock that only rises.  No system is asked
 * here.  One thread.
 */
#ifndef DEVICE_SIGHTINGS_H
#define DEVICE_SIGHTINGS_H

#include "base/address.h"
#include "base/mac.h"

enum { SIGHTINGS_ROOM = 4096 };

/* What is said of one address. */
struct sighting {
	struct address address;	/* port and scope are not looked at */
	struct mac mac;		/* behind it, if it is there */
	uint32_t link;		/* index of the interface */
	uint32_t age;		/* ms since somebody heard of it */
	bool there;
};

struct sightings;

/* About 270 KB, touched as it fills.  NULL: no memory. */
struct sightings *sightings_new(void);
void sightings_free(struct sightings *sightings);	/* NULL is fine */

/*
 * True when an address is behind another MAC now, or behind one at all.
 * Where two links have the same address, the one heard of last has it.
 */
bool sightings_put(struct sightings *sightings,
		   const struct sighting *sighting, uint64_t now);

/*
 * Around a whole table: what is not put between the two is not there any
 * more, whenever it went.
 */
void sightings_begin(struct sightings *sightings);
void sightings_end(struct sightings *sightings, uint64_t now);

/* Forgets what left 24 hours ago; true if there was any. */
bool sightings_expire(struct sightings *sightings, uint64_t now);

/* How often there was no room. */
uint64_t sightings_refused(const struct sightings *sightings);

/*
 * The addresses of a MAC, those heard of last first, without port and scope;
 * how many, at most `room`.
 */
unsigned sightings_of(const struct sightings *sightings,
		      const struct mac *mac, struct address *at,
		      unsigned room);

/* All of them, `age` as of now; `each` gives false to stop. */
void sightings_each(const struct sightings *sightings, uint64_t now,
		    bool (*each)(void *context,
				 const struct sighting *sighting),
		    void *context);

bool sightings_mac(const struct sightings *sightings,
		   const struct address *address, struct mac *mac);

#endif
