/*
 * Half as much again whenever it is full: what is not touched of that costs
 * nothing, and large memory is moved by the kernel without being copied.
 *
 * The places of a set are probed one after the other from a string's hash on;
 * at most half of them are taken.
 */
#include "policy/store.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "policy/layout.h"

enum { ROOM_AT_FIRST = 4096, PLACES_AT_FIRST = 256 };

int store_reserve(struct store *store, size_t size)
{
	size_t wanted = store->room;
	uint8_t *more;

	if (size > UINT32_MAX - store->len)
		return ERROR_FULL;
	if (store->room - store->len >= size)
		return 0;
	while (wanted - store->len < size)
		wanted = wanted ? wanted + wanted / 2 : ROOM_AT_FIRST;
	more = realloc(store->at, wanted);
	if (!more)
		return -ENOMEM;
	store->at = more;
	store->room = wanted;
	return 0;
}

int store_add(struct store *store, struct bytes bytes, uint32_t *at)
{
	int error = store_reserve(store, bytes.len);

	if (error < 0)
		return error;
	*at = (uint32_t)store->len;
	if (bytes.len)
		memcpy(store->at + store->len, bytes.at, bytes.len);
	store->len += bytes.len;
	return 0;
}

int store_add_string(struct store *store, struct bytes string, uint32_t *at)
{
	uint8_t number[LAYOUT_NUMBER], *end;
	uint32_t unused;
	int error = store_reserve(store, sizeof(number) + string.len);

	if (error < 0)
		return error;
	end = layout_number_write(number, (uint32_t)string.len);
	error = store_add(store, bytes_of(number, (size_t)(end - number)), at);
	return error < 0 ? error : store_add(store, string, &unused);
}

struct bytes store_string(const struct store *store, uint32_t at)
{
	uint32_t len;
	const uint8_t *from = layout_number_read(store->at + at, &len);

	return bytes_of(from, len);
}

void store_release(struct store *store)
{
	free(store->at);
	*store = (struct store){ 0 };
}

/* --- sets --- */

void store_set_init(struct store_set *set, const struct hash_key *key)
{
	*set = (struct store_set){ .key = *key };
}

/* The string's place, or the free one where it belongs. */
static uint32_t *place_find(const struct store_set *set, struct bytes string)
{
	size_t at = hash_bytes(&set->key, string.at, string.len);
	struct bytes other;

	for (;; at++) {
		uint32_t *place = &set->places[at & (set->size - 1)];

		if (*place == 0)
			return place;
		other = store_string(&set->strings, *place - 1);
		if (other.len == string.len &&
		    memcmp(other.at, string.at, other.len) == 0)
			return place;
	}
}

static int set_grow(struct store_set *set)
{
	struct store_set more = *set;

	more.size = set->size ? set->size * 2 : PLACES_AT_FIRST;
	more.places = calloc(more.size, sizeof(*more.places));
	if (!more.places)
		return -ENOMEM;
	for (size_t i = 0; i < set->size; i++)
		if (set->places[i])
			*place_find(&more, store_string(&set->strings,
					set->places[i] - 1)) = set->places[i];
	free(set->places);
	*set = more;
	return 0;
}

int store_set_put(struct store_set *set, struct bytes string, uint32_t *at)
{
	uint32_t *place;
	int error = set->count * 2 >= set->size ? set_grow(set) : 0;

	if (error < 0)
		return error;
	place = place_find(set, string);
	if (*place) {
		*at = *place - 1;
		return 0;
	}
	error = store_add_string(&set->strings, string, at);
	if (error < 0)
		return error;
	*place = *at + 1;
	set->count++;
	return 0;
}

void store_set_release(struct store_set *set)
{
	store_release(&set->strings);
	free(set->places);
	*set = (struct store_set){ 0 };
}
