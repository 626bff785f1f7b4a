/*
 * ring: entries from one writer to one reader, in a mapped file.
 *
 *	 head: next to write (writer)      tail: next to free (reader)
 *	 |                                 |
 *	 [ entry | entry |  free  |  free  | entry | entry | entry ]
 *
 * Both only rise; an entry's place is its number modulo the number of slots.
 * The file lies on tmpfs and outlives the process: what was published is
 * there for the next start.  The identity in its header, drawn when the file
 * is made, lets the reader tell a ring it knows from a new one: it keeps
 * (identity, tail) with its rows, so that each entry is stored exactly once.
 *
 * A full ring is never waited for.  What does not fit is counted in the
 * header as the open gap; the first entry that fits again is preceded by an
 * ENTRY_GAP that closes it.  A reader that finds the writer dead takes an
 * open gap from the header.
 */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry;

struct ring {
	struct ring_header *header;
	struct entry *slots;
	uint64_t mask;		/* number of slots - 1 */
	uint64_t seen_tail;	/* writer: the tail it saw last */
	size_t mapped;
	char *path;
};

/* The gap that is open, as it stands in the header; count 0: none. */
struct ring_gap {
	uint64_t since;		/* wall, microseconds */
	uint64_t until;
	uint64_t count;
};

/*
 * Makes a new ring file with `slots` (a power of two) or, where the file is
 * a whole ring of this version already, opens it as it is, whatever its size.
 * ERROR_FOREIGN: a file of another version or no ring; ERROR_DAMAGED: a ring
 * whose header does not add up.  0600.  All its blocks are taken at once: a
 * full tmpfs is an error here.
 */
int ring_open(struct ring *ring, const char *path, uint32_t slots);

/* Opens only what is there: ERROR_ABSENT, ERROR_FOREIGN, ERROR_DAMAGED. */
int ring_open_existing(struct ring *ring, const char *path);

void ring_close(struct ring *ring);

/* 16 bytes that no other ring has. */
const uint8_t *ring_identity(const struct ring *ring);

/*
 * Writer.  `ring_claim` gives `count` (1 or 2) consecutive free entries by
 * ring_slot(ring, first), ring_slot(ring, first + 1), or false: then the
 * query is already counted in the gap.  `ring_publish` makes them visible.
 */
bool ring_claim(struct ring *ring, unsigned count, uint64_t wall,
		uint64_t *first);
void ring_publish(struct ring *ring, uint64_t first, unsigned count);

/*
 * Writer: turns an open gap into an entry as soon as there is room; true if
 * it published one.  `wall` is now: no gap ends later.  A reader that finds
 * the writer dead may do this too, and then stores the gap like any entry.
 */
bool ring_settle_gap(struct ring *ring, uint64_t wall);

/* Writer: is a gap open? */
bool ring_has_gap(const struct ring *ring);

/* Reader or writer. */
struct entry *ring_slot(const struct ring *ring, uint64_t number);
uint64_t ring_head(const struct ring *ring);
uint64_t ring_tail(const struct ring *ring);
uint64_t ring_lost(const struct ring *ring);	/* since the file was made */

/*
 * Reader: everything before `tail` is stored and its room is free.  Ignored
 * if that was freed before or was never published.
 */
void ring_free_until(struct ring *ring, uint64_t tail);

/*
 * Reader, when no writer lives: the open gap, taken out of the header.  It is
 * gone if the reader is killed before it is stored: see ring_settle_gap.
 */
struct ring_gap ring_take_gap(struct ring *ring);

#endif
