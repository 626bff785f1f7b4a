/*
 * forget: a device or an address, a name with all below it, or all before a
 * moment is taken out of the journal: rows, ledger, hourly counts, and what is
 * known of a device.
 *
 * In steps, each within one transaction, so that the journal goes on
 * meanwhile: some milliseconds each, but for the one that writes the ledger
 * anew (2 us a name).  A step that was cut off has changed nothing, and
 * who begins anew goes on where it was: what is gone already is not found
 * again.
 *
 *	rows		deleted from the tail; blocks are made anew without
 *			them, and the link of each keeps a redaction with the
 *			new hash; a damaged block that may have them goes
 *			whole, and so does a damaged record of hours
 *	counts		of a name or a device: gone.  Before a moment: what
 *			rows and hours say was before it is taken off; hours
 *			are whole ones, the one with the moment in it goes;
 *			sums of names (ledger_more) go when they ended before
 *	devices		the device with its addresses and names; names of
 *			devices and decisions that are the name or below it;
 *			devices that were not seen since the moment
 *
 * Marks and their labels, notes, and the text of lists are the household's
 * own and stay.  A row that was judged through an alias goes with the alias.
 *
 * Afterwards edit_empty_log (journal/edit.h): then no byte of it is in the
 * database's files.  What a disk keeps of blocks that it has replaced, and
 * databases that were set aside, are not our doing.
 */
#ifndef JOURNAL_FORGET_H
#define JOURNAL_FORGET_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

struct forget;

/* One of the four. */
struct forget_what {
	int64_t device;		/* 0: none */
	struct address client;	/* that is no device yet; family 0: none */
	const char *name;	/* NULL: none; the root is refused */
	uint64_t before;	/* microseconds since 1970; 0: none */
};

struct forget_counts {
	uint64_t rows;
	uint64_t blocks;	/* that had some of them, or may have had */
	uint64_t names;		/* of the ledger, of each device */
	uint64_t hours;		/* records that were changed or went */
};

/* `now`: microseconds since 1970.  0, -ENOMEM, ERROR_MALFORMED. */
int forget_new(struct forget **forget, const struct forget_what *what,
	       uint64_t now);
void forget_free(struct forget *forget);	/* NULL is fine */

/*
 * An edit_apply (journal/edit.h): `context` is the forget.  SQLite's code;
 * after an error, and when what it did was not committed, begin anew with
 * another forget.
 */
int forget_step(sqlite3 *db, void *context);
bool forget_is_done(const struct forget *forget);
const struct forget_counts *forget_counted(const struct forget *forget);

/* What would go, nothing changed: `hours` is 0.  0 or an error. */
int forget_look(sqlite3 *db, const struct forget_what *what,
		struct forget_counts *counts);

#endif
