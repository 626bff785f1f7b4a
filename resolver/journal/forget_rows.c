/*
 * forget, the rows: those of the tail one by one, those of blocks by making
 * the block anew.
 *
 * A block's filter knows clients and names, so a device's blocks are found
 * quickly; aliases it does not know, so for a name every block is unpacked.
 */
#include "journal/forget_state.h"

#include "journal/block.h"
#include "journal/chain.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/row.h"
#include "journal/seal.h"
#include "journal/tail.h"
#include "journal/transaction.h"

enum {
	TAIL = 4096,		/* rows looked at in a step */
	LOOKS = 256,		/* blocks that are passed over in a step */
	UNPACKS = 8,		/* blocks that are unpacked */
	ADDRESSES = 64,
	LEVEL = 3,		/* of zstd */
};

/* --- the tail --- */

static int delete_row(struct forget *forget, sqlite3 *db,
		      const struct row *row)
{
	sqlite3_int64 number = row->number;
	int rc = forget_take_off(forget, db, row);

	if (rc == SQLITE_OK)
		rc = transaction_do(db, "DELETE FROM tail WHERE number = ?",
				    1, &number);
	forget->counts.rows++;
	return rc;
}

/* SQLite allows that the row a statement stands on is deleted. */
static int walk_tail(struct forget *forget, sqlite3 *db, sqlite3_stmt *stmt,
		     bool *done)
{
	int rc = SQLITE_OK;
	struct row row;

	*done = true;
	while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		tail_row(stmt, &row);
		forget->at = row.number;
		*done = false;
		if (forget_has_row(forget, &row))
			rc = delete_row(forget, db, &row);
	}
	return rc;
}

int forget_tail(struct forget *forget, sqlite3 *db, bool *done)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT " TAIL_COLUMNS " FROM tail"
				    " WHERE number > ?1 ORDER BY number"
				    " LIMIT ?2", -1, &stmt, NULL), end;

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, forget->at);
	sqlite3_bind_int64(stmt, 2, TAIL);
	rc = walk_tail(forget, db, stmt, done);
	end = sqlite3_finalize(stmt);
	return rc == SQLITE_OK ? end : rc;
}

/* --- blocks --- */

/* A block as the tables have it. */
struct sealed {
	sqlite3_int64 number, last, rows;
	uint64_t from_time, until_time;
	bool may_have;			/* by its filter or its times */
};

/* What became of it. */
struct remake {
	bool damaged;
	uint64_t gone;
	struct block_summary summary;
	struct bytes data, filter;	/* of what is left; or len 0 */
};

static bool has_client(const struct address *client, struct bytes filter)
{
	size_t len;
	const uint8_t *raw = address_raw(client, &len);
	struct block_probe probe = block_probe_client(bytes_of(raw, len));

	return block_may_have(filter, &probe);
}

static bool has_device(const struct forget *forget, struct bytes filter)
{
	struct devices_span spans[ADDRESSES];
	unsigned count = devices_spans(forget->devices, forget->what.device,
				       spans, ADDRESSES);

	for (unsigned i = 0; i < count && i < ADDRESSES; i++)
		if (has_client(&spans[i].address, filter))
			return true;
	return count > ADDRESSES;
}

static bool may_have(const struct forget *forget, const struct sealed *sealed,
		     struct bytes filter)
{
	struct block_probe probe;

	if (forget->what.before != 0)
		return sealed->from_time < forget->what.before;
	if (forget->what.device != 0)
		return has_device(forget, filter);
	if (forget->what.client.family != 0)
		return has_client(&forget->what.client, filter);
	if (forget->subtree.name.labels < 2)
		return true;
	probe = block_probe_name(bytes_of(forget->subtree.text,
					  forget->subtree.len));
	return block_may_have(filter, &probe);
}

/* The next one; number INT64_MIN: there is none. */
static int next_block(struct forget *forget, sqlite3 *db,
		      struct sealed *sealed)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT number, last, rows,"
		" from_time, until_time, filter FROM block WHERE number > ?"
		" ORDER BY number LIMIT 1", -1, &stmt, NULL);

	*sealed = (struct sealed){ .number = INT64_MIN };
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, forget->at);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		const void *filter = sqlite3_column_blob(stmt, 5);
		size_t len = (size_t)sqlite3_column_bytes(stmt, 5);

		*sealed = (struct sealed){
			.number = sqlite3_column_int64(stmt, 0),
			.last = sqlite3_column_int64(stmt, 1),
			.rows = sqlite3_column_int64(stmt, 2),
			.from_time = (uint64_t)sqlite3_column_int64(stmt, 3),
			.until_time = (uint64_t)sqlite3_column_int64(stmt, 4),
		};
		sealed->may_have = may_have(forget, sealed,
					    bytes_of(filter, len));
	}
	return sqlite3_finalize(stmt);
}

static int take_rows(struct forget *forget, sqlite3 *db,
		     struct remake *remake)
{
	int got, rc = SQLITE_OK;
	struct row row;

	while ((got = block_next(forget->block, &row)) > 0) {
		if (!forget_has_row(forget, &row)) {
			remake->damaged |= !block_add(forget->builder, &row);
			continue;
		}
		remake->gone++;
		rc = forget_take_off(forget, db, &row);
		if (rc != SQLITE_OK)
			return rc;
	}
	remake->damaged |= got < 0;
	return rc;
}

static int unpack(struct forget *forget, sqlite3 *db, struct bytes data,
		  struct remake *remake)
{
	const struct block_wanted all = { 0 };
	int rc = SQLITE_OK;

	block_begin(forget->builder);
	remake->damaged = block_open(forget->block, data) < 0 ||
			  block_select(forget->block, &all) < 0;
	if (!remake->damaged)
		rc = take_rows(forget, db, remake);
	if (rc == SQLITE_OK && !remake->damaged && remake->gone > 0 &&
	    remake->gone < block_summary(forget->block)->rows &&
	    block_end(forget->builder, LEVEL, &remake->summary, &remake->data,
		      &remake->filter) < 0)
		rc = SQLITE_NOMEM;
	return rc;
}

static int read_block(struct forget *forget, sqlite3 *db,
		      const struct sealed *sealed, struct remake *remake)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT data FROM block_data"
				    " WHERE number = ?", -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, sealed->number);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		const void *at = sqlite3_column_blob(stmt, 0);
		size_t len = (size_t)sqlite3_column_bytes(stmt, 0);

		rc = unpack(forget, db, bytes_of(at, len), remake);
	} else {
		remake->damaged = true;
		rc = rc == SQLITE_DONE || rc == SQLITE_CORRUPT ? SQLITE_OK
							       : rc;
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int redact(const struct forget *forget, sqlite3 *db,
		  const struct sealed *sealed, const struct remake *remake)
{
	uint8_t hash[SHA256_SIZE];
	struct chain_redaction redaction = {
		.time = forget->now, .reason = "forget", .gone = remake->gone,
	};
	struct chain_link link;
	int rc = chain_find(db, sealed->number, &link);

	if (rc == SQLITE_NOTFOUND)
		return SQLITE_OK;
	if (remake->data.len > 0) {
		sha256_of(remake->data.at, remake->data.len, hash);
		redaction.hash = hash;
	}
	redaction.link = link.link;
	return rc == SQLITE_OK ? chain_redact(db, &redaction) : rc;
}

static int replace(struct forget *forget, sqlite3 *db,
		   const struct sealed *sealed, const struct remake *remake)
{
	int rc = transaction_do(db, "DELETE FROM block_data WHERE number = ?",
				1, &sealed->number);

	if (rc == SQLITE_OK)
		rc = transaction_do(db, "DELETE FROM block WHERE number = ?",
				    1, &sealed->number);
	if (rc == SQLITE_OK && remake->data.len > 0)
		rc = seal_put(db, &remake->summary, remake->data,
			      remake->filter);
	forget->counts.rows += remake->gone;
	forget->counts.blocks++;
	if (remake->data.len > 0)
		forget->at = remake->summary.number;
	return rc == SQLITE_OK ? redact(forget, db, sealed, remake) : rc;
}

static int remake_block(struct forget *forget, sqlite3 *db,
			const struct sealed *sealed, bool *changed)
{
	struct remake remake = { .gone = 0 };
	int rc = read_block(forget, db, sealed, &remake);

	*changed = false;
	if (rc != SQLITE_OK)
		return rc;
	if (remake.damaged) {
		remake.gone = sealed->rows > 0 ? (uint64_t)sealed->rows : 0;
		remake.data.len = 0;
	}
	if (remake.damaged ? !sealed->may_have : remake.gone == 0)
		return SQLITE_OK;
	*changed = true;
	return replace(forget, db, sealed, &remake);
}

/* Nothing of it is needed to know that all of it goes. */
static bool goes_whole(const struct forget *forget,
		       const struct sealed *sealed)
{
	return forget->what.before != 0 && sealed->last <= forget->hours &&
	       sealed->until_time < forget->what.before;
}

static int drop_whole(struct forget *forget, sqlite3 *db,
		      const struct sealed *sealed)
{
	struct remake remake = {
		.gone = sealed->rows > 0 ? (uint64_t)sealed->rows : 0,
	};

	return replace(forget, db, sealed, &remake);
}

static bool has_memory(struct forget *forget)
{
	if (forget->builder == NULL)
		forget->builder = block_builder_new();
	if (forget->block == NULL)
		forget->block = block_new();
	return forget->builder != NULL && forget->block != NULL;
}

int forget_blocks(struct forget *forget, sqlite3 *db, bool *done)
{
	unsigned unpacked = 0;
	bool changed = false;
	int rc = SQLITE_OK;

	if (!has_memory(forget))
		return SQLITE_NOMEM;
	for (unsigned i = 0; i < LOOKS && unpacked < UNPACKS && !changed; i++) {
		struct sealed sealed;

		rc = next_block(forget, db, &sealed);
		*done = rc == SQLITE_OK && sealed.number == INT64_MIN;
		if (rc != SQLITE_OK || *done)
			break;
		if (goes_whole(forget, &sealed)) {
			rc = drop_whole(forget, db, &sealed);
		} else if (sealed.may_have || forget->what.name != NULL) {
			rc = remake_block(forget, db, &sealed, &changed);
			unpacked++;
		}
		if (rc != SQLITE_OK)
			break;
		if (forget->at < sealed.number)
			forget->at = sealed.number;
	}
	return rc;
}
