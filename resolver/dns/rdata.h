/*
 * rdata: the data of a record, as zone files write it and as it goes over the
 * wire (RFC 1035, sections 3.3 and 5.1; RFC 3597, section 5).
 *
 * For lists and for people; it allocates for the rarer types, so it is not
 * for the way of a query.
 */
#ifndef DNS_RDATA_H
#define DNS_RDATA_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct text;

/* The longest text that is read, and the longest data that is written. */
enum { RDATA_TEXT = 4096, RDATA_WIRE = 4096 };

/*
 * "192.0.2.1" of an A, "10 mail.example" of an MX.  Names are absolute, with
 * or without the last dot, and come out in lower case and uncompressed.
 * Types that a record cannot have (OPT, ANY, AXFR) are refused.  Returns the
 * length; ERROR_MALFORMED, or ERROR_FULL over `room`.
 */
int rdata_parse(uint16_t type, struct bytes text, uint8_t *to, size_t room);

/*
 * So that rdata_parse reads it back: usual types as people know them, others
 * as "\# 3 000100"; so does data that is not what its type says.
 */
void rdata_print(uint16_t type, struct bytes rdata, struct text *out);

#endif
