/*
 * batch: up to BATCH datagrams that cross into the kernel or out of it with
 * one call.
 *
 * Used one way only: to receive, or to send.  The buffers lie one cache line
 * more than their size apart, so that their headers do not all fall into the
 * same set of the first cache; pages that no datagram reached are not there.
 */
#ifndef TRANSPORT_BATCH_H
#define TRANSPORT_BATCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct address;

enum { BATCH = 64 };

struct batch {
	struct mmsghdr message[BATCH];
	struct iovec part[BATCH];
	uint8_t *memory;
	size_t room;		/* of each buffer */
	unsigned written;	/* receiving: headers the kernel wrote to */
	size_t control;		/* receiving: what the headers offer */
};

/* 0, or -ENOMEM.  Every message points to its own buffer. */
int batch_init(struct batch *batch, size_t room);
void batch_release(struct batch *batch);

uint8_t *batch_at(const struct batch *batch, unsigned number);

/*
 * How many were received, each at batch_at(number) with its length in
 * message[number].msg_len; MSG_TRUNC in its flags: there was more of it.
 * -errno: none.  Each message offers `name` and `control` bytes at the places
 * that the caller set once.
 */
int batch_receive(struct batch *batch, int fd, socklen_t name,
		  size_t control);

/* A row of messages that leave by the same socket, and what became of it. */
struct batch_run {
	unsigned from, until;	/* message[from] to message[until - 1] */
	unsigned taken;		/* so many the kernel took */
	int error;		/* -errno of the first it refused, or 0 */
};

/*
 * Lengths and names are set by the caller.  A message that the kernel will
 * not take is skipped; when its queue is full the rest is given up.
 */
void batch_send(struct batch *batch, int fd, struct batch_run *run);

#endif
