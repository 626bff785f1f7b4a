/*
 * memory: what is remembered of one list between two looks at its sources,
 * and when the next is due.
 *
 *	STATE/lists/NAME/memory	lines of a word and its value, written whole
 *
 * Times are seconds since 1970.  A file that is damaged is nothing
 * remembered, words that are not known are passed over.
 */
#ifndef SUBSCRIBE_MEMORY_H
#define SUBSCRIBE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { MEMORY_ETAG = 256, MEMORY_DATE = 64, MEMORY_STAMP = 128 };

/* One file or URL, as it was when it was last taken. */
struct memory_part {
	char *where;
	uint8_t digest[32];		/* SHA-256 of its text */
	char etag[MEMORY_ETAG];		/* "": none */
	char modified[MEMORY_DATE];	/* Last-Modified, or "" */
	char stamp[MEMORY_STAMP];	/* of a file: size and times, or "" */
};

struct memory {
	uint64_t tried;			/* 0: never */
	uint64_t succeeded;
	uint64_t next;			/* as it was planned when last tried */
	uint64_t failures;		/* in a row */
	uint64_t jitter;		/* 32 random bits, drawn once */
	char trouble[256];		/* of the last try, or "" */
	uint8_t trust[32];		/* of the key and the digest wanted */
	uint8_t digest[32];		/* of the whole text taken last */
	struct memory_part *parts;	/* in their order */
	unsigned count;
};

/*
 * 0, whatever is in the file; ERROR_MALFORMED (no name for a list) or
 * -ENOMEM.  After 0 comes memory_release.
 */
int memory_read(struct memory *memory, const char *state, const char *name);
int memory_write(const struct memory *memory, const char *state,
		 const char *name);
void memory_release(struct memory *memory);

/* The text of such a file: 0, ERROR_DAMAGED or -ENOMEM.  Of zeroed memory. */
int memory_parse(struct memory *memory, struct bytes text);

/* A part more, copied with its `where`. */
int memory_add(struct memory *memory, const struct memory_part *part);
void memory_forget_parts(struct memory *memory);

/* How a try at `now` went; `refresh` is in seconds. */
void memory_succeeded(struct memory *memory, uint64_t now, uint32_t refresh);
void memory_failed(struct memory *memory, uint64_t now, uint32_t refresh,
		   const char *trouble);

/*
 * When to look again: a refresh after the last try; after failures 5 minutes,
 * 10, 20 and so on, up to a refresh.  Up to a tenth is added, of each list
 * and household its own.  0: at once.
 */
int64_t memory_next(const struct memory *memory, uint32_t refresh);

/* A last try that lies in the future was made with a wrong clock. */
bool memory_due(const struct memory *memory, uint64_t now, uint32_t refresh);

#endif
