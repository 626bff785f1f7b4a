/*
 * account: for each ring, what of it is stored and what it has lost.
 *
 * It is written in the transaction of the rows themselves, so that a ring
 * that is drained twice is stored once.  All functions return SQLite's codes.
 */
#ifndef JOURNAL_ACCOUNT_H
#define JOURNAL_ACCOUNT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct entries;
struct entries_front;
struct remarks;
struct writer_source;

struct account {
	sqlite3_stmt *find, *put, *drop;
	/* What the table says of each source of this transaction. */
	struct account_past {
		uint64_t position;
		uint64_t lost;		/* so much of it is in gaps already */
		bool known;		/* and that is right */
		bool found;		/* there is a row of it */
	} *pasts;
	unsigned room;
};

int account_init(struct account *account, sqlite3 *db);
void account_release(struct account *account);

/*
 * Looks the sources up and hands them to the merge from where they stand.  What
 * was stored once and is not there any more becomes a gap.
 */
int account_begin(struct account *account, struct entries *entries,
		  const struct writer_source *sources, unsigned count);

/* After the rows: the gaps that no entry tells, and the new positions. */
int account_settle(struct account *account, const struct entries *entries,
		   struct remarks *remarks);

/* All of it: there are no rings any more. */
int account_forget(struct account *account);

#endif
