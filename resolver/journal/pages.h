/*
 * pages: rows of a database whose b-trees cannot be walked any more: each page
 * of the file, and of SQLite's log beside it, is looked at as if it were a
 * leaf of the table block_data (https://sqlite.org/fileformat2.html).
 *
 *	leaf	[ header, 8 | offsets of cells ...     cell | cell ]
 *	cell	[ length | number | record: header, NULL, blob | next ]
 *	next	[ page after | 4092 bytes of the blob ] -> ...
 *
 * A page may be what was deleted and not overwritten yet: whoever asks knows
 * what should be there (the chain), and that the bytes are a block (its
 * checksum).  Bounded memory: one blob and 8 bytes a page of the log.
 */
#ifndef JOURNAL_PAGES_H
#define JOURNAL_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct pages {
	int file, log;			/* log: -1: there is none */
	uint32_t size;			/* of a page */
	uint64_t count;			/* pages of the file */
	/* The page that each frame of the log is; later ones count more. */
	uint32_t *frames;
	size_t frame_count;
	uint8_t *leaf, *page, *blob;
	size_t room;			/* of blob */
};

/* 0 or -errno. */
int pages_open(struct pages *pages, const char *path);
void pages_close(struct pages *pages);

/* Places to look at: [0, this). */
uint64_t pages_end(const struct pages *pages);

/*
 * Every (number, blob) of the leaf at a place; the blob lies here until the
 * next.  `each` gives anything but 0 to stop, and gets it back.
 */
int pages_look(struct pages *pages, uint64_t at,
	       int (*each)(void *context, int64_t number, struct bytes blob),
	       void *context);

#endif
