/*
 * draft: terms that are being written, into memory of somebody else.
 *
 * What does not fit is left out and `full` says so; what makes no sense is
 * refused with words, and the writer stops.
 */
#ifndef POLICY_DRAFT_H
#define POLICY_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct draft {
	uint8_t *at;
	size_t room, len;
	bool full;
	const char *why;	/* NULL: nothing was refused; constant */
};

void draft_put(struct draft *draft, const void *at, size_t len);
void draft_put8(struct draft *draft, unsigned value);
void draft_put16(struct draft *draft, unsigned value);

/* Always false, for `return`. */
bool draft_refuse(struct draft *draft, const char *why);

/*
 * A section; what begin returned goes to end, which writes the length.  One
 * with nothing in it is taken back.
 */
size_t draft_begin(struct draft *draft, unsigned section);
void draft_end(struct draft *draft, size_t begun);

/*
 * An item of the section that began there, at its place in the order; one that
 * is there already is not added.  The value has ITEM_VALUE bytes at most.
 */
void draft_item(struct draft *draft, size_t begun, unsigned kind,
		struct bytes value);

#endif
