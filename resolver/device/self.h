/*
 * self: the machine we run on: its name and its addresses, so that what it
 * asks itself is its own.
 */
#ifndef DEVICE_SELF_H
#define DEVICE_SELF_H

#include <stdbool.h>

#include "base/address.h"
#include "base/mac.h"
#include "device/found.h"

enum { SELF_ROOM = 128 };

/*
 * It has one MAC here, whatever it has in truth: that of the first interface,
 * one that was given by its maker if there is any; all zeros where no
 * interface has one.  The same as before as long as it is there.
 */
struct self {
	bool looked;
	struct mac mac;
	char name[FOUND_NAME];		/* gethostname(2); "": none */
	struct address at[SELF_ROOM];	/* loopback's, too; no port or scope */
	unsigned count;
};

/* Looks anew; all zeros at first.  0, or a negative error and no addresses. */
int self_look(struct self *self);

/* Is it one of those? */
bool self_has(const struct self *self, const struct address *address);

#endif
