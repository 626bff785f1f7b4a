/*
 * record: words for types, classes and rcodes, and SHA-256, through ldns.
 *
 * ldns allocates: not for the way of a query.
 */
#ifndef DNS_RECORD_H
#define DNS_RECORD_H

#include <stddef.h>
#include <stdint.h>

struct text;

/* "A", "HTTPS", "TYPE65280" (RFC 3597, section 5). */
void record_print_type(uint16_t type, struct text *out);

/* The same the other way, any case; or ERROR_MALFORMED. */
int record_parse_type(const char *word, uint16_t *type);

/* "NOERROR", "NXDOMAIN", "RCODE77". */
void record_print_rcode(uint16_t rcode, struct text *out);

enum { RECORD_DIGEST = 32 };

/* SHA-256 (FIPS 180-4). */
void record_digest(const void *at, size_t len, uint8_t digest[RECORD_DIGEST]);

#endif
