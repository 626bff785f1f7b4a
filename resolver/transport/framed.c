/*
 *	at          from              len           size
 *	| given out | not given out   | room        |
 *
 * What was given out is overwritten when room is asked for: the rest moves to
 * the front, at most one unfinished message.  The largest message with its
 * length is FRAMED_ROOM bytes, so that an unfinished one always leaves room.
 */
#include "transport/framed.h"

enum { PREFIX = 2 };

void framed_init(struct framed *framed, uint8_t *at, size_t size)
{
	framed->at = at;
	framed->size = size;
	framed->from = 0;
	framed->len = 0;
}

uint8_t *framed_room(struct framed *framed, size_t *size)
{
	size_t rest = framed->len - framed->from;

	if (framed->from > 0) {
		memmove(framed->at, framed->at + framed->from, rest);
		framed->from = 0;
		framed->len = rest;
	}
	*size = framed->size - framed->len;
	return framed->at + framed->len;
}

void framed_filled(struct framed *framed, size_t len)
{
	framed->len += len;
}

bool framed_next(struct framed *framed, struct bytes *message)
{
	const uint8_t *at = framed->at + framed->from;
	size_t rest = framed->len - framed->from, len;

	if (rest < PREFIX)
		return false;
	len = bytes_get16(at);
	if (rest - PREFIX < len)
		return false;
	*message = bytes_of(at + PREFIX, len);
	framed->from += PREFIX + len;
	return true;
}
