/*
 * What packing and unpacking of a column agree on; the exact form is in
 * journal/FORMAT.
 */
#ifndef JOURNAL_COLUMN_FORM_H
#define JOURNAL_COLUMN_FORM_H

#include <stdint.h>

enum { COLUMN_EQUAL = 0, COLUMN_CODED = 1 };

enum {
	COLUMN_TABLE = 127,		/* values in a table, at most */
	COLUMN_OCTAVES = 0x80,		/* symbols from here are half octaves */
	COLUMN_NUMBER = 10,		/* bytes of a number, at most */
};

/* Of the symbol of a half octave: its least value, and how many bits follow. */
static inline unsigned column_bits(unsigned half)
{
	return half < 4 ? 0 : half / 2 - 1;
}

static inline uint64_t column_least(unsigned half)
{
	return half < 2 ? half : (uint64_t)(2 + half % 2) << (half / 2 - 1);
}

#endif
