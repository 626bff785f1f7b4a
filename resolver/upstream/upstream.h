/*
 * upstream: whom we ask.  One question in, exactly one answer or one error
 * out.
 *
 *	upstream_ask -> inflight: the same question already out? wait with it
 *	             -> remote:   one server: sockets, round trip, health
 *	             <- answer taken only if address, port, id, question match
 *	             -> truncated: again over TCP
 *	             -> EDNS not understood: again without
 *	             -> silence, SERVFAIL, REFUSED: the next server, until the
 *	                deadline or until nobody is left to ask
 *
 * Servers are asked in their order; one that is down is asked last.  What all
 * of them say in the end is handed on, be it an error of theirs.
 *
 * All is fixed at the start: flights, sockets, TCP connections.  A full table
 * is an error, never growth.  One thread.
 */
#ifndef UPSTREAM_UPSTREAM_H
#define UPSTREAM_UPSTREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/wheel.h"
#include "dns/message.h"

struct upstream;

enum { UPSTREAM_SERVERS = 32 };

struct upstream_options {
	unsigned flights;	/* questions out at once */
	unsigned sockets;	/* UDP, for each server */
	unsigned streams;	/* TCP connections at once */
	unsigned deadline_ms;	/* for a question, all tries together */
	uint16_t payload;	/* EDNS size we offer; 0: no EDNS */
	bool mixed_case;	/* random case, asked back (see letters.h) */
};

/*
 * What came back.  Valid during the call only.  TC is set in it when it was
 * truncated and could not be fetched over TCP: header and question, no more.
 */
struct reply {
	int error;		/* 0, ERROR_TIMEOUT, ERROR_UNREACHABLE */
	uint8_t *at;		/* OPT stripped, checked; may be written to */
	size_t len;
	struct edns edns;	/* what the server's OPT said */
	const struct address *from;	/* or NULL */
	bool first;		/* of those who shared it: to be cached */
};

/* Embedded in whoever asks; untouched memory until `answer` is called. */
struct waiter {
	struct waiter *next;
	void (*answer)(struct waiter *waiter, struct reply *reply);
};

struct upstream *upstream_new(const struct upstream_options *options,
			      uv_loop_t *loop, struct wheel *wheel,
			      struct clock *clock);

/* The same by another way than the network, taken over (see carrier.h). */
struct carrier;
struct upstream *upstream_new_with(const struct upstream_options *options,
				   struct carrier *carrier,
				   struct wheel *wheel, struct clock *clock);

void upstream_free(struct upstream *upstream);	/* after the loop ran dry */

/*
 * Who is asked from now on, in order; servers that stay keep their health.
 * Questions out to a server that leaves go on to the next one.
 */
int upstream_serve(struct upstream *upstream, const struct address *servers,
		   unsigned count);

/*
 * 0: waiter->answer is called later, exactly once, never from inside this
 * call.  ERROR_FULL, ERROR_UNREACHABLE (no servers): it is not called.
 */
int upstream_ask(struct upstream *upstream, const struct question *question,
		 struct waiter *waiter);

/* Sends what waits in the queues; called once a turn. */
void upstream_flush(struct upstream *upstream);

/* Every waiter gets ERROR_UNREACHABLE now; handles close in the loop. */
void upstream_close(struct upstream *upstream);

/* For status: one row for each server.  Any thread may read. */
struct upstream_row {
	struct address address;
	bool up;
	uint32_t round_trip_us;	/* smoothed; 0: not known yet */
	uint64_t asked;
	uint64_t answered;
	uint64_t timeouts;
	uint64_t mismatched;	/* wrong id, question or address */
};
unsigned upstream_rows(struct upstream *upstream, struct upstream_row *rows,
		       unsigned room);

/* Questions out now. */
unsigned upstream_flying(const struct upstream *upstream);

#endif
