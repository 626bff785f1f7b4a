/*
 * unpack: names inside the data of records, which may be compressed.
 *
 * Compressed are those of RFC 1035, and those of a few later types that some
 * servers once compressed (RFC 3597, section 4).  In newer types a name is
 * plain, but as nobody can be relied on to keep to that, they count as well.
 * Data of any other type is bytes.
 */
#ifndef DNS_UNPACK_H
#define DNS_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct record;

/* What stands in the data: some bytes, names, then bytes again. */
struct unpack_shape {
	uint16_t type;
	uint8_t before;		/* bytes in front of the first name */
	uint8_t names;		/* one after the other; 0: none */
};

struct unpack_shape unpack_shape(uint16_t type);

/* A piece of memory that is written to. */
struct unpack_room {
	uint8_t *at;
	size_t len;
};

/*
 * Writes the name at `at` of a whole message without compression, its case
 * kept.  Returns its length, ERROR_MALFORMED, or ERROR_FULL.
 */
int unpack_name(struct unpack_room to, struct bytes message, size_t at);

/*
 * Writes the data of a record, names in it without compression, all else as
 * it is.  Returns the length, ERROR_MALFORMED where the names are not whole,
 * or ERROR_FULL.
 */
int unpack_rdata(struct unpack_room to, struct bytes message,
		const struct record *record);

#endif
