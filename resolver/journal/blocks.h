/*
 * blocks: the table `block`, walked in the order of numbers, and the bytes of
 * `block_data`.
 *
 * Where a page of the table itself is damaged, the walk goes on by the links
 * of `chain`, which name every block that was ever sealed: each is looked up
 * by itself, and of those whose row cannot be read the link's words are taken.
 *
 * Who walks holds a transaction open from blocks_next to blocks_pause.  All
 * functions return SQLite's codes.
 */
#ifndef JOURNAL_BLOCKS_H
#define JOURNAL_BLOCKS_H

#include <sqlite3.h>
#include <stdbool.h>

#include "journal/block.h"

struct blocks {
	sqlite3 *db;
	sqlite3_stmt *walk, *links, *one;
	bool backwards, walking, torn;
	int64_t done;		/* looked at until here, itself too */
	struct {
		/* Only of these is one in the time; what was sealed later
		   than `last` may be as well. */
		int64_t first, last, newest;
	} range;
	uint8_t *data;
	size_t room;		/* of data */
};

int blocks_init(struct blocks *blocks, sqlite3 *db, bool backwards);
void blocks_release(struct blocks *blocks);

/*
 * Begins at the block that has the row `from` or else at the next one there
 * is in that direction; times as scan.h has them.
 */
int blocks_start(struct blocks *blocks, int64_t from, uint64_t since,
		 uint64_t until);

struct blocks_one {
	struct block_summary summary;
	struct bytes filter;	/* until the next call; empty: not known */
};

/*
 * SQLITE_ROW, or SQLITE_DONE at the end.  The same one is given after a pause,
 * unless blocks_pass was called.
 */
int blocks_next(struct blocks *blocks, struct blocks_one *one);
void blocks_pass(struct blocks *blocks, const struct blocks_one *one);
void blocks_pause(struct blocks *blocks);

/*
 * The bytes lie here until the next call.  SQLITE_CORRUPT: there are none, or
 * the disk does not give them back.
 */
int blocks_read(struct blocks *blocks, int64_t number, struct bytes *data);

#endif
