/*
 * A name is hashed from its end to its beginning, so that the hash of every
 * parent is met on the way.
 */
#include "journal/block_filter.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "journal/block.h"
#include "journal/block_layout.h"

enum {
	FORM = 1, TURNS = 7, BITS_EACH = 10, HEAD = 6,
	LABELS = 8,			/* of a name that count, from its end */
	ANY = 0,			/* a hash that is in every filter */
	CLIENT = 0xff,			/* a byte that no name has */
	FOLD = 0x20,			/* makes letters small, and folds some
					   others, which does no harm */
	ENTRIES = 1 << 17, PLACES = 2 * ENTRIES, FEW = 1 << 12,
};

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)

struct block_filter {
	uint64_t *seen;			/* hashes; 0: free */
	uint32_t count, places;
	bool overflown;
	uint8_t *bits;
};

static uint64_t scramble(uint64_t hash)
{
	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}

/* FNV-1a, a byte at a time (Fowler, Noll, Vo 1991). */
static inline uint64_t take_in(uint64_t hash, uint8_t byte)
{
	return (hash ^ byte) * UINT64_C(0x100000001b3);
}

struct block_probe block_probe_client(struct bytes address)
{
	uint64_t hash = take_in(FNV_BASIS, CLIENT);

	for (size_t i = 0; i < address.len; i++)
		hash = take_in(hash, address.at[i]);
	return (struct block_probe){ scramble(hash) };
}

/* Hashes of a name's last label, its last two, and so on. */
struct suffixes {
	uint64_t hash[LABELS];
	unsigned count;
};

static void find_suffixes(struct suffixes *suffixes, struct bytes name)
{
	uint64_t hash = FNV_BASIS;

	suffixes->count = 0;
	for (size_t i = name.len; i-- > 0;) {
		uint8_t byte = name.at[i];

		if (byte == '.')
			suffixes->hash[suffixes->count++] = scramble(hash);
		if (suffixes->count == LABELS)
			return;
		hash = take_in(hash, byte | FOLD);
	}
	suffixes->hash[suffixes->count++] = scramble(hash);
}

struct block_probe block_probe_name(struct bytes name)
{
	struct suffixes suffixes;

	if (name.len == 1 && name.at[0] == '.')
		return (struct block_probe){ ANY };
	find_suffixes(&suffixes, name);
	return (struct block_probe){ suffixes.hash[suffixes.count - 1] };
}

/* --- making one --- */

struct block_filter *block_filter_new(void)
{
	struct block_filter *filter = calloc(1, sizeof(*filter));

	if (filter == NULL)
		return NULL;
	filter->seen = calloc(FEW, sizeof(*filter->seen));
	filter->places = FEW;
	if (filter->seen == NULL) {
		free(filter);
		return NULL;
	}
	return filter;
}

void block_filter_free(struct block_filter *filter)
{
	if (filter == NULL)
		return;
	free(filter->seen);
	free(filter->bits);
	free(filter);
}

void block_filter_begin(struct block_filter *filter)
{
	memset(filter->seen, 0, filter->places * sizeof(*filter->seen));
	filter->count = 0;
	filter->overflown = false;
}

static void insert(uint64_t *seen, uint32_t places, uint64_t hash)
{
	uint32_t place = (uint32_t)(hash % places);

	while (seen[place] != 0)
		place = (place + 1) % places;
	seen[place] = hash;
}

static bool is_there(const struct block_filter *filter, uint64_t hash)
{
	uint32_t place = (uint32_t)(hash % filter->places);

	for (; filter->seen[place]; place = (place + 1) % filter->places)
		if (filter->seen[place] == hash)
			return true;
	return false;
}

static bool grow(struct block_filter *filter)
{
	uint32_t places = filter->places * 4;
	uint64_t *seen;

	if (filter->count == ENTRIES)
		return false;
	if (filter->count < filter->places / 2)
		return true;
	seen = calloc(places, sizeof(*seen));
	if (seen == NULL)
		return false;
	for (uint32_t i = 0; i < filter->places; i++)
		if (filter->seen[i] != 0)
			insert(seen, places, filter->seen[i]);
	free(filter->seen);
	filter->seen = seen;
	filter->places = places;
	return true;
}

static void put(struct block_filter *filter, uint64_t hash)
{
	if (hash == ANY || filter->overflown || is_there(filter, hash))
		return;
	if (!grow(filter)) {
		filter->overflown = true;
		return;
	}
	insert(filter->seen, filter->places, hash);
	filter->count++;
}

void block_filter_put_client(struct block_filter *filter,
			     struct bytes address)
{
	put(filter, block_probe_client(address).hash);
}

void block_filter_put_name(struct block_filter *filter, struct bytes name)
{
	struct suffixes suffixes;

	find_suffixes(&suffixes, name);
	for (unsigned i = 0; i < suffixes.count; i++)
		put(filter, suffixes.hash[i]);
}

/* --- bits --- */

/* The turns of a hash: each bit is a step further, from a start. */
struct turns {
	uint32_t at, step;
	uint64_t bits;
};

static struct turns turns_of(uint64_t hash, size_t bytes)
{
	return (struct turns){ (uint32_t)hash, (uint32_t)(hash >> 32) | 1,
			       bytes * 8 };
}

static uint64_t turn(struct turns *turns)
{
	uint64_t bit = turns->at * turns->bits >> 32;

	turns->at += turns->step;
	return bit;
}

static void set(uint8_t *bits, size_t len, uint64_t hash)
{
	struct turns turns = turns_of(hash, len);

	for (unsigned i = 0; i < TURNS; i++) {
		uint64_t bit = turn(&turns);

		bits[bit / 8] |= (uint8_t)(1 << bit % 8);
	}
}

int block_filter_end(struct block_filter *filter, struct bytes *bits)
{
	size_t len = ((size_t)filter->count * BITS_EACH + 7) / 8;
	uint8_t *at;

	*bits = bytes_of(NULL, 0);
	if (filter->overflown)
		return 0;
	at = realloc(filter->bits, HEAD + len);
	if (at == NULL)
		return -ENOMEM;
	filter->bits = at;
	memset(at, 0, HEAD + len);
	for (uint32_t i = 0; i < filter->places; i++)
		if (filter->seen[i] != 0)
			set(at + HEAD, len, filter->seen[i]);
	at[4] = FORM;
	at[5] = TURNS;
	block_put32(at, (uint32_t)block_sum(bytes_of(at + 4, HEAD - 4 + len)));
	*bits = bytes_of(at, HEAD + len);
	return 0;
}

/* Looked at only where its form and its sum are right. */
bool block_may_have(struct bytes filter, const struct block_probe *probe)
{
	struct turns turns;

	if (probe->hash == ANY || filter.len <= HEAD || filter.at[4] != FORM ||
	    block_get32(filter.at) !=
		    (uint32_t)block_sum(bytes_of(filter.at + 4,
						 filter.len - 4)))
		return true;
	turns = turns_of(probe->hash, filter.len - HEAD);
	for (unsigned i = 0; i < filter.at[5]; i++) {
		uint64_t bit = turn(&turns);

		if (!(filter.at[HEAD + bit / 8] & 1 << bit % 8))
			return false;
	}
	return true;
}
