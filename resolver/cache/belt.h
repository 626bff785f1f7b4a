/*
 * belt: parcels of different sizes in a ring of memory.  They are put on at
 * one end, are carried along as others follow, and fall off at the other.
 *
 * Sizes are counted in units of 8 bytes.  A parcel lies in one piece: what is
 * left at the end of the memory is taken by an empty one.
 */
#ifndef CACHE_BELT_H
#define CACHE_BELT_H

#include <stdbool.h>
#include <stdint.h>

enum { BELT_UNIT = 8 };

/* Begins everything that lies on a belt. */
struct parcel {
	uint32_t units;		/* this included */
	uint32_t gone;		/* nobody wants it any more */
};

struct belt {
	uint64_t *at;
	uint32_t room;		/* units */
	uint64_t head, tail;	/* units, only rising: next to put on, oldest */
};

void belt_init(struct belt *belt, uint64_t *at, uint32_t room);

/* Can so much be put on now?  At most half of the room can ever be. */
bool belt_fits(const struct belt *belt, uint32_t units);

/* More than half of the room is taken. */
bool belt_is_half_full(const struct belt *belt);

/* The place for a new parcel; belt_fits has said yes. */
struct parcel *belt_put(struct belt *belt, uint32_t units);

/* NULL: there is none. */
struct parcel *belt_oldest(const struct belt *belt);

/* The oldest falls off; its memory is as it was until the next belt_put. */
void belt_drop(struct belt *belt);

/* Does this parcel lie on this belt? */
bool belt_holds(const struct belt *belt, const struct parcel *parcel);

#endif
