/*
 * guess: what a text looks like, and what it says of itself.
 *
 * A list's own name for what it is cannot be trusted more than its lines.
 */
#ifndef SUBSCRIBE_GUESS_H
#define SUBSCRIBE_GUESS_H

#include <stdbool.h>

#include "base/bytes.h"

/* Of UTF-8; enum list_format, never AUTO. */
unsigned guess_format(struct bytes text);

/* Does its header say that names are meant with all below them? */
bool guess_subdomains(struct bytes text);

#endif
