/*
 * tcp: clients that come over TCP (RFC 7766).
 *
 * Queries are pipelined and answered as they are ready, in any order.  All
 * is bounded: connections in all and per client host, queries a connection
 * may have waiting, bytes it may have unread; a client that does not read is
 * closed, and so is one that is idle.  One thread; the table is allocated at
 * the start.
 */
#ifndef TRANSPORT_TCP_H
#define TRANSPORT_TCP_H

#include <stdint.h>
#include <uv.h>

#include "base/wheel.h"
#include "transport/channel.h"

struct tcp;

struct tcp_options {
	unsigned connections;		/* in all */
	unsigned connections_per_client;
	unsigned waiting;		/* queries at once, a connection */
	unsigned idle_ms;
};

struct tcp_counts {
	uint64_t accepted;
	uint64_t refused;		/* over one of the limits */
	uint64_t received;
	uint64_t sent;
	uint64_t open;			/* now */
};

/* NULL: no memory. */
struct tcp *tcp_new(const struct tcp_options *options, uv_loop_t *loop,
		    struct wheel *wheel, struct receiver *receiver);
void tcp_free(struct tcp *tcp);		/* after the loop has run dry */

/* Accepts on `fd` (taken over; it listens already). */
int tcp_listen(struct tcp *tcp, int fd);

/* No new connections; those with queries waiting stay until answered. */
void tcp_drain(struct tcp *tcp);
/* Closes everything; handles close in the loop. */
void tcp_close(struct tcp *tcp);

const struct tcp_counts *tcp_counts(const struct tcp *tcp);

#endif
