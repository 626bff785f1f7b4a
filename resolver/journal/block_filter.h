/*
 * block_filter: makes the filters that block_may_have looks at.
 *
 * What is put is counted once however often it comes, so that a filter is as
 * large as it must be.  Of a name at most its last 8 labels count, so that a
 * name costs 8 places at most; when there are too many, the filter is empty
 * and says "perhaps" of everything.  The form is in journal/FORMAT.
 */
#ifndef JOURNAL_BLOCK_FILTER_H
#define JOURNAL_BLOCK_FILTER_H

#include "base/bytes.h"

struct block_filter;

struct block_filter *block_filter_new(void);	/* NULL: no memory */
void block_filter_free(struct block_filter *filter);

void block_filter_begin(struct block_filter *filter);
void block_filter_put_client(struct block_filter *filter,
			     struct bytes address);
void block_filter_put_name(struct block_filter *filter, struct bytes name);

/* Until the next block_filter_begin; 0 or -ENOMEM. */
int block_filter_end(struct block_filter *filter, struct bytes *bits);

#endif
