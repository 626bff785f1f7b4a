/*
 * update: one list on its way from its sources into an image.
 *
 *	update_open	its shelf; is it held at a version?
 *	update_fetch	what is new, into a file		(network)
 *	update_choose	the last good version, or the one it is held at
 *	update_keep	its text, into a file
 *	------ from here on no network and no files: confine.h ------
 *	update_read	judge, and give the rules to `build`
 *	------ the process that waited for it, again ------
 *	update_commit	a new version that was believed goes on the shelf
 *
 * What is not believed: a page of HTML, what is no text, what has no rule or
 * under half of the rules of the last version (unless `force`).  Then the last
 * good version stays, and *report says why.
 *
 * For the compiler: it allocates, reads files and waits.
 */
#ifndef SUBSCRIBE_UPDATE_H
#define SUBSCRIBE_UPDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"
#include "subscribe/fetch.h"
#include "subscribe/list.h"
#include "subscribe/reading.h"
#include "subscribe/shelf.h"

struct build;

/* What became of a list; no pointers, so that it can be shared memory. */
struct update_report {
	struct list_version version;	/* in use now; serial 0: none */
	bool changed;			/* a new version was taken */
	bool refused;			/* a new text was not */
	bool held;			/* at a version, by a rollback */
	uint64_t rules;			/* read; doubles count twice */
	uint64_t rejected;		/* lines that are no rule */
	uint32_t first_rejected;	/* the first of them; 0: none */
	uint64_t left_out;		/* rules that nobody can honour here */
	uint64_t regexes;	/* that count */
	uint64_t surplus;	/* regexes over the limit, left out */
	uint32_t format;	/* as it was read */
	uint64_t next;		/* when its sources are due; 0: any time */
	char trouble[256];	/* "" or why the source was not taken */
};

struct update {
	const struct list_options *options;
	const char *state;
	struct update_report *report;	/* the caller's */
	struct shelf shelf;
	uint64_t held;			/* 0: not held */
	int fresh_fd, kept_fd;		/* -1: none */
	struct file_map fresh, kept;	/* len 0: none */
	struct list_version next;	/* what the fresh text would be */
	bool now;			/* look whether it is due or not */
	bool force;	/* look in any case, and believe what has shrunk */
};

/* 0, then comes update_close; or an error, and nothing is open. */
int update_open(struct update *update, const struct list_options *options,
		const char *state, struct update_report *report);
void update_close(struct update *update);

int update_fetch(struct update *update, const struct fetch_options *how);

/* Which version stands behind the fresh text: in report->version. */
void update_choose(struct update *update);
int update_keep(struct update *update);

/*
 * The digest of what update_read would read, and how: equal ones, equal
 * rules.  Of nothing: zeros.
 */
void update_digest(const struct update *update, uint8_t digest[32]);

int update_read(struct update *update, struct build *build,
		struct reading_budget *budget);
int update_commit(struct update *update);

/* Holds a list at a version of its shelf; 0: lets it go. */
int update_hold(const char *state, const char *name, uint64_t serial);
uint64_t update_held(const char *state, const char *name);

#endif
