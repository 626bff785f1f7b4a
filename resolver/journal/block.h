/*
 * block: some thousand rows in a few bytes each.
 *
 * A block stands for itself: it holds the text of its names and its clients'
 * addresses, and needs nothing else to be read but the tables that `image` and
 * `upstream` lead to.  So a damaged one costs its own rows and no other's.
 *
 *	[ header | directory of columns | column | column | ... ]
 *
 * A column is one field of all rows: numbers of a dictionary of the block,
 * deltas, or bytes by place, packed by zstd on its own, so that a reader
 * unpacks what it looks at.  The header has a checksum (XXH64) of all behind
 * it, which is compared before anything else is believed; whatever passes is
 * looked at as if a stranger had made it all the same.  The exact form is in
 * journal/FORMAT.
 *
 * The filter beside a block says of a name or a client that it is surely not
 * in it, or perhaps is: a Bloom filter (Bloom 1970) of about 10 bits for each
 * client, each name and each parent of a name, in any case.  It is small and
 * kept apart, so that a search passes over most blocks without touching them.
 */
#ifndef JOURNAL_BLOCK_H
#define JOURNAL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "journal/row.h"

enum {
	BLOCK_ROWS = 16384,		/* the most there are in one */
	BLOCK_BYTES = 16 << 20,		/* the most that one is long */
};

/* --- writing: the journal thread --- */

struct block_builder;

/* About 5 MB, used again for every block.  NULL: no memory. */
struct block_builder *block_builder_new(void);
void block_builder_free(struct block_builder *builder);

void block_begin(struct block_builder *builder);

/*
 * Takes a copy; of a name that name_print cannot have printed (over NAME_TEXT
 * bytes) only so much.  Numbers rise and are not negative; times need not
 * rise.  False: it is full (rows, or the bytes of its names), or the number
 * did not rise: end it and begin another, which takes the row.
 */
bool block_add(struct block_builder *builder, const struct row *row);

struct block_summary {
	int64_t number, last;		/* of the first and the last row */
	uint32_t rows;
	uint64_t from_time, until_time;	/* the earliest and the latest */
};

/*
 * Packs at zstd's `level`.  What is given lies in the builder until the next
 * block_begin.  0, -ENOMEM, ERROR_ABSENT (there is no row), or
 * ERROR_MALFORMED (a number was negative).
 */
int block_end(struct block_builder *builder, int level,
	      struct block_summary *summary, struct bytes *data,
	      struct bytes *filter);

/*
 * How many zeros to put behind `len` bytes of data before they are stored in a
 * table of (number INTEGER PRIMARY KEY, data BLOB) with pages of 4096 bytes,
 * so that more than half of a page is taken by the part of the row that is not
 * on overflow pages: a damaged page then costs one block.  Readers pass over
 * the zeros.
 */
size_t block_padding(size_t len);

/* --- reading: any thread, one of these each --- */

struct block;

/* About 5 MB, and room for text as it is needed, up to 4 MB; kept. */
struct block *block_new(void);
void block_free(struct block *block);

/*
 * Looks at the header and the checksum; `data` must stay until the next
 * block_open.  ERROR_DAMAGED, ERROR_FOREIGN (a later form), -ENOMEM.
 */
int block_open(struct block *block, struct bytes data);
const struct block_summary *block_summary(const struct block *block);

/*
 * Which rows are wanted, by what costs little to look at: `wants_name` and
 * `wants_client` are asked once for each of the block's own dictionary;
 * NULL: all are (aliases are not asked about).  Times are the first and the
 * last that count; 0: open.
 */
struct block_wanted {
	uint64_t since, until;
	int64_t after, through;		/* numbers: (after, through]; 0: open */
	bool (*wants_name)(void *context, struct bytes name);
	bool (*wants_client)(void *context, struct bytes address);
	void *context;
};

/* 0, or ERROR_DAMAGED or -ENOMEM: then no row of it is given. */
int block_select(struct block *block, const struct block_wanted *wanted);

/*
 * The next wanted row, forwards or backwards from the one that was given last;
 * the first call after block_select begins at that end.  Its text lies in the
 * block until the next block_open.  1, or 0 at the end.
 */
int block_next(struct block *block, struct row *row);
int block_previous(struct block *block, struct row *row);

/* --- filters --- */

/* What a filter is asked for, in the form that it wants. */
struct block_probe {
	uint64_t hash;
};

/* The name, or what is below it; any case. */
struct block_probe block_probe_name(struct bytes name);
struct block_probe block_probe_client(struct bytes address);

/* False: surely none.  A filter that is damaged or unknown says true. */
bool block_may_have(struct bytes filter, const struct block_probe *probe);

#endif
