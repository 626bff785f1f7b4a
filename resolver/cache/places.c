/*
 * Open addressing: a tag stands in the slot it points to (its home) or in
 * one of those after it, and no slot between is empty.  When one is taken
 * out, those behind move up, so that there are no tombstones.  An eighth of
 * the slots stays empty: so every search is short, and ends.
 */
#include "cache/places.h"

void places_init(struct places *places, struct places_slot *slots,
		 uint32_t room)
{
	*places = (struct places){ .slots = slots, .room = room };
}

bool places_is_full(const struct places *places)
{
	return places->used >= places->room - places->room / 8 - 1;
}

/* A tag is any 32 bits: scaled to the slots, whatever their number. */
static uint32_t home(const struct places *places, uint32_t tag)
{
	return (uint32_t)((uint64_t)tag * places->room >> 32);
}

static uint32_t after(const struct places *places, uint32_t slot)
{
	return slot + 1 < places->room ? slot + 1 : 0;
}

/* Steps from one slot forward to another. */
static uint32_t steps(const struct places *places, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : to + places->room - from;
}

/* From this slot on. */
static uint32_t search_on(const struct places *places,
			  struct places_search *search)
{
	const struct places_slot *slot = &places->slots[search->slot];

	while (slot->place != PLACES_NONE && slot->tag != search->tag) {
		search->slot = after(places, search->slot);
		slot = &places->slots[search->slot];
	}
	return slot->place;
}

uint32_t places_first(const struct places *places, uint32_t tag,
		      struct places_search *search)
{
	*search = (struct places_search){ tag, home(places, tag) };
	return search_on(places, search);
}

uint32_t places_next(const struct places *places,
		     struct places_search *search)
{
	search->slot = after(places, search->slot);
	return search_on(places, search);
}

void places_put(struct places *places, uint32_t tag, uint32_t place)
{
	uint32_t slot = home(places, tag);

	while (places->slots[slot].place != PLACES_NONE)
		slot = after(places, slot);
	places->slots[slot] = (struct places_slot){ tag, place };
	places->used++;
}

static uint32_t slot_of(const struct places *places, uint32_t tag,
			uint32_t place)
{
	uint32_t slot = home(places, tag);

	while (places->slots[slot].place != place)
		slot = after(places, slot);
	return slot;
}

void places_move(struct places *places, uint32_t tag, uint32_t from,
		 uint32_t to)
{
	places->slots[slot_of(places, tag, from)].place = to;
}

void places_drop(struct places *places, uint32_t tag, uint32_t place)
{
	uint32_t hole = slot_of(places, tag, place);
	uint32_t slot = after(places, hole);

	while (places->slots[slot].place != PLACES_NONE) {
		uint32_t first = home(places, places->slots[slot].tag);

		if (steps(places, first, slot) >= steps(places, hole, slot)) {
			places->slots[hole] = places->slots[slot];
			hole = slot;
		}
		slot = after(places, slot);
	}
	places->slots[hole].place = PLACES_NONE;
	places->used--;
}
