/*
 * salvage_ledger: the old ledger's counts, added to the new one's.
 */
#ifndef JOURNAL_SALVAGE_LEDGER_H
#define JOURNAL_SALVAGE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/name.h"

struct copy;

struct salvage_ledger {
	unsigned which;			/* 0: ledger, 1: ledger_more */
	int64_t device;			/* the last that came over */
	char name[NAME_TEXT];
	unsigned holes, tries;
	bool ended;
};

/* Within a transaction; the code of the new database. */
int salvage_ledger_some(struct salvage_ledger *ledger, struct copy *copy,
			unsigned limit);

#endif
