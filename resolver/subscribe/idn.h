/*
 * idn: names in the letters of all languages, as the DNS has them.
 *
 * Mapped as UTS #46 says, non-transitional (the way of browsers), label by
 * label, then in Punycode (RFC 3492).  Needs libidn2: without it every such
 * name is refused, with words that say so.
 */
#ifndef SUBSCRIBE_IDN_H
#define SUBSCRIBE_IDN_H

#include <stdbool.h>

#include "base/bytes.h"

enum { IDN_ROOM = 1024 };

bool idn_is_there(void);	/* has it been built with libidn2? */

/*
 * A UTF-8 name with at least one letter outside of ASCII; dots of other
 * scripts (U+3002, U+FF0E, U+FF61) are dots.  NULL with at most IDN_ROOM
 * bytes in `ascii`, or static words for why not.  What comes out can hold
 * any ASCII.
 */
const char *idn_name(struct bytes name, uint8_t ascii[IDN_ROOM], size_t *len);

/* The same where parts end at other bytes than dots: any of `ends`. */
const char *idn_parts(struct bytes text, const char *ends,
		      uint8_t ascii[IDN_ROOM], size_t *len);

#endif
