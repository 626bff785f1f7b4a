/*
 * ports: UDP to the servers, from many sockets with random ports.
 *
 * Each server has up to `sockets` of them, each connected, so that the kernel
 * takes nothing from anybody else and hands us what ICMP says.  All questions
 * of one turn leave by one of them, drawn at random, with one system call; the
 * next turn draws again.  A socket is given up after some thousand questions
 * or some minutes, and a new one has a new port.  One thread.
 */
#ifndef UPSTREAM_PORTS_H
#define UPSTREAM_PORTS_H

#include <uv.h>

#include "upstream/carrier.h"

struct ports;
struct upstream_options;

/* Lanes are told to the owner that `carrier` has by then.  NULL: no memory. */
struct ports *ports_new(struct carrier *carrier, uv_loop_t *loop,
			const struct upstream_options *options);
void ports_free(struct ports *ports);

/* As in struct carrier_ops, for lanes that are no streams. */
int ports_serve(struct ports *ports, unsigned server,
		const struct address *address);
void ports_forget(struct ports *ports, unsigned server);
struct lane *ports_lane(struct ports *ports, unsigned server, int *error);
uint8_t *ports_room(struct ports *ports);
void ports_send(struct ports *ports, struct lane *lane, size_t len);
void ports_idle(struct ports *ports, struct lane *lane);
void ports_close(struct ports *ports);

/* True: something was sent or told, and there may be more. */
bool ports_flush(struct ports *ports);

#endif
