/*
 * record: words for types, classes and rcodes, data from its text, and
 * SHA-256, through ldns.
 *
 * ldns allocates: not for the way of a query.
 */
#ifndef DNS_RECORD_H
#define DNS_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct text;

/* "A", "HTTPS", "TYPE65280" (RFC 3597, section 5). */
void record_print_type(uint16_t type, struct text *out);

/* The same the other way, any case; or ERROR_MALFORMED. */
int record_parse_type(const char *word, uint16_t *type);

/* "NOERROR", "NXDOMAIN", "RCODE77". */
void record_print_rcode(uint16_t rcode, struct text *out);

/* The same the other way, any case, without RCODE77; or ERROR_MALFORMED. */
int record_parse_rcode(const char *word, uint16_t *rcode);

/*
 * The data of a record of class IN, as a zone file has it; names are absolute.
 * Printable ASCII only.  Returns the length on the wire, nothing compressed;
 * ERROR_MALFORMED, ERROR_FULL over `room`, -ENOMEM.  dns/rdata.h is the door.
 */
int record_parse_data(uint16_t type, struct bytes text, uint8_t *to,
		      size_t room);

enum { RECORD_DIGEST = 32 };

/* SHA-256 (FIPS 180-4). */
void record_digest(const void *at, size_t len, uint8_t digest[RECORD_DIGEST]);

#endif
