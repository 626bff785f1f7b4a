/*
 * udp: datagrams from clients, in batches, and their answers, once a turn.
 *
 * recvmmsg and sendmmsg over a socket of our own that libuv only watches:
 * its own handle does not tell the address that was asked.  Answers gather in
 * the worker's queue and leave when it is full or the turn ends (udp_flush),
 * from the address that was asked.  One thread; memory is fixed.
 */
#ifndef TRANSPORT_UDP_H
#define TRANSPORT_UDP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "transport/channel.h"

struct udp;	/* the buffers of one worker, for all its sockets */

struct udp_counts {
	uint64_t received;
	uint64_t sent;
	uint64_t unsent;	/* the kernel would not take them */
	uint64_t oversize;	/* longer than any query is: dropped */
};

/* What arrives goes to `receiver`.  NULL: no memory. */
struct udp *udp_new(uv_loop_t *loop, struct receiver *receiver);
/* After the loop has run dry. */
void udp_free(struct udp *udp);

/*
 * Watches `fd` (taken over) on the loop.  `wildcard`: it is bound to all
 * addresses, so that replies must be told the one that was asked.
 */
int udp_listen(struct udp *udp, int fd, bool wildcard);

/* Stops all its sockets; their handles close in the loop. */
void udp_close(struct udp *udp);

/* Sends all that waits; called by the worker before the loop sleeps. */
void udp_flush(struct udp *udp);

const struct udp_counts *udp_counts(const struct udp *udp);

#endif
