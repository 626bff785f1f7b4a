/*
 * line: the text of a list, taken apart: lines, words, what a word begins and
 * ends with.
 *
 * For the readers of formats.  Everything points into the text; nothing is
 * copied.  White space is ASCII's.
 */
#ifndef SUBSCRIBE_LINE_H
#define SUBSCRIBE_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <strings.h>

#include "base/bytes.h"

struct line_walk {
	struct bytes rest;
	uint32_t number;	/* of the line last given, from 1 */
};

void line_walk(struct line_walk *walk, struct bytes text);

/*
 * The next line without the white space around it and the byte order mark
 * some editors leave.  A line that begins with byte 0x1e, which parts the
 * sources of one list, is given as an empty one.
 */
bool line_next(struct line_walk *walk, struct bytes *line);

/* The same with the white space before it; only CR is taken off its end. */
bool line_next_whole(struct line_walk *walk, struct bytes *line);

/* "# ...", "! ...", "; ...", "// ...", or nothing at all. */
bool line_is_comment(struct bytes text);

/* A comment, or "[section]". */
bool line_is_remark(struct bytes line);

/* The next word, taken off the line; len 0 when there is none. */
struct bytes line_word(struct bytes *line);

/* The part up to the next `byte`, taken off the text with it. */
struct bytes line_part(struct bytes *text, uint8_t byte);

struct bytes line_trim(struct bytes text);
bool line_is_space(uint8_t byte);
bool line_is_digits(struct bytes text);		/* one or more */

/* The place of the first byte of the text that is one of these, or its len. */
size_t line_span(struct bytes text, const char *bytes);

/* Does the text begin so, whatever its case?  Is it that? */
static inline bool line_begins(struct bytes text, const char *lower)
{
	size_t len = strlen(lower);

	return text.len >= len &&
	       strncasecmp((const char *)text.at, lower, len) == 0;
}

static inline bool line_is(struct bytes text, const char *lower)
{
	return text.len == strlen(lower) && line_begins(text, lower);
}

static inline struct bytes line_skip(struct bytes text, size_t len)
{
	return bytes_of(text.at + len, text.len - len);
}

static inline bool line_has(struct bytes text, uint8_t byte)
{
	return text.len > 0 && memchr(text.at, byte, text.len) != NULL;
}

/* The byte at a place, or 0 behind the end. */
static inline uint8_t line_at(struct bytes text, size_t at)
{
	return at < text.len ? text.at[at] : 0;
}

static inline uint8_t line_last(struct bytes text)
{
	return text.len > 0 ? text.at[text.len - 1] : 0;
}

static inline bool line_is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

/*
 * What is in a line, in one look: most lines have nothing that most questions
 * ask for.
 */
enum line_mark {
	LINE_SPACE = 1,
	LINE_HASH = 2,		/* # */
	LINE_DOLLAR = 4,	/* $ */
	LINE_RULE = 8,		/* ^ * | */
	LINE_URL = 16,		/* / ? = @ : */
	LINE_HIGH = 32,		/* not ASCII */
	LINE_OTHER = 64,	/* none of these and in no name */
};

unsigned line_marks(struct bytes text);

#endif
