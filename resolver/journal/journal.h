/*
 * journal: the record of every query, kept by a thread of its own.
 *
 *	worker -> ring (tmpfs, mapped) -> journal thread -> writer -> disk
 *
 * A worker publishes an entry before it sends the reply and never waits.  The
 * journal thread sleeps until there is something to store and a commit is due
 * (commit_ms after the first entry, or a ring a quarter full, or somebody
 * asks), stores all that is there in one transaction together with each
 * ring's new tail, and only then frees the rings: an entry is stored exactly
 * once, whenever the process is killed.  While the disk says no, entries stay
 * in the rings, then the gaps count.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/ring.h"
#include "journal/edit.h"
#include "journal/keeping.h"

struct image;
struct journal;

struct journal_options {
	bool enabled;		/* false: entries go nowhere (null writer) */
	const char *path;	/* of the database */
	const char *rings;	/* folder of the ring files, on tmpfs */
	unsigned workers;	/* rings to have */
	uint32_t slots;		/* of each ring; a power of two */
	uint32_t commit_ms;	/* at most this long after the first entry */
	struct keeping keeping;
	gid_t group;		/* owns the database; (gid_t)-1: as it comes */
};

struct journal_counts {
	bool enabled;
	int error;		/* of the last commit; 0: it worked */
	uint64_t rows;		/* stored since the start, drained ones too */
	uint64_t lost;		/* in gaps since the start, open ones too */
	uint64_t drained;	/* left by an earlier run, found at start */
	uint64_t commits;
	uint64_t wal_bytes;
	uint64_t database_bytes;
	uint64_t blocks;	/* in the database: rows are sealed in them */
	uint64_t sealed_rows;
	uint64_t block_bytes;
	uint64_t written;	/* bytes given to the disk since the start */
	uint64_t since;		/* the start: microseconds since boot */
	uint64_t waiting;	/* in the rings now */
	uint64_t room;		/* slots of all rings */
};

/*
 * Opens or makes the database (migrating an older one), drains every ring an
 * earlier run has left, however many, and makes the rings.  What SQLite
 * cannot open is set aside under another name and a new one begun.  Errors
 * are logged; only a folder that cannot be used fails.  Main thread.
 */
int journal_open(struct journal **journal,
		 const struct journal_options *options);

int journal_start(struct journal *journal);	/* the thread */

/* Stores what is left, ends the thread, removes the rings; frees. */
void journal_close(struct journal *journal);

/* The ring of a worker, from 0; NULL when the journal is not enabled. */
struct ring *journal_ring(struct journal *journal, unsigned worker);

/*
 * Worker, once a turn, whether it published or not: wakes the thread when
 * that is due; else a few nanoseconds.
 */
void journal_nudge(struct journal *journal, unsigned worker);

/*
 * Stores serial -> lists of an image; returns when that is on disk, or failed
 * (logged), or after two seconds (ERROR_TIMEOUT).  Before the image is
 * switched in.  What could not be stored is kept, and stored before the next
 * rows; the image itself is not needed any more.
 */
int journal_note_image(struct journal *journal, const struct image *image);

/*
 * Asks for a commit of all that was published before this call and calls
 * `done` from the journal thread: with 0 or an error, and the last row's
 * number.  `context` must live until then.  Without a thread (not started, or
 * not enabled), and without memory, `done` is called right here.
 */
void journal_commit(struct journal *journal,
		    void (*done)(void *context, int error, int64_t last_row),
		    void *context);

/*
 * Main thread.  A small change besides the rows: when all that was published
 * before this call is stored, `apply` is called in the journal thread, then
 * `done`, there too: with 0, or with an error and nothing changed.  `context`
 * must live until then.  Without a thread both are called right here.
 * ERROR_ABSENT (the journal is not enabled), -ENOMEM: neither is called.
 */
int journal_edit(struct journal *journal, edit_apply *apply, void *context,
		 void (*done)(void *context, int error));

void journal_count(struct journal *journal, struct journal_counts *counts);

#endif
