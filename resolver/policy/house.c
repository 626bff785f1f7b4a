/*
 * A house is read by every worker while the main thread makes the next one,
 * so it shares nothing with what it was made from.
 */
#include "policy/house.h"

#include <stdlib.h>
#include <string.h>

/* malloc(0) may be NULL, and NULL means no memory here. */
static void *copy_of(const void *from, size_t count, size_t size)
{
	void *to = calloc(count ? count : 1, size);

	if (to && count)
		memcpy(to, from, count * size);
	return to;
}

struct house *house_new(const struct house *model)
{
	struct house *house = malloc(sizeof(*house));

	if (!house)
		return NULL;
	*house = *model;
	house->lists = copy_of(model->lists, model->list_count,
			       sizeof(*model->lists));
	house->clients = copy_of(model->clients, model->client_count,
				 sizeof(*model->clients));
	house->upstreams = copy_of(model->upstreams, model->upstream_count,
				   sizeof(*model->upstreams));
	if (house->lists && house->clients && house->upstreams)
		return house;
	house_free(house);
	return NULL;
}

void house_free(struct house *house)
{
	if (!house)
		return;
	free(house->lists);
	free(house->clients);
	free(house->upstreams);
	free(house);
}

bool house_admits(const struct house *house, const struct address *client)
{
	for (unsigned i = 0; i < house->client_count; i++)
		if (prefix_holds(&house->clients[i], client))
			return true;
	return false;
}
