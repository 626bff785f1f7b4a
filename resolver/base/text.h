/*
 * text: writing words into a buffer of fixed size.
 *
 * The buffer is always NUL-terminated; what does not fit is cut and `cut`
 * says so, so that a caller checks once at the end.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stdarg.h>

#include "base/bytes.h"

struct text {
	char *at;
	size_t size;	/* of the buffer, the NUL included */
	size_t len;	/* written, the NUL excluded */
	bool cut;
};

void text_init(struct text *text, char *at, size_t size);

__attribute__((format(printf, 2, 3)))
void text_put(struct text *text, const char *format, ...);
__attribute__((format(printf, 2, 0)))
void text_put_list(struct text *text, const char *format, va_list args);

/*
 * Text from a stranger: control characters, DEL, backslash and everything that
 * is not ASCII come out as \ddd (decimal, as in a zone file, RFC 1035, section
 * 5.1), so that it can be printed on a terminal or into a log.
 */
void text_put_hostile(struct text *text, struct bytes stranger);

/*
 * The same for a line that is to be read as it was written: a backslash is
 * one, and a tab is a space.
 */
void text_put_line(struct text *text, struct bytes stranger);

/*
 * How far apart two words are: insertions, deletions, changes and swaps of
 * neighbours.  For "did you mean"; words over 63 characters are far from all.
 */
unsigned text_distance(const char *one, const char *other);

#endif
