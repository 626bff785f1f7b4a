/*
 * Four steps: rows are gathered; what is missing is noted; the ledger says
 * what was asked before (before.c); and of all that the tree is made
 * (tree.c), with what the household decided.
 */
#include "review/summary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "journal/asker.h"
#include "journal/block.h"
#include "journal/database.h"
#include "journal/row.h"
#include "journal/scan.h"
#include "review/before.h"
#include "review/decided.h"
#include "review/listed.h"
#include "review/tree.h"

enum { SPANS = 256 };

/* --- gaps --- */

static void keep_gap(struct summary *summary, const struct summary_gap *gap)
{
	struct summary_house *house = &summary->house;

	house->gap_total++;
	house->lost += gap->count;
	if (house->gap_count == SUMMARY_GAPS)
		return;
	summary->gaps[house->gap_count] = *gap;
	summary->holes[house->gap_count] = (struct rhythm_gap){
		gap->from, gap->until,
	};
	house->gap_count++;
}

static const char gaps_sql[] =
	"SELECT max(from_time, 0), max(until_time, 0), max(count, 0), reason"
	" FROM gap WHERE until_time >= ?1 AND from_time < ?2"
	" ORDER BY from_time";

static const char *known_reason(sqlite3_stmt *stmt)
{
	static const char *const reasons[] = {
		"full", "unreadable", "damaged",
	};
	const char *reason = (const char *)sqlite3_column_text(stmt, 3);

	for (size_t i = 0; reason && i < 3; i++)
		if (strcmp(reason, reasons[i]) == 0)
			return reasons[i];
	return "unknown";
}

static void take_gap(struct summary *summary, sqlite3_stmt *stmt)
{
	struct summary_gap gap = {
		.from = (uint64_t)sqlite3_column_int64(stmt, 0),
		.until = (uint64_t)sqlite3_column_int64(stmt, 1),
		.count = (uint64_t)sqlite3_column_int64(stmt, 2),
		.reason = known_reason(stmt),
	};

	keep_gap(summary, &gap);
}

static int read_gaps(struct summary *summary, sqlite3 *db)
{
	sqlite3_stmt *stmt;
	int rc = database_prepare(db, gaps_sql, &stmt);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(stmt, 1,
				   (sqlite3_int64)summary->options.since);
		sqlite3_bind_int64(stmt, 2,
				   (sqlite3_int64)summary->options.until);
		while (sqlite3_step(stmt) == SQLITE_ROW)
			take_gap(summary, stmt);
		rc = sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return database_error(db, rc);
}

/* A block that cannot be read is missing as what was never written is. */
static void note_damage(void *context, const struct block_summary *block)
{
	struct summary_gap gap = {
		.from = block->from_time, .until = block->until_time,
		.count = block->rows, .reason = "damaged",
	};

	keep_gap(context, &gap);
}

static int compare_gaps(const void *one, const void *other)
{
	const struct summary_gap *a = one, *b = other;

	return (a->from > b->from) - (a->from < b->from);
}

static int compare_holes(const void *one, const void *other)
{
	const struct rhythm_gap *a = one, *b = other;

	return (a->begin > b->begin) - (a->begin < b->begin);
}

static void sort_gaps(struct summary *summary)
{
	unsigned count = summary->house.gap_count;

	qsort(summary->gaps, count, sizeof(*summary->gaps), compare_gaps);
	qsort(summary->holes, count, sizeof(*summary->holes), compare_holes);
}

/* --- rows --- */

static int take_rows(struct summary *summary, struct scan *scan)
{
	int64_t only = summary->options.device;
	struct row row;
	int more, error = 0;

	while (error == 0 && (more = scan_next(scan, &row)) != 0) {
		int64_t device = more > 0 ? asker_device(
			&row, summary->devices) : 0;

		if (more < 0)
			error = more;
		else if (only == 0 || device == only)
			error = gather_add(&summary->gather, device, &row);
	}
	return error;
}

/* The addresses that were the device's, each in its time; 0: look at all. */
static unsigned clients_of(const struct summary *summary,
			   struct scan_client *clients)
{
	struct devices_span spans[SPANS];
	unsigned count = devices_spans(summary->devices,
				       summary->options.device, spans, SPANS);

	if (count > SPANS)
		return 0;
	for (unsigned i = 0; i < count; i++) {
		size_t len;
		const uint8_t *raw = address_raw(&spans[i].address, &len);

		clients[i] = (struct scan_client){
			.prefix.family = (uint8_t)spans[i].address.family,
			.prefix.bits = (uint8_t)(len * 8),
			.since = spans[i].since, .until = spans[i].until,
		};
		memcpy(clients[i].prefix.at, raw, len);
	}
	return count;
}

static int gather_rows(struct summary *summary, sqlite3 *db)
{
	struct scan_client clients[SPANS];
	struct scan_filter filter = {
		.since = summary->options.since,
		.until = summary->options.until, .clients = clients,
		.damaged = note_damage, .context = summary,
	};
	struct scan *scan;
	int error;

	if (summary->options.device != 0)
		filter.client_count = clients_of(summary, clients);
	error = scan_open(&scan, db, &filter);
	if (error == 0) {
		error = take_rows(summary, scan);
		scan_close(scan);
	}
	return error;
}

/* --- all of it --- */

static int open_parts(struct summary *summary, sqlite3 *db)
{
	int rc = devices_load(&summary->devices, db), error;

	if (rc != SQLITE_OK)
		return database_error(db, rc);
	summary->gaps = calloc(SUMMARY_GAPS, sizeof(*summary->gaps));
	summary->holes = calloc(SUMMARY_GAPS, sizeof(*summary->holes));
	if (!summary->gaps || !summary->holes)
		return -ENOMEM;
	summary->house.gaps = summary->gaps;
	error = decided_load(&summary->decided, db);
	if (error == 0)
		error = listed_open(&summary->listed, db,
				    summary->options.policy);
	return error == 0 ? rhythm_new(&summary->finder) : error;
}

static int make(struct summary *summary, sqlite3 *db)
{
	int error = open_parts(summary, db);

	if (error == 0)
		error = gather_rows(summary, db);
	if (error == 0)
		error = read_gaps(summary, db);
	if (error < 0)
		return error;
	sort_gaps(summary);
	error = before_look(summary, db);
	return error == 0 ? tree_make(summary) : error;
}

int summary_make(struct summary **made, sqlite3 *db,
		 const struct summary_options *options)
{
	struct summary *summary = calloc(1, sizeof(*summary));
	struct clock clock = { 0 };
	int error = -ENOMEM;

	if (summary) {
		clock_update(&clock);
		summary->options = *options;
		if (options->until == 0)
			summary->options.until = clock.wall;
		summary->house.since = summary->options.since;
		summary->house.until = summary->options.until;
		gather_init(&summary->gather, summary->options.since,
			    summary->options.until);
		error = make(summary, db);
	}
	if (error < 0) {
		log_error("the journal cannot be put together: %s",
			  error_words(error));
		summary_free(summary);
		summary = NULL;
	}
	*made = summary;
	return error;
}

void summary_free(struct summary *summary)
{
	if (!summary)
		return;
	for (uint32_t i = 0; summary->words &&
	     i < summary->gather.devices.count; i++)
		free(summary->words[i]);
	free(summary->words);
	free(summary->names);
	free(summary->receivers);
	free(summary->at);
	free(summary->gaps);
	free(summary->holes);
	rhythm_free(summary->finder);
	listed_close(summary->listed);
	decided_free(summary->decided);
	gather_release(&summary->gather);
	devices_free(summary->devices);
	free(summary);
}

const struct summary_house *summary_house(const struct summary *summary)
{
	return &summary->house;
}
