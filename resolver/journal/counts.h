/*
 * counts: what the journal thread has done so far, for other threads to read.
 */
#ifndef JOURNAL_COUNTS_H
#define JOURNAL_COUNTS_H

#include <pthread.h>

#include "journal/journal.h"

struct writer_size;

struct counts {
	pthread_mutex_t lock;
	struct journal_counts now;
};

void counts_init(struct counts *counts);
void counts_release(struct counts *counts);

/* After a commit: what the writer has, and what came of it. */
void counts_put(struct counts *counts, const struct writer_size *size,
		int error);

/* Any thread: a copy. */
struct journal_counts counts_get(struct counts *counts);

#endif
