/*
 * The memory of a stripe:
 *
 *	[ slots of places | ghosts | brief belt | lasting belt ]
 *
 * One call makes a bounded number of moves from belt to belt and then lets
 * things fall, asked for or not, so that the lock is never held for long.
 */
#include "cache/stripe.h"

#include <string.h>

#include "cache/kept.h"

enum {
	BYTES_PER_SLOT = 128,	/* a typical answer is 130 to 200 bytes */
	BRIEF_SHARE = 10,	/* one part in ten is the brief belt's */
	MOVES = 16,
};

void stripe_init(struct stripe *stripe, uint8_t *memory, size_t size)
{
	uint32_t slots = (uint32_t)(size / BYTES_PER_SLOT) & ~1u;
	uint32_t units, brief;

	memset(stripe, 0, sizeof(*stripe));
	pthread_mutex_init(&stripe->lock, NULL);
	places_init(&stripe->places, (struct places_slot *)memory, slots);
	memory += slots * sizeof(struct places_slot);
	stripe->ghosts = (uint32_t *)memory;
	stripe->ghost_count = slots;
	memory += slots * sizeof(uint32_t);
	size -= slots * (sizeof(struct places_slot) + sizeof(uint32_t));

	stripe->memory = (uint64_t *)memory;
	units = (uint32_t)(size / BELT_UNIT);
	brief = units / BRIEF_SHARE;
	belt_init(&stripe->brief, stripe->memory, brief);
	belt_init(&stripe->lasting, stripe->memory + brief, units - brief);
}

/* The lower half of a hash finds the place, the upper one the ghost. */
static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)hash;
}

static struct kept *kept_at(const struct stripe *stripe, uint32_t place)
{
	return (struct kept *)(stripe->memory + (place - 1));
}

static uint32_t place_of(const struct stripe *stripe, const struct kept *kept)
{
	return (uint32_t)((const uint64_t *)kept - stripe->memory) + 1;
}

struct kept *stripe_find(const struct stripe *stripe, const struct key *key)
{
	struct places_search search;
	uint32_t place = places_first(&stripe->places, tag_of(key->hash),
				      &search);

	while (place != PLACES_NONE) {
		if (kept_is(kept_at(stripe, place), key))
			return kept_at(stripe, place);
		place = places_next(&stripe->places, &search);
	}
	return NULL;
}

static uint32_t *ghost_of(const struct stripe *stripe, uint64_t hash)
{
	uint64_t upper = hash >> 32;

	return &stripe->ghosts[upper * stripe->ghost_count >> 32];
}

static bool ghost_take(struct stripe *stripe, uint64_t hash)
{
	uint32_t *ghost = ghost_of(stripe, hash);
	bool was_here = *ghost == tag_of(hash);

	if (was_here)
		*ghost = 0;
	return was_here;
}

/* Out of the places and the counts; its parcel lies there until it falls. */
static void forget(struct stripe *stripe, struct kept *kept)
{
	places_drop(&stripe->places, tag_of(kept->hash),
		    place_of(stripe, kept));
	kept->parcel.gone = 1;
	stripe->counts.entries--;
	stripe->counts.bytes -= kept->message_len;
}

static void move(struct stripe *stripe, struct kept *from, struct parcel *to)
{
	struct kept *kept = (struct kept *)to;
	uint32_t place = place_of(stripe, from);

	memmove(kept, from, from->parcel.units * BELT_UNIT);
	places_move(&stripe->places, tag_of(kept->hash), place,
		    place_of(stripe, kept));
	if (stripe->moves > 0)
		stripe->moves--;
}

static void evict(struct stripe *stripe, struct kept *kept, uint64_t now)
{
	stripe->counts.evicted += kept_is_fresh(kept, now);
	forget(stripe, kept);
}

/*
 * Once more round the belt, if it was asked for and there is room where it
 * lies itself; the memory is the same, so it falls before it is put on.
 */
static void turn_lasting(struct stripe *stripe, uint64_t now)
{
	struct belt *belt = &stripe->lasting;
	struct parcel *parcel = belt_oldest(belt);
	struct kept *kept = (struct kept *)parcel;

	belt_drop(belt);
	if (parcel->gone)
		return;
	if (kept->asked > 0 && stripe->moves > 0 && kept_is_fresh(kept, now) &&
	    belt_fits(belt, parcel->units)) {
		kept->asked--;
		move(stripe, kept, belt_put(belt, parcel->units));
	} else {
		evict(stripe, kept, now);
	}
}

/* While there is room, what was not asked for may stay, too. */
static bool is_promoted(const struct stripe *stripe, const struct kept *kept,
			uint64_t now)
{
	bool is_room = belt_fits(&stripe->lasting, kept->parcel.units) &&
		       !places_is_full(&stripe->places);

	return stripe->moves > 0 && kept_is_fresh(kept, now) &&
	       (kept->asked > 0 || is_room);
}

static void turn_brief(struct stripe *stripe, uint64_t now)
{
	struct parcel *parcel = belt_oldest(&stripe->brief);
	struct kept *kept = (struct kept *)parcel;

	if (!parcel->gone && is_promoted(stripe, kept, now)) {
		while (!belt_fits(&stripe->lasting, parcel->units))
			turn_lasting(stripe, now);
		kept->asked = 0;
		move(stripe, kept, belt_put(&stripe->lasting, parcel->units));
	} else if (!parcel->gone) {
		*ghost_of(stripe, kept->hash) = tag_of(kept->hash);
		evict(stripe, kept, now);
	}
	belt_drop(&stripe->brief);
}

static void turn(struct stripe *stripe, const struct belt *belt, uint64_t now)
{
	if (belt == &stripe->brief)
		turn_brief(stripe, now);
	else
		turn_lasting(stripe, now);
}

/*
 * Small answers run out of places before they run out of room.  Then, too,
 * strangers give way to strangers, as long as they have half a belt.  So much
 * alone does not fill the places: there is something on the lasting one.
 */
static void make_room(struct stripe *stripe, struct belt *belt, uint32_t units,
		      uint64_t now)
{
	while (places_is_full(&stripe->places))
		turn(stripe, belt_is_half_full(&stripe->brief)
		     ? &stripe->brief : &stripe->lasting, now);
	while (!belt_fits(belt, units))
		turn(stripe, belt, now);
}

/* A new version may lie where the old one does, if it fills that well. */
static bool fits_in_place(const struct kept *old, uint32_t units)
{
	return units <= old->parcel.units &&
	       units >= old->parcel.units - old->parcel.units / 4;
}

/* The brief belt is for strangers. */
static struct belt *belt_for(struct stripe *stripe, const struct key *key,
			     struct kept *old)
{
	if (ghost_take(stripe, key->hash))
		return &stripe->lasting;
	if (old != NULL && (old->asked > 0 ||
			    belt_holds(&stripe->lasting, &old->parcel)))
		return &stripe->lasting;
	return &stripe->brief;
}

/* A parcel with a place, nothing in it yet. */
static struct kept *put_new(struct stripe *stripe, struct belt *belt,
			    const struct kept *form)
{
	uint32_t units = kept_units(form);
	struct kept *kept;

	make_room(stripe, belt, units, form->stored);
	kept = (struct kept *)belt_put(belt, units);
	kept->parcel.units = units;
	kept->asked = 0;
	places_put(&stripe->places, tag_of(form->hash),
		   place_of(stripe, kept));
	stripe->counts.entries++;
	return kept;
}

static void fill_in(struct kept *kept, const struct kept *form)
{
	struct parcel parcel = { .units = kept->parcel.units };
	uint8_t asked = kept->asked;

	memcpy(kept, form, offsetof(struct kept, ttl_at));
	kept->parcel = parcel;
	kept->asked = asked;
}

struct kept *stripe_put(struct stripe *stripe, const struct key *key,
			const struct kept *form)
{
	uint32_t units = kept_units(form);
	struct kept *kept = stripe_find(stripe, key);
	struct belt *belt;

	if (units > stripe->brief.room / 2)
		return NULL;
	stripe->moves = MOVES;
	if (kept != NULL && fits_in_place(kept, units)) {
		stripe->counts.bytes -= kept->message_len;
	} else {
		belt = belt_for(stripe, key, kept);
		if (kept != NULL)
			forget(stripe, kept);
		kept = put_new(stripe, belt, form);
	}
	fill_in(kept, form);
	stripe->counts.bytes += form->message_len;
	stripe->counts.inserted++;
	return kept;
}
