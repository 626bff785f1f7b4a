/*
 * chain: what makes a later change of a sealed block visible.
 *
 *	hash	SHA-256 of the block's bytes
 *	sealed	SHA-256 of: sealed of the link before (32 zero bytes for the
 *		first), hash, and number, last, rows, from_time, until_time
 *		as 8 bytes each, network byte order
 *
 * A link is kept for ever.  Whoever takes rows out of a block on purpose
 * (retention, forget, what damage has cost) leaves the link as it is and puts
 * a redaction beside it.  Who may write the file can make the whole chain
 * anew: it proves something only beside a `sealed` that was told to somebody
 * before.
 */
#ifndef JOURNAL_CHAIN_H
#define JOURNAL_CHAIN_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/sha256.h"

struct block_summary;

struct chain_link {
	int64_t link;			/* from 1 */
	int64_t number, last;		/* of its first and its last row */
	uint32_t rows;
	uint64_t from_time, until_time;	/* microseconds since 1970 */
	uint8_t hash[SHA256_SIZE], sealed[SHA256_SIZE];
};

/* Fills in `sealed` of a link whose other fields are there. */
void chain_seal(struct chain_link *link, const uint8_t before[SHA256_SIZE]);

/* --- writing: SQLite's codes; within the transaction of the change --- */

/* The next link, for a block that is new. */
int chain_add(sqlite3 *db, const struct block_summary *summary,
	      struct bytes data);

/* Just as it was in another database. */
int chain_put(sqlite3 *db, const struct chain_link *link);

/*
 * The last link; the first that has this number or a later one; the one whose
 * block has or had a row.  SQLITE_NOTFOUND: there is none.
 */
int chain_last(sqlite3 *db, struct chain_link *link);
int chain_from(sqlite3 *db, int64_t at, struct chain_link *link);
int chain_find(sqlite3 *db, int64_t row, struct chain_link *link);

#define CHAIN_DAMAGED "damaged"

struct chain_redaction {
	int64_t link;
	uint64_t time;			/* microseconds since 1970 */
	const char *reason;		/* "age", "size", "forget", "damaged" */
	uint64_t gone;			/* rows that this has cost */
	const uint8_t *hash;		/* of what is left; NULL: nothing */
};
int chain_redact(sqlite3 *db, const struct chain_redaction *redaction);

/* --- checking: readers, any thread --- */

enum chain_state {
	CHAIN_OK,
	CHAIN_REDACTED,		/* changed, and it is written down why */
	CHAIN_TAMPERED,		/* changed, and nobody says why */
	CHAIN_MISSING,		/* gone, and nobody says why */
};

/* "ok", "redacted", "tampered", "missing" */
const char *chain_state_words(enum chain_state state);

struct chain_finding {
	enum chain_state state;
	struct chain_link link;	/* link.link 0: a block that has none; of it
				   only number counts */
	const char *words;	/* what is wrong; NULL when it is ok */
	/* The last redaction; NULL and 0 where there is none. */
	const char *reason;	/* from the file: hostile */
	uint64_t time, gone;
	int64_t links;		/* missing links before this one */
};

/*
 * Every link in its order, and blocks without one between them; `each` gives
 * false to stop.  No transaction is held from one to the next.  0 or an error
 * (database_error).
 */
int chain_check(sqlite3 *db,
		bool (*each)(void *context, const struct chain_finding *found),
		void *context);

#endif
