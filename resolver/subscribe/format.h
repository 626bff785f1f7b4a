/*
 * format: reading the text of a list, a line at a time.
 *
 * Hostile text: any bytes, any length.  What is not a rule is counted, never
 * guessed at.
 */
#ifndef SUBSCRIBE_FORMAT_H
#define SUBSCRIBE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "dns/name.h"

struct format_counts {
	uint64_t lines;
	uint64_t rules;
	uint64_t rejected;	/* lines, or names in a hosts line */
	uint32_t first_rejected;	/* line number; 0: none */
};

/* What a reader calls for each rule; a negative number ends the reading. */
struct format_sink {
	int (*rule)(void *context, const struct name *name, bool exact,
		    uint32_t line);
	void *context;
};

/* AUTO becomes what the text looks like; subdomains AUTO its header's word. */
unsigned format_guess(struct bytes text);		/* enum list_format */
bool format_says_subdomains(struct bytes text);

/* HTML, a NUL, or nothing in it: words for why it is no list, or NULL. */
const char *format_distrust(struct bytes text);

int format_read_domains(struct bytes text, bool subdomains,
			const struct format_sink *sink,
			struct format_counts *counts);
int format_read_hosts(struct bytes text, const struct format_sink *sink,
		      struct format_counts *counts);

#endif
