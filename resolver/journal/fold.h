/*
 * fold: names over the limit, counted together under their receiver; the
 * table ledger_more.
 *
 * As many new receivers an hour as a device may have new names; beyond that,
 * "*".  How many names there were is nearly right: some ten thousand are
 * remembered so that one that comes again is not counted again.
 */
#ifndef JOURNAL_FOLD_H
#define JOURNAL_FOLD_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "journal/allowance.h"
#include "journal/bloom.h"
#include "journal/pairs.h"

enum { FOLD_PARENTS = 256 };

struct fold {
	struct pairs pairs;		/* device, receiver */
	struct bloom receivers;		/* what is in the table */
	struct bloom names;		/* that were counted */
	struct allowance allowance;
	struct fold_parent {
		uint64_t hash;
		size_t receiver;	/* its length; 0: empty */
	} parents[FOLD_PARENTS];
	sqlite3 *db;
	sqlite3_stmt *update, *insert;
};

/* SQLite's codes. */
int fold_init(struct fold *fold, sqlite3 *db, uint32_t an_hour);
void fold_release(struct fold *fold);

/* What is in memory is forgotten, what is in the table looked up. */
int fold_load(struct fold *fold);

/* `pair` is one name of a device; `key` its bloom_key. */
int fold_add(struct fold *fold, const struct pair *pair, uint64_t key,
	     uint64_t now);

/* Brings all of it to the table; `now` is the time of the last row. */
int fold_write(struct fold *fold, uint64_t now);

#endif
