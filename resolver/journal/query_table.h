/*
 * query_table: the virtual table `query`: the rows of tail and blocks in
 * words, as journal/SCHEMA describes it.
 *
 * There is no statement to make it: where it is registered, it is there.  A
 * statement over it holds its transaction until it is reset, as with any
 * table; whoever reads for long asks in pieces.
 */
#ifndef JOURNAL_QUERY_TABLE_H
#define JOURNAL_QUERY_TABLE_H

#include <sqlite3.h>

struct block_summary;

struct query_table_options {
	/* Of a block whose rows cannot be read; or NULL. */
	void (*damaged)(void *context, const struct block_summary *block);
	void *context;
};

/* The options are copied, and may be NULL.  SQLite's code. */
int query_table_register(sqlite3 *db,
			 const struct query_table_options *options);

#endif
