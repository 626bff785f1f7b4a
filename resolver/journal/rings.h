/*
 * rings: the ring files of one folder, and who may use it.
 *
 *	lock		held while a daemon uses the folder
 *	ring.N		a ring; N says nothing but which file
 *	ring.N.damaged	one that could not be read
 *
 * What an earlier run has left is there after rings_open, whatever number of
 * workers it had; what is drained is removed; what cannot be drained now goes
 * on being used.
 */
#ifndef JOURNAL_RINGS_H
#define JOURNAL_RINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "journal/writer.h"

struct rings {
	char *folder;
	int lock;
	struct writer_source *sources;	/* the first `workers` have a worker */
	unsigned count, workers;
};

/* Locks and looks.  -errno, or ERROR_BUSY: another daemon is there. */
int rings_open(struct rings *rings, const char *folder);

/* Rings for so many workers: those that are left, and new ones. */
int rings_make(struct rings *rings, unsigned workers, uint32_t slots);

/* No worker lives any more: open gaps are taken from now on. */
void rings_end(struct rings *rings);

/* Looks how far each ring is filled; false: there is nothing to store. */
bool rings_collect(struct rings *rings);

/*
 * What was collected is stored: its room is free, and rings without a worker
 * are gone.
 */
void rings_stored(struct rings *rings, struct writer *writer);

/* Entries that nobody has stored yet. */
uint64_t rings_waiting(const struct rings *rings);

/* What the rings of workers have lost since their files were made. */
uint64_t rings_lost(const struct rings *rings);

/* A quarter: three more are there for the time that a commit takes. */
static inline bool rings_is_full(const struct ring *ring)
{
	return ring_head(ring) - ring_tail(ring) > ring->mask / 4;
}

bool rings_any_full(const struct rings *rings);

/* The files stay, where they are not removed by rings_stored. */
void rings_close(struct rings *rings);

#endif
