/*
 * told: what was said of something last, so that only changes are said.
 *
 * Both are kept as hashes.  At most TOLD_ROOM things; when there are more,
 * all is forgotten and said anew.  One thread.
 */
#ifndef DEVICE_TOLD_H
#define DEVICE_TOLD_H

#include <stdbool.h>

#include "base/bytes.h"

enum { TOLD_ROOM = 16384 };

struct told;

struct told *told_new(void);	/* NULL: no memory */
void told_free(struct told *told);	/* NULL is fine */

/* Is it another word than the last time?  From now on it was said. */
bool told_is_new(struct told *told, struct bytes what, struct bytes word);

void told_forget(struct told *told);	/* all of it */

#endif
