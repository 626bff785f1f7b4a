/*
 * reading: the text of a list version, on its way into a build, or only
 * counted.
 *
 * A text of several sources has a part for each (fetch.h), read one by one:
 * each can have a format of its own, and lines are counted through.
 */
#ifndef SUBSCRIBE_READING_H
#define SUBSCRIBE_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "subscribe/list.h"
#include "subscribe/version.h"

struct build;
struct format_sink;

/* What all lists of a compile share. */
struct reading_budget {
	uint64_t regexes;		/* that may still come */
};

struct reading {
	const struct list_options *options;
	struct build *build;		/* NULL: only count */
	const struct reading_budget *budget;
	const struct list_version *version;
	struct bytes part;		/* of the text, being read */
	uint32_t lines_before;		/* of the parts before */
	const uint8_t *dropped;		/* the text is not needed up to here */
	bool listed;			/* the image has the list */
	uint32_t format;		/* as it was read; enum list_format */
	uint64_t rules;			/* what is twice is counted twice */
	uint64_t rejected;		/* lines that are no rule */
	uint64_t left_out;	/* rules that a forwarder cannot honour */
	uint64_t regexes;		/* those of the rules that are */
	uint64_t surplus;		/* regexes over the budget, left out */
	uint32_t first_rejected;	/* line; 0: none */
};

/*
 * All of it, `text` being a mapped file: its pages are given back on the way.
 * 0, or what build said.
 */
int reading_text(struct reading *reading, struct bytes text);

/* Every rule of all parts, by the list's format; 0, or what it said. */
int reading_rules(const struct list_options *options, struct bytes text,
		  const struct format_sink *sink);

/* The first part, taken off the text. */
struct bytes reading_part(struct bytes *text);

#endif
