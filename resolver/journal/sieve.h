/*
 * sieve: does a block or a row answer to a scan's filter?
 *
 * What is asked of a block is cheap and may say yes for nothing; what is asked
 * of a row is the truth.
 */
#ifndef JOURNAL_SIEVE_H
#define JOURNAL_SIEVE_H

#include "dns/name.h"
#include "journal/block.h"
#include "journal/scan.h"

struct sieve {
	struct scan_filter filter;	/* its strings and clients are ours */
	struct scan_client *clients;
	bool has_name;
	struct name name;
	char name_text[NAME_TEXT];
	size_t name_len;
};

/* A copy of the filter.  0, -ENOMEM, or ERROR_MALFORMED: the name is none. */
int sieve_init(struct sieve *sieve, const struct scan_filter *filter);
void sieve_release(struct sieve *sieve);

/* By its times and the filter beside it; false: no row of it is wanted. */
bool sieve_wants_block(const struct sieve *sieve,
		       const struct block_summary *summary,
		       struct bytes filter);

/* What block_select is to be asked for; it borrows the sieve. */
struct block_wanted sieve_wanted(struct sieve *sieve);

bool sieve_fits(const struct sieve *sieve, const struct row *row);

#endif
