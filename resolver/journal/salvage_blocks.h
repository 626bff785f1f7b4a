/*
 * salvage_blocks: rows and blocks on their way into a new database.
 */
#ifndef JOURNAL_SALVAGE_BLOCKS_H
#define JOURNAL_SALVAGE_BLOCKS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct block;
struct block_builder;
struct row;

struct salvage_blocks {
	sqlite3 *db;
	struct block *block;
	struct block_builder *builder;
	bool begun;			/* there are rows in the builder */
	int64_t after, through;		/* only rows of these numbers */
	uint64_t blocks, rows;		/* that came over */
};

int salvage_blocks_init(struct salvage_blocks *blocks, sqlite3 *db);
void salvage_blocks_release(struct salvage_blocks *blocks);

/*
 * The bytes of a block: taken if its own checksum is right and it is the one
 * it says; its filter is made anew.  What is there already is left alone.
 */
int salvage_blocks_put(struct salvage_blocks *blocks, int64_t number,
		       struct bytes data);

/*
 * The same for what was found on a page by itself: it may have been deleted,
 * or replaced.  Where the chain knows it, it must be what the chain, or the
 * last redaction, says.
 */
int salvage_blocks_put_found(struct salvage_blocks *blocks, int64_t number,
			     struct bytes data);

/* A row of the tail, in the order of numbers; the last block is ended. */
int salvage_blocks_row(struct salvage_blocks *blocks, const struct row *row);
int salvage_blocks_end(struct salvage_blocks *blocks);

#endif
