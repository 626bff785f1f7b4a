/*
 * pairs: who asked for what, each pair once with its counts, in memory that
 * is taken when it is made and never grows.
 *
 * Who is a number of the caller's: a device, or a client.  Names are compared
 * byte by byte and kept in lower case.  One thread.
 */
#ifndef JOURNAL_PAIRS_H
#define JOURNAL_PAIRS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hash.h"

struct pair {
	int64_t who;
	uint64_t first, last;	/* microseconds since 1970 */
	const char *name;	/* NUL-terminated, in the pairs */
	uint32_t count, sunk;
	uint32_t hash;		/* of the name alone */
	uint16_t len;
	uint16_t names;		/* the caller's */
};

struct pairs {
	struct hash_key key;
	struct pair *at;	/* in the order they came */
	uint32_t count, room;
	uint32_t *slots;	/* 1 + where in `at`; 0: empty */
	uint32_t mask;
	char *text;
	size_t used, text_room;
};

/* `room` is a power of two.  0 or -ENOMEM. */
int pairs_init(struct pairs *pairs, uint32_t room, size_t text_room);
void pairs_release(struct pairs *pairs);
void pairs_clear(struct pairs *pairs);

/*
 * The pair, new ones with all counts 0; NULL: there is no room.  What of a
 * name is beyond NAME_TEXT is cut off: we never print one so long.
 */
struct pair *pairs_take(struct pairs *pairs, int64_t who, struct bytes name);

/* The pair that is there, or NULL. */
struct pair *pairs_find(struct pairs *pairs, int64_t who, struct bytes name);

/* Who, name, first, last, count and sunk, as parameters 1 to 6. */
static inline void pair_bind(sqlite3_stmt *stmt, const struct pair *pair)
{
	sqlite3_bind_int64(stmt, 1, pair->who);
	sqlite3_bind_text(stmt, 2, pair->name, pair->len, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, (sqlite3_int64)pair->first);
	sqlite3_bind_int64(stmt, 4, (sqlite3_int64)pair->last);
	sqlite3_bind_int64(stmt, 5, pair->count);
	sqlite3_bind_int64(stmt, 6, pair->sunk);
}

/* One more query, at `time`. */
static inline void pair_count(struct pair *pair, uint64_t time, bool sunk)
{
	if (pair->count == 0 || time < pair->first)
		pair->first = time;
	if (time > pair->last)
		pair->last = time;
	pair->count++;
	pair->sunk += sunk;
}

/* By who, then name, as SQLite's BINARY sorts it. */
int pair_compare(const struct pair *one, const struct pair *other);

/* Of a name in lower case, as pair.hash has it. */
static inline uint32_t pairs_hash(const struct pairs *pairs,
				  struct bytes lower)
{
	return (uint32_t)hash_bytes(&pairs->key, lower.at, lower.len);
}

#endif
