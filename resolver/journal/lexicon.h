/*
 * lexicon: runs of bytes, numbered in the order of their first use.
 *
 * What a block is made of is looked up here: each name, client and answer once,
 * their bytes one behind the other.  The hash has a secret key: who asks for
 * names cannot choose which fall together.
 */
#ifndef JOURNAL_LEXICON_H
#define JOURNAL_LEXICON_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hash.h"

enum { LEXICON_ENTRIES = 16384 };

struct lexicon {
	struct hash_key key;
	uint8_t *text;			/* grows as it is needed */
	size_t len, room;
	uint32_t count;
	uint32_t last;			/* that was put: often the next, too */
	uint32_t end[LEXICON_ENTRIES];	/* of each, in the text */
	uint32_t hash[LEXICON_ENTRIES];
	uint16_t places[2 * LEXICON_ENTRIES];	/* number + 1; 0: free */
};

void lexicon_init(struct lexicon *lexicon);
void lexicon_release(struct lexicon *lexicon);

void lexicon_clear(struct lexicon *lexicon);

/*
 * The number of `bytes`, which are copied when they are new; ERROR_FULL when
 * there are LEXICON_ENTRIES, or -ENOMEM.
 */
int lexicon_put(struct lexicon *lexicon, struct bytes bytes);

/* Until the next lexicon_put. */
struct bytes lexicon_get(const struct lexicon *lexicon, uint32_t number);

#endif
