/*
 * part: one file or URL of a list, checked, to the end of the text.
 */
#ifndef SUBSCRIBE_PART_H
#define SUBSCRIBE_PART_H

#include <stdbool.h>
#include <stdint.h>

struct fetch_options;
struct memory_part;
struct source_part;
struct text;

struct part_taking {
	const struct fetch_options *options;	/* all limits set */
	int fd;					/* spool.h */
	uint64_t now;				/* seconds since 1970 */
	bool framed;				/* between separators */
	struct text *trouble;
};

/*
 * 1: it is at the end of the file, and *part is what to remember of it; 0: it
 * is as `old` remembers it, and so is *part (never where old is NULL); or a
 * negative number and words in `trouble`.  part->where is the source's.
 */
int part_take(const struct part_taking *taking,
	      const struct source_part *source, const struct memory_part *old,
	      struct memory_part *part);

/* A file that is not as it is remembered; a URL never. */
bool part_changed(const struct source_part *source,
		  const struct memory_part *old);

#endif
