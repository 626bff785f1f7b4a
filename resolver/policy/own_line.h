/*
 * own_line: one line of own.rules.  For own*.c, and for nobody else.
 */
#ifndef POLICY_OWN_LINE_H
#define POLICY_OWN_LINE_H

#include <stdbool.h>

#include "base/bytes.h"

struct own_rule;
struct text;

/* The longest line that is read; room for any rule that is printed. */
enum { OWN_LINE = 2048 };

/* The whole file at most: as many rules as there may be, with their notes. */
enum { OWN_FILE = 1 << 26 };

struct own_line {
	struct bytes words;		/* without its end */
	struct bytes whole;		/* with it: LF, CRLF or none */
};

/* The next line; false: that was all. */
bool own_line_next(struct bytes *rest, struct own_line *line);

/*
 * 1: a rule, `line` in it still 0.  0: nothing but white space or a comment.
 * ERROR_MALFORMED: `why` says what makes no sense.
 */
int own_line_parse(struct own_rule *rule, struct bytes words,
		   struct text *why);

#endif
