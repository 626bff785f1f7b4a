/*
 *	   tail                     head
 *	   |                        |
 *	[  | parcel | parcel | gone |      ]      head - tail <= room
 *
 *	      head       tail
 *	      |          |
 *	[ pcl |          | parcel | (empty)]      no parcel goes over the end
 */
#include "cache/belt.h"

#include <stddef.h>

void belt_init(struct belt *belt, uint64_t *at, uint32_t room)
{
	*belt = (struct belt){ .at = at, .room = room };
}

static struct parcel *parcel_at(const struct belt *belt, uint64_t number)
{
	return (struct parcel *)&belt->at[number % belt->room];
}

/* Units from the head to the end of the memory. */
static uint32_t rest(const struct belt *belt)
{
	return belt->room - (uint32_t)(belt->head % belt->room);
}

bool belt_fits(const struct belt *belt, uint32_t units)
{
	uint64_t used = belt->head - belt->tail;

	if (units > belt->room / 2)
		return false;
	if (units > rest(belt))
		used += rest(belt);
	return used + units <= belt->room;
}

bool belt_is_half_full(const struct belt *belt)
{
	return belt->head - belt->tail > belt->room / 2;
}

struct parcel *belt_put(struct belt *belt, uint32_t units)
{
	struct parcel *parcel;

	if (units > rest(belt)) {
		parcel = parcel_at(belt, belt->head);
		*parcel = (struct parcel){ .units = rest(belt), .gone = 1 };
		belt->head += parcel->units;
	}
	parcel = parcel_at(belt, belt->head);
	belt->head += units;
	return parcel;
}

struct parcel *belt_oldest(const struct belt *belt)
{
	return belt->head > belt->tail ? parcel_at(belt, belt->tail) : NULL;
}

void belt_drop(struct belt *belt)
{
	belt->tail += parcel_at(belt, belt->tail)->units;
}

bool belt_holds(const struct belt *belt, const struct parcel *parcel)
{
	const uint64_t *at = (const uint64_t *)parcel;

	return at >= belt->at && at < belt->at + belt->room;
}
