/*
 * household: the house table, made from the settings.
 */
#ifndef HOUSEHOLD_H
#define HOUSEHOLD_H

#include "base/address.h"

struct house;
struct settings;

/*
 * Lists, sink and upstreams, and who may ask: the prefixes of the settings,
 * or, where those name none, private addresses and the networks that this
 * machine is in at this moment.  NULL: no memory.
 */
struct house *household_new(const struct settings *settings,
			    struct addresses upstreams);

#endif
