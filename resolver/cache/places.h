/*
 * places: which tag lies where; a hash table of fixed size.
 *
 * A tag is half of a hash, so two may be the same: the caller compares what
 * lies there and asks for the next.
 */
#ifndef CACHE_PLACES_H
#define CACHE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

enum { PLACES_NONE = 0 };

struct places_slot {
	uint32_t tag;
	uint32_t place;		/* PLACES_NONE: empty */
};

struct places {
	struct places_slot *slots;	/* zeros at first */
	uint32_t room;
	uint32_t used;
};

/* One way through all places of a tag. */
struct places_search {
	uint32_t tag;
	uint32_t slot;
};

void places_init(struct places *places, struct places_slot *slots,
		 uint32_t room);
bool places_is_full(const struct places *places);

/* The first place of a tag, then the next; PLACES_NONE: no more. */
uint32_t places_first(const struct places *places, uint32_t tag,
		      struct places_search *search);
uint32_t places_next(const struct places *places,
		     struct places_search *search);

/* There is room. */
void places_put(struct places *places, uint32_t tag, uint32_t place);

/* These are there. */
void places_move(struct places *places, uint32_t tag, uint32_t from,
		 uint32_t to);
void places_drop(struct places *places, uint32_t tag, uint32_t place);

#endif
