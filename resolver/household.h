/*
 * household: makes the house that policy goes by out of the configuration,
 * the household's own rules, the devices that are known, and the time.
 */
#ifndef HOUSEHOLD_H
#define HOUSEHOLD_H

#include <stdint.h>

#include "base/address.h"

struct house;
struct neighbours;
struct own;
struct settings;

/* The group of all that are in no other. */
#define HOUSEHOLD_DEFAULT "default"

struct household {
	const struct settings *settings;
	struct addresses upstreams;	/* whom we ask */
	const struct neighbours *neighbours;	/* or NULL: no MAC is known */
	struct own *own;		/* taken over; or NULL */
	int64_t now;			/* seconds since 1970 */
};

/* NULL: no memory, and `own` still the caller's. */
struct house *household_new(const struct household *from);

/*
 * The first second after `now` at which a list is switched on or off by its
 * times; INT64_MAX: never.
 */
int64_t household_next(const struct settings *settings, int64_t now);

#endif
