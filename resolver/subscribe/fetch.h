/*
 * fetch: looks at the sources of one list and leaves what is new as a file.
 *
 * A source is a file, a folder (source.h) or an http:// or https:// URL.  What
 * is remembered between two looks is in memory.h; whether the text is a list
 * is for the caller to judge.  All that comes in is hostile: it is counted,
 * checked and written down, but not read.
 *
 * With several parts (several sources, or a folder of several files) each
 * begins with a line "\x1e WHERE\n" and ends with a newline; no text has that
 * byte in it.  One part alone is as it came.  One that fails fails the list.
 *
 * It waits for the network: for the compiler.  One fetch of a list at a time.
 */
#ifndef SUBSCRIBE_FETCH_H
#define SUBSCRIBE_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

enum {
	FETCH_LIMIT = 256 << 20,
	FETCH_CONNECT_MS = 20000,
	FETCH_TOTAL_MS = 600000,
	FETCH_SEPARATOR = 0x1e,
};

struct fetch_source {
	const char *where;
};

struct fetch_options {
	const char *name;		/* of the list */
	const struct fetch_source *sources;
	unsigned count;
	const char *sha256;		/* hex, of the whole text; or NULL */
	const char *key;		/* "RW..."; or NULL: minisign.h */
	uint32_t refresh;		/* seconds; for URLs; 0: always due */
	uint64_t limit;			/* bytes; 0: FETCH_LIMIT */
	uint32_t connect_ms;		/* 0: FETCH_CONNECT_MS */
	uint32_t total_ms;		/* of one URL; 0: FETCH_TOTAL_MS */
	struct addresses upstreams;	/* who is asked for hosts */
	bool force;			/* now, and unconditionally */
	void (*progress)(void *context, const char *source, uint64_t got,
			 uint64_t expected);	/* or NULL; 0: not known */
	void *context;
};

enum fetch_fate {
	FETCH_NEW,		/* it is in the file */
	FETCH_SAME,		/* it is the newest version on the shelf */
	FETCH_NOT_DUE,		/* nobody was asked; trouble: of the last try */
	FETCH_FAILED,		/* the last good version stays; trouble: why */
};

struct fetch_outcome {
	enum fetch_fate fate;
	char trouble[256];	/* one line, or "" */
	uint8_t digest[32];	/* SHA-256 of a new text */
	uint64_t bytes;		/* of a new text */
	uint64_t time;		/* of the look, seconds since 1970 */
	uint64_t next;		/* when the next is due; 0: at any time */
};

/*
 * `fd` is an open and empty file, for reading and writing; it is empty again
 * for every fate but FETCH_NEW.  0; ERROR_MALFORMED: no name for a list; or
 * -errno where our own memory or disk fails.
 */
int fetch_list(const struct fetch_options *options, const char *state, int fd,
	       struct fetch_outcome *outcome);

/*
 * The caller has looked at a new text and did not take it: remembered as a
 * failure, and tried again as after one.
 */
int fetch_reject(const struct fetch_options *options, const char *state,
		 const char *trouble);

#endif
