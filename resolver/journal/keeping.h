/*
 * keeping: what of the queries is kept, and for how long.
 */
#ifndef JOURNAL_KEEPING_H
#define JOURNAL_KEEPING_H

#include <stdbool.h>
#include <stdint.h>

#include "journal/privacy.h"
#include "journal/retention.h"

struct keeping {
	struct privacy_options privacy;		/* what is borrowed */
	struct retention_options retention;	/* but for its devices */
	uint32_t new_names;	/* as ledger_options has it */
};

/* Would the same be kept? */
bool keeping_alike(const struct keeping *one, const struct keeping *other);

#endif
