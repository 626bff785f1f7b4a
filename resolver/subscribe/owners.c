/*
 * Open addressing with steps of one; at least a quarter is empty.
 */
#include "subscribe/owners.h"

#include <stdlib.h>

enum { FIRST_ROOM = 1024 };

void owners_init(struct owners *owners)
{
	*owners = (struct owners){ .at = NULL };
	hash_key_draw(&owners->key);
}

void owners_release(struct owners *owners)
{
	free(owners->at);
	owners->at = NULL;
}

uint64_t owners_hash(const struct owners *owners, const struct name *name)
{
	struct hash_walk walk;

	hash_walk_init(&walk, &owners->key);
	for (unsigned i = name->labels; i-- > 0;)
		hash_walk_label(&walk, name->wire + name->label[i]);
	return owners_value(&walk);
}

uint64_t owners_value(const struct hash_walk *walk)
{
	return hash_walk_value(walk) | 1;
}

static struct owner *place_of(const struct owners *owners, uint64_t hash)
{
	size_t mask = owners->room - 1, at = (hash >> 1) & mask;

	while (owners->at[at].hash != 0 && owners->at[at].hash != hash)
		at = (at + 1) & mask;
	return &owners->at[at];
}

struct owner *owners_find(const struct owners *owners, uint64_t hash)
{
	struct owner *owner = owners->room ? place_of(owners, hash) : NULL;

	return owner && owner->hash != 0 ? owner : NULL;
}

static bool grow(struct owners *owners)
{
	struct owners wider = *owners;

	wider.room = owners->room ? owners->room * 2 : FIRST_ROOM;
	wider.at = calloc(wider.room, sizeof(*wider.at));
	if (!wider.at)
		return false;
	for (size_t i = 0; i < owners->room; i++)
		if (owners->at[i].hash != 0)
			*place_of(&wider, owners->at[i].hash) = owners->at[i];
	free(owners->at);
	*owners = wider;
	return true;
}

struct owner *owners_put(struct owners *owners, uint64_t hash)
{
	struct owner *owner;

	if (owners->count >= owners->room / 4 * 3 && !grow(owners))
		return NULL;
	owner = place_of(owners, hash);
	if (owner->hash == 0) {
		owner->hash = hash;
		owners->count++;
	}
	return owner;
}
