/*
 * own_undo: own.rules as it was before each of the last changes.  For
 * own_file.c, and for nobody else.
 *
 *	STATE/own.rules.undo.N		N rises; a head line, then the old text
 *
 * The head is the checksum of the text after the change, in 16 hexadecimal
 * digits, and what was done.
 */
#ifndef POLICY_OWN_UNDO_H
#define POLICY_OWN_UNDO_H

#include <stdint.h>

#include "base/bytes.h"
#include "policy/own_line.h"

struct own_kept {
	uint32_t number;		/* set by last */
	uint64_t after;			/* checksum of what it became */
	char what[OWN_LINE];
	struct bytes old;
	uint8_t *at;			/* the file; freed by release */
};

/* Keeps it, and drops the oldest ones when there are more than OWN_UNDO. */
int own_undo_keep(const char *state, const struct own_kept *kept);

/* The last that is kept; ERROR_ABSENT: none is; ERROR_DAMAGED, -errno. */
int own_undo_last(const char *state, struct own_kept *kept);
void own_undo_release(struct own_kept *kept);

int own_undo_drop(const char *state, uint32_t number);

#endif
