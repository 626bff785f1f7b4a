/*
 * dictionary: what rows only point to: upstream addresses and images.
 *
 * A few of each are remembered, so that a row asks the database for none.
 * All functions return SQLite's codes.
 */
#ifndef JOURNAL_DICTIONARY_H
#define JOURNAL_DICTIONARY_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/entry.h"

enum { DICTIONARY_RECENT = 16 };

struct writer_image;

struct dictionary {
	sqlite3_stmt *find_upstream, *put_upstream;
	sqlite3_stmt *find_image, *put_image, *find_same, *put_list;
	struct dictionary_upstream {
		struct entry_address address;
		sqlite3_int64 id;	/* 0: empty */
	} upstreams[DICTIONARY_RECENT];
	struct dictionary_image {
		uint32_t serial;
		sqlite3_int64 id;
	} images[DICTIONARY_RECENT];
	unsigned next_upstream, next_image;	/* to be overwritten next */
};

int dictionary_init(struct dictionary *dictionary, sqlite3 *db);
void dictionary_release(struct dictionary *dictionary);

/* After a rollback: what was learned may be gone from the database. */
void dictionary_forget(struct dictionary *dictionary);

/* The number that stands for it in a row; made when it is new. */
int dictionary_upstream(struct dictionary *dictionary,
			const struct entry_address *address,
			sqlite3_int64 *id);

/*
 * For the serial that an entry names: the image that was noted last with it.
 * One that was never noted gets a number too, and no lists.
 */
int dictionary_image(struct dictionary *dictionary, uint32_t serial,
		     sqlite3_int64 *id);

/* Within a transaction of the caller's. */
int dictionary_note_image(struct dictionary *dictionary,
			  const struct writer_image *image);

#endif
