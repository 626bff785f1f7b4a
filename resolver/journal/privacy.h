/*
 * privacy: what of a query the journal keeps at all, decided before a row is
 * stored.
 *
 *	everything	the row as it is
 *	blurred		the client's address only to its prefix: /24 of IPv4,
 *			/56 of IPv6; and no MAC addresses are asked for
 *	sunk		only what a list has sunk is a row
 *	counts		a row without a name: client, verdict, how it was
 *			answered, and the hour; all else is 0
 *
 * A row without a name has name.len 0 in memory, and NULL in the table tail; in
 * the ledger and the hours it is counted under the name "".
 *
 * What is refused is no gap, for nothing went wrong: it is counted in
 * progress.withheld, so that rows, gaps and withheld together are all queries
 * that were answered.
 *
 * Does not change once it is made; any thread.
 */
#ifndef JOURNAL_PRIVACY_H
#define JOURNAL_PRIVACY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

struct privacy;
struct row;

enum privacy_level {
	PRIVACY_EVERYTHING, PRIVACY_BLURRED, PRIVACY_SUNK, PRIVACY_COUNTS,
	PRIVACY_LEVELS
};

/* "everything", "blurred", "sunk", "counts"; ERROR_MALFORMED for others. */
const char *privacy_words(enum privacy_level level);
int privacy_parse(const char *word);

struct privacy_options {
	enum privacy_level level;
	const char *const *never_names;		/* and what is below them */
	unsigned never_name_count;
	const struct prefix *never_clients;
	unsigned never_client_count;
};

/* Copies.  0, -ENOMEM, or ERROR_MALFORMED: one of the names is none. */
int privacy_new(struct privacy **privacy,
		const struct privacy_options *options);
void privacy_free(struct privacy *privacy);	/* NULL is fine */

/*
 * False: it is not to be stored.  True: store it as it is now.  A name is
 * looked at as it was asked and through its alias.  NULL: everything.
 */
bool privacy_admit(const struct privacy *privacy, struct row *row);

/* May devices be told apart by MAC addresses, leases and names? */
bool privacy_knows_devices(enum privacy_level level);

/* So many more were refused: in the transaction of the rows beside them. */
int privacy_withhold(sqlite3 *db, uint64_t more);

/* All there ever were. */
int privacy_withheld(sqlite3 *db, uint64_t *count);

#endif
