/*
 * master: a zone in text (RFC 1035, section 5.1) as a stream of records, each
 * a row of words.
 *
 * Parentheses go on over lines, ';' begins a comment, strings in quotes keep
 * their quotes.  A line that begins with '#' is a comment, too: no zone has
 * it, lists that would be zones do.
 */
#ifndef SUBSCRIBE_MASTER_H
#define SUBSCRIBE_MASTER_H

#include "subscribe/line.h"

enum { MASTER_WORDS = 64 };

struct master_record {
	struct bytes words[MASTER_WORDS];
	unsigned count;		/* at least 1 */
	bool blank;		/* white space in front: the owner before */
	bool cut;		/* it had more words */
	bool open;		/* the text ended inside of parentheses */
	uint32_t line;		/* where it begins, from 1 */
	struct bytes text;	/* that line */
};

bool master_next(struct line_walk *walk, struct master_record *record);

/*
 * Passes over lines that are records of their own and whose owner ("*." left
 * aside) has fewer dots.  Between records; for who looks for others only.
 */
void master_skip_shallow(struct line_walk *walk, unsigned dots);

/* "3600", "1h30m", "IN", "CH", "HS": what may stand before a type. */
bool master_is_ttl_or_class(struct bytes word);

/* The sorts of types of records that a policy knows. */
enum master_type {
	MASTER_NO_TYPE,
	MASTER_CNAME,
	MASTER_ADDRESS,		/* A, AAAA */
	MASTER_ZONE,		/* SOA, NS and the like: of the zone itself */
	MASTER_OTHER,
};

unsigned master_type(struct bytes word);

/* Does it end with a dot that is no part of its last label? */
bool master_is_absolute(struct bytes owner);

#endif
