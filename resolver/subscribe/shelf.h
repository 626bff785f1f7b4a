/*
 * shelf: the versions of one list that are kept.
 *
 *	STATE/lists/NAME/index	a line each (version.h), oldest first
 *	STATE/lists/NAME/7.zst	the text of version 7, packed
 *	STATE/lists/NAME/6.txt	the text of version 6, as homebound 0.1 kept it
 *
 * For the compiler: it allocates and writes files.  One writer at a time.
 */
#ifndef SUBSCRIBE_SHELF_H
#define SUBSCRIBE_SHELF_H

#include "base/file.h"
#include "subscribe/version.h"

enum { SHELF_KEEP = 10 };

struct shelf {
	char *folder;
	struct list_version *at;	/* oldest first */
	unsigned count;
	unsigned keep;			/* the caller's; SHELF_KEEP at first */
};

/*
 * Reads what is there; an empty shelf is none too few.  ERROR_MALFORMED: no
 * name for a list.  After 0 comes shelf_release.
 */
int shelf_open(struct shelf *shelf, const char *state, const char *name);
void shelf_release(struct shelf *shelf);

/* STATE/lists/NAME, for the caller to free; ERROR_MALFORMED as above. */
int shelf_folder(char **folder, const char *state, const char *name);

/* The last; NULL: there is none. */
const struct list_version *shelf_newest(const struct shelf *shelf);

/* NULL: it is not kept. */
const struct list_version *shelf_find(const struct shelf *shelf,
				      uint64_t serial);

/*
 * Puts a version at the end, its text being all of the open file `fd`; what
 * is over `keep` goes.  ERROR_MALFORMED: its serial is not above the newest.
 * Killed half way it leaves the shelf as it was, or with the new version.
 */
int shelf_put(struct shelf *shelf, const struct list_version *version, int fd);

/*
 * The text of a version into `fd`, whatever was there (spool.h).
 * ERROR_ABSENT, or ERROR_DAMAGED when it is not what was put there; the file
 * is empty then.
 */
int shelf_extract(const struct shelf *shelf, uint64_t serial, int fd);

/*
 * The same in memory, until file_map_close; what it takes for that has no
 * name, in $TMPDIR or /tmp.
 */
int shelf_map(const struct shelf *shelf, uint64_t serial,
	      struct file_map *map);

#endif
