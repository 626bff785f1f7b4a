/*
 * compiler: from lists to the policy image, in one run.
 *
 *	lock      one at a time in a state folder
 *	fetch     what is due, list by list			(network)
 *	open      every file that is needed
 *	child     low priority; no network, no files (confine.h):
 *	          reads strangers' text, writes the image
 *	commit    new versions on the shelf, the image by rename
 *
 * Nothing is changed unless all of it has worked.  Serials of images only
 * rise, because the journal has rows that name them; so the last one is also
 * kept in STATE/serial, for the day when the image cannot be read.
 */
#ifndef SUBSCRIBE_COMPILER_H
#define SUBSCRIBE_COMPILER_H

#include <stdbool.h>
#include <stdint.h>

#include "subscribe/list.h"
#include "subscribe/update.h"

struct compiler_options {
	const char *state;
	const struct list_options *lists;
	unsigned list_count;
	uint64_t regexes;		/* the most that an image takes */
	struct addresses upstreams;	/* who is asked for hosts of URLs */
	const char *const *only;	/* look at these alone; or NULL */
	unsigned only_count;
	bool now;			/* look whether it is due or not */
	bool force;			/* believe what has shrunk, and write
					 * an image though nothing changed */
	void (*progress)(void *context, const char *list, uint64_t got,
			 uint64_t expected);	/* or NULL */
	void *context;
};

struct compiler_result {
	struct update_report *reports;	/* of each list; disabled ones: zeros */
	bool same;			/* nothing to do: the image stays */
	uint32_t serial;		/* of the image */
	char trouble[512];		/* of an error */
};

/*
 * 0; or a negative number with a sentence in *result.  In any case
 * compiler_release.
 */
int compiler_run(const struct compiler_options *options,
		 struct compiler_result *result);
void compiler_release(struct compiler_result *result,
		      const struct compiler_options *options);

/* When the first list is due, seconds since 1970; INT64_MAX: never. */
int64_t compiler_next(const struct compiler_options *options);

#endif
