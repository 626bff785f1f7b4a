/*
 * ledger: when each device first and last asked for each name, and how often;
 * kept when the rows are gone.
 *
 * The journal thread adds every row it seals.  Equal (client, name) are
 * counted together in memory, bounded, and brought to the table when that is
 * full, half an hour has passed, or the journal ends, together with
 * `progress.ledger`: the number of the last row that is in the table.  After a
 * kill, rows behind that number are added again from the journal itself, so
 * each row counts exactly once.
 *
 * A device may bring `new_names` new names an hour (a token for each, refilled
 * evenly).  Beyond that a name that is not in the table is counted under its
 * receiver (the registrable domain) in ledger_more, with how many there were;
 * and beyond as many receivers, under "*".  So a flood of made-up names
 * cannot make the table grow.
 *
 * Names are in lower case.  All functions return SQLite's codes.
 */
#ifndef JOURNAL_LEDGER_H
#define JOURNAL_LEDGER_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct devices;
struct ledger;
struct row;

enum { LEDGER_PENDING = 16384, LEDGER_NEW_NAMES = 1000 };

struct ledger_options {
	uint32_t new_names;	/* a device and hour; 0: LEDGER_NEW_NAMES */
	struct devices *devices; /* borrowed */
};

/* Adds what progress.ledger says is missing.  NULL in *ledger on error. */
int ledger_open(struct ledger **ledger, sqlite3 *db,
		const struct ledger_options *options);
void ledger_close(struct ledger *ledger);	/* flushes nothing */

/*
 * Within the transaction that seals the row; in the order of numbers.  One
 * that was added before is passed over.  Flushes when memory is full.
 */
int ledger_add(struct ledger *ledger, const struct row *row);

/*
 * Is it time to?  Then ledger_flush, in a transaction.  SQLITE_BUSY, also
 * from ledger_add: rows or counts were taken away by forget.h; roll back, call
 * ledger_forget, and try again.
 */
bool ledger_is_due(const struct ledger *ledger, uint64_t now_ms);
int ledger_flush(struct ledger *ledger);

/*
 * After a rollback, and after rows were forgotten: what is in memory is read
 * again from the journal.  Outside of a transaction.
 */
int ledger_forget(struct ledger *ledger);

/* The same where something was forgotten meanwhile, else nothing. */
int ledger_follow(struct ledger *ledger);

#endif
