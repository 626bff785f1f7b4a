/*
 * receiver: to whom a name belongs: its registrable domain, by the public
 * suffix list (https://publicsuffix.org) that libpsl brings.
 *
 *	a.b.example.co.uk	example.co.uk
 *	foo.github.io		foo.github.io	(a private suffix counts)
 *	localhost, co.uk	as they are
 *
 * Without libpsl the last two labels, or three where the last but one is a
 * short word of registries (co, com, net, org, ac, gov, edu) below a
 * country's.
 */
#ifndef JOURNAL_RECEIVER_H
#define JOURNAL_RECEIVER_H

#include "base/bytes.h"

/*
 * The part of `name` (as name_print prints it, any case) that is its
 * receiver: it lies in `name`.  A name with escapes is cut by its labels
 * alone.  Any thread.
 */
struct bytes receiver_of(struct bytes name);

#endif
