/*
 * A flood of made-up names comes this way, so a name costs two looks into
 * memory and its receiver; the table is touched once for many.
 */
#include "journal/fold.h"

#include "journal/database.h"
#include "journal/receiver.h"

enum {
	RECEIVERS = 1024,		/* at once */
	RECEIVERS_TEXT = 32768,
	RECEIVERS_BITS = 1 << 17,
	NAMES_BITS = 1 << 19,
	NAMES_MOST = 1 << 16,		/* then they are forgotten */
};

static const struct bytes others = { (const uint8_t *)"*", 1 };

static const char update_sql[] =
	"UPDATE ledger_more SET first = min(first, ?3), last = max(last, ?4),"
	" count = count + ?5, sunk = sunk + ?6, names = names + ?7"
	" WHERE device = ?1 AND receiver = ?2";

static const char insert_sql[] =
	"INSERT INTO ledger_more VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
	" ON CONFLICT (device, receiver) DO UPDATE SET"
	" first = min(first, ?3), last = max(last, ?4),"
	" count = count + ?5, sunk = sunk + ?6, names = names + ?7";

int fold_init(struct fold *fold, sqlite3 *db, uint32_t an_hour)
{
	int rc;

	*fold = (struct fold){ .db = db };
	allowance_init(&fold->allowance, an_hour);
	if (pairs_init(&fold->pairs, RECEIVERS, RECEIVERS_TEXT) < 0 ||
	    bloom_init(&fold->receivers, RECEIVERS_BITS) < 0 ||
	    bloom_init(&fold->names, NAMES_BITS) < 0)
		return SQLITE_NOMEM;
	rc = database_prepare(db, update_sql, &fold->update);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, insert_sql, &fold->insert);
	return rc;
}

void fold_release(struct fold *fold)
{
	sqlite3_finalize(fold->update);
	sqlite3_finalize(fold->insert);
	pairs_release(&fold->pairs);
	bloom_release(&fold->receivers);
	bloom_release(&fold->names);
}

static uint64_t key_of(const struct fold *fold, int64_t device,
		       struct bytes receiver)
{
	return bloom_key(device, pairs_hash(&fold->pairs, receiver));
}

int fold_load(struct fold *fold)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(fold->db, "SELECT device, receiver"
				    " FROM ledger_more", -1, &stmt, NULL);

	pairs_clear(&fold->pairs);
	bloom_clear(&fold->receivers);
	bloom_clear(&fold->names);
	if (rc != SQLITE_OK)
		return rc;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const void *text = sqlite3_column_text(stmt, 1);
		int len = sqlite3_column_bytes(stmt, 1);

		bloom_put(&fold->receivers,
			  key_of(fold, sqlite3_column_int64(stmt, 0),
				 bytes_of(text, (size_t)len)));
	}
	return sqlite3_finalize(stmt);
}

static int write_with(sqlite3_stmt *stmt, const struct pair *pair)
{
	pair_bind(stmt, pair);
	sqlite3_bind_int64(stmt, 7, pair->names);
	return database_run(stmt);
}

static void merge(struct pair *into, const struct pair *pair)
{
	if (into->count == 0 || pair->first < into->first)
		into->first = pair->first;
	if (pair->last > into->last)
		into->last = pair->last;
	into->count += pair->count;
	into->sunk += pair->sunk;
}

/*
 * Made-up names lie side by side, and so do their receivers: libpsl is asked
 * for one of them.  That one beside it may be a suffix of its own is neglected
 * here, where it is only about a sum.
 */
static struct bytes find_receiver(struct fold *fold, const struct pair *pair)
{
	struct bytes name = bytes_of(pair->name, pair->len), receiver;
	const char *dot = memchr(pair->name, '.', pair->len);
	struct fold_parent *known;
	uint64_t hash;

	if (dot == NULL)
		return name;
	hash = hash_bytes(&fold->pairs.key, dot,
			  (size_t)(pair->name + pair->len - dot));
	known = &fold->parents[hash % FOLD_PARENTS];
	if (known->hash == hash && known->receiver != 0)
		return bytes_of(name.at + name.len - known->receiver,
				known->receiver);
	receiver = receiver_of(name);
	if (receiver.at > (const uint8_t *)dot)
		*known = (struct fold_parent){ hash, receiver.len };
	return receiver;
}

static bool may_stand_alone(struct fold *fold, int64_t device,
			    struct bytes receiver, uint64_t now)
{
	return bloom_has(&fold->receivers, key_of(fold, device, receiver)) ||
	       allowance_has(&fold->allowance, device, now);
}

int fold_add(struct fold *fold, const struct pair *pair, uint64_t key,
	     uint64_t now)
{
	struct bytes receiver = find_receiver(fold, pair);
	struct pair *into;
	int rc = SQLITE_OK;

	if (!may_stand_alone(fold, pair->who, receiver, now))
		receiver = others;
	into = pairs_take(&fold->pairs, pair->who, receiver);
	if (into == NULL) {
		rc = fold_write(fold, now);
		into = pairs_take(&fold->pairs, pair->who, receiver);
	}
	if (rc != SQLITE_OK || into == NULL)
		return rc;
	merge(into, pair);
	if (fold->names.count >= NAMES_MOST)
		bloom_clear(&fold->names);
	if (!bloom_put(&fold->names, key) && into->names < UINT16_MAX)
		into->names++;
	return rc;
}

/* Only now is it known for sure whether a receiver is new. */
static int write_one(struct fold *fold, struct pair *pair, uint64_t now)
{
	int rc = write_with(fold->update, pair);

	if (rc != SQLITE_OK || sqlite3_changes(fold->db) > 0)
		return rc;
	if (allowance_take(&fold->allowance, pair->who, now)) {
		bloom_put(&fold->receivers, bloom_key(pair->who, pair->hash));
	} else {
		pair->name = (const char *)others.at;
		pair->len = (uint16_t)others.len;
	}
	return write_with(fold->insert, pair);
}

int fold_write(struct fold *fold, uint64_t now)
{
	int rc = SQLITE_OK;

	for (uint32_t i = 0; i < fold->pairs.count && rc == SQLITE_OK; i++)
		rc = write_one(fold, &fold->pairs.at[i], now);
	pairs_clear(&fold->pairs);
	return rc;
}
