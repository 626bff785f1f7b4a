/*
 * layout: the image as it lies in the file; FORMAT has it in words.  For
 * image.c, which reads it, and build.c, which writes it, and for nobody else.
 */
#ifndef POLICY_LAYOUT_H
#define POLICY_LAYOUT_H

#include <stdint.h>

#include "base/hash.h"
#include "policy/image.h"

#define LAYOUT_MAGIC "HBIMAGE\n"

/* Reads as another number on a machine of the other byte order. */
#define LAYOUT_ORDER 0x01020304u

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
	struct layout_section records, index, lists;
	uint64_t homes;		/* lines of the index that a hash chooses */
	uint64_t unused;
	uint64_t body_sum;	/* of everything behind the header */
	uint64_t header_sum;	/* of everything before this field */
};

_Static_assert(sizeof(struct layout_header) == 192, "whole cache lines");
_Static_assert(sizeof(struct image_list) == 128, "no holes");

enum { LAYOUT_SLOTS = 12 };

/* A cache line of the index. */
struct layout_line {
	uint32_t record[LAYOUT_SLOTS];	/* offset in the records */
	uint8_t mark[LAYOUT_SLOTS];	/* of the name's hash; 0: free */
	uint32_t passed;		/* names went on to the next line */
};

_Static_assert(sizeof(struct layout_line) == 64, "a cache line");

/* The head of a rule is a number: list << 2 | exact << 1 | more. */
enum { LAYOUT_MORE = 1, LAYOUT_EXACT = 2, LAYOUT_LIST_SHIFT = 2 };

/* Numbers in records: 7 bits a byte, the lowest first; 5 bytes at most. */
enum { LAYOUT_NUMBER = 5 };

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

static inline uint8_t layout_mark(uint64_t hash)
{
	uint8_t mark = (uint8_t)hash;

	return mark ? mark : 1;
}

#endif
