/*
 * connection: one client over TCP, from accept to close; and what all
 * connections of a worker share.
 *
 * Only for tcp.c and connection.c.  A connection's place in the table is
 * used again once libuv has closed its handle; the generation then tells an
 * answer for the client before from one for the client now.
 */
#ifndef TRANSPORT_CONNECTION_H
#define TRANSPORT_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/clock.h"
#include "base/wheel.h"
#include "transport/channel.h"
#include "transport/framed.h"
#include "transport/tcp.h"

enum {
	/* Answers the client has not read yet: two of the longest. */
	CONNECTION_PENDING = 2 * FRAMED_ROOM,
	/* libuv says only when all it was given is written: not too much. */
	CONNECTION_WRITE = 16384,
	CONNECTION_PREFIX = 2,
};

struct connection {
	uv_tcp_t stream;
	uv_write_t write;
	struct tcp *tcp;
	struct connection *next;	/* on the list of free places */
	struct peer peer;
	struct deadline idle;
	struct framed framed;
	uint8_t *pending;		/* a circle of CONNECTION_PENDING */
	size_t pending_at;		/* its first byte */
	size_t pending_len;
	size_t writing;			/* of them with libuv now; 0: none */
	unsigned waiting;		/* queries without an answer yet */
	bool open;			/* from accept until uv_close */
	bool reading;
	bool stalled;			/* messages may be left in `framed` */
	bool pumping;			/* in connection_pump */
	bool resume;			/* pump again in the next turn */
	bool ended;			/* the client will send no more */
};

struct tcp {
	struct channel channel;		/* first */
	struct tcp_options options;
	uv_loop_t *loop;
	struct wheel *wheel;
	struct receiver *receiver;
	struct clock clock;
	struct tcp_counts counts;
	struct tcp_door *doors;
	struct connection *table;
	struct connection *free;
	unsigned fresh;			/* places never used yet: from here */
	uint8_t *memory;		/* buffers of all connections */
	size_t mapped;
	uint8_t *room;			/* an answer, behind its length */
	uv_idle_t resume;
	unsigned handles;		/* that libuv has not closed yet */
	bool draining;
	bool closed;
};

/* Takes `fd` over, in a place that is free.  0 or -errno. */
int connection_open(struct connection *connection, int fd,
		    const struct address *client);
void connection_close(struct connection *connection);

/* An answer stands in tcp->room; len 0: there will be none. */
void connection_answer(struct connection *connection, size_t len);

/* Gives out what is in `framed`, as far as the limits allow. */
void connection_pump(struct connection *connection);

/* Reads on, pauses or ends, as its state says.  After any change of it. */
void connection_settle(struct connection *connection);

/* For connection.c, in tcp.c: its place is free again. */
void tcp_release(struct tcp *tcp, struct connection *connection);
/* And: it is to be pumped when the stack is shallow again. */
void tcp_resume(struct tcp *tcp, struct connection *connection);

#endif
