/*
 * own_text: a change of the text of own.rules, in memory.  For own_file.c, and
 * for nobody else.
 */
#ifndef POLICY_OWN_TEXT_H
#define POLICY_OWN_TEXT_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/text.h"

struct own_rule;

enum own_verb { OWN_ADD, OWN_REMOVE, OWN_RESUME };

struct own_change {
	uint8_t verb;
	const struct own_rule *rule;	/* RESUME: NULL for all */
	int64_t now;			/* seconds since 1970 */
};

struct own_changed {
	uint8_t *at;			/* the new text; the caller frees it */
	size_t len;
	unsigned matched;		/* rules that were the same */
	struct text what;		/* set by the caller: for undo */
};

/*
 * Rules that expired more than a day ago are left out, every other line is
 * taken over byte for byte.  0; ERROR_FULL with OWN_RULES already there, or a
 * rule too long for a line; -ENOMEM.
 */
int own_text_change(struct bytes old, const struct own_change *change,
		    struct own_changed *new);

#endif
