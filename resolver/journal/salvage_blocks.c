/*
 * A block's bytes are never made anew, so that its link of the chain goes on
 * proving what it proved; the filter beside it is, because nobody would
 * notice a damaged one that says "surely not".
 */
#include "journal/salvage_blocks.h"

#include <string.h>

#include "journal/block.h"
#include "journal/chain.h"
#include "journal/database.h"
#include "journal/row.h"
#include "journal/seal.h"

enum { LEVEL = 1 };	/* nobody keeps what is packed here but the tail */

int salvage_blocks_init(struct salvage_blocks *blocks, sqlite3 *db)
{
	*blocks = (struct salvage_blocks){
		.db = db, .block = block_new(),
		.builder = block_builder_new(), .through = INT64_MAX,
	};
	if (blocks->block == NULL || blocks->builder == NULL) {
		salvage_blocks_release(blocks);
		return SQLITE_NOMEM;
	}
	return SQLITE_OK;
}

void salvage_blocks_release(struct salvage_blocks *blocks)
{
	block_free(blocks->block);
	block_builder_free(blocks->builder);
	*blocks = (struct salvage_blocks){ 0 };
}

/* False: not all its rows can be read. */
static bool make_filter(struct salvage_blocks *blocks, struct bytes *filter)
{
	const struct block_wanted all = { 0 };
	struct block_summary summary;
	struct bytes unused;
	struct row row;
	int got;

	if (block_select(blocks->block, &all) < 0)
		return false;
	block_begin(blocks->builder);
	while ((got = block_next(blocks->block, &row)) > 0)
		if (!block_add(blocks->builder, &row))
			return false;
	return got == 0 && block_end(blocks->builder, LEVEL, &summary,
				     &unused, filter) == 0;
}

static bool is_there(struct salvage_blocks *blocks, int64_t number)
{
	sqlite3_stmt *ask;
	bool there;

	if (sqlite3_prepare_v2(blocks->db, "SELECT 1 FROM block_data WHERE "
			       "number = ?", -1, &ask, NULL) != SQLITE_OK)
		return true;
	sqlite3_bind_int64(ask, 1, number);
	there = sqlite3_step(ask) == SQLITE_ROW;
	sqlite3_finalize(ask);
	return there;
}

int salvage_blocks_put(struct salvage_blocks *blocks, int64_t number,
		       struct bytes data)
{
	const struct block_summary *summary;
	struct bytes filter;
	int rc;

	if (block_open(blocks->block, data) < 0)
		return SQLITE_MISMATCH;
	summary = block_summary(blocks->block);
	if (summary->number != number || summary->last > blocks->through ||
	    is_there(blocks, number) || !make_filter(blocks, &filter))
		return SQLITE_MISMATCH;
	rc = seal_put(blocks->db, summary, data, filter);
	blocks->blocks += rc == SQLITE_OK;
	blocks->rows += rc == SQLITE_OK ? summary->rows : 0;
	return rc;
}

/* What the last redaction has left of it; false: there is none. */
static bool find_redaction(sqlite3 *db, int64_t link,
			   uint8_t hash[SHA256_SIZE])
{
	sqlite3_stmt *ask;
	bool found;

	memset(hash, 0, SHA256_SIZE);
	if (sqlite3_prepare_v2(db, "SELECT hash FROM redaction WHERE link = ?"
			       " ORDER BY id DESC LIMIT 1", -1, &ask, NULL) !=
	    SQLITE_OK)
		return true;
	sqlite3_bind_int64(ask, 1, link);
	found = sqlite3_step(ask) == SQLITE_ROW;
	if (found && sqlite3_column_bytes(ask, 0) == SHA256_SIZE)
		memcpy(hash, sqlite3_column_blob(ask, 0), SHA256_SIZE);
	sqlite3_finalize(ask);
	return found;
}

int salvage_blocks_put_found(struct salvage_blocks *blocks, int64_t number,
			     struct bytes data)
{
	uint8_t hash[SHA256_SIZE], left[SHA256_SIZE];
	struct chain_link link;
	int rc = chain_find(blocks->db, number, &link);

	if (rc == SQLITE_OK) {
		sha256_of(data.at, data.len, hash);
		if (!find_redaction(blocks->db, link.link, left))
			memcpy(left, link.hash, SHA256_SIZE);
		if (memcmp(hash, left, SHA256_SIZE) != 0)
			return SQLITE_MISMATCH;
	} else if (rc != SQLITE_NOTFOUND) {
		return rc;
	}
	return salvage_blocks_put(blocks, number, data);
}

int salvage_blocks_end(struct salvage_blocks *blocks)
{
	struct block_summary summary;
	struct bytes data, filter;
	int rc;

	if (!blocks->begun)
		return SQLITE_OK;
	blocks->begun = false;
	if (block_end(blocks->builder, LEVEL, &summary, &data, &filter) < 0)
		return SQLITE_NOMEM;
	rc = seal_put_new(blocks->db, &summary, data, filter);
	blocks->blocks++;
	blocks->rows += summary.rows;
	return rc;
}

int salvage_blocks_row(struct salvage_blocks *blocks, const struct row *row)
{
	int rc = SQLITE_OK;

	if (row->number <= blocks->after || row->number > blocks->through)
		return SQLITE_MISMATCH;
	if (!blocks->begun)
		block_begin(blocks->builder);
	if (!block_add(blocks->builder, row)) {
		rc = salvage_blocks_end(blocks);
		block_begin(blocks->builder);
		if (!block_add(blocks->builder, row))
			return SQLITE_MISMATCH;
	}
	blocks->begun = true;
	blocks->after = row->number;
	return rc;
}
