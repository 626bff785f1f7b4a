/*
 * settings_syntax: the configuration file as tokens, for what libconfig does
 * not tell.
 *
 * For settings*.c alone.
 */
#ifndef SETTINGS_SYNTAX_H
#define SETTINGS_SYNTAX_H

#include <stdbool.h>

#include "base/bytes.h"

enum settings_token_kind {
	SETTINGS_TOKEN_END,
	SETTINGS_TOKEN_WORD,		/* a key, a number, true, false */
	SETTINGS_TOKEN_STRING,		/* without its quotes */
	SETTINGS_TOKEN_MARK,		/* one of = : , ; { } [ ] ( ) */
	SETTINGS_TOKEN_INCLUDE,		/* the path */
	SETTINGS_TOKEN_OPEN_STRING,	/* its quote is never closed */
	SETTINGS_TOKEN_OPEN_COMMENT,
};

struct settings_token {
	enum settings_token_kind kind;
	unsigned line;			/* where it begins */
	struct bytes text;
};

struct settings_syntax {
	const uint8_t *at, *end;
	unsigned line;
	bool fresh;			/* nothing on this line yet */
};

void settings_syntax_init(struct settings_syntax *syntax, struct bytes text);

/* The next one; its kind, and SETTINGS_TOKEN_END over and over at the end. */
enum settings_token_kind settings_syntax_next(struct settings_syntax *syntax,
					      struct settings_token *token);

/* A number without an L that does not fit into 32 bits. */
bool settings_syntax_is_huge(struct bytes word);

/* The line of this text in quotes: the last one not below `line`; or 0. */
unsigned settings_syntax_line_of(struct bytes text, struct bytes string,
				 unsigned line);

#endif
