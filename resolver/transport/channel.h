/*
 * channel: where the answer to a query goes, whatever carried the query.
 *
 * A query remembers its channel and its peer; when the answer is due it asks
 * the channel for room, writes the answer there and sends it.  Between the
 * two nothing else may be sent on any channel of that worker.  UDP, TCP and
 * the fake one of the scenario tests are channels.
 */
#ifndef TRANSPORT_CHANNEL_H
#define TRANSPORT_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"

struct channel;

/* Who asked, and which way the answer must go. */
struct peer {
	struct address client;
	struct address local;	/* UDP on a wildcard: asked here; else none */
	uint32_t interface;	/* its index, with `local` */
	uint32_t connection;	/* TCP: which one */
	uint32_t generation;	/* TCP: and which life of it */
};

struct channel_ops {
	uint8_t transport;	/* enum entry_transport */
	/* At least MESSAGE_MAX for streams, CHANNEL_ROOM for datagrams. */
	uint8_t *(*room)(struct channel *channel, size_t *size);
	/* len 0: no answer will come; a stream forgets the query. */
	void (*send)(struct channel *channel, const struct peer *peer,
		     size_t len);
};

struct channel {
	const struct channel_ops *ops;
};

/* The largest datagram we answer with, whatever a client offers. */
enum { CHANNEL_ROOM = 4096 };

/*
 * Who is called for each message that arrives; the bytes are the caller's
 * again when it returns.
 */
struct receiver {
	void (*arrive)(struct receiver *receiver, struct channel *channel,
		       const struct peer *peer, struct bytes message);
};

#endif
