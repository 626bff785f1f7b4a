/*
 * salvage: what can still be read of a database that was set aside goes into
 * the new one.
 *
 * At once, in one transaction before anything new is stored: what new rows
 * build on (devices, upstreams, images, marks, decisions, the places of the
 * rings, how far everything came, the end of the chain), the tail, and the
 * blocks that are not counted yet; and the numbers of rows go on behind the
 * old ones.  Then in the background, a piece at a time: hours, chain,
 * redactions, blocks, ledger, gaps, clock; then every page of the file is
 * looked at for blocks that no b-tree leads to any more.  In the end each
 * block that was sealed and is not there becomes a gap of reason "damaged",
 * and a redaction.
 *
 *	PATH.carry -> PATH.damaged-...		until the first transaction
 *	progress "carry PATH.damaged-..."	until it is done: the stage in
 *						`time`, where it stands in
 *						`number`
 *
 * Journal thread.  SQLite's codes, of the new database.
 */
#ifndef JOURNAL_SALVAGE_H
#define JOURNAL_SALVAGE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define SALVAGE_NUMBERS "numbers"	/* progress: rows come behind this */

struct salvage;

/*
 * After the tables are made and before anything reads them.  NULL in *salvage:
 * there is nothing to carry over.
 */
int salvage_open(struct salvage **salvage, sqlite3 *db, const char *path);
void salvage_free(struct salvage *salvage);	/* NULL is fine */

/* A piece, in a transaction of its own; *more: there are others. */
int salvage_step(struct salvage *salvage, bool *more);

#endif
