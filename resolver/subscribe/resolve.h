/*
 * resolve: the addresses of a host, asked of the household's own upstreams.
 *
 * Not through the system's resolver: that may be this homebound, which may
 * sink the very host its lists come from, or may not be answering yet.  It
 * waits (2 seconds for each server, two rounds): for the compiler only.
 */
#ifndef SUBSCRIBE_RESOLVE_H
#define SUBSCRIBE_RESOLVE_H

#include "base/address.h"
#include "base/bytes.h"

struct question;

enum { RESOLVE_ROOM = 16 };

struct resolved {
	struct address at[RESOLVE_ROOM];	/* port 0 */
	unsigned count;
};

/*
 * Adds the addresses of `host`; "localhost" and literal addresses ask nobody.
 * 0; ERROR_MALFORMED: that is no host name; ERROR_ABSENT: it has no address;
 * ERROR_UNREACHABLE: there is nobody to ask; ERROR_TIMEOUT, ERROR_REFUSED:
 * nobody answered, or nobody well.
 */
int resolve_host(struct addresses upstreams, const char *host,
		 struct resolved *found);

/* Where an answer is put. */
struct resolve_room {
	uint8_t *at;
	size_t len;
};

/*
 * The whole answer to one question, whatever its rcode; its length, and who
 * gave it.  ERROR_UNREACHABLE, ERROR_TIMEOUT.
 */
int64_t resolve_ask(struct addresses upstreams,
		    const struct question *question, struct resolve_room room,
		    struct address *server);

/*
 * Adds what an answer says of the question, aliases followed; any bytes.
 * ERROR_MALFORMED: it cannot be read to its end.
 */
int resolve_read(struct resolved *found, struct bytes answer,
		 const struct question *question);

#endif
