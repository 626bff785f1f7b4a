/*
 * subtree: a name and what is below it, asked of names as rows have them.
 */
#ifndef JOURNAL_SUBTREE_H
#define JOURNAL_SUBTREE_H

#include <stdbool.h>

#include "base/bytes.h"
#include "dns/name.h"

struct subtree {
	struct name name;
	char text[NAME_TEXT];	/* as name_print prints it */
	size_t len;
};

/* 0 or ERROR_MALFORMED. */
int subtree_parse(struct subtree *subtree, struct bytes text);

/* `name` as name_print prints it, any case.  All names are below the root. */
bool subtree_holds(const struct subtree *subtree, struct bytes name);

/* Only the name itself. */
bool subtree_is(const struct subtree *subtree, struct bytes name);

#endif
