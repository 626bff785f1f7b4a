/*
 * found: what files and servers say is behind addresses: a MAC, a name.  Of
 * each address the last word counts.
 *
 * At most FOUND_ROOM addresses; what comes on top is refused.  One thread.
 */
#ifndef DEVICE_FOUND_H
#define DEVICE_FOUND_H

#include <stdbool.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/mac.h"

enum { FOUND_NAME = 64, FOUND_ROOM = 4096 };

struct found {
	struct address address;
	bool has_mac;
	struct mac mac;
	char name[FOUND_NAME];	/* "": none */
};

struct founds;

struct founds *founds_new(void);	/* NULL: no memory */
void founds_free(struct founds *founds);	/* NULL is fine */
void founds_clear(struct founds *founds);

/* False: there is no room, or that is no address of a device. */
bool founds_put(struct founds *founds, const struct found *found);
void founds_drop(struct founds *founds, const struct address *address);

/* NULL: nothing is said of it.  Valid until the next change. */
const struct found *founds_find(const struct founds *founds,
				const struct address *address);

/* In the order in which they were found. */
void founds_each(const struct founds *founds,
		 bool (*each)(void *context, const struct found *found),
		 void *context);

/*
 * A host name as it is shown: letters, digits, ".", "-" and "_", without a
 * dot at its end, at least one letter in it.  False, and "" in `name`: it is
 * none.
 */
bool found_name(struct bytes word, char name[FOUND_NAME]);

#endif
