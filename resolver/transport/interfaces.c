/*
 * interfaces: hears when an address of this machine comes or goes.
 *
 * What the kernel says is not read, only that it said something: whoever
 * wants to know looks at the addresses anew.  A machine that joins a network
 * gets several addresses within moments, hence the pause.
 */
#include "transport/interfaces.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INTERFACES_PAUSE_MS = 500 };

struct interfaces {
	int fd;
	unsigned open;			/* handles */
	uv_poll_t poll;
	uv_timer_t pause;
	void (*changed)(void *context);
	void *context;
};

static void interfaces_tell(uv_timer_t *timer)
{
	struct interfaces *interfaces = timer->data;

	interfaces->changed(interfaces->context);
}

/*
 * What the news are does not matter, only that there are some.  When more came
 * than the socket could hold, libuv takes that for an error and stops
 * watching: it is begun again.
 */
static void interfaces_hear(uv_poll_t *poll, int status, int events)
{
	struct interfaces *interfaces = poll->data;
	char news[4096];
	ssize_t got;

	(void)events;
	do {
		got = recv(interfaces->fd, news, sizeof(news), MSG_DONTWAIT);
	} while (got > 0 || (got < 0 && errno == ENOBUFS));
	if (status < 0)
		uv_poll_start(poll, UV_READABLE, interfaces_hear);
	uv_timer_start(&interfaces->pause, interfaces_tell,
		       INTERFACES_PAUSE_MS, 0);
}

static int interfaces_open_socket(void)
{
	struct sockaddr_nl groups = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_ROUTE);

	if (fd >= 0 &&
	    bind(fd, (struct sockaddr *)&groups, sizeof(groups)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

struct interfaces *interfaces_watch(uv_loop_t *loop, void (*changed)(void *),
				    void *context)
{
	struct interfaces *interfaces;
	int fd = interfaces_open_socket();

	if (fd < 0)
		return NULL;
	interfaces = calloc(1, sizeof(*interfaces));
	if (!interfaces || uv_poll_init(loop, &interfaces->poll, fd)) {
		free(interfaces);
		close(fd);
		return NULL;
	}
	interfaces->fd = fd;
	interfaces->open = 2;
	interfaces->changed = changed;
	interfaces->context = context;
	interfaces->poll.data = interfaces;
	interfaces->pause.data = interfaces;
	uv_timer_init(loop, &interfaces->pause);
	uv_poll_start(&interfaces->poll, UV_READABLE, interfaces_hear);
	return interfaces;
}

static void interfaces_closed(uv_handle_t *handle)
{
	struct interfaces *interfaces = handle->data;

	if (--interfaces->open == 0) {
		close(interfaces->fd);
		free(interfaces);
	}
}

void interfaces_unwatch(struct interfaces *interfaces)
{
	if (!interfaces)
		return;
	uv_close((uv_handle_t *)&interfaces->poll, interfaces_closed);
	uv_close((uv_handle_t *)&interfaces->pause, interfaces_closed);
}
