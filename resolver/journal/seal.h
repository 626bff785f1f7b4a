/*
 * seal: rows become blocks.
 *
 *	tail + new rows < BLOCK_ROWS	new rows -> tail
 *	BLOCK_ROWS or more		tail + new rows -> block, rest -> tail
 *	new rows >= SEAL_FLOOD		tail + new rows -> blocks
 *
 * All of it in the caller's transaction: a row is in the tail or in a block
 * and never in both, and each sealed row has gone to the ledger once.  The
 * tail is sealed too when a day lies between its first and its last row, so
 * that a block's age says something, and when somebody asks for it.
 *
 * Journal thread.  All functions return SQLite's codes.
 */
#ifndef JOURNAL_SEAL_H
#define JOURNAL_SEAL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct block_builder;
struct block_summary;
struct devices;
struct entries;
struct ledger;

enum { SEAL_FLOOD = 4096 };

struct seal {
	sqlite3 *db;
	struct block_builder *builder;
	struct devices *devices;
	struct ledger *ledger;
	sqlite3_stmt *span, *rows, *clear, *clear_some, *rest, *totals,
		*changes;
	sqlite3_int64 forgotten;	/* progress.forgotten, as it was */
	bool asked;		/* seal the tail at the next chance */
	bool flood;		/* the quick level of compression */
	bool begun;		/* there are rows in the builder */
	/* In the database, as of the last commit that went well. */
	struct seal_totals {
		uint64_t blocks, rows, bytes;
	} stored, total;
};

/* `new_names` as ledger_options has it. */
int seal_init(struct seal *seal, sqlite3 *db, uint32_t new_names);
void seal_release(struct seal *seal);

/* Within a transaction: all that `entries` still has is stored. */
int seal_store(struct seal *seal, struct entries *entries);

/*
 * A block as it is, and what stands beside it but for its link; and a new one
 * as block_end gives it, padded and with its link.
 */
int seal_put(sqlite3 *db, const struct block_summary *summary,
	     struct bytes data, struct bytes filter);
int seal_put_new(sqlite3 *db, const struct block_summary *summary,
		 struct bytes data, struct bytes filter);

/* What is in the ledger's memory goes to its table: before the end. */
int seal_flush(struct seal *seal);

/* `stored` anew, when somebody else has changed blocks. */
int seal_count(struct seal *seal);

/* Somebody has edited devices, blocks, or rows; outside of a transaction. */
int seal_edited(struct seal *seal);

/* After the commit, and after a rollback. */
void seal_committed(struct seal *seal);
int seal_undo(struct seal *seal);

#endif
