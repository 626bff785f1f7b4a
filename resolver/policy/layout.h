/*
 * layout: the image as it lies in the file; FORMAT has it in words.  For the
 * files image*, which read it, and build* and output.c, which write it.
 */
#ifndef POLICY_LAYOUT_H
#define POLICY_LAYOUT_H

#include <stdint.h>

#include "base/hash.h"
#include "policy/image.h"

#define LAYOUT_MAGIC "HBIMAGE\n"

/* Reads as another number on a machine of the other byte order. */
#define LAYOUT_ORDER 0x01020304u

/* What the file is made of; all but the records are tables or strings. */
enum layout_part {
	LAYOUT_RECORDS,
	LAYOUT_INDEX,
	LAYOUT_REFERENCES,
	LAYOUT_PATTERNS,
	LAYOUT_KINDS,
	LAYOUT_TEMPLATES,
	LAYOUT_LISTS,
	LAYOUT_TERMS,
	LAYOUT_TEXTS,
	LAYOUT_PARTS
};

struct layout_section {
	uint64_t at, len;	/* bytes, from the start of the file */
};

struct layout_header {
	uint8_t magic[8];
	uint32_t version;
	uint32_t order;
	uint32_t serial;
	uint32_t list_count;
	uint64_t time;		/* made; seconds since 1970 */
	struct hash_key key;
	uint64_t rules, names;
	uint64_t depths[2];	/* bit n: there are names of n labels */
	uint8_t inputs[32];
	struct layout_section part[LAYOUT_PARTS];
	uint64_t homes;		/* lines of the index that a hash chooses */
	uint64_t unused[5];
	uint64_t body_sum;	/* of everything behind the header */
	uint64_t header_sum;	/* of everything before this field */
};

_Static_assert(sizeof(struct layout_header) == 320, "whole cache lines");
_Static_assert(sizeof(struct image_list) == 192, "no holes");

enum { LAYOUT_SLOTS = 31, LAYOUT_ALIGNMENT = 64 };

/* A cache line of the index. */
struct layout_line {
	uint16_t mark[LAYOUT_SLOTS];	/* of the name's hash; 0: free */
	uint16_t passed;		/* bits of names that went on */
};

/* Where the records of a line are: one behind the other. */
struct layout_reference {
	uint32_t record;		/* offset of the first */
	uint8_t length[LAYOUT_SLOTS];	/* of each; LAYOUT_LONG: or more */
	uint8_t zero;
};

enum { LAYOUT_LONG = 255 };

/* What many rules have in common; a rule begins with the number of one. */
struct layout_kind {
	uint16_t list;
	uint8_t scope;
	uint8_t terms;			/* 1: the rule says where they are */
	uint32_t text;			/* enum layout_text, or a template */
};

enum layout_text { LAYOUT_NO_TEXT, LAYOUT_WHOLE_TEXT, LAYOUT_TEMPLATE };

enum { LAYOUT_NO_LIST = 0xffff };	/* of a kind that no rule is of */

/* A line around its name; both halves stand together in the texts. */
struct layout_template {
	uint32_t at;
	uint16_t before, after;		/* bytes */
};

struct layout_pattern {
	uint32_t kind, line;
	uint32_t terms, text;		/* offsets, if its kind has them */
	uint32_t at, len;		/* of its bytes, in the texts */
	uint8_t invert, family, bits, zero;
	uint8_t prefix[16];
	uint32_t unused;
};

_Static_assert(sizeof(struct layout_line) == LAYOUT_ALIGNMENT, "one line");
_Static_assert(sizeof(struct layout_reference) == 36, "no holes");
_Static_assert(sizeof(struct layout_kind) == 8, "no holes");
_Static_assert(sizeof(struct layout_template) == 8, "no holes");
_Static_assert(sizeof(struct layout_pattern) == 48, "no holes");

/* A rule's first number is the number of its kind << 1 | more. */
enum { LAYOUT_MORE = 1, LAYOUT_KIND_SHIFT = 1 };
enum { LAYOUT_NUMBER = 5 };	/* bytes of 7 bits, the lowest first; at most */

static inline uint8_t *layout_number_write(uint8_t *to, uint32_t number)
{
	for (; number >= 0x80; number >>= 7)
		*to++ = (uint8_t)(number | 0x80);
	*to++ = (uint8_t)number;
	return to;
}

/* From a friend; what comes from a file is checked against its end first. */
static inline const uint8_t *layout_number_read(const uint8_t *from,
						uint32_t *number)
{
	*number = 0;
	for (unsigned shift = 0;; shift += 7) {
		*number |= (uint32_t)(*from & 0x7f) << shift;
		if (*from++ < 0x80)
			return from;
	}
}

/* Where a name is at home; 0 to homes - 1, rising with the hash. */
static inline uint64_t layout_home(uint64_t hash, uint64_t homes)
{
	return (hash >> 32) * homes >> 32;
}

static inline uint16_t layout_mark(uint64_t hash)
{
	uint16_t mark = (uint16_t)hash;

	return mark ? mark : 1;
}

/* The bit that a name leaves in a line that passes it on. */
static inline uint16_t layout_passed(uint64_t hash)
{
	return (uint16_t)(1u << (hash >> 16 & 15));
}

#endif
