/*
 * Each step looks for one thing to do, in the order of the header, so that
 * nothing has to be remembered between two steps.
 *
 * A few free pages are kept: what goes today makes room for what comes
 * tomorrow, and a page that is moved to shorten the file is written twice.
 */
#include "journal/retention.h"

#include "journal/chain.h"
#include "journal/database.h"
#include "journal/hours.h"
#include "journal/transaction.h"

enum {
	LOOK = 16,		/* blocks: one may be dated into the future */
	PIECE = 1000,		/* gaps or steps of the clock at once */
	PAGES = 64,		/* given back at once */
	SPARE = 256,		/* free pages that are kept, at least */
	SPARE_PART = 16,	/* or this part of all */
};

#define DAY (UINT64_C(24) * 3600 * 1000000)

struct step {
	const struct retention_options *options;
	uint64_t now;
	sqlite3_int64 hours, ledger;	/* table progress */
	bool done;			/* there was something to do */
};

struct block {
	sqlite3_int64 number, last, rows;
};

/* Before then; 0: nothing is. */
static sqlite3_int64 limit(uint64_t now, uint32_t days)
{
	return days == 0 || now / DAY < days
	       ? 0 : (sqlite3_int64)(now - days * DAY);
}

/* One of the oldest that was over before `before`; number 0: none. */
static int find_block(sqlite3 *db, sqlite3_int64 before, struct block *block)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT number, last, rows FROM"
		" (SELECT number, last, rows, until_time FROM block"
		" ORDER BY number LIMIT ?1) WHERE until_time < ?2"
		" ORDER BY number LIMIT 1", -1, &stmt, NULL);

	*block = (struct block){ 0, 0, 0 };
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, LOOK);
	sqlite3_bind_int64(stmt, 2, before);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*block = (struct block){
			sqlite3_column_int64(stmt, 0),
			sqlite3_column_int64(stmt, 1),
			sqlite3_column_int64(stmt, 2),
		};
	return sqlite3_finalize(stmt);
}

static int redact(sqlite3 *db, const struct block *block, uint64_t now,
		  const char *reason)
{
	struct chain_link link;
	struct chain_redaction redaction = {
		.time = now,
		.reason = reason,
		.gone = block->rows > 0 ? (uint64_t)block->rows : 0,
	};
	int rc = chain_find(db, block->number, &link);

	if (rc == SQLITE_NOTFOUND)
		return SQLITE_OK;
	redaction.link = link.link;
	return rc == SQLITE_OK ? chain_redact(db, &redaction) : rc;
}

static int drop_block(sqlite3 *db, struct step *step,
		      const struct block *block, const char *reason)
{
	int rc = transaction_do(db, "DELETE FROM block_data WHERE number = ?",
				1, &block->number);

	if (rc == SQLITE_OK)
		rc = transaction_do(db, "DELETE FROM block WHERE number = ?",
				    1, &block->number);
	if (rc == SQLITE_OK)
		rc = redact(db, block, step->now, reason);
	step->done = true;
	return rc;
}

static bool is_counted(const struct step *step, const struct block *block)
{
	return block->last <= step->hours && block->last <= step->ledger;
}

static int thin_rows(sqlite3 *db, struct step *step)
{
	sqlite3_int64 before = limit(step->now, step->options->row_days);
	struct block block;
	int rc;

	if (before == 0)
		return SQLITE_OK;
	rc = find_block(db, before, &block);
	if (rc == SQLITE_OK && block.number != 0 && is_counted(step, &block))
		rc = drop_block(db, step, &block, "age");
	return rc;
}

/* Of a time that no row is from any more. */
static const char gaps_sql[] =
	"DELETE FROM gap WHERE number IN (SELECT number FROM gap"
	" WHERE until_time < ?1 AND number < coalesce("
	"(SELECT number FROM block ORDER BY number LIMIT 1),"
	" (SELECT number FROM tail ORDER BY number LIMIT 1),"
	" 9223372036854775807) ORDER BY number LIMIT ?2)";

/* The last step before the rows says what clock they begin with. */
static const char clock_sql[] =
	"DELETE FROM clock WHERE number IN (SELECT number FROM clock"
	" WHERE time < ?1 AND number < (SELECT max(number) FROM clock"
	" WHERE number <= coalesce("
	"(SELECT number FROM block ORDER BY number LIMIT 1),"
	" (SELECT number FROM tail ORDER BY number LIMIT 1),"
	" 9223372036854775807)) ORDER BY number LIMIT ?2)";

static int delete_some(sqlite3 *db, struct step *step, const char *sql,
		       sqlite3_int64 before)
{
	const sqlite3_int64 numbers[] = { before, PIECE };
	int rc;

	if (step->done || before == 0)
		return SQLITE_OK;
	rc = transaction_do(db, sql, 2, numbers);
	step->done = sqlite3_changes(db) > 0;
	return rc;
}

static int thin_hours(sqlite3 *db, struct step *step, sqlite3_int64 before)
{
	static const char sql[] =
		"DELETE FROM hours WHERE (day, part) IN (SELECT day, part"
		" FROM hours WHERE day < ?1 ORDER BY day, part LIMIT 1)";
	int rc;

	if (step->done || before == 0)
		return SQLITE_OK;
	rc = transaction_do(db, sql, 1, &before);
	step->done = sqlite3_changes(db) > 0;
	return rc;
}

static int thin(sqlite3 *db, void *context)
{
	struct step *step = context;
	sqlite3_int64 rows = limit(step->now, step->options->row_days);
	sqlite3_int64 days = limit(step->now, step->options->hour_days) /
			     (sqlite3_int64)DAY;
	int rc = thin_rows(db, step);

	if (rc == SQLITE_OK)
		rc = delete_some(db, step, gaps_sql, rows);
	if (rc == SQLITE_OK)
		rc = delete_some(db, step, clock_sql, rows);
	if (rc == SQLITE_OK)
		rc = thin_hours(db, step, days);
	return rc;
}

/* --- by size --- */

struct pages {
	sqlite3_int64 all, free, size;
};

static int count_pages(sqlite3 *db, struct pages *pages)
{
	int rc = transaction_ask(db, "PRAGMA page_count", &pages->all);

	if (rc == SQLITE_OK)
		rc = transaction_ask(db, "PRAGMA freelist_count",
				     &pages->free);
	if (rc == SQLITE_OK)
		rc = transaction_ask(db, "PRAGMA page_size", &pages->size);
	return rc;
}

static bool is_over(const struct retention_options *options,
		    const struct pages *pages, sqlite3_int64 count)
{
	return options->most != 0 &&
	       (uint64_t)(count * pages->size) > options->most;
}

static int drop_oldest(sqlite3 *db, void *context)
{
	struct step *step = context;
	struct block block;
	int rc = find_block(db, INT64_MAX, &block);

	if (rc != SQLITE_OK)
		return rc;
	if (block.number == 0)
		return thin_hours(db, step, INT64_MAX);
	return is_counted(step, &block) ? drop_block(db, step, &block, "size")
					: SQLITE_OK;
}

/* In a flood a day may be too much: its hours are made before it is over. */
static int count_early(sqlite3 *db, struct step *step)
{
	struct block block;
	bool more;
	int rc = find_block(db, INT64_MAX, &block);

	if (rc != SQLITE_OK || block.number == 0 || block.last <= step->hours)
		return rc;
	step->done = true;
	return hours_seal_through(db, step->options->devices, block.last,
				  &more);
}

static int shrink(sqlite3 *db, struct step *step, struct pages *pages)
{
	int rc = count_pages(db, pages);

	if (rc != SQLITE_OK || step->done ||
	    !is_over(step->options, pages, pages->all - pages->free))
		return rc;
	rc = count_early(db, step);
	if (rc == SQLITE_OK && !step->done)
		rc = transaction_run(db, drop_oldest, step);
	return rc;
}

/* A database that cannot give pages back stays as it is. */
static int give_back(sqlite3 *db, struct step *step, struct pages *pages)
{
	sqlite3_int64 spare = pages->all / SPARE_PART, before = pages->free;
	char sql[64];
	int rc;

	if (spare < SPARE)
		spare = SPARE;
	if (before <= spare && !(is_over(step->options, pages, pages->all) &&
				 before > 0))
		return SQLITE_OK;
	sqlite3_snprintf(sizeof(sql), sql, "PRAGMA incremental_vacuum(%d)",
			 PAGES);
	rc = transaction_do(db, sql, 0, NULL);
	if (rc == SQLITE_OK)
		rc = count_pages(db, pages);
	step->done |= pages->free < before;
	return rc;
}

int retention_step(sqlite3 *db, const struct retention_options *options,
		   uint64_t now, bool *more)
{
	struct step step = { .options = options, .now = now };
	struct pages pages = { 0, 0, 0 };
	int rc = transaction_progress(db, "hours", &step.hours);

	*more = false;
	if (rc == SQLITE_OK)
		rc = transaction_progress(db, "ledger", &step.ledger);
	if (rc == SQLITE_OK)
		rc = transaction_run(db, thin, &step);
	if (rc == SQLITE_OK)
		rc = shrink(db, &step, &pages);
	if (rc == SQLITE_OK)
		rc = give_back(db, &step, &pages);
	*more = rc == SQLITE_OK && step.done;
	return rc;
}
