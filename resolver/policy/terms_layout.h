/*
 * terms_layout: the bytes of terms.  For terms*.c, conditions.c, answers.c and
 * draft.c, and for nobody else.
 *
 *	head	effect (3 bits), and the bits below; 0: not used
 *	sections, each at most once, kinds rising:
 *		kind (1), length (2), value
 *
 * Numbers are in network order.  The value of a condition is items, sorted,
 * no two equal:
 *
 *	length (1) of what follows, kind (1, bit 7: excluded), value
 *
 * A condition holds when no excluded item matches and, if it has others, one
 * of those does.  The value of an answer is its kind (1, terms.h); behind
 * TERMS_RECORDS its rcode (1), and records of type (2), length (2), data.
 */
#ifndef POLICY_TERMS_LAYOUT_H
#define POLICY_TERMS_LAYOUT_H

#include <stdint.h>

#include "base/bytes.h"

enum {
	HEAD_EFFECT = 0x07,
	HEAD_IMPORTANT = 0x08,
	HEAD_EXCEPTION = 0x10,		/* from rewrites */
	HEAD_INVERTED = 0x20,
	HEAD_DNSREWRITE = 0x40,		/* of a rewrite: by $dnsrewrite */
	HEAD_UNUSED = 0x80,
};

enum terms_section {
	SECTION_WHO = 1,
	SECTION_CTAG,
	SECTION_DENYALLOW,
	SECTION_DNSTYPE,
	SECTION_QUERYTYPE,
	SECTION_ANSWER,
	SECTIONS_END
};

enum { SECTION_HEAD = 3, RECORD_HEAD = 4 };

enum terms_item {
	ITEM_NAME = 1,		/* of a client */
	ITEM_TAG,		/* of a client */
	ITEM_PREFIX4,		/* bits (1), address (4) */
	ITEM_PREFIX6,		/* bits (1), address (16) */
	ITEM_BELOW,		/* labels without the root: it and below */
	ITEM_ANY_END,		/* the same, and one or two labels behind it */
	ITEM_TYPE,		/* of a record (2) */
	ITEM_EXCLUDED = 0x80,
};

/* What the length of an item can say, the kind taken off. */
enum { ITEM_VALUE = 254 };

struct terms_item_view {
	uint8_t kind;		/* without ITEM_EXCLUDED */
	uint8_t excluded;	/* ITEM_EXCLUDED or 0 */
	struct bytes value;
};

/*
 * The next section behind `last` (0 at first): its kind; 0: that was all;
 * ERROR_DAMAGED.  A condition has an item at least, an answer its kind.
 */
int terms_section_next(struct bytes *rest, int last, struct bytes *value);

/* What stands behind the head; len 0 where there are no terms. */
struct bytes terms_sections(struct bytes terms);

/* 1, 0 after the last, ERROR_DAMAGED. */
int terms_item_next(struct bytes *rest, struct terms_item_view *item);

#endif
