/*
 * A damaged page of a table makes every walk over it end with SQLITE_CORRUPT,
 * but a seek to behind it does not touch it.  So where a walk ends, seeks go
 * ahead in steps that double, until one finds something; the last step is
 * then halved back to the edge of the damage:
 *
 *	. . . . X X X X X . . .
 *	      ^ 1 2   4       8	seeks
 *	                ^ ^ ^	and back
 */
#include "journal/copy.h"

#include <stdio.h>

#include "base/log.h"
#include "journal/database.h"

enum {
	UNIT = 100000,		/* instructions of SQLite's machine */
	WORK = 2000,		/* units for one piece of work */
};

#define KEY_MAX ((int64_t)1 << 61)

/* A schema is the file's own: it could be made to run for ever. */
static int count_work(void *context)
{
	return ++((struct copy *)context)->work > WORK;
}

void copy_open(struct copy *copy, sqlite3 *to, const char *path)
{
	*copy = (struct copy){ .to = to };
	if (database_open_damaged(&copy->from, path) != SQLITE_OK) {
		log_warning("%s: SQLite cannot open it any more; only blocks "
			    "can be found in it", path);
		return;
	}
	sqlite3_progress_handler(copy->from, UNIT, count_work, copy);
}

void copy_close(struct copy *copy)
{
	sqlite3_close(copy->from);
	copy->from = NULL;
}

/* NULL: there is no such table, or not as it should be. */
static sqlite3_stmt *prepare(struct copy *copy, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	copy->work = 0;
	if (copy->from == NULL ||
	    sqlite3_prepare_v2(copy->from, sql, -1, &stmt, NULL) != SQLITE_OK)
		return NULL;
	return stmt;
}

int copy_row(sqlite3_stmt *row, sqlite3_stmt *insert)
{
	int count = sqlite3_bind_parameter_count(insert);

	for (int i = 0; i < count; i++)
		sqlite3_bind_value(insert, i + 1, sqlite3_column_value(row, i));
	return database_run(insert);
}

/* What the new one will not have is not what it is ill with. */
static int took(struct copy *copy, int rc)
{
	if (rc == SQLITE_CONSTRAINT || rc == SQLITE_MISMATCH) {
		copy->refused++;
		return SQLITE_OK;
	}
	copy->copied += rc == SQLITE_OK;
	return rc;
}

/* *clean: it came to the end of the table. */
static int copy_from_one_end(struct copy *copy, sqlite3_stmt *rows,
			     sqlite3_stmt *insert, bool *clean)
{
	int rc = SQLITE_OK, got = SQLITE_DONE;

	while (rc == SQLITE_OK && rows != NULL &&
	       (got = sqlite3_step(rows)) == SQLITE_ROW)
		rc = took(copy, copy_row(rows, insert));
	*clean = rows != NULL && got == SQLITE_DONE;
	sqlite3_finalize(rows);
	return rc;
}

static sqlite3_stmt *prepare_end(struct copy *copy,
				 const struct copy_table *table,
				 unsigned limit, bool backwards)
{
	char sql[512];

	snprintf(sql, sizeof(sql), "%s ORDER BY %s%s LIMIT %u", table->select,
		 table->key, backwards ? " DESC" : "", limit);
	return prepare(copy, sql);
}

int copy_all(struct copy *copy, const struct copy_table *table,
	     unsigned limit, bool *whole)
{
	sqlite3_stmt *insert;
	bool clean;
	int rc = database_prepare(copy->to, table->insert, &insert);

	*whole = false;
	if (rc != SQLITE_OK)
		return rc;
	rc = copy_from_one_end(copy, prepare_end(copy, table, limit, false),
			       insert, whole);
	if (rc == SQLITE_OK && !*whole)
		rc = copy_from_one_end(copy, prepare_end(copy, table, limit,
							 true),
				       insert, &clean);
	sqlite3_finalize(insert);
	return rc;
}

/*
 * Can what is behind the key be read?  At the end of the table it can.  A page
 * whose rows are in no order gives what was not asked for.
 */
static bool can_read(sqlite3_stmt *rows, int64_t key)
{
	bool can;
	int got;

	sqlite3_bind_int64(rows, 1, key);
	sqlite3_bind_int(rows, 2, 1);
	got = sqlite3_step(rows);
	can = got == SQLITE_DONE || (got == SQLITE_ROW &&
				     sqlite3_column_int64(rows, 0) > key);
	sqlite3_reset(rows);
	return can;
}

static void pass_over(struct copy_walk *walk, sqlite3_stmt *rows)
{
	int64_t bad = walk->at, good, step = 1;

	walk->holes++;
	while (bad < KEY_MAX && !can_read(rows, bad + step)) {
		bad += step;
		step *= 2;
	}
	walk->ended = bad >= KEY_MAX;
	for (good = bad + step; good - bad > 1; ) {
		int64_t middle = bad + (good - bad) / 2;

		if (can_read(rows, middle))
			good = middle;
		else
			bad = middle;
	}
	walk->at = good;
}

static int take_rows(struct copy *copy, struct copy_walk *walk,
		     sqlite3_stmt *rows, unsigned limit)
{
	int rc = SQLITE_OK, got = SQLITE_DONE;
	unsigned count = 0;

	sqlite3_bind_int64(rows, 1, walk->at);
	sqlite3_bind_int(rows, 2, (int)limit);
	while (rc == SQLITE_OK && (got = sqlite3_step(rows)) == SQLITE_ROW) {
		int64_t key = sqlite3_column_int64(rows, 0);

		if (key <= walk->at)
			break;
		walk->at = key;
		count++;
		rc = took(copy, walk->put(walk->context, rows));
	}
	sqlite3_reset(rows);
	if (rc != SQLITE_OK)
		return rc;
	if (got == SQLITE_DONE)
		walk->ended = count < limit;
	else
		pass_over(walk, rows);
	return SQLITE_OK;
}

int copy_some(struct copy *copy, struct copy_walk *walk, unsigned limit)
{
	sqlite3_stmt *rows = prepare(copy, walk->select);
	int rc;

	if (rows == NULL) {
		walk->holes += copy->from != NULL;
		walk->ended = true;
		return SQLITE_OK;
	}
	rc = take_rows(copy, walk, rows, limit);
	sqlite3_finalize(rows);
	return rc;
}

bool copy_ask(struct copy *copy, const char *sql, int64_t *number)
{
	sqlite3_stmt *stmt = prepare(copy, sql);
	bool found;

	if (stmt == NULL)
		return false;
	found = sqlite3_step(stmt) == SQLITE_ROW &&
		sqlite3_column_type(stmt, 0) == SQLITE_INTEGER;
	if (found)
		*number = sqlite3_column_int64(stmt, 0);
	return sqlite3_finalize(stmt) == SQLITE_OK && found;
}
