/*
 * Both the tail and the blocks are in the order of their numbers.  What is
 * not given yet is always one stretch, (after, through], which gets shorter
 * from one end:
 *
 *	block 1..900	block 901..1870		tail 1871..1920
 *	   given	   given | not yet	     not yet
 *				 ^ after		   ^ through
 *
 * A look is one transaction: it finds what comes first, copies a page of the
 * tail or the bytes of a block, and lets go.  Rows that are sealed between
 * two looks change their place, not their number, so they come once.
 */
#include "journal/scan.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "journal/block.h"
#include "journal/blocks.h"
#include "journal/database.h"
#include "journal/page.h"
#include "journal/sieve.h"

enum {
	WINDOW = 20000,		/* rows of the tail a look goes through */
	BLOCKS_A_LOOK = 1024,	/* that are passed over */
};

struct scan {
	sqlite3 *db;
	struct sieve sieve;
	int64_t after, through;
	int64_t end;
	bool torn;			/* the tail: its rows were not found */
	sqlite3_stmt *hold, *tail, *edge;
	struct blocks blocks;
	struct page page;
	struct block *block;
	bool in_block;
	char name[NAME_TEXT], alias[NAME_TEXT];
};

static const char *const end_sql[] = {
	"SELECT max(number) FROM tail",
	"SELECT last FROM block ORDER BY number DESC LIMIT 1",
	"SELECT max(number) FROM gap",
	"SELECT max(number) FROM clock",
};

enum { ENDS = sizeof(end_sql) / sizeof(end_sql[0]) };

static const char *const tail_sql[] = {
	"SELECT " PAGE_COLUMNS " FROM tail "
	"WHERE number > ? AND number <= ? ORDER BY number",
	"SELECT " PAGE_COLUMNS " FROM tail "
	"WHERE number > ? AND number <= ? ORDER BY number DESC",
};

static const char *const edge_sql[] = {
	"SELECT min(number) FROM tail WHERE number > ? AND number <= ?",
	"SELECT max(number) FROM tail WHERE number > ? AND number <= ?",
};

static bool backwards(const struct scan *scan)
{
	return scan->sieve.filter.backwards;
}

static int ask(struct scan *scan, const char *sql, sqlite3_int64 *answer)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(scan->db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = database_ask(stmt, answer);
	sqlite3_finalize(stmt);
	return rc;
}

/*
 * Where the end cannot be read the scan goes on until it finds the damage:
 * what is before that is given.
 */
static int find_end(struct scan *scan)
{
	int rc = SQLITE_OK;

	for (unsigned i = 0; i < ENDS && rc == SQLITE_OK; i++) {
		sqlite3_int64 end = 0;

		rc = ask(scan, end_sql[i], &end);
		if ((rc & 0xff) == SQLITE_CORRUPT) {
			scan->through = INT64_MAX;
			rc = SQLITE_OK;
		}
		if (end > scan->end)
			scan->end = end;
	}
	return rc;
}

static int prepare(struct scan *scan)
{
	int rc = database_prepare(scan->db, "SELECT 1 FROM sqlite_schema",
				  &scan->hold);

	if (rc == SQLITE_OK)
		rc = database_prepare(scan->db, tail_sql[backwards(scan)],
				      &scan->tail);
	if (rc == SQLITE_OK)
		rc = database_prepare(scan->db, edge_sql[backwards(scan)],
				      &scan->edge);
	return rc == SQLITE_OK ? find_end(scan) : rc;
}

static int start(struct scan *scan)
{
	const struct scan_filter *filter = &scan->sieve.filter;

	scan->after = filter->after > 0 ? filter->after : 0;
	if (scan->end > scan->through)
		scan->through = scan->end;
	if (filter->through > 0 && filter->through < scan->through)
		scan->through = filter->through;
	return blocks_start(&scan->blocks,
			    backwards(scan) ? scan->through : scan->after,
			    filter->since, filter->until);
}

int scan_open(struct scan **opened, sqlite3 *db,
	      const struct scan_filter *filter)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	int error = -ENOMEM, rc = SQLITE_OK;

	*opened = NULL;
	if (scan == NULL)
		return -ENOMEM;
	scan->db = db;
	error = sieve_init(&scan->sieve, filter);
	scan->block = error == 0 ? block_new() : NULL;
	if (error == 0 && scan->block == NULL)
		error = -ENOMEM;
	if (error == 0)
		rc = prepare(scan);
	if (error == 0 && rc == SQLITE_OK)
		rc = blocks_init(&scan->blocks, db, backwards(scan));
	if (error == 0 && rc == SQLITE_OK)
		rc = start(scan);
	if (rc != SQLITE_OK)
		error = database_error(db, rc);
	if (error < 0) {
		scan_close(scan);
		return error;
	}
	*opened = scan;
	return 0;
}

void scan_close(struct scan *scan)
{
	if (scan == NULL)
		return;
	sqlite3_finalize(scan->hold);
	sqlite3_finalize(scan->tail);
	sqlite3_finalize(scan->edge);
	blocks_release(&scan->blocks);
	block_free(scan->block);
	sieve_release(&scan->sieve);
	free(scan);
}

int64_t scan_end(const struct scan *scan)
{
	return scan->end;
}

/* --- the tail --- */

/* All from `first` to `last` is given, or not wanted. */
static void pass(struct scan *scan, int64_t first, int64_t last)
{
	if (!backwards(scan) && last > scan->after)
		scan->after = last;
	if (backwards(scan) && first <= scan->through)
		scan->through = first > scan->after ? first - 1 : scan->after;
}

/* The next row of the tail; false: there is none. */
static bool find_edge(struct scan *scan, int64_t *edge)
{
	bool found = false;

	sqlite3_bind_int64(scan->edge, 1, scan->after);
	sqlite3_bind_int64(scan->edge, 2, scan->through);
	if (sqlite3_step(scan->edge) == SQLITE_ROW) {
		*edge = sqlite3_column_int64(scan->edge, 0);
		found = sqlite3_column_type(scan->edge, 0) != SQLITE_NULL;
	}
	if ((sqlite3_reset(scan->edge) & 0xff) == SQLITE_CORRUPT)
		scan->torn = true;
	return found;
}

/* Of (after, through]; what was gone through is passed. */
static int read_tail(struct scan *scan, int64_t after, int64_t through)
{
	sqlite3_stmt *stmt = scan->tail;
	unsigned looked = 0;
	struct row row;
	bool room = true;
	int rc;

	sqlite3_bind_int64(stmt, 1, after);
	sqlite3_bind_int64(stmt, 2, through);
	while (room && looked++ < WINDOW) {
		if (sqlite3_step(stmt) != SQLITE_ROW)
			break;
		page_look(stmt, &row);
		pass(scan, row.number, row.number);
		if (sieve_fits(&scan->sieve, &row))
			room = page_keep(&scan->page, &row);
	}
	rc = sqlite3_reset(stmt);
	if (rc != SQLITE_OK)
		return scan->page.count > 0 ? SQLITE_OK : rc;
	if (room && looked <= WINDOW)
		pass(scan, after + 1, through);
	return SQLITE_OK;
}

static int read_tail_before(struct scan *scan, const struct blocks_one *one)
{
	int64_t after = scan->after, through = scan->through;

	if (backwards(scan) && one->summary.last > after)
		after = one->summary.last;
	if (!backwards(scan) && one->summary.number <= through)
		through = one->summary.number - 1;
	return read_tail(scan, after, through);
}

/* --- blocks --- */

static void tell(const struct scan *scan, const struct block_summary *summary)
{
	const struct scan_filter *filter = &scan->sieve.filter;

	if (filter->damaged != NULL)
		filter->damaged(filter->context, summary);
}

static bool same(const struct block_summary *one,
		 const struct block_summary *other)
{
	return one->number == other->number && one->last == other->last &&
	       one->rows == other->rows;
}

/* What the table says must be what the block says: both have one writer. */
static int unpack(struct scan *scan, const struct blocks_one *one,
		  struct bytes data)
{
	struct block_wanted wanted = sieve_wanted(&scan->sieve);
	int error = block_open(scan->block, data);

	wanted.after = scan->after;
	wanted.through = scan->through;
	if (error == 0 && !same(block_summary(scan->block), &one->summary))
		error = ERROR_DAMAGED;
	return error == 0 ? block_select(scan->block, &wanted) : error;
}

static int open_block(struct scan *scan, const struct blocks_one *one)
{
	struct bytes data = { 0 };
	int rc = blocks_read(&scan->blocks, one->summary.number, &data);
	int error = 0;

	if (rc != SQLITE_OK && rc != SQLITE_CORRUPT)
		return rc;
	if (rc == SQLITE_OK)
		error = unpack(scan, one, data);
	if (error == -ENOMEM)
		return SQLITE_NOMEM;
	scan->in_block = rc == SQLITE_OK && error == 0;
	if (!scan->in_block)
		tell(scan, &one->summary);
	return SQLITE_OK;
}

static bool wants(const struct scan *scan, const struct blocks_one *one)
{
	return one->summary.last > scan->after &&
	       one->summary.number <= scan->through &&
	       sieve_wants_block(&scan->sieve, &one->summary, one->filter);
}

static bool comes_before(const struct scan *scan, int64_t edge,
			 const struct blocks_one *one)
{
	return backwards(scan) ? edge > one->summary.last
			       : edge < one->summary.number;
}

/* --- a look --- */

static int look_here(struct scan *scan)
{
	struct blocks_one one;
	int64_t edge = 0;
	bool has_tail = find_edge(scan, &edge);
	int rc = SQLITE_OK;

	for (unsigned i = 0; i < BLOCKS_A_LOOK && rc == SQLITE_OK; i++) {
		rc = blocks_next(&scan->blocks, &one);
		if (rc == SQLITE_DONE)
			return read_tail(scan, scan->after, scan->through);
		if (rc != SQLITE_ROW)
			return rc;
		if (has_tail && comes_before(scan, edge, &one))
			return read_tail_before(scan, &one);
		blocks_pass(&scan->blocks, &one);
		rc = wants(scan, &one) ? open_block(scan, &one) : SQLITE_OK;
		if (scan->in_block)
			return rc;
	}
	return rc;
}

/* One transaction over all of it, whatever is read and for how long. */
static int look(struct scan *scan)
{
	int rc = sqlite3_step(scan->hold);

	rc = rc == SQLITE_ROW ? look_here(scan) : rc;
	blocks_pause(&scan->blocks);
	sqlite3_reset(scan->hold);
	return rc;
}

/* --- rows --- */

static int leave_block(struct scan *scan, int error)
{
	const struct block_summary *summary = block_summary(scan->block);

	if (error < 0)
		tell(scan, summary);
	pass(scan, summary->number, summary->last);
	scan->in_block = false;
	return 0;
}

static int next_of_block(struct scan *scan, struct row *row)
{
	int given;

	do {
		given = backwards(scan) ? block_previous(scan->block, row)
					: block_next(scan->block, row);
	} while (given == 1 && !sieve_fits(&scan->sieve, row));
	if (given != 1)
		return leave_block(scan, given);
	row->name = page_clean(row->name, scan->name);
	row->alias = page_clean(row->alias, scan->alias);
	return 1;
}

/* From what is in memory: 1, or 0 when that is used up. */
static int give(struct scan *scan, struct row *row)
{
	if (scan->in_block)
		return next_of_block(scan, row);
	if (scan->page.next == scan->page.count)
		return 0;
	*row = scan->page.rows[scan->page.next++];
	return 1;
}

int scan_next(struct scan *scan, struct row *row)
{
	while (give(scan, row) == 0) {
		int rc;

		if (scan->after >= scan->through)
			return scan->torn ? ERROR_DAMAGED : 0;
		page_clear(&scan->page);
		rc = look(scan);
		if (rc != SQLITE_OK)
			return database_error(scan->db, rc);
	}
	return 1;
}
