/*
 * The table of connections, the doors they come in by, and the limits.
 *
 * A door is a listening socket of our own that libuv only watches: who is
 * over a limit is then closed without ever having a handle.  Everything a
 * connection needs is laid out at the start; pages of its buffers that no
 * client ever filled are not there.
 */
#include "transport/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/entry.h"
#include "base/log.h"
#include "dns/message.h"
#include "transport/connection.h"

enum {
	ACCEPTS = 64,		/* in one go, before others have their turn */
	BREATH_MS = 250,	/* with no descriptors left */
	BUFFERS = FRAMED_ROOM + CONNECTION_PENDING,
};

struct tcp_door {
	struct tcp_door *next;
	struct tcp *tcp;
	uv_poll_t poll;
	struct deadline breath;
	int fd;			/* -1: closed */
};

static uint8_t *tcp_room(struct channel *channel, size_t *size)
{
	struct tcp *tcp = (struct tcp *)channel;

	*size = MESSAGE_MAX;
	return tcp->room + CONNECTION_PREFIX;
}

static void tcp_send(struct channel *channel, const struct peer *peer,
		     size_t len)
{
	struct tcp *tcp = (struct tcp *)channel;
	struct connection *connection = &tcp->table[peer->connection];

	if (connection->open &&
	    connection->peer.generation == peer->generation)
		connection_answer(connection, len);
}

static const struct channel_ops tcp_ops = {
	.transport = ENTRY_TCP,
	.room = tcp_room,
	.send = tcp_send,
};

static void resume(uv_idle_t *idle)
{
	struct tcp *tcp = idle->data;

	uv_idle_stop(idle);
	clock_update(&tcp->clock);
	for (unsigned i = 0; i < tcp->fresh; i++) {
		if (!tcp->table[i].resume)
			continue;
		tcp->table[i].resume = false;
		connection_pump(&tcp->table[i]);
	}
}

void tcp_resume(struct tcp *tcp, struct connection *connection)
{
	connection->resume = true;
	uv_idle_start(&tcp->resume, resume);
}

static struct connection *place_take(struct tcp *tcp)
{
	struct connection *connection = tcp->free;
	uint8_t *memory;

	if (connection != NULL) {
		tcp->free = connection->next;
		return connection;
	}
	if (tcp->fresh == tcp->options.connections)
		return NULL;
	connection = &tcp->table[tcp->fresh];
	memory = tcp->memory + (size_t)tcp->fresh * BUFFERS;
	connection->tcp = tcp;
	connection->peer.connection = tcp->fresh++;
	framed_init(&connection->framed, memory, FRAMED_ROOM);
	connection->pending = memory + FRAMED_ROOM;
	return connection;
}

void tcp_release(struct tcp *tcp, struct connection *connection)
{
	tcp->handles--;
	counter_add(&tcp->counts.open, (uint64_t)-1);
	connection->next = tcp->free;
	tcp->free = connection;
}

static unsigned count_of(const struct tcp *tcp, const struct address *client)
{
	unsigned count = 0;

	for (unsigned i = 0; i < tcp->fresh; i++)
		count += tcp->table[i].open &&
			 address_equal_host(&tcp->table[i].peer.client,
					    client);
	return count;
}

static void admit(struct tcp *tcp, int fd, const struct address *client)
{
	struct connection *place = NULL;

	if (count_of(tcp, client) < tcp->options.connections_per_client)
		place = place_take(tcp);
	if (place == NULL) {
		counter_add(&tcp->counts.refused, 1);
		close(fd);
		return;
	}
	counter_add(&tcp->counts.open, 1);
	if (connection_open(place, fd, client) == 0)
		counter_add(&tcp->counts.accepted, 1);
}

static void knock(uv_poll_t *poll, int status, int events);

static void door_watch(struct tcp_door *door)
{
	uv_poll_start(&door->poll, UV_READABLE, knock);
}

static void breathed(struct deadline *deadline)
{
	struct tcp_door *door = (struct tcp_door *)
		((char *)deadline - offsetof(struct tcp_door, breath));

	door_watch(door);
}

/* There is nothing to accept with: a door that stays ready must not spin. */
static void door_pause(struct tcp_door *door)
{
	struct tcp *tcp = door->tcp;

	uv_poll_stop(&door->poll);
	clock_update(&tcp->clock);
	wheel_start(tcp->wheel, &door->breath,
		    clock_ms(&tcp->clock) + BREATH_MS);
}

/* True while there may be more; a client that has gone already is no error. */
static bool door_accept(struct tcp_door *door)
{
	struct address client = { .family = 0 };
	socklen_t len = sizeof(client);
	int fd = accept4(door->fd, &client.any, &len,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		admit(door->tcp, fd, &client);
		return true;
	}
	switch (errno) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		door_pause(door);
		return false;
	default:
		return true;
	}
}

static void knock(uv_poll_t *poll, int status, int events)
{
	struct tcp_door *door = poll->data;
	unsigned accepts = ACCEPTS;

	(void)events;
	while (door_accept(door) && --accepts > 0)
		;
	if (status < 0 && !deadline_is_running(&door->breath))
		door_watch(door);
}

int tcp_listen(struct tcp *tcp, int fd)
{
	struct tcp_door *door = calloc(1, sizeof(*door));
	int error = door == NULL ? -ENOMEM
				 : uv_poll_init(tcp->loop, &door->poll, fd);

	if (error < 0) {
		free(door);
		close(fd);
		return error;
	}
	door->tcp = tcp;
	door->fd = fd;
	door->poll.data = door;
	door->breath.expired = breathed;
	door->next = tcp->doors;
	tcp->doors = door;
	door_watch(door);
	return 0;
}

static void doors_close(struct tcp *tcp)
{
	for (struct tcp_door *door = tcp->doors; door; door = door->next) {
		if (door->fd < 0)
			continue;
		wheel_stop(tcp->wheel, &door->breath);
		uv_close((uv_handle_t *)&door->poll, NULL);
		close(door->fd);
		door->fd = -1;
	}
}

void tcp_drain(struct tcp *tcp)
{
	doors_close(tcp);
	tcp->draining = true;
	for (unsigned i = 0; i < tcp->fresh; i++)
		connection_settle(&tcp->table[i]);
}

void tcp_close(struct tcp *tcp)
{
	if (tcp->closed)
		return;
	tcp->closed = true;
	tcp_drain(tcp);
	for (unsigned i = 0; i < tcp->fresh; i++)
		connection_close(&tcp->table[i]);
	uv_close((uv_handle_t *)&tcp->resume, NULL);
}

static int lay_out(struct tcp *tcp)
{
	size_t places = tcp->options.connections;
	void *memory;

	tcp->mapped = places * BUFFERS + CONNECTION_PREFIX + MESSAGE_MAX;
	memory = mmap(NULL, tcp->mapped, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	tcp->memory = memory;
	tcp->room = tcp->memory + places * BUFFERS;
	tcp->table = calloc(places, sizeof(*tcp->table));
	return tcp->table == NULL && places > 0 ? -ENOMEM : 0;
}

struct tcp *tcp_new(const struct tcp_options *options, uv_loop_t *loop,
		    struct wheel *wheel, struct receiver *receiver)
{
	struct tcp *tcp = calloc(1, sizeof(*tcp));

	if (tcp == NULL)
		return NULL;
	tcp->channel.ops = &tcp_ops;
	tcp->options = *options;
	tcp->loop = loop;
	tcp->wheel = wheel;
	tcp->receiver = receiver;
	if (lay_out(tcp) < 0) {
		tcp_free(tcp);
		return NULL;
	}
	uv_idle_init(loop, &tcp->resume);
	tcp->resume.data = tcp;
	return tcp;
}

/* While a handle is open libuv writes to it: rather lose the memory. */
void tcp_free(struct tcp *tcp)
{
	struct tcp_door *door, *next;

	if (tcp == NULL)
		return;
	if (tcp->handles > 0) {
		log_error("tcp: freed with %u connections open", tcp->handles);
		return;
	}
	for (door = tcp->doors; door != NULL; door = next) {
		next = door->next;
		free(door);
	}
	if (tcp->memory != NULL)
		munmap(tcp->memory, tcp->mapped);
	free(tcp->table);
	free(tcp);
}

const struct tcp_counts *tcp_counts(const struct tcp *tcp)
{
	return &tcp->counts;
}
