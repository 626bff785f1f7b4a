/*
 * writer: where the journal goes: a table of functions.  writer_null is the
 * one that keeps nothing, writer_sqlite the one people use.
 *
 * Used by the journal thread, and before it runs by the main thread.
 */
#ifndef JOURNAL_WRITER_H
#define JOURNAL_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ring.h"
#include "journal/edit.h"
#include "policy/image.h"

struct keeping;
struct writer;

/* What one ring has for the writer. */
struct writer_source {
	struct ring *ring;	/* NULL: it was damaged; only the gap */
	uint64_t from, until;	/* numbers of the entries */
	/*
	 * After them.  Without a ring a count of 0 says: nobody knows how
	 * many.
	 */
	struct ring_gap gap;
	bool ended;		/* no worker writes to the ring any more */
};

/* An image as the journal keeps it: what its rule numbers mean. */
struct writer_image {
	uint32_t serial;
	uint64_t time, rules;
	uint8_t inputs[32];
	unsigned list_count;
	struct image_list lists[];
};

struct writer_size {
	uint64_t database, wal;	/* bytes */
	uint64_t rows;		/* stored since it was made */
	uint64_t commits;	/* likewise */
	uint64_t unreadable;	/* entries that were nonsense, likewise */
	int64_t last_row;	/* number of the last row */
	uint64_t blocks;	/* that rows are sealed in, now */
	uint64_t sealed_rows;	/* in them */
	uint64_t block_bytes;	/* of them, packed */
	uint64_t written;	/* bytes to the disk, since it was made */
};

struct writer_ops {
	const char *name;
	/*
	 * One transaction: all entries of all sources, in the order of their
	 * time, and each ring's identity with its `until`.  Entries that the
	 * writer has from this ring already are left out, whatever `from`
	 * says.  When a ring has ended, all it has ever lost is in gaps
	 * afterwards.  0 or an error: then nothing of it was stored.
	 * ERROR_DAMAGED: what was there is set aside and something new begun;
	 * note the images again and try once more.
	 */
	int (*store)(struct writer *writer,
		     const struct writer_source *sources, unsigned count);
	/* The files of all rings it has seen are gone. */
	int (*forget)(struct writer *writer);
	/* The same image twice is kept once.  Errors as those of store. */
	int (*note_image)(struct writer *writer,
			  const struct writer_image *image);
	/*
	 * What `apply` does, in one transaction.  When `apply` gives another
	 * code than SQLITE_OK nothing of it stays; what it refuses by itself
	 * (SQLITE_NOTFOUND: ERROR_ABSENT) is no trouble of the writer's.
	 */
	int (*edit)(struct writer *writer, edit_apply *apply, void *context);
	void (*measure)(struct writer *writer, struct writer_size *size);
	/* What is stored and not sealed is sealed now. */
	int (*seal)(struct writer *writer);
	/*
	 * A piece, some ten milliseconds long, of work that can wait; false:
	 * there is none left.
	 */
	bool (*idle)(struct writer *writer);
	void (*close)(struct writer *writer);
};

struct writer {
	const struct writer_ops *ops;
	char words[256];	/* why the last call failed, for the log */
};

struct writer *writer_null(void);

/*
 * -ENOMEM, or 0 even where the database cannot be opened (`words` says why):
 * every call tries again.
 */
struct writer_sqlite_options {
	const char *path;
	long group;		/* gid, or -1 */
	const struct keeping *keeping;	/* copied; NULL: everything */
};
int writer_sqlite(struct writer **writer,
		  const struct writer_sqlite_options *options);

#endif
