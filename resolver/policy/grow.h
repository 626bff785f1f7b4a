/*
 * grow: an array that one adds to, kept as pointer, count and room.
 */
#ifndef POLICY_GROW_H
#define POLICY_GROW_H

#include <stdint.h>
#include <stdlib.h>

/*
 * Room for one more than `count` of `size` bytes each: where they are now, or
 * NULL (no memory), and nothing has changed.
 */
static inline void *grow(void *at, size_t count, size_t *room, size_t size)
{
	size_t larger = *room ? *room * 2 : 64;

	if (count < *room)
		return at;
	if (larger > SIZE_MAX / 2 / size)
		return NULL;
	at = realloc(at, larger * size);
	if (at)
		*room = larger;
	return at;
}

#endif
