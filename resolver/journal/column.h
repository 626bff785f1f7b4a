/*
 * column: one field of many rows, packed.
 *
 * Numbers become one byte each, a symbol, and some bits beside it: a symbol
 * stands for one of up to 127 common values, which a table holds, or for half
 * an octave (2, 3, 4 to 5, 6 to 7, 8 to 11, ...), within which the bits say
 * which.  zstd packs the symbols, by what repeats and by how often each is
 * there; the bits are noise and stay as they are.  So a field costs about what
 * there is to know about it, be it a rank, a clock or a duration.
 *
 * Reading trusts nothing: what is too long, too short or left over is
 * ERROR_DAMAGED.  One thread a packer or unpacker.
 */
#ifndef JOURNAL_COLUMN_H
#define JOURNAL_COLUMN_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
	COLUMN_VALUES = 16384,		/* the most there are in one */
	COLUMN_TEXT = 2 << 20,		/* and bytes */
};

/* --- writing --- */

struct column_packer;

struct column_packer *column_packer_new(void);	/* NULL: no memory */
void column_packer_free(struct column_packer *packer);

/* What is packed lies one behind the other; kept from block to block. */
void column_packer_begin(struct column_packer *packer, int level);

/* How long it came out, or -ENOMEM. */
int column_put(struct column_packer *packer, const uint64_t *values,
	       size_t count);
int column_put_text(struct column_packer *packer, struct bytes text);

/* All since the beginning, until the next column_packer_begin. */
struct bytes column_packed(const struct column_packer *packer);

/* --- reading --- */

struct column_unpacker;

struct column_unpacker *column_unpacker_new(void);	/* NULL: no memory */
void column_unpacker_free(struct column_unpacker *unpacker);

/*
 * How many there are is written elsewhere: 0, or ERROR_DAMAGED when it is not
 * so many, or more than there can be.
 */
int column_get(struct column_unpacker *unpacker, struct bytes packed,
	       uint64_t *values, size_t count);
int column_get_text(struct column_unpacker *unpacker, struct bytes packed,
		    uint8_t *text, size_t len);

#endif
