/*
 * Between two links that are there, some may be missing and their blocks not:
 * then those blocks are linked again, one after the other.  If all of them
 * are there, the next link proves that they are what they were; if not, it
 * has a redaction that says why it proves nothing of what is before it.
 *
 *	link	7 | . . . | 11		8 to 10 cannot be read
 *	block	7 | 8   10| 11		-> links 8 and 9, redaction of 11
 */
#include "journal/salvage_lost.h"

#include <string.h>

#include "base/clock.h"
#include "journal/chain.h"
#include "journal/database.h"
#include "journal/transaction.h"

struct lost {
	sqlite3 *db;
	struct chain_link before;	/* link 0: the first comes */
	uint64_t now;
};

static int redact(struct lost *lost, int64_t link, uint64_t gone)
{
	const struct chain_redaction why = {
		.link = link, .time = lost->now, .reason = CHAIN_DAMAGED,
		.gone = gone,
	};

	return chain_redact(lost->db, &why);
}

struct range {
	int64_t from, to;
};

/* With both as parameters; one may be left out. */
static int ask(sqlite3 *db, const char *sql, struct range range,
	       sqlite3_int64 *answer)
{
	sqlite3_stmt *stmt;
	int rc = database_prepare(db, sql, &stmt);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, range.from);
	if (sqlite3_bind_parameter_count(stmt) > 1)
		sqlite3_bind_int64(stmt, 2, range.to);
	rc = database_ask(stmt, answer);
	sqlite3_finalize(stmt);
	return rc;
}

static int put_gap(struct lost *lost, const struct chain_link *link)
{
	const sqlite3_int64 values[] = {
		link->number, (sqlite3_int64)link->from_time,
		(sqlite3_int64)link->until_time, link->rows,
	};

	return transaction_do(lost->db, "INSERT OR IGNORE INTO gap VALUES "
			      "(?, ?, ?, ?, '" CHAIN_DAMAGED "')", 4, values);
}

static int look_at_block(struct lost *lost, const struct chain_link *link)
{
	sqlite3_int64 there, known;
	const struct range rows = { link->number, link->last };
	const struct range own = { .from = link->link };
	int rc = ask(lost->db, "SELECT 1 FROM block_data WHERE number BETWEEN "
		     "? AND ? LIMIT 1", rows, &there);

	if (rc == SQLITE_OK)
		rc = ask(lost->db, "SELECT 1 FROM redaction WHERE link = ? "
			 "AND hash IS NULL LIMIT 1", own, &known);
	if (rc != SQLITE_OK || there || known)
		return rc;
	rc = put_gap(lost, link);
	return rc == SQLITE_OK ? redact(lost, link->link, link->rows) : rc;
}

/* From its summary and its bytes; the bytes are read a piece at a time. */
static int make_link(struct lost *lost, int64_t number,
		     struct chain_link *link)
{
	sqlite3_stmt *get;
	int rc = database_prepare(lost->db, "SELECT last, rows, from_time, "
		"until_time, data FROM block JOIN block_data USING (number) "
		"WHERE number = ?", &get);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(get, 1, number);
	if (sqlite3_step(get) == SQLITE_ROW) {
		*link = (struct chain_link){
			.link = lost->before.link + 1,
			.number = number,
			.last = sqlite3_column_int64(get, 0),
			.rows = (uint32_t)sqlite3_column_int64(get, 1),
			.from_time = (uint64_t)sqlite3_column_int64(get, 2),
			.until_time = (uint64_t)sqlite3_column_int64(get, 3),
		};
		sha256_of(sqlite3_column_blob(get, 4),
			  (size_t)sqlite3_column_bytes(get, 4), link->hash);
		chain_seal(link, lost->before.sealed);
	}
	return sqlite3_finalize(get);
}

/*
 * Where links are missing, numbers that nobody has may have been a block's:
 * how many of its rows, nobody knows.  A link of no rows is where the chain
 * began anew: its number was the last of the old ones.
 */
static int look_at_hole(struct lost *lost, const struct chain_link *next)
{
	bool anew = next->rows == 0;
	uint64_t until = anew ? lost->now : next->from_time;
	struct range hole = { lost->before.last + 1, next->number };
	struct chain_link unknown = {
		.number = hole.from, .from_time = lost->before.until_time,
		.until_time = until,
	};
	sqlite3_int64 remarks;
	int rc;

	hole.to -= !anew;
	if (unknown.from_time == 0 || unknown.from_time > until)
		unknown.from_time = until;
	rc = ask(lost->db, "SELECT (SELECT count(*) FROM gap WHERE number "
		 "BETWEEN ?1 AND ?2) + (SELECT count(*) FROM clock WHERE "
		 "number BETWEEN ?1 AND ?2)", hole, &remarks);
	if (rc != SQLITE_OK || hole.to - hole.from + 1 <= remarks)
		return rc;
	return put_gap(lost, &unknown);
}

/* Blocks before `next`, as many as there is room for links. */
static int link_again(struct lost *lost, const struct chain_link *next)
{
	struct chain_link link = { 0 };
	sqlite3_int64 number = 0;
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && lost->before.link + 1 < next->link) {
		const struct range rows = { lost->before.last, next->number };

		rc = ask(lost->db, "SELECT number FROM block WHERE number > ? "
			 "AND number < ? ORDER BY number LIMIT 1", rows,
			 &number);
		if (rc != SQLITE_OK || number <= lost->before.last)
			return rc;
		rc = make_link(lost, number, &link);
		if (rc == SQLITE_OK)
			rc = look_at_hole(lost, &link);
		if (rc == SQLITE_OK)
			rc = chain_put(lost->db, &link);
		lost->before = link;
	}
	return rc;
}

/* A chain that began anew has said so already. */
static int look_at_chain(struct lost *lost, const struct chain_link *link)
{
	struct chain_link made = *link;
	const struct range own = { .from = link->link };
	sqlite3_int64 known;
	int rc = link_again(lost, link);

	chain_seal(&made, lost->before.sealed);
	if (rc != SQLITE_OK ||
	    (lost->before.link + 1 == link->link &&
	     memcmp(made.sealed, link->sealed, SHA256_SIZE) == 0))
		return rc;
	if (lost->before.link + 1 == link->link)
		return SQLITE_OK;
	rc = look_at_hole(lost, link);
	if (rc != SQLITE_OK)
		return rc;
	rc = ask(lost->db, "SELECT 1 FROM redaction WHERE link = ? AND "
		 "reason = '" CHAIN_DAMAGED "' LIMIT 1", own, &known);
	return rc == SQLITE_OK && !known ? redact(lost, link->link, 0) : rc;
}

static int find_before(struct lost *lost, int64_t at)
{
	int rc = at > 0 ? chain_from(lost->db, at, &lost->before)
			: SQLITE_NOTFOUND;

	if (rc == SQLITE_NOTFOUND)
		lost->before = (struct chain_link){ 0 };
	return rc == SQLITE_NOTFOUND ? SQLITE_OK : rc;
}

int salvage_lost(sqlite3 *db, int64_t *at, unsigned limit, bool *ended)
{
	struct lost lost = { .db = db };
	struct clock clock = { 0 };
	struct chain_link link;
	int rc = find_before(&lost, *at);

	clock_update(&clock);
	lost.now = clock.wall;
	for (unsigned i = 0; i < limit && rc == SQLITE_OK; i++) {
		rc = chain_from(db, lost.before.link + 1, &link);
		if (rc == SQLITE_OK)
			rc = look_at_chain(&lost, &link);
		if (rc == SQLITE_OK)
			rc = look_at_block(&lost, &link);
		if (rc != SQLITE_OK)
			break;
		lost.before = link;
		*at = link.link;
	}
	*ended = rc == SQLITE_NOTFOUND;
	return rc == SQLITE_NOTFOUND ? SQLITE_OK : rc;
}
