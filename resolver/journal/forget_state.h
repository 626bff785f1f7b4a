/*
 * forget_state: what the parts of forget share.
 */
#ifndef JOURNAL_FORGET_STATE_H
#define JOURNAL_FORGET_STATE_H

#include "base/bytes.h"
#include "journal/forget.h"
#include "journal/subtree.h"

struct block;
struct block_builder;
struct devices;
struct row;
struct sheet;

enum forget_phase {
	FORGET_TAIL, FORGET_BLOCKS, FORGET_HOURS, FORGET_LEDGER, FORGET_REST,
	FORGET_TRACES, FORGET_PAGES, FORGET_DONE
};

struct forget {
	struct forget_what what;	/* its name is the subtree's text */
	struct subtree subtree;
	uint64_t now;
	enum forget_phase phase;
	struct devices *devices;	/* as they were at the beginning */
	struct block_builder *builder;	/* these three when they are needed */
	struct block *block;
	struct sheet *sheet;
	sqlite3_int64 at, at_part;	/* done until here, of the phase */
	sqlite3_int64 hours, ledger;	/* progress at this step */
	struct forget_counts counts;
};

/* Is this to be forgotten? */
bool forget_has_row(const struct forget *forget, const struct row *row);
bool forget_has_name(const struct forget *forget, struct bytes name);

/*
 * A row that was in the ledger and in no record of hours is taken off its
 * count; what a record has is taken off with the record.  Only before a
 * moment: else the ledger loses them all the same.
 */
int forget_take_off(const struct forget *forget, sqlite3 *db,
		    const struct row *row);

/* The phases: SQLite's code; *done: it is over. */
int forget_tail(struct forget *forget, sqlite3 *db, bool *done);
int forget_blocks(struct forget *forget, sqlite3 *db, bool *done);
int forget_hours(struct forget *forget, sqlite3 *db, bool *done);
int forget_ledger(struct forget *forget, sqlite3 *db, bool *done);
int forget_rest(struct forget *forget, sqlite3 *db, bool *done);

#endif
