/*
 * record: words for types, classes and rcodes (record_words.c), and data from
 * its text, through ldns.
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

/* "IN", "CH", "CLASS77" (RFC 3597, section 5). */
void record_print_class(uint16_t class, struct text *out);

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

#endif
