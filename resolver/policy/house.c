/*
 * A house is read by every worker while the main thread makes the next one,
 * so it shares nothing with what it was made from.
 */
#include "policy/house.h"

#include <stdlib.h>
#include <string.h>

#include "policy/own.h"

/* malloc(0) may be NULL, and NULL means no memory here. */
static void *copy_of(const void *from, size_t count, size_t size)
{
	void *to = calloc(count ? count : 1, size);

	if (to && count)
		memcpy(to, from, count * size);
	return to;
}

/* Longest prefix first, so that the first that holds a client decides. */
static int compare_members(const void *one, const void *other)
{
	const struct house_member *a = one, *b = other;

	if (a->prefix.bits != b->prefix.bits)
		return a->prefix.bits > b->prefix.bits ? -1 : 1;
	return (a->group > b->group) - (a->group < b->group);
}

static bool copy_groups(struct house *house, const struct house *model)
{
	house->groups = copy_of(model->groups, model->group_count,
				sizeof(*model->groups));
	house->group_count = house->groups ? model->group_count : 0;
	for (unsigned i = 0; i < house->group_count; i++)
		house->groups[i].actions = NULL;
	for (unsigned i = 0; i < house->group_count; i++) {
		house->groups[i].actions = copy_of(model->groups[i].actions,
						   model->list_count, 1);
		if (!house->groups[i].actions)
			return false;
	}
	house->members = copy_of(model->members, model->member_count,
				 sizeof(*model->members));
	if (!house->groups || !house->members)
		return false;
	qsort(house->members, house->member_count, sizeof(*house->members),
	      compare_members);
	return true;
}

struct house *house_new(const struct house *model)
{
	struct house *house = malloc(sizeof(*house));
	bool groups;

	if (!house)
		return NULL;
	*house = *model;
	house->own = NULL;
	house->lists = copy_of(model->lists, model->list_count,
			       sizeof(*model->lists));
	house->clients = copy_of(model->clients, model->client_count,
				 sizeof(*model->clients));
	house->upstreams = copy_of(model->upstreams, model->upstream_count,
				   sizeof(*model->upstreams));
	groups = copy_groups(house, model);
	if (groups && house->lists && house->clients && house->upstreams) {
		house->own = model->own;
		return house;
	}
	house_free(house);
	return NULL;
}

void house_free(struct house *house)
{
	if (!house)
		return;
	for (unsigned i = 0; i < house->group_count; i++)
		free(house->groups[i].actions);
	own_free(house->own);
	free(house->groups);
	free(house->members);
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

unsigned house_group_of(const struct house *house,
			const struct address *client)
{
	for (unsigned i = 0; i < house->member_count; i++)
		if (prefix_holds(&house->members[i].prefix, client))
			return house->members[i].group;
	return 0;
}
