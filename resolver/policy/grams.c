/*
 *	sets       value; which literals          ".doubleclick.", "adserv"
 *	literals   in order of their sets
 *	entries    gram, set, literal, offset     in order of grams
 *	slots      gram -> its first entry        open addressing, half full
 *	bits       is there such a gram?          32 bits for each literal
 *
 * The bits fit into the processor's nearest memory; a text whose grams are
 * not there costs a multiplication and a look at a bit for each byte.
 *
 * Of the grams of a literal the one of the rarest letters is taken, but each
 * that is in use already counts as a bit more common: a thousand literals
 * that share their rarest gram would be a thousand comparisons.
 *
 * A set is told of once: by the first of its literals that is there, where
 * that is first.
 */
#include "policy/grams.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "policy/grow.h"
#include "policy/literal.h"

enum { GRAM = 4, BITS_LEAST = 12, BITS_MOST = 20, BITS_EACH = 32 };
enum { USES = 1 << 16 };

struct set {
	uint32_t value;
	uint32_t first, count;		/* literals */
};

struct entry {
	uint32_t gram;
	uint32_t set, literal;
	uint32_t offset;		/* of the gram in the literal */
};

struct slot {
	uint32_t gram;
	uint32_t entry;			/* from 1; 0: the slot is free */
};

struct grams {
	struct set *sets;
	struct literal *literals;
	struct entry *entries;
	size_t set_count, set_room;
	size_t count, room;		/* literals, and entries */
	struct slot *slots;
	uint64_t *bits;
	unsigned slot_shift, bit_shift;	/* 32 - log2 of how many */
	bool has_short;			/* literals of 3 bytes */
};

struct grams *grams_new(void)
{
	return calloc(1, sizeof(struct grams));
}

void grams_free(struct grams *grams)
{
	if (!grams)
		return;
	free(grams->sets);
	free(grams->literals);
	free(grams->entries);
	free(grams->slots);
	free(grams->bits);
	free(grams);
}

static int literal_add(struct grams *grams, const struct literal *literal)
{
	struct literal *literals = grow(grams->literals, grams->count,
					&grams->room, sizeof(*literals));

	if (!literals)
		return -ENOMEM;
	grams->literals = literals;
	literals[grams->count++] = *literal;
	return 0;
}

int grams_add(struct grams *grams, const struct literals *literals,
	      uint32_t value)
{
	struct set *sets = grow(grams->sets, grams->set_count,
				&grams->set_room, sizeof(*sets));

	if (!sets)
		return -ENOMEM;
	grams->sets = sets;
	sets[grams->set_count] = (struct set){
		value, (uint32_t)grams->count, literals->count
	};
	for (unsigned i = 0; i < literals->count; i++)
		if (literal_add(grams, &literals->at[i]) < 0)
			return -ENOMEM;
	grams->set_count++;
	return 0;
}

static inline uint32_t load32(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return le32toh(word);
}

/* A gram of three bytes has 0 for the fourth, which no name has. */
static inline uint32_t load24(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
}

static inline uint32_t hash(uint32_t gram)
{
	return gram * 0x9e3779b1u;
}

static size_t gram_len(const struct literal *literal)
{
	return literal->len < GRAM ? literal->len : GRAM;
}

static uint32_t gram_at(const struct literal *literal, size_t at)
{
	return literal->len < GRAM ? load24(literal->at + at)
				   : load32(literal->at + at);
}

/* Chooses the gram by which the literal is found. */
static void entry_choose(struct entry *entry, const struct literal *literal,
			 uint16_t *uses)
{
	size_t len = gram_len(literal);
	long best = -USES;

	for (size_t at = 0; at + len <= literal->len; at++) {
		uint32_t gram = gram_at(literal, at);
		long worth = (long)literal_weight(literal->at + at, len) -
			     uses[hash(gram) >> 16];

		if (worth > best) {
			best = worth;
			entry->gram = gram;
			entry->offset = (uint32_t)at;
		}
	}
	if (uses[hash(entry->gram) >> 16] < UINT16_MAX)
		uses[hash(entry->gram) >> 16]++;
}

static int entry_compare(const void *one, const void *other)
{
	const struct entry *a = one, *b = other;

	if (a->gram != b->gram)
		return a->gram < b->gram ? -1 : 1;
	return (a->literal > b->literal) - (a->literal < b->literal);
}

static int entries_make(struct grams *grams)
{
	uint16_t *uses = calloc(USES, sizeof(*uses));

	grams->entries = calloc(grams->count, sizeof(*grams->entries));
	if (!uses || !grams->entries) {
		free(uses);
		return -ENOMEM;
	}
	for (size_t i = 0; i < grams->set_count; i++) {
		const struct set *set = &grams->sets[i];

		for (uint32_t j = set->first; j < set->first + set->count;
		     j++) {
			struct entry *entry = &grams->entries[j];

			entry->set = (uint32_t)i;
			entry->literal = j;
			entry_choose(entry, &grams->literals[j], uses);
			grams->has_short |= grams->literals[j].len < GRAM;
		}
	}
	free(uses);
	qsort(grams->entries, grams->count, sizeof(*grams->entries),
	      entry_compare);
	return 0;
}

static unsigned log2_of(size_t count)
{
	unsigned bits = 0;

	while (((size_t)1 << bits) < count)
		bits++;
	return bits;
}

static struct slot *slot_of(const struct grams *grams, uint32_t gram)
{
	uint32_t mask = UINT32_MAX >> grams->slot_shift;
	uint32_t at = hash(gram) >> grams->slot_shift;

	while (grams->slots[at].entry && grams->slots[at].gram != gram)
		at = (at + 1) & mask;
	return &grams->slots[at];
}

static int tables_make(struct grams *grams)
{
	unsigned slots = log2_of(grams->count * 2);
	unsigned bits = log2_of(grams->count * BITS_EACH);

	bits = bits < BITS_LEAST ? BITS_LEAST : bits;
	bits = bits > BITS_MOST ? BITS_MOST : bits;
	grams->slots = calloc((size_t)1 << slots, sizeof(*grams->slots));
	grams->bits = calloc((size_t)1 << (bits - 6), sizeof(*grams->bits));
	if (!grams->slots || !grams->bits)
		return -ENOMEM;
	grams->slot_shift = 32 - slots;
	grams->bit_shift = 32 - bits;
	return 0;
}

int grams_ready(struct grams *grams)
{
	if (grams->count == 0)
		return 0;
	if (grams->count > UINT32_MAX / BITS_EACH ||
	    entries_make(grams) < 0 || tables_make(grams) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < grams->count; i++) {
		uint32_t gram = grams->entries[i].gram;
		uint32_t bit = hash(gram) >> grams->bit_shift;
		struct slot *slot = slot_of(grams, gram);

		grams->bits[bit / 64] |= (uint64_t)1 << bit % 64;
		if (slot->entry == 0)
			*slot = (struct slot){ gram, (uint32_t)i + 1 };
	}
	return 0;
}

/* Would the set have been told of by another literal, or further ahead? */
static bool is_first(const struct grams *grams, const struct entry *entry,
		     struct bytes text, size_t at)
{
	const struct literal *literals = grams->literals;

	for (uint32_t i = grams->sets[entry->set].first; i < entry->literal;
	     i++)
		if (literal_find(&literals[i], text) != SIZE_MAX)
			return false;
	return literal_find(&literals[entry->literal], text) == at;
}

struct spot {
	struct bytes text;
	size_t at;
};

/* All literals that are found by this gram. */
static bool entries_visit(const struct grams *grams, uint32_t gram,
			  const struct spot *spot,
			  const struct grams_visit *visit)
{
	size_t i = slot_of(grams, gram)->entry;

	if (i == 0)
		return true;
	for (i--; i < grams->count && grams->entries[i].gram == gram; i++) {
		const struct entry *entry = &grams->entries[i];
		size_t at = spot->at - entry->offset;

		if (entry->offset <= spot->at &&
		    literal_stands(&grams->literals[entry->literal],
				   spot->text, at) &&
		    is_first(grams, entry, spot->text, at) &&
		    !visit->each(visit->context,
				 grams->sets[entry->set].value))
			return false;
	}
	return true;
}

static inline bool gram_visit(const struct grams *grams, uint32_t gram,
			      const struct spot *spot,
			      const struct grams_visit *visit)
{
	uint32_t bit = hash(gram) >> grams->bit_shift;

	return !(grams->bits[bit / 64] >> bit % 64 & 1) ||
	       entries_visit(grams, gram, spot, visit);
}

bool grams_find(const struct grams *grams, struct bytes text,
		const struct grams_visit *visit)
{
	struct spot spot = { text, 0 };

	if (grams->count == 0)
		return true;
	for (; spot.at + GRAM <= text.len; spot.at++) {
		uint32_t gram = load32(text.at + spot.at);

		if (!gram_visit(grams, gram, &spot, visit))
			return false;
		if (grams->has_short &&
		    !gram_visit(grams, gram & 0xffffff, &spot, visit))
			return false;
	}
	if (!grams->has_short || text.len < LITERAL_USABLE)
		return true;
	spot.at = text.len - LITERAL_USABLE;
	return gram_visit(grams, load24(text.at + spot.at), &spot, visit);
}
