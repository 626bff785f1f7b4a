/*
 * A socket is made here with all that only root may ask for, because later,
 * when the worker takes it over, nobody is root any more.
 */
#include "transport/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BACKLOG = 256,
	RECEIVE_BYTES = 4 << 20,	/* a burst while the worker is busy */
	SEND_BYTES = 1 << 20,
	PORT_DRAWS = 16,
};

static int set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
		return -errno;
	return 0;
}

/* As much as asked for when we are root, else as much as we are given. */
static void set_buffers(int fd)
{
	if (set(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BYTES) < 0)
		set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BYTES);
	if (set(fd, SOL_SOCKET, SO_SNDBUFFORCE, SEND_BYTES) < 0)
		set(fd, SOL_SOCKET, SO_SNDBUF, SEND_BYTES);
}

/* An address that is not there yet may be bound; no harm where it may not. */
static int set_family(int fd, sa_family_t family)
{
	if (family == AF_INET) {
		set(fd, IPPROTO_IP, IP_FREEBIND, 1);
		return 0;
	}
	set(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
	return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

/*
 * SO_REUSEADDR only for TCP, where it means that the connections of a former
 * run do not count.  For UDP it would let two programs have the same port.
 */
static int set_kind(int fd, int type)
{
	if (type == SOCK_DGRAM) {
		set_buffers(fd);
		return 0;
	}
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

static int prepare(int fd, const struct address *address, int type,
		   bool shared)
{
	int error = set_family(fd, address->family);

	if (error == 0)
		error = set_kind(fd, type);
	if (error == 0 && shared)
		error = set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (error == 0 && bind(fd, &address->any, address_size(address)) < 0)
		error = -errno;
	if (error == 0 && type == SOCK_STREAM && listen(fd, BACKLOG) < 0)
		error = -errno;
	return error;
}

/* A descriptor, or -errno. */
static int socket_open(const struct address *address, int type, bool shared)
{
	int fd = socket(address->family,
			type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	error = prepare(fd, address, type, shared);
	if (error < 0) {
		close(fd);
		return error;
	}
	return fd;
}

/* UDP first; TCP then gets the port that UDP was given. */
static int pair_open(struct listener *listener, bool shared)
{
	socklen_t len = sizeof(listener->address);

	listener->udp = socket_open(&listener->address, SOCK_DGRAM, shared);
	if (listener->udp < 0)
		return listener->udp;
	if (getsockname(listener->udp, &listener->address.any, &len) < 0)
		listener->tcp = -errno;
	else
		listener->tcp = socket_open(&listener->address, SOCK_STREAM,
					    shared);
	if (listener->tcp < 0) {
		close(listener->udp);
		listener->udp = -1;
		return listener->tcp;
	}
	return 0;
}

int listener_open(struct listener *listener, const struct address *address,
		  bool shared)
{
	unsigned draws = address_port(address) == 0 ? PORT_DRAWS : 1;
	int error;

	do {
		listener->address = *address;
		error = pair_open(listener, shared);
	} while (error == -EADDRINUSE && --draws > 0);
	if (error < 0)
		listener->udp = listener->tcp = -1;
	return error;
}

void listener_close(struct listener *listener)
{
	if (listener->udp >= 0)
		close(listener->udp);
	if (listener->tcp >= 0)
		close(listener->tcp);
	listener->udp = listener->tcp = -1;
}
