/*
 * line: the text of a list, taken apart: lines, words, host names.
 *
 * For the readers of formats.  Everything points into the text; a line has
 * lost the white space around it and the byte order mark some editors leave.
 */
#ifndef SUBSCRIBE_LINE_H
#define SUBSCRIBE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "dns/name.h"

struct line_walk {
	struct bytes rest;
	uint32_t number;	/* of the line last given, from 1 */
};

void line_walk(struct line_walk *walk, struct bytes text);
bool line_next(struct line_walk *walk, struct bytes *line);

/* "# ...", "! ...", "; ...", "// ...", or nothing at all. */
bool line_is_comment(struct bytes text);

/* A comment, or "[section]". */
bool line_is_remark(struct bytes line);

/* The next word, taken off the line; len 0 when there is none. */
struct bytes line_word(struct bytes *line);

/* Does the text begin so, whatever its case? */
bool line_begins(struct bytes text, const char *lower);

/*
 * A name that hosts have: letters, digits, - and _, a last label that is not
 * a number (192.168.0.1 is no name), at most one dot at the end.  False for
 * everything else, non-ASCII letters too.
 */
bool line_host(struct name *name, struct bytes word);

/* What every hosts(5) has for the machine itself: never a rule. */
bool line_is_local_name(struct bytes word);

#endif
