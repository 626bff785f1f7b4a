/*
 * shelf: the versions of one list that are kept.
 *
 *	STATE/lists/NAME/index	"SERIAL TIME DIGEST BYTES RULES", oldest first
 *	STATE/lists/NAME/7.txt	the text of version 7, byte for byte
 */
#ifndef SUBSCRIBE_SHELF_H
#define SUBSCRIBE_SHELF_H

#include "base/bytes.h"
#include "subscribe/list.h"

enum { SHELF_VERSIONS = 10 };

struct shelf {
	char *folder;
	struct list_version at[SHELF_VERSIONS];	/* oldest first */
	unsigned count;
};

/*
 * Reads what is there; an empty shelf is none too few.  ERROR_MALFORMED: no
 * name for a list.  After 0 comes shelf_release.
 */
int shelf_open(struct shelf *shelf, const char *state, const char *name);
void shelf_release(struct shelf *shelf);

/* The last; NULL: there is none. */
const struct list_version *shelf_newest(const struct shelf *shelf);

/*
 * The text of a version into memory that the caller frees.  ERROR_ABSENT, or
 * ERROR_DAMAGED when it is not what was put there.
 */
int shelf_read(const struct shelf *shelf, uint64_t serial, uint8_t **at,
	       size_t *len);

/* Puts a version at the end; what is too old goes. */
int shelf_put(struct shelf *shelf, const struct list_version *version,
	      struct bytes text);

#endif
