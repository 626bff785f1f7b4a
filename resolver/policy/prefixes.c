/*
 *	places	family, bits, address; value	sorted: equal ones together
 *	slots	hash -> the first of equals	open addressing, half full
 *	lengths	of each family, the longest first
 *
 * A slot has half of the hash beside the place, so that what is not there is
 * known without a look at the places.  The hash is keyed: lists are written
 * by strangers.
 */
#include "policy/prefixes.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "policy/grow.h"

enum { FAMILIES = 2, LENGTHS = 129 };

struct place {
	struct prefix prefix;
	uint32_t value;
};

struct slot {
	uint32_t mark;			/* upper half of the hash */
	uint32_t place;			/* from 1; 0: the slot is free */
};

struct prefixes {
	struct place *places;
	size_t count, room;
	struct slot *slots;
	size_t mask;
	struct hash_key key;
	bool known[FAMILIES][LENGTHS];
	uint8_t lengths[FAMILIES][LENGTHS];
	unsigned length_count[FAMILIES];
};

struct prefixes *prefixes_new(void)
{
	struct prefixes *prefixes = calloc(1, sizeof(*prefixes));

	if (prefixes)
		hash_key_draw(&prefixes->key);
	return prefixes;
}

void prefixes_free(struct prefixes *prefixes)
{
	if (!prefixes)
		return;
	free(prefixes->places);
	free(prefixes->slots);
	free(prefixes);
}

/* The first `bits` of an address, the others 0. */
static void prefix_cut(struct prefix *prefix, struct bytes raw,
		       unsigned bits)
{
	size_t whole = bits / 8;

	*prefix = (struct prefix){
		.family = raw.len == 4 ? AF_INET : AF_INET6,
		.bits = (uint8_t)bits,
	};
	memcpy(prefix->at, raw.at, whole);
	if (bits % 8)
		prefix->at[whole] = raw.at[whole] &
				    (uint8_t)(0xff00 >> bits % 8);
}

static bool prefix_is_sound(const struct prefix *prefix)
{
	size_t len = prefix->family == AF_INET ? 4 : 16;
	struct prefix cut;

	if (prefix->family != AF_INET && prefix->family != AF_INET6)
		return false;
	if (prefix->bits > len * 8)
		return false;
	prefix_cut(&cut, bytes_of(prefix->at, len), prefix->bits);
	return memcmp(cut.at, prefix->at, sizeof(cut.at)) == 0;
}

int prefixes_add(struct prefixes *prefixes, const struct prefix *prefix,
		 uint32_t value)
{
	struct place *places;

	if (!prefix_is_sound(prefix))
		return ERROR_MALFORMED;
	places = grow(prefixes->places, prefixes->count, &prefixes->room,
		      sizeof(*places));
	if (!places)
		return -ENOMEM;
	prefixes->places = places;
	places[prefixes->count++] = (struct place){ *prefix, value };
	prefixes->known[prefix->family != AF_INET][prefix->bits] = true;
	return 0;
}

static int place_compare(const void *one, const void *other)
{
	const struct place *a = one, *b = other;
	int order = memcmp(&a->prefix, &b->prefix, sizeof(a->prefix));

	if (order != 0)
		return order;
	return (a->value > b->value) - (a->value < b->value);
}

static void lengths_make(struct prefixes *prefixes)
{
	for (unsigned family = 0; family < FAMILIES; family++)
		for (unsigned bits = LENGTHS; bits-- > 0;)
			if (prefixes->known[family][bits])
				prefixes->lengths[family]
				[prefixes->length_count[family]++] =
					(uint8_t)bits;
}

/* Without the bytes that are 0 in all of a family. */
static uint64_t prefix_hash(const struct prefixes *prefixes,
			    const struct prefix *prefix)
{
	size_t rest = prefix->family == AF_INET ? 12 : 0;

	return hash_bytes(&prefixes->key, prefix, sizeof(*prefix) - rest);
}

/* Where it is, or the free slot where it would be. */
static struct slot *slot_of(const struct prefixes *prefixes,
			    const struct prefix *prefix, uint64_t hash)
{
	uint32_t mark = (uint32_t)(hash >> 32);
	size_t at = (size_t)hash & prefixes->mask;

	for (;; at = (at + 1) & prefixes->mask) {
		struct slot *slot = &prefixes->slots[at];

		if (slot->place == 0)
			return slot;
		if (slot->mark == mark &&
		    memcmp(&prefixes->places[slot->place - 1].prefix, prefix,
			   sizeof(*prefix)) == 0)
			return slot;
	}
}

int prefixes_ready(struct prefixes *prefixes)
{
	size_t slots = 2;

	if (prefixes->count == 0)
		return 0;
	while (slots < prefixes->count * 2)
		slots *= 2;
	prefixes->slots = calloc(slots, sizeof(*prefixes->slots));
	if (!prefixes->slots || prefixes->count > UINT32_MAX / 2)
		return -ENOMEM;
	prefixes->mask = slots - 1;
	qsort(prefixes->places, prefixes->count, sizeof(*prefixes->places),
	      place_compare);
	for (size_t i = 0; i < prefixes->count; i++) {
		const struct prefix *prefix = &prefixes->places[i].prefix;
		uint64_t hash = prefix_hash(prefixes, prefix);
		struct slot *slot = slot_of(prefixes, prefix, hash);

		if (slot->place == 0)
			*slot = (struct slot){ (uint32_t)(hash >> 32),
					       (uint32_t)i + 1 };
	}
	lengths_make(prefixes);
	return 0;
}

bool prefixes_any(const struct prefixes *prefixes)
{
	return prefixes->count > 0;
}

/* All values of one prefix. */
static bool places_visit(const struct prefixes *prefixes,
			 const struct prefix *prefix,
			 const struct prefixes_visit *visit)
{
	uint64_t hash = prefix_hash(prefixes, prefix);
	size_t i = slot_of(prefixes, prefix, hash)->place;

	if (i == 0)
		return true;
	for (i--; i < prefixes->count; i++) {
		const struct place *place = &prefixes->places[i];

		if (memcmp(&place->prefix, prefix, sizeof(*prefix)) != 0)
			return true;
		if (!visit->each(visit->context, place->value))
			return false;
	}
	return true;
}

void prefixes_find(const struct prefixes *prefixes, struct bytes raw,
		   const struct prefixes_visit *visit)
{
	unsigned family = raw.len != 4;

	if (raw.len != 4 && raw.len != 16)
		return;
	for (unsigned i = 0; i < prefixes->length_count[family]; i++) {
		struct prefix prefix;

		prefix_cut(&prefix, raw, prefixes->lengths[family][i]);
		if (!places_visit(prefixes, &prefix, visit))
			return;
	}
}
