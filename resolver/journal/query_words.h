/*
 * query_words: the columns of the virtual table `query`, a row's words.
 */
#ifndef JOURNAL_QUERY_WORDS_H
#define JOURNAL_QUERY_WORDS_H

#include <sqlite3.h>

struct legend;
struct row;

enum query_column {
	QUERY_NUMBER, QUERY_TIME, QUERY_CLIENT, QUERY_TRANSPORT, QUERY_NAME,
	QUERY_TYPE, QUERY_VERDICT, QUERY_ACTION, QUERY_SOURCE, QUERY_RCODE,
	QUERY_ANSWERED, QUERY_ALIAS, QUERY_LIST, QUERY_VERSION, QUERY_LINE,
	QUERY_UPSTREAM, QUERY_MS, QUERY_DEVICE, QUERY_TTL, QUERY_AT,
	QUERY_DAY, QUERY_CLASS, QUERY_BELOW,
};

/* For sqlite3_declare_vtab. */
extern const char query_words_declaration[];

/* The value of one column; NULL for what the row does not have. */
void query_words_put(const struct row *row, struct legend *legend,
		     int column, sqlite3_context *to);

#endif
