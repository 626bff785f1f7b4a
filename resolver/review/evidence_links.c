/*
 *	{ "previous": hash,
 *	  "links": [ { "link", "number", "last", "rows", "from_us",
 *		       "until_us", "hash", "sealed", "found" }, ... ],
 *	  "redactions": [ { "link", "time", "time_us", "reason", "gone",
 *			    "hash" }, ... ],
 *	  "end": { "link", "sealed" } }
 *
 * "found" is there for the links of the time that was asked for: the hash of
 * the block as it was when it was exported, null when there was none.  Of one
 * link everything is read in one transaction, so that a redaction is seen as
 * a whole or not at all; and between two links none is held.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_JANSSON

#include "review/evidence_links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "journal/database.h"
#include "review/evidence_tables.h"
#include "review/value.h"

/* --- from a journal --- */

struct reading {
	const struct evidence_stretch *stretch;
	sqlite3_stmt *find_link, *find_block, *find_redactions;
	json_t *links, *redactions;
	sqlite3_int64 link;	/* the last one that was taken */
	uint8_t sealed[EVIDENCE_HASH];
};

/* Anything but a hash is none, and is found out by the check. */
static void take_hash(sqlite3_stmt *row, int column,
		      uint8_t hash[EVIDENCE_HASH])
{
	const void *at = sqlite3_column_blob(row, column);

	memset(hash, 0, EVIDENCE_HASH);
	if (at != NULL && sqlite3_column_bytes(row, column) == EVIDENCE_HASH)
		memcpy(hash, at, EVIDENCE_HASH);
}

static json_t *integer_at(sqlite3_stmt *row, int column)
{
	return json_integer(sqlite3_column_int64(row, column));
}

/* The block's hash as it is now; null when it is gone. */
static json_t *found_block(struct reading *reading, sqlite3_int64 number)
{
	sqlite3_stmt *stmt = reading->find_block;
	uint8_t digest[SHA256_SIZE];
	json_t *found = json_null();

	sqlite3_bind_int64(stmt, 1, number);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		sha256_of(sqlite3_column_blob(stmt, 0),
			      (size_t)sqlite3_column_bytes(stmt, 0), digest);
		found = value_hex(digest, sizeof(digest));
	}
	sqlite3_reset(stmt);
	return found;
}

static bool is_wanted(const struct reading *reading, sqlite3_stmt *row)
{
	const struct evidence_stretch *stretch = reading->stretch;
	sqlite3_int64 from = sqlite3_column_int64(row, 4);
	sqlite3_int64 until = sqlite3_column_int64(row, 5);

	return until >= (sqlite3_int64)stretch->since &&
	       from < (sqlite3_int64)stretch->until;
}

static json_t *make_link(struct reading *reading, sqlite3_stmt *row)
{
	uint8_t hash[EVIDENCE_HASH];
	json_t *link;

	take_hash(row, 6, hash);
	take_hash(row, 7, reading->sealed);
	reading->link = sqlite3_column_int64(row, 0);
	link = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"link", integer_at(row, 0), "number", integer_at(row, 1),
		"last", integer_at(row, 2), "rows", integer_at(row, 3),
		"from_us", integer_at(row, 4), "until_us", integer_at(row, 5),
		"hash", value_hex(hash, sizeof(hash)),
		"sealed", value_hex(reading->sealed, sizeof(hash)));
	if (link != NULL && is_wanted(reading, row))
		json_object_set_new(link, "found", found_block(
			reading, sqlite3_column_int64(row, 1)));
	return link;
}

static json_t *make_redaction(sqlite3_stmt *row)
{
	const void *at = sqlite3_column_blob(row, 4);
	uint8_t hash[EVIDENCE_HASH];
	sqlite3_int64 time = sqlite3_column_int64(row, 1);

	take_hash(row, 4, hash);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",
		"link", integer_at(row, 0),
		"time", value_time(time > 0 ? (uint64_t)time : 0),
		"time_us", integer_at(row, 1),
		"reason", value_stored((const char *)
				       sqlite3_column_text(row, 2)),
		"gone", integer_at(row, 3),
		"hash", value_hex(hash, at != NULL ? sizeof(hash) : 0));
}

static int take_redactions(struct reading *reading)
{
	sqlite3_stmt *stmt = reading->find_redactions;
	bool room = true;

	sqlite3_bind_int64(stmt, 1, reading->link);
	while (room && sqlite3_step(stmt) == SQLITE_ROW)
		room = json_array_append_new(reading->redactions,
					     make_redaction(stmt)) == 0;
	return sqlite3_reset(stmt) == SQLITE_OK && room ? SQLITE_OK
							: SQLITE_NOMEM;
}

/* SQLITE_DONE: there was none behind the last. */
static int take_link(struct reading *reading)
{
	sqlite3_stmt *stmt = reading->find_link;
	int rc;

	sqlite3_bind_int64(stmt, 1, reading->link);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		rc = json_array_append_new(reading->links,
					   make_link(reading, stmt)) == 0 ?
		     SQLITE_OK : SQLITE_NOMEM;
	}
	sqlite3_reset(stmt);
	return rc == SQLITE_OK ? take_redactions(reading) : rc;
}

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int take_links(struct reading *reading)
{
	sqlite3 *db = reading->stretch->db;
	int rc;

	do {
		rc = run(db, "BEGIN");
		if (rc == SQLITE_OK)
			rc = take_link(reading);
		run(db, "COMMIT");
	} while (rc == SQLITE_OK);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* `sealed` of the link before the first that is wanted; zeros for none. */
static int find_start(struct reading *reading, uint8_t previous[EVIDENCE_HASH])
{
	sqlite3_stmt *stmt;
	int rc = database_prepare(reading->stretch->db,
		"SELECT link, sealed FROM chain WHERE link < coalesce("
		"(SELECT min(link) FROM chain WHERE until_time >= ?1"
		" AND from_time < ?2), 9223372036854775807)"
		" ORDER BY link DESC LIMIT 1", &stmt);

	memset(previous, 0, EVIDENCE_HASH);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, (sqlite3_int64)reading->stretch->since);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)reading->stretch->until);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		reading->link = sqlite3_column_int64(stmt, 0);
		take_hash(stmt, 1, previous);
		memcpy(reading->sealed, previous, EVIDENCE_HASH);
	}
	return sqlite3_finalize(stmt);
}

static int prepare(struct reading *reading)
{
	sqlite3 *db = reading->stretch->db;
	int rc = database_prepare(db, "SELECT link, number, last, rows, "
		"from_time, until_time, hash, sealed FROM chain "
		"WHERE link > ? ORDER BY link LIMIT 1", &reading->find_link);

	reading->link = INT64_MIN;
	reading->links = json_array();
	reading->redactions = json_array();
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "SELECT data FROM block_data "
				      "WHERE number = ?",
				      &reading->find_block);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "SELECT link, time, reason, gone, "
				      "hash FROM redaction WHERE link = ? "
				      "ORDER BY id",
				      &reading->find_redactions);
	return rc;
}

static json_t *make_end(const struct reading *reading)
{
	if (reading->link == INT64_MIN)
		return json_null();
	return json_pack("{s:I, s:o}", "link", (json_int_t)reading->link,
			 "sealed", value_hex(reading->sealed, EVIDENCE_HASH));
}

int evidence_tables_chain(const struct evidence_stretch *stretch,
			  json_t **into)
{
	struct reading reading = { .stretch = stretch };
	uint8_t previous[EVIDENCE_HASH];
	int rc = prepare(&reading);

	if (rc == SQLITE_OK)
		rc = find_start(&reading, previous);
	if (rc == SQLITE_OK)
		rc = take_links(&reading);
	sqlite3_finalize(reading.find_link);
	sqlite3_finalize(reading.find_block);
	sqlite3_finalize(reading.find_redactions);
	if (rc != SQLITE_OK) {
		json_decref(reading.links);
		json_decref(reading.redactions);
		return rc == SQLITE_NOMEM ? -ENOMEM
					  : database_error(stretch->db, rc);
	}
	*into = json_pack("{s:o, s:o, s:o, s:o}",
		"previous", value_hex(previous, sizeof(previous)),
		"links", reading.links, "redactions", reading.redactions,
		"end", make_end(&reading));
	return *into != NULL ? 0 : -ENOMEM;
}

/* --- from a file --- */

static bool read_number(const json_t *object, const char *key, int64_t *value)
{
	const json_t *number = json_object_get(object, key);

	*value = json_integer_value(number);
	return json_is_integer(number);
}

static bool read_hash(const json_t *object, const char *key,
		      uint8_t hash[EVIDENCE_HASH])
{
	return value_read_hex(json_object_get(object, key), hash,
			      EVIDENCE_HASH) == 0;
}

static bool read_link(struct evidence_link *link, const json_t *json)
{
	const json_t *found = json_object_get(json, "found");

	link->looked = found != NULL;
	link->found = link->looked && !json_is_null(found);
	return read_number(json, "link", &link->link) &&
	       read_number(json, "number", &link->number) &&
	       read_number(json, "last", &link->last) &&
	       read_number(json, "rows", &link->rows) &&
	       read_number(json, "from_us", &link->from) &&
	       read_number(json, "until_us", &link->until) &&
	       read_hash(json, "hash", link->hash) &&
	       read_hash(json, "sealed", link->sealed) &&
	       (!link->found || read_hash(json, "found", link->as_found));
}

static bool read_redaction(struct evidence_redaction *one, const json_t *json)
{
	const json_t *hash = json_object_get(json, "hash");

	one->is_left = hash != NULL && !json_is_null(hash);
	one->reason = json_string_value(json_object_get(json, "reason"));
	return one->reason != NULL && read_number(json, "link", &one->link) &&
	       read_number(json, "time_us", &one->time) &&
	       read_number(json, "gone", &one->gone) &&
	       (!one->is_left || read_hash(json, "hash", one->hash));
}

static bool read_end(struct evidence_chain *chain, const json_t *end)
{
	chain->has_end = !json_is_null(end);
	return end != NULL &&
	       (!chain->has_end ||
		(read_number(end, "link", &chain->end_link) &&
		 read_hash(end, "sealed", chain->end)));
}

static int refuse(struct text *trouble, const char *what, size_t place)
{
	text_put(trouble, "\"%s\", %zu: this is none that was exported", what,
		 place + 1);
	return ERROR_MALFORMED;
}

static int read_arrays(struct evidence_chain *chain, const json_t *links,
		       const json_t *redactions, struct text *trouble)
{
	for (size_t i = 0; i < json_array_size(links); i++)
		if (!read_link(&chain->links[i], json_array_get(links, i)))
			return refuse(trouble, "links", i);
	chain->link_count = (unsigned)json_array_size(links);
	for (size_t i = 0; i < json_array_size(redactions); i++)
		if (!read_redaction(&chain->redactions[i],
				    json_array_get(redactions, i)))
			return refuse(trouble, "redactions", i);
	chain->redaction_count = (unsigned)json_array_size(redactions);
	return 0;
}

int evidence_links_read(struct evidence_chain *chain, const json_t *json,
			struct text *trouble)
{
	const json_t *links = json_object_get(json, "links");
	const json_t *redactions = json_object_get(json, "redactions");

	*chain = (struct evidence_chain){ 0 };
	if (!json_is_array(links) || !json_is_array(redactions) ||
	    !read_hash(json, "previous", chain->previous) ||
	    !read_end(chain, json_object_get(json, "end"))) {
		text_put(trouble, "this is no chain");
		return ERROR_MALFORMED;
	}
	chain->links = calloc(json_array_size(links) + 1,
			      sizeof(*chain->links));
	chain->redactions = calloc(json_array_size(redactions) + 1,
				   sizeof(*chain->redactions));
	if (chain->links == NULL || chain->redactions == NULL)
		return -ENOMEM;
	return read_arrays(chain, links, redactions, trouble);
}

void evidence_links_release(struct evidence_chain *chain)
{
	free(chain->links);
	free(chain->redactions);
	*chain = (struct evidence_chain){ 0 };
}

#else

/* An empty file is none (C11, 6.9). */
extern const int evidence_links_is_not_built;

#endif
