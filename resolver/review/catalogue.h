/*
 * catalogue: things that are found by their owner and some bytes, each there
 * once, in an array that grows up to a limit.
 *
 * A thing is a struct of the caller's that begins with struct catalogue_key;
 * the rest of a new one is zero.  A place is its number in the array, and
 * stays; pointers do not.  The hash is keyed: bytes come from the network.
 */
#ifndef REVIEW_CATALOGUE_H
#define REVIEW_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hash.h"

enum {
	CATALOGUE_NONE = UINT32_MAX,
	CATALOGUE_TEXT = 24 << 20,	/* bytes of all keys */
};

struct catalogue_key {
	uint32_t owner, len;
	size_t text;			/* where in the catalogue's */
};

struct catalogue {
	struct hash_key key;
	size_t size;			/* of a thing */
	uint32_t most, count, room;
	void *at;
	uint32_t *slots;		/* place + 1; 0: free */
	uint32_t mask;
	char *text;			/* keys, each with a NUL behind it */
	size_t text_len, text_room;
};

/* At most `most` things of `size` bytes. */
void catalogue_init(struct catalogue *catalogue, size_t size, uint32_t most);
void catalogue_release(struct catalogue *catalogue);

/* CATALOGUE_NONE: it is not there. */
uint32_t catalogue_find(const struct catalogue *catalogue, uint32_t owner,
			struct bytes bytes);

/*
 * Found or made: 0 or 1 and *place; ERROR_FULL: there is no room for more; or
 * -ENOMEM.
 */
int catalogue_take(struct catalogue *catalogue, uint32_t owner,
		   struct bytes bytes, uint32_t *place);

static inline void *catalogue_at(const struct catalogue *catalogue,
				 uint32_t place)
{
	return (char *)catalogue->at + place * catalogue->size;
}

/* Its bytes; text, where that is what was put in. */
static inline const char *catalogue_text(const struct catalogue *catalogue,
					 uint32_t place)
{
	const struct catalogue_key *key = catalogue_at(catalogue, place);

	return catalogue->text + key->text;
}

#endif
