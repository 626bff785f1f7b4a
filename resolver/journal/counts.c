/*
 * Changed once a commit and read by people: a lock is good enough.
 */
#include "journal/counts.h"

#include "journal/writer.h"

void counts_init(struct counts *counts)
{
	counts->now = (struct journal_counts){ 0 };
	pthread_mutex_init(&counts->lock, NULL);
}

void counts_release(struct counts *counts)
{
	pthread_mutex_destroy(&counts->lock);
}

void counts_put(struct counts *counts, const struct writer_size *size,
		int error)
{
	struct journal_counts *now = &counts->now;

	pthread_mutex_lock(&counts->lock);
	now->error = error;
	now->rows = size->rows;
	now->lost = size->unreadable;
	now->wal_bytes = size->wal;
	now->database_bytes = size->database;
	now->commits = size->commits;
	now->blocks = size->blocks;
	now->sealed_rows = size->sealed_rows;
	now->block_bytes = size->block_bytes;
	now->written = size->written;
	pthread_mutex_unlock(&counts->lock);
}

struct journal_counts counts_get(struct counts *counts)
{
	struct journal_counts now;

	pthread_mutex_lock(&counts->lock);
	now = counts->now;
	pthread_mutex_unlock(&counts->lock);
	return now;
}
