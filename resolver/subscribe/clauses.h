/*
 * clauses: a configuration of unbound.conf(5) as a stream: "key:" and the
 * words behind it, wherever the lines end.
 *
 * Words may be in quotes of either sort; '#' begins a comment.
 */
#ifndef SUBSCRIBE_CLAUSES_H
#define SUBSCRIBE_CLAUSES_H

#include "subscribe/line.h"

enum { CLAUSE_WORDS = 4 };

struct clause {
	struct bytes key;			/* without the colon; len 0:
						   words that belong nowhere */
	struct bytes words[CLAUSE_WORDS];	/* more are left out */
	unsigned count;
	uint32_t line;				/* of the key, from 1 */
	struct bytes text;			/* that line */
};

struct clause_walk {
	struct line_walk lines;
	struct bytes line, rest;	/* the line, and what is left of it */
	struct bytes word;		/* the next one, read ahead */
	bool quoted, ended;
};

void clause_walk(struct clause_walk *walk, struct bytes text);
bool clause_next(struct clause_walk *walk, struct clause *clause);

#endif
