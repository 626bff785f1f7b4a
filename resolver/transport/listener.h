/*
 * listener: opening the sockets that clients send to.
 *
 * UDP and TCP for each address and each worker (SO_REUSEPORT), IPV6_V6ONLY,
 * and IP_FREEBIND, so that an address that comes up later is served when it
 * does.  Opened by the main thread while it may still be root.
 */
#ifndef TRANSPORT_LISTENER_H
#define TRANSPORT_LISTENER_H

#include "base/address.h"

struct text;

/* The two sockets of one worker at one address. */
struct listener {
	struct address address;
	int udp;
	int tcp;
};

/*
 * 0 or -errno.  `shared`: several workers will open the same address.  Port 0
 * is chosen by the kernel, the same for UDP and TCP, and stands in
 * listener->address afterwards.
 */
int listener_open(struct listener *listener, const struct address *address,
		  bool shared);
void listener_close(struct listener *listener);

/*
 * After -EADDRINUSE: who holds the port, as far as /proc tells, and what can
 * be done: "held by systemd-resolved (pid 312): set DNSStubListener=no in
 * ...".  A sentence in any case.
 */
void listener_explain(const struct address *address, struct text *out);

#endif
