/*
 * Where the kernel is not asked: there is a table, and nobody is in it.
 */
#include "device/neighbour.h"

#ifndef __linux__

#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"

struct neighbours {
	char nobody;
};

struct neighbours *neighbours_read(void)
{
	struct neighbours *neighbours = calloc(1, sizeof(*neighbours));

	if (neighbours == NULL)
		log_error("neighbours: %s", error_words(UV_ENOMEM));
	return neighbours;
}

struct neighbours *neighbours_watch(uv_loop_t *loop, void (*changed)(void *),
				    void *context)
{
	(void)loop;
	(void)changed;
	(void)context;
	return neighbours_read();
}

void neighbours_unwatch(struct neighbours *neighbours)
{
	free(neighbours);
}

void neighbours_free(struct neighbours *neighbours)
{
	free(neighbours);
}

unsigned neighbours_of(const struct neighbours *neighbours,
		       const struct mac *mac, struct address *at,
		       unsigned room)
{
	(void)neighbours;
	(void)mac;
	(void)at;
	(void)room;
	return 0;
}

bool neighbours_mac(const struct neighbours *neighbours,
		    const struct address *address, struct mac *mac)
{
	(void)neighbours;
	(void)address;
	(void)mac;
	return false;
}

void neighbours_each(const struct neighbours *neighbours,
		     bool (*each)(void *context,
				  const struct sighting *sighting),
		     void *context)
{
	(void)neighbours;
	(void)each;
	(void)context;
}

#endif
