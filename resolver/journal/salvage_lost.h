/*
 * salvage_lost: what the chain says was there and nobody has found.
 */
#ifndef JOURNAL_SALVAGE_LOST_H
#define JOURNAL_SALVAGE_LOST_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Looks at `limit` links behind *at: for a block that is gone without a
 * redaction, a gap at its place and a redaction; for links that are gone, a
 * redaction of the one behind them, and links again for the blocks that were
 * between them.  Within a transaction.
 */
int salvage_lost(sqlite3 *db, int64_t *at, unsigned limit, bool *ended);

#endif
