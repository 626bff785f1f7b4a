/*
 * formerly: which names a list had at an earlier time, by the versions of it
 * that are kept (subscribe/shelf.h).
 */
#ifndef COMMANDS_FORMERLY_H
#define COMMANDS_FORMERLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct formerly;
struct settings;

/* Reads nothing yet.  NULL: no memory. */
struct formerly *formerly_new(const struct settings *settings);
void formerly_free(struct formerly *formerly);	/* NULL is fine */

/*
 * Did the list have a rule for that name (printed) at `time`, in seconds?  By
 * its version of then, or the oldest that is kept.  A list that came later had
 * nothing.  Where nobody can know it is true, also for a list of more than
 * FORMERLY_RULES rules.  Patterns are not looked at.
 */
enum { FORMERLY_RULES = 4 << 20 };
bool formerly_had(struct formerly *formerly, const char *list, uint64_t time,
		  struct bytes name);

#endif
