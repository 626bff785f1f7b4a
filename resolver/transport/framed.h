/*
 * framed: DNS messages in a stream, each behind its length in two bytes
 * (RFC 1035, section 4.2.2; RFC 7766, section 8).
 *
 * Pure: bytes go in as they come, however they are split; whole messages are
 * given out in place.  The memory is the caller's, FRAMED_ROOM at least.
 */
#ifndef TRANSPORT_FRAMED_H
#define TRANSPORT_FRAMED_H

#include <stdbool.h>

#include "base/bytes.h"

enum { FRAMED_ROOM = 2 + 65535 };

struct framed {
	uint8_t *at;
	size_t size;
	size_t from;		/* start of what was not given out yet */
	size_t len;		/* end of what came in */
};

void framed_init(struct framed *framed, uint8_t *at, size_t size);

/* Where the next bytes go, and how many; never 0 after framed_next failed. */
uint8_t *framed_room(struct framed *framed, size_t *size);
void framed_filled(struct framed *framed, size_t len);

/* True and a whole message, valid until framed_room is called. */
bool framed_next(struct framed *framed, struct bytes *message);

#endif
