/*
 * sqlite_state: what the parts of writer_sqlite share.
 */
#ifndef JOURNAL_SQLITE_STATE_H
#define JOURNAL_SQLITE_STATE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "journal/account.h"
#include "journal/dictionary.h"
#include "journal/entries.h"
#include "journal/remarks.h"
#include "journal/seal.h"
#include "journal/upkeep.h"
#include "journal/wal.h"
#include "journal/writer.h"

struct privacy;
struct salvage;

struct sqlite {
	struct writer writer;
	char *path;
	long group;
	sqlite3 *db;		/* NULL: not open now */
	sqlite3_stmt *begin, *commit, *rollback, *last;
	struct entries entries;
	struct dictionary dictionary;
	struct remarks remarks;
	struct account account;
	struct seal seal;
	struct salvage *salvage;	/* NULL: there is nothing to carry */
	struct upkeep upkeep;
	struct privacy *privacy;	/* NULL: everything is kept */
	uint32_t new_names;
	struct wal wal;
	uint64_t aside_at;	/* ms: when one was set aside last; or 0 */
	bool anew;		/* and nobody was told ERROR_DAMAGED yet */
	struct writer_size size;
};

/* SQLite's code; a damaged database is replaced on the way. */
int sqlite_ensure_open(struct sqlite *sqlite);
void sqlite_shut(struct sqlite *sqlite);

/* A transaction without entries.  SQLite's code. */
int sqlite_begin_alone(struct sqlite *sqlite);

/* Keeps the words for it. */
void sqlite_explain(struct sqlite *sqlite, int rc);

/* Rolls back, keeps the words, and says what it was in our numbers. */
int sqlite_give_up(struct sqlite *sqlite, int rc);

/* As writer_ops has them. */
bool sqlite_idle(struct writer *writer);
int sqlite_edit(struct writer *writer, edit_apply *apply, void *context);

#endif
