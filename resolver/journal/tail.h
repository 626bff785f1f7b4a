/*
 * tail: the table of rows that are not sealed yet: its columns, and a row as
 * a statement gives it.
 */
#ifndef JOURNAL_TAIL_H
#define JOURNAL_TAIL_H

#include <sqlite3.h>

struct row;

/* In this order, wherever a row of the table is asked for or stored. */
#define TAIL_COLUMNS_3 "number, time, client, transport, name, type, class, " \
	"verdict, action, source, rcode, alias, image, list, line, " \
	"upstream, duration, answered"
#define TAIL_COLUMNS TAIL_COLUMNS_3 ", ttl"

/* The same from a database of version 2 or 3. */
#define TAIL_COLUMNS_BEFORE_4 TAIL_COLUMNS_3 ", NULL"

enum tail_column {
	TAIL_NUMBER, TAIL_TIME, TAIL_CLIENT, TAIL_TRANSPORT, TAIL_NAME,
	TAIL_TYPE, TAIL_CLASS, TAIL_VERDICT, TAIL_ACTION, TAIL_SOURCE,
	TAIL_RCODE, TAIL_ALIAS, TAIL_IMAGE, TAIL_LIST, TAIL_LINE,
	TAIL_UPSTREAM, TAIL_DURATION, TAIL_ANSWERED, TAIL_TTL,
};

/*
 * The row that a statement which begins with TAIL_COLUMNS stands on; its text
 * is the statement's until the next step.  What somebody has put there by hand
 * is cut to what a row can hold.
 */
void tail_row(sqlite3_stmt *stmt, struct row *row);

#endif
