/*
 * cut: a record in the middle of a message becomes shorter, and what follows
 * it moves up.
 *
 * Names behind it that are compressed by a pointer to a place behind it must
 * lead there still.  The caller plans the cut, which changes nothing and
 * refuses a message that is not whole or that is strangely knotted; rewrites
 * the end of the record's data; and then carries the cut out.
 *
 * A plan is 8 KiB and for one message; nothing allocates.
 */
#ifndef DNS_CUT_H
#define DNS_CUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct record;

enum { CUT_NAMES = 1024, CUT_MARKS = 65536 / 8 };

struct cut {
	struct bytes message;
	size_t rdata, from, end;	/* of the record; `from` on changes */
	unsigned names;			/* looked at so far */
	uint8_t marks[CUT_MARKS];	/* a bit: a pointer to correct */
};

/*
 * The data of the record from offset `from` on will change and become
 * shorter.  0; or ERROR_MALFORMED: the message is damaged, has more than
 * CUT_NAMES names, or has names in the bytes that change.
 */
int cut_plan(struct cut *cut, struct bytes message,
	     const struct record *record, size_t from);

/*
 * The data of the record now ends at `end`: its length and the pointers are
 * corrected, the rest moves up.  Once.  The message's new length.
 */
size_t cut_carry_out(const struct cut *cut, uint8_t *message, size_t end);

#endif
