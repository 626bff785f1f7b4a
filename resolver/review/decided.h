/*
 * decided: the household's decisions (journal/decisions.h), looked up by a
 * name or by what it stands below.
 */
#ifndef REVIEW_DECIDED_H
#define REVIEW_DECIDED_H

#include <sqlite3.h>

#include "base/bytes.h"
#include "journal/decisions.h"

struct decided;

/* 0 or an error (ERROR_FULL: over 65,536 of them).  *decided NULL then. */
int decided_load(struct decided **decided, sqlite3 *db);
void decided_free(struct decided *decided);	/* NULL is fine */

/* The nearest decision for a name in lower case; NULL: none. */
const struct decision *decided_find(const struct decided *decided,
				    struct bytes name);

#endif
