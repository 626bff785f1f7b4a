/*
 * punycode: a label of any letters in those of the DNS (RFC 3492).
 */
#ifndef SUBSCRIBE_PUNYCODE_H
#define SUBSCRIBE_PUNYCODE_H

#include <stdbool.h>

#include "base/bytes.h"

enum { PUNYCODE_ROOM = 256 };

/*
 * A UTF-8 label, ASCII capitals made small, as "xn--..." into PUNYCODE_ROOM
 * bytes.  False: it is not UTF-8, or of over 63 characters.
 */
bool punycode_encode(struct bytes label, uint8_t to[PUNYCODE_ROOM],
		     size_t *len);

#endif
