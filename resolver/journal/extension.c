/*
 * A block that is damaged is told to SQLite's own log (sqlite3_config(3),
 * SQLITE_CONFIG_LOG); the shell shows that after `.log stderr`.
 */
#include "journal/extension.h"

#include "journal/block.h"
#include "journal/query_table.h"

SQLITE_EXTENSION_INIT1

static void tell_damaged(void *context, const struct block_summary *block)
{
	(void)context;
	sqlite3_log(SQLITE_CORRUPT, "block %lld is damaged: %u rows are left "
		    "out", (long long)block->number, (unsigned)block->rows);
}

int sqlite3_homeboundjournal_init(sqlite3 *db, char **words,
				   const sqlite3_api_routines *api)
{
	struct query_table_options options = { .damaged = tell_damaged };

	(void)words;
	SQLITE_EXTENSION_INIT2(api);
	return query_table_register(db, &options);
}
