/*
 * One socket for the table and for the news, so that they come in the order
 * in which they became true:
 *
 *	ask ->  address, address, news, address, ..., done   news, news, ...
 *
 * What the socket has no room for is lost, and the kernel says so once
 * (ENOBUFS): then the whole table is asked for again, in a second, and what
 * is not in it has left.  So a flood costs a table a second, and no more.
 */
#include "device/neighbour.h"

#ifdef __linux__

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "device/rtnetlink.h"

enum {
	SETTLE_MS = 100,		/* a device comes with some addresses */
	PAUSE_MS = 1000,
	EXPIRE_MS = 10 * 60 * 1000,
	PATIENCE_MS = 1000,
	DATAGRAM = 32768,		/* the kernel's largest */
	DATAGRAMS = 64,			/* before others have their turn */
};

struct neighbours {
	struct sightings *sightings;
	struct clock clock;
	int fd;
	int error;			/* why there is no table */
	uint32_t number;		/* of our last question */
	bool asking;			/* its answer is not complete */
	bool again;			/* something was missed */
	bool news;			/* that nobody was told */
	bool said_full;
	unsigned open;			/* handles */
	uv_poll_t poll;
	uv_timer_t pause;
	uv_timer_t expire;
	uint64_t told;			/* uv_now */
	void (*changed)(void *context);
	void *context;
	uint8_t datagram[DATAGRAM];
};

static int ask(struct neighbours *neighbours)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	uint8_t question[RTNETLINK_ASK];

	rtnetlink_ask(question, ++neighbours->number);
	if (sendto(neighbours->fd, question, sizeof(question), 0,
		   (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	neighbours->asking = true;
	sightings_begin(neighbours->sightings);
	return 0;
}

static void take_end(struct neighbours *neighbours,
		     const struct rtnetlink *message)
{
	if (!neighbours->asking || message->number != neighbours->number)
		return;
	neighbours->asking = false;
	if (message->kind == RTNETLINK_DONE) {
		sightings_end(neighbours->sightings,
			      clock_ms(&neighbours->clock));
		return;
	}
	neighbours->error = message->error;
	neighbours->again = true;
}

static void take(struct neighbours *neighbours, struct bytes datagram)
{
	struct rtnetlink message;
	int result;

	clock_update(&neighbours->clock);
	while ((result = rtnetlink_next(&datagram, &message)) > 0) {
		neighbours->again |= message.torn;
		if (message.kind == RTNETLINK_SIGHTING)
			neighbours->news |=
				sightings_put(neighbours->sightings,
					      &message.sighting,
					      clock_ms(&neighbours->clock));
		else if (message.kind != RTNETLINK_OTHER)
			take_end(neighbours, &message);
	}
	neighbours->again |= result < 0;
}

/* 1; 0 when nothing waits; or an error that stays. */
static int hear_one(struct neighbours *neighbours)
{
	struct sockaddr_nl from = { .nl_pid = 0 };
	socklen_t from_len = sizeof(from);
	ssize_t len = recvfrom(neighbours->fd, neighbours->datagram, DATAGRAM,
			       MSG_DONTWAIT | MSG_TRUNC,
			       (struct sockaddr *)&from, &from_len);

	if (len < 0 && errno == EAGAIN)
		return 0;
	if (len < 0 && errno != ENOBUFS && errno != EINTR)
		return -errno;
	if (len < 0 || len > DATAGRAM) {
		neighbours->again = true;
		return 1;
	}
	if (from_len == sizeof(from) && from.nl_pid == 0)
		take(neighbours, bytes_of(neighbours->datagram, (size_t)len));
	return 1;
}

static int hear_waiting(struct neighbours *neighbours)
{
	int result = 1;

	for (unsigned i = 0; result > 0 && i < DATAGRAMS; i++)
		result = hear_one(neighbours);
	return result < 0 ? result : 0;
}

/* The whole table, at once: the kernel needs nobody else for it. */
static int look(struct neighbours *neighbours)
{
	struct pollfd waiting = { .fd = neighbours->fd, .events = POLLIN };
	int error = ask(neighbours);

	while (error == 0 && neighbours->asking) {
		int ready = poll(&waiting, 1, PATIENCE_MS);

		if (ready == 0)
			return ERROR_TIMEOUT;
		if (ready > 0)
			error = hear_waiting(neighbours);
		else if (errno != EINTR)
			error = -errno;
	}
	return error < 0 ? error : neighbours->error;
}

static int open_socket(uint32_t groups)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK,
				   .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_ROUTE);
	int error;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0) {
		error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

void neighbours_free(struct neighbours *neighbours)
{
	if (neighbours == NULL)
		return;
	if (neighbours->fd >= 0)
		close(neighbours->fd);
	sightings_free(neighbours->sightings);
	free(neighbours);
}

static void say_full(struct neighbours *neighbours)
{
	uint64_t refused = sightings_refused(neighbours->sightings);

	if (refused == 0 || neighbours->said_full)
		return;
	neighbours->said_full = true;
	log_warning("neighbours: %d addresses are known by their MAC; %llu "
		    "more were not taken", SIGHTINGS_ROOM,
		    (unsigned long long)refused);
}

/* With the table as it is now. */
static int fill(struct neighbours *neighbours, uint32_t groups)
{
	int error;

	neighbours->sightings = sightings_new();
	if (neighbours->sightings == NULL)
		return -ENOMEM;
	neighbours->fd = open_socket(groups);
	if (neighbours->fd < 0)
		return neighbours->fd;
	error = look(neighbours);
	say_full(neighbours);
	neighbours->news = false;
	return error;
}

static struct neighbours *neighbours_new(uint32_t groups)
{
	struct neighbours *neighbours = calloc(1, sizeof(*neighbours));
	int error = -ENOMEM;

	if (neighbours != NULL) {
		neighbours->fd = -1;
		error = fill(neighbours, groups);
	}
	if (error == 0)
		return neighbours;
	log_error("the kernel's table of neighbours: %s", error_words(error));
	neighbours_free(neighbours);
	return NULL;
}

struct neighbours *neighbours_read(void)
{
	return neighbours_new(0);
}

static void tell(uv_timer_t *timer);

/* Soon after it was quiet, a second after the last time. */
static void plan(struct neighbours *neighbours)
{
	uint64_t now = uv_now(neighbours->pause.loop);
	uint64_t due = neighbours->told + PAUSE_MS;

	if ((!neighbours->news && !neighbours->again) ||
	    uv_is_active((uv_handle_t *)&neighbours->pause))
		return;
	if (due < now + SETTLE_MS)
		due = now + SETTLE_MS;
	uv_timer_start(&neighbours->pause, tell, due - now, 0);
}

/* Last of all the owner is told: it may want us to go. */
static void tell(uv_timer_t *timer)
{
	struct neighbours *neighbours = timer->data;
	bool news = neighbours->news;

	neighbours->told = uv_now(timer->loop);
	if (neighbours->again && !neighbours->asking)
		neighbours->again = ask(neighbours) < 0;
	say_full(neighbours);
	neighbours->news = false;
	plan(neighbours);
	if (news)
		neighbours->changed(neighbours->context);
}

/* An overflow comes as an error, too, and libuv has then stopped watching. */
static void hear(uv_poll_t *poll, int status, int events)
{
	struct neighbours *neighbours = poll->data;
	int error = hear_waiting(neighbours);

	(void)events;
	if (error < 0) {
		uv_poll_stop(poll);
		log_error("the kernel's news of neighbours: %s; from now on "
			  "none are heard", error_words(error));
		return;
	}
	if (status < 0)
		uv_poll_start(poll, UV_READABLE, hear);
	plan(neighbours);
}

/*
 * Who goes on being there is no news: when each was heard of last is only
 * told by the table.
 */
static void expire(uv_timer_t *timer)
{
	struct neighbours *neighbours = timer->data;

	clock_update(&neighbours->clock);
	neighbours->news |= sightings_expire(neighbours->sightings,
					     clock_ms(&neighbours->clock));
	neighbours->again = true;
	plan(neighbours);
}

struct neighbours *neighbours_watch(uv_loop_t *loop, void (*changed)(void *),
				    void *context)
{
	struct neighbours *neighbours = neighbours_new(RTMGRP_NEIGH);
	int error;

	if (neighbours == NULL)
		return NULL;
	error = uv_poll_init(loop, &neighbours->poll, neighbours->fd);
	if (error < 0) {
		log_error("neighbours: %s", error_words(error));
		neighbours_free(neighbours);
		return NULL;
	}
	neighbours->open = 3;
	neighbours->changed = changed;
	neighbours->context = context;
	neighbours->poll.data = neighbours;
	neighbours->pause.data = neighbours;
	neighbours->expire.data = neighbours;
	uv_timer_init(loop, &neighbours->pause);
	uv_timer_init(loop, &neighbours->expire);
	uv_timer_start(&neighbours->expire, expire, EXPIRE_MS, EXPIRE_MS);
	uv_poll_start(&neighbours->poll, UV_READABLE, hear);
	plan(neighbours);
	return neighbours;
}

static void handle_closed(uv_handle_t *handle)
{
	struct neighbours *neighbours = handle->data;

	if (--neighbours->open == 0)
		neighbours_free(neighbours);
}

void neighbours_unwatch(struct neighbours *neighbours)
{
	if (neighbours == NULL)
		return;
	uv_close((uv_handle_t *)&neighbours->poll, handle_closed);
	uv_close((uv_handle_t *)&neighbours->pause, handle_closed);
	uv_close((uv_handle_t *)&neighbours->expire, handle_closed);
}

unsigned neighbours_of(const struct neighbours *neighbours,
		       const struct mac *mac, struct address *at,
		       unsigned room)
{
	return sightings_of(neighbours->sightings, mac, at, room);
}

bool neighbours_mac(const struct neighbours *neighbours,
		    const struct address *address, struct mac *mac)
{
	return sightings_mac(neighbours->sightings, address, mac);
}

void neighbours_each(const struct neighbours *neighbours,
		     bool (*each)(void *context,
				  const struct sighting *sighting),
		     void *context)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	sightings_each(neighbours->sightings, clock_ms(&clock), each,
		       context);
}

#endif
