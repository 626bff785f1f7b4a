/*
 *	at	[ thing | thing | thing | ]	by place
 *	slots	[ . 2 . 0 . . 1 . ]		by hash, at most half full
 *	text	[ key\0key\0key\0 ]
 */
#include "review/catalogue.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { THINGS_FIRST = 64, TEXT_FIRST = 4096 };

void catalogue_init(struct catalogue *catalogue, size_t size, uint32_t most)
{
	*catalogue = (struct catalogue){ .size = size, .most = most };
	hash_key_draw(&catalogue->key);
}

void catalogue_release(struct catalogue *catalogue)
{
	free(catalogue->at);
	free(catalogue->slots);
	free(catalogue->text);
}

static uint64_t hash_of(const struct catalogue *catalogue, uint32_t owner,
			struct bytes bytes)
{
	return hash_bytes(&catalogue->key, bytes.at, bytes.len) +
	       owner * UINT64_C(0x9e3779b97f4a7c15);
}

static struct bytes key_bytes(const struct catalogue *catalogue,
			      const struct catalogue_key *key)
{
	return bytes_of(catalogue->text + key->text, key->len);
}

static bool is_it(const struct catalogue *catalogue, uint32_t place,
		  uint32_t owner, struct bytes bytes)
{
	const struct catalogue_key *key = catalogue_at(catalogue, place);

	return key->owner == owner && key->len == bytes.len &&
	       (bytes.len == 0 || memcmp(catalogue->text + key->text,
					 bytes.at, bytes.len) == 0);
}

uint32_t catalogue_find(const struct catalogue *catalogue, uint32_t owner,
			struct bytes bytes)
{
	uint64_t slot = hash_of(catalogue, owner, bytes);
	uint32_t taken;

	if (catalogue->count == 0)
		return CATALOGUE_NONE;
	for (;; slot++) {
		taken = catalogue->slots[slot & catalogue->mask];
		if (taken == 0)
			return CATALOGUE_NONE;
		if (is_it(catalogue, taken - 1, owner, bytes))
			return taken - 1;
	}
}

/* --- growing --- */

static void take_slot(struct catalogue *catalogue, uint32_t place)
{
	const struct catalogue_key *key = catalogue_at(catalogue, place);
	uint64_t slot = hash_of(catalogue, key->owner,
				key_bytes(catalogue, key));

	while (catalogue->slots[slot & catalogue->mask] != 0)
		slot++;
	catalogue->slots[slot & catalogue->mask] = place + 1;
}

/* Things, and slots for twice as many. */
static int make_room(struct catalogue *catalogue)
{
	uint32_t room = catalogue->room ? catalogue->room * 2 : THINGS_FIRST;
	void *at = reallocarray(catalogue->at, room, catalogue->size);
	uint32_t *slots;

	if (!at)
		return -ENOMEM;
	catalogue->at = at;
	slots = calloc(room, 2 * sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(catalogue->slots);
	catalogue->slots = slots;
	catalogue->mask = 2 * room - 1;
	catalogue->room = room;
	for (uint32_t place = 0; place < catalogue->count; place++)
		take_slot(catalogue, place);
	return 0;
}

static int keep_text(struct catalogue *catalogue, struct bytes bytes)
{
	size_t room = catalogue->text_room ? catalogue->text_room : TEXT_FIRST;
	size_t need = catalogue->text_len + bytes.len + 1;
	char *text;

	if (need > CATALOGUE_TEXT)
		return ERROR_FULL;
	while (room < need)
		room *= 2;
	if (room != catalogue->text_room) {
		text = realloc(catalogue->text, room);
		if (!text)
			return -ENOMEM;
		catalogue->text = text;
		catalogue->text_room = room;
	}
	text = catalogue->text + catalogue->text_len;
	if (bytes.len > 0)
		memcpy(text, bytes.at, bytes.len);
	text[bytes.len] = '\0';
	catalogue->text_len = need;
	return 0;
}

int catalogue_take(struct catalogue *catalogue, uint32_t owner,
		   struct bytes bytes, uint32_t *place)
{
	size_t text = catalogue->text_len;
	struct catalogue_key *key;
	int error = 0;

	*place = catalogue_find(catalogue, owner, bytes);
	if (*place != CATALOGUE_NONE)
		return 0;
	if (catalogue->count == catalogue->most)
		return ERROR_FULL;
	if (catalogue->count == catalogue->room)
		error = make_room(catalogue);
	if (error == 0)
		error = keep_text(catalogue, bytes);
	if (error < 0)
		return error;
	*place = catalogue->count++;
	key = catalogue_at(catalogue, *place);
	memset(key, 0, catalogue->size);
	*key = (struct catalogue_key){ owner, (uint32_t)bytes.len, text };
	take_slot(catalogue, *place);
	return 1;
}
