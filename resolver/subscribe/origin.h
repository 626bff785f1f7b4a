/*
 * origin: what the names in a zone's text are relative to (RFC 1035, section
 * 5.1), and what is left of an owner in its zone.
 *
 * The zone is the owner of the SOA record; a text that has none, or does not
 * say where it stands, is one of "rpz.invalid".
 */
#ifndef SUBSCRIBE_ORIGIN_H
#define SUBSCRIBE_ORIGIN_H

#include <stdbool.h>

#include "base/bytes.h"

enum { ORIGIN_ROOM = 256, OWNER_ROOM = 1024 };

/* Without the last dot, in any case. */
struct origin_name {
	uint8_t at[ORIGIN_ROOM];
	size_t len;
};

struct origin {
	struct origin_name zone, now;	/* now: what $ORIGIN said last */
	bool at_zone;			/* they are the same */
	struct bytes owner;	/* relative to the zone; of the text or room */
	bool known;		/* there has been an owner */
	bool outside;		/* it is not in the zone; owner is all of it */
	bool apex;		/* it is the zone */
	uint8_t room[OWNER_ROOM];
};

/* Reads the text up to its SOA record. */
void origin_find(struct origin *origin, struct bytes text);

/* As at the beginning of the text. */
void origin_restart(struct origin *origin);

/* $ORIGIN; false: too long. */
bool origin_set(struct origin *origin, struct bytes word);

/* An owner: NULL, or why it is none. */
const char *origin_owner(struct origin *origin, struct bytes word);

static inline struct bytes origin_now(const struct origin *origin)
{
	return bytes_of(origin->now.at, origin->now.len);
}

/* A name without its last dots; two names in any case. */
struct bytes origin_bare(struct bytes name);
bool origin_is_same(struct bytes one, struct bytes other);

#endif
