/*
 * carrier: the way to the servers, as the rest of upstream sees it.
 *
 * Upstream decides what is asked, of whom, when again and what counts as the
 * answer; a carrier takes bytes there and brings bytes back, and knows
 * nothing of DNS but that an answer begins with its question's id.  There
 * are two: the network (network.h: UDP sockets and TCP connections), and the
 * one of the tests, where a test plays all servers and no socket is opened.
 *
 *	upstream                          carrier
 *	  serve(3, 192.0.2.1)       ->      server 3 can be asked from now on
 *	  lane(3, stream false)     ->      a way there
 *	  room(lane), send(lane, n) ->      a question is queued
 *	  flush()                   ->      everything queued is on its way
 *	  arrived(lane, bytes)      <-      something came back by that lane
 *	  failed(lane, error)       <-      the lane is of no more use
 *	  idle(lane)                ->      nobody waits on that lane any more
 *	  forget(3)                 ->      server 3 is not asked any more
 *
 * A lane is one way to one server, where an id means one question: a UDP
 * socket of ours that is connected to it, or a TCP connection.  The carrier
 * owns it.  From the `send` of its first question until `idle` it stays where
 * it is; after `idle` the carrier may close it or give it out again.
 *
 * Who may call when.  Upstream calls at any time.  The carrier calls back
 * (arrived, failed) only from the loop or from inside `flush`, never from
 * inside any other call: what goes wrong in `room` or `send` is told at the
 * next flush.  Inside arrived and failed upstream may call everything but
 * flush, close and free.  All in one thread.
 *
 * To write a server for a test: embed struct carrier, keep what `send` gave
 * you (id first, as it would be on the wire), let the test answer, and call
 * carrier->owner->arrived with the same lane.  The bytes of an arrival are
 * upstream's to change until arrived returns; for UDP they may be anything,
 * a stream brings whole messages, without their length in front.  A lane for
 * a stream is for one question: after `idle` it is gone.  A silent server is
 * one whose answers the test never gives; time passes when the test moves
 * clock and wheel.  tests/upstream/fake.h does all of this.
 */
#ifndef UPSTREAM_CARRIER_H
#define UPSTREAM_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct attempt;
struct carrier;

/* Room for any question of ours, EDNS with it. */
enum { CARRIER_ROOM = 512 };

struct lane {
	struct attempt *waiting;	/* upstream's; NULL: nobody */
	unsigned server;		/* set by the carrier */
	bool stream;			/* likewise */
};

struct carrier_owner {
	void (*arrived)(struct carrier_owner *owner, struct lane *lane,
			uint8_t *at, size_t len);
	/* `error` is -errno; what waits on the lane has failed with it. */
	void (*failed)(struct carrier_owner *owner, struct lane *lane,
		       int error);
};

struct carrier_ops {
	/* `server` is a number below UPSTREAM_SERVERS, not in use now. */
	int (*serve)(struct carrier *carrier, unsigned server,
		     const struct address *address);
	/* Nobody waits on any of its lanes; they close by themselves. */
	void (*forget)(struct carrier *carrier, unsigned server);

	/* NULL: there is none, and *error says why (ERROR_FULL, -errno). */
	struct lane *(*lane)(struct carrier *carrier, unsigned server,
			     bool stream, int *error);
	/* CARRIER_ROOM bytes; `send` follows before anything else. */
	uint8_t *(*room)(struct carrier *carrier, struct lane *lane);
	void (*send)(struct carrier *carrier, struct lane *lane, size_t len);
	void (*idle)(struct carrier *carrier, struct lane *lane);
	void (*flush)(struct carrier *carrier);

	/* Nobody waits on any lane; handles close in the loop. */
	void (*close)(struct carrier *carrier);
	/* After the loop ran dry. */
	void (*free)(struct carrier *carrier);
};

struct carrier {
	const struct carrier_ops *ops;
	struct carrier_owner *owner;	/* set by upstream before anything */
};

#endif
