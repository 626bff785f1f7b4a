/*
 * Links and blocks are walked side by side, a link at a time: a link knows
 * between which numbers its block has to be, and what is behind the link
 * before it and before that has no link.
 *
 * The block is read after the link and the redaction after the block.  Who
 * redacts does both in one transaction: so a block that was changed meanwhile
 * is never found without its redaction.
 */
#include "journal/chain.h"

#include <string.h>

#include "base/error.h"
#include "journal/database.h"

enum { PIECE = 65536, WORDS = 80 };

struct check {
	sqlite3 *db;
	sqlite3_stmt *block, *redaction, *summary;
	bool (*each)(void *context, const struct chain_finding *found);
	void *context;
	struct chain_link before;	/* link 0: this is the first */
	bool enough;
};

/* What is there of a link's block. */
struct found {
	int64_t number;		/* 0: no block */
	uint8_t hash[SHA256_SIZE];
};

/* The first block with a number in [from, through]; 0: none. */
static int find_block(struct check *check, int64_t from, int64_t through,
		      int64_t *number)
{
	sqlite3_int64 found;
	int rc;

	sqlite3_bind_int64(check->block, 1, from);
	sqlite3_bind_int64(check->block, 2, through);
	rc = database_ask(check->block, &found);
	*number = found;
	if (rc == SQLITE_OK && found != 0 && (found < from || found > through))
		return SQLITE_CORRUPT;
	return rc;
}

static int hash_blob(sqlite3_blob *blob, uint8_t hash[SHA256_SIZE])
{
	static _Thread_local uint8_t piece[PIECE];
	int len = sqlite3_blob_bytes(blob), rc = SQLITE_OK;
	struct sha256 sum;

	sha256_init(&sum);
	for (int at = 0; at < len && rc == SQLITE_OK; at += PIECE) {
		int part = len - at < PIECE ? len - at : PIECE;

		rc = sqlite3_blob_read(blob, piece, part, at);
		sha256_add(&sum, piece, (size_t)part);
	}
	sha256_end(&sum, hash);
	return rc;
}

/* Zeros are no block's hash: what cannot be read was changed. */
static int hash_block(struct check *check, struct found *found)
{
	sqlite3_blob *blob = NULL;
	int rc = sqlite3_blob_open(check->db, "main", "block_data", "data",
				   found->number, 0, &blob);

	if (rc == SQLITE_OK)
		rc = hash_blob(blob, found->hash);
	sqlite3_blob_close(blob);
	if (rc == SQLITE_OK)
		return rc;
	memset(found->hash, 0, sizeof(found->hash));
	return rc == SQLITE_CORRUPT || rc == SQLITE_ERROR ? SQLITE_OK : rc;
}

/* The summary beside an untouched block says what its link says. */
static int compare_summary(struct check *check, int64_t number,
			   struct chain_finding *finding)
{
	const struct chain_link *link = &finding->link;
	sqlite3_stmt *get = check->summary;
	bool same = false;
	int rc;

	sqlite3_bind_int64(get, 1, number);
	if (sqlite3_step(get) == SQLITE_ROW)
		same = number == link->number &&
		       sqlite3_column_int64(get, 0) == link->last &&
		       sqlite3_column_int64(get, 1) == link->rows &&
		       (uint64_t)sqlite3_column_int64(get, 2) ==
		       link->from_time &&
		       (uint64_t)sqlite3_column_int64(get, 3) ==
		       link->until_time;
	rc = sqlite3_reset(get);
	if (rc == SQLITE_OK && !same) {
		finding->state = CHAIN_TAMPERED;
		finding->words = "its summary says something else";
	}
	return rc;
}

static bool is_sealed(const struct check *check,
		      const struct chain_link *link)
{
	struct chain_link made = *link;

	chain_seal(&made, check->before.sealed);
	return memcmp(made.sealed, link->sealed, SHA256_SIZE) == 0;
}

/* In order: the worst word for it comes last. */
static void judge(struct chain_finding *finding, const struct found *found,
		  bool same)
{
	if (same) {
		finding->state = CHAIN_OK;
	} else if (found->number == 0) {
		finding->state = CHAIN_MISSING;
		finding->words = "its block is gone";
	} else {
		finding->state = CHAIN_TAMPERED;
		finding->words = "its block is another than was sealed";
	}
}

/* A redaction that says what is there now is the explanation. */
static void excuse(struct chain_finding *finding, const struct found *found,
		   const void *hash, int len)
{
	bool gone = len == 0 && found->number == 0;
	bool left = len == SHA256_SIZE && found->number != 0 &&
		    memcmp(hash, found->hash, SHA256_SIZE) == 0;

	if (finding->state == CHAIN_OK || !(gone || left))
		return;
	finding->state = CHAIN_REDACTED;
	finding->words = gone ? "all its rows were taken out"
			      : "some of its rows were taken out";
}

/*
 * Links that are not there were never taken out on purpose: only damage
 * explains them, in a redaction of the link behind.
 */
static void judge_chain(const struct check *check,
			struct chain_finding *finding, bool damaged)
{
	finding->links = finding->link.link - check->before.link - 1;
	if (finding->links == 0 && is_sealed(check, &finding->link))
		return;
	if (damaged) {
		if (finding->state == CHAIN_OK)
			finding->state = CHAIN_REDACTED;
		finding->words = "the chain before it was damaged";
	} else if (finding->links != 0) {
		finding->state = CHAIN_MISSING;
		finding->words = "links before it are missing";
	} else {
		finding->state = CHAIN_TAMPERED;
		finding->words = "it does not follow from the link before";
	}
}

/* Its strings are the statement's: until the reset. */
static void take_redaction(sqlite3_stmt *get, struct chain_finding *finding)
{
	finding->reason = (const char *)sqlite3_column_text(get, 0);
	finding->time = (uint64_t)sqlite3_column_int64(get, 1);
	finding->gone += (uint64_t)sqlite3_column_int64(get, 2);
}

static int tell(struct check *check, struct chain_finding *finding,
		const struct found *found)
{
	sqlite3_stmt *get = check->redaction;
	bool damaged = false;
	char reason[WORDS];
	int rc;

	sqlite3_bind_int64(get, 1, finding->link.link);
	while (sqlite3_step(get) == SQLITE_ROW) {
		take_redaction(get, finding);
		excuse(finding, found, sqlite3_column_blob(get, 3),
		       sqlite3_column_bytes(get, 3));
		if (finding->reason == NULL)
			continue;
		damaged |= strcmp(finding->reason, CHAIN_DAMAGED) == 0;
		reason[0] = '\0';
		strncat(reason, finding->reason, sizeof(reason) - 1);
		finding->reason = reason;
	}
	rc = sqlite3_reset(get);
	judge_chain(check, finding, damaged);
	if (rc == SQLITE_OK)
		check->enough = !check->each(check->context, finding);
	return rc;
}

static int check_link(struct check *check, const struct chain_link *link)
{
	struct chain_finding finding = { .link = *link };
	struct found found = { 0 };
	int rc = find_block(check, link->number, link->last, &found.number);
	bool same;

	if (rc == SQLITE_OK && found.number != 0)
		rc = hash_block(check, &found);
	same = found.number != 0 &&
	       memcmp(found.hash, link->hash, SHA256_SIZE) == 0;
	judge(&finding, &found, same);
	if (rc == SQLITE_OK && same)
		rc = compare_summary(check, found.number, &finding);
	if (rc == SQLITE_OK)
		rc = tell(check, &finding, &found);
	return rc;
}

static int tell_stray(struct check *check, int64_t number)
{
	struct chain_finding finding = {
		.state = CHAIN_TAMPERED, .link = { .number = number },
		.words = "a block that was never sealed",
	};

	check->enough = !check->each(check->context, &finding);
	return SQLITE_OK;
}

/* Blocks with numbers in (after, before) belong to no link. */
static int check_between(struct check *check, int64_t after, int64_t before)
{
	int64_t number = 0;
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && !check->enough && after < before - 1) {
		rc = find_block(check, after + 1, before - 1, &number);
		if (rc != SQLITE_OK || number == 0)
			return rc;
		rc = tell_stray(check, number);
		after = number;
	}
	return rc;
}

/* Its own block is the first in its range; there is no second. */
static int check_one(struct check *check, const struct chain_link *link)
{
	int64_t own;
	int rc = check_between(check, check->before.last, link->number);

	if (rc == SQLITE_OK && !check->enough)
		rc = check_link(check, link);
	if (rc == SQLITE_OK)
		rc = find_block(check, link->number, link->last, &own);
	if (rc == SQLITE_OK && own != 0 && own < link->last)
		rc = check_between(check, own, link->last + 1);
	check->before = *link;
	return rc;
}

static int walk(struct check *check)
{
	struct chain_link link;
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && !check->enough) {
		rc = chain_from(check->db, check->before.link + 1, &link);
		if (rc == SQLITE_OK)
			rc = check_one(check, &link);
		if (rc == SQLITE_OK && link.link == INT64_MAX)
			break;
	}
	if (rc == SQLITE_NOTFOUND)
		rc = check_between(check, check->before.last, INT64_MAX);
	return rc;
}

int chain_check(sqlite3 *db,
		bool (*each)(void *context, const struct chain_finding *found),
		void *context)
{
	struct check check = { .db = db, .each = each, .context = context };
	int rc;

	rc = database_prepare(db, "SELECT number FROM block_data WHERE number "
		"BETWEEN ? AND ? ORDER BY number LIMIT 1", &check.block);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "SELECT reason, time, gone, hash "
			"FROM redaction WHERE link = ? ORDER BY id",
			&check.redaction);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "SELECT last, rows, from_time, "
			"until_time FROM block WHERE number = ?",
			&check.summary);
	if (rc == SQLITE_OK)
		rc = walk(&check);
	sqlite3_finalize(check.block);
	sqlite3_finalize(check.redaction);
	sqlite3_finalize(check.summary);
	return database_error(db, rc);
}

const char *chain_state_words(enum chain_state state)
{
	static const char *const words[] = {
		"ok", "redacted", "tampered", "missing",
	};

	return words[state];
}
