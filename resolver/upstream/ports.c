/*
 *	server 0:  open[ port | port |  -   | port ]   turn -> one of them
 *	server 1:  open[ port |  -   |  -   |  -   ]   turn -> none yet
 *	leaving:   port port                           worn, but waited for
 *
 * A place in `open` is filled when it is first drawn.  A worn port leaves its
 * place to a new one and closes when nobody waits on it any more.  Nothing
 * here calls the owner but the loop and ports_flush.
 */
#include "upstream/ports.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/error.h"
#include "transport/batch.h"
#include "upstream/dice.h"
#include "upstream/upstream.h"

enum {
	ROUNDS = 4,			/* full batches in one go */
	ANSWER_ROOM = 4096,		/* at least, whatever we offer */
	WORN_QUESTIONS = 1000,		/* and up to as many more */
	WORN_MS = 10 * 60000,
	RECEIVE_BYTES = 1 << 20,
};

struct port {
	struct lane lane;		/* first */
	struct ports *ports;
	struct port *next;		/* free */
	uv_poll_t poll;
	int fd;				/* -1: closed */
	int error;			/* to be told; 0: none */
	unsigned left;			/* questions until it is worn */
	uint64_t opened_ms;
	bool leaving;
};

struct place {
	struct address address;
	struct port **open;		/* of `sockets` ports, NULL: not yet */
	struct port *turn;		/* what this turn uses */
};

_Static_assert(UPSTREAM_SERVERS <= 32, "`turned` has a bit for each");

struct ports {
	struct carrier *carrier;
	uv_loop_t *loop;
	unsigned sockets;
	struct port *pool;
	struct port *free;
	unsigned size, fresh;		/* of the pool; the first never used */
	bool broken;			/* some port has an error to tell */
	uint32_t turned;		/* places with a turn, a bit each */
	struct dice dice;
	struct place places[UPSTREAM_SERVERS];
	struct port **open;		/* of all places */
	struct batch in;
	struct batch out;
	struct port *by[BATCH];		/* NULL: closed since */
	unsigned waiting;		/* in `out` */
};

static int lay_out(struct ports *ports, size_t payload)
{
	size_t room = payload > ANSWER_ROOM ? payload : ANSWER_ROOM;

	ports->size = 2 * UPSTREAM_SERVERS * ports->sockets;
	ports->pool = calloc(ports->size, sizeof(*ports->pool));
	ports->open = calloc(UPSTREAM_SERVERS * ports->sockets,
			     sizeof(*ports->open));
	if (ports->pool == NULL || ports->open == NULL ||
	    batch_init(&ports->in, room) < 0 ||
	    batch_init(&ports->out, CARRIER_ROOM) < 0)
		return -ENOMEM;
	for (unsigned i = 0; i < UPSTREAM_SERVERS; i++)
		ports->places[i].open = ports->open + i * ports->sockets;
	return 0;
}

struct ports *ports_new(struct carrier *carrier, uv_loop_t *loop,
			const struct upstream_options *options)
{
	struct ports *ports = calloc(1, sizeof(*ports));

	if (ports == NULL)
		return NULL;
	ports->carrier = carrier;
	ports->loop = loop;
	ports->sockets = options->sockets > 0 ? options->sockets : 1;
	if (lay_out(ports, options->payload) < 0) {
		ports_free(ports);
		return NULL;
	}
	return ports;
}

void ports_free(struct ports *ports)
{
	if (ports == NULL)
		return;
	batch_release(&ports->in);
	batch_release(&ports->out);
	free(ports->open);
	free(ports->pool);
	free(ports);
}

static void port_put_back(struct port *port)
{
	port->next = port->ports->free;
	port->ports->free = port;
}

static void closed(uv_handle_t *handle)
{
	port_put_back(handle->data);
}

/* What it has not sent yet is not sent by whoever gets its memory next. */
static void port_close(struct port *port)
{
	struct ports *ports = port->ports;

	for (unsigned i = 0; i < ports->waiting; i++)
		if (ports->by[i] == port)
			ports->by[i] = NULL;
	uv_close((uv_handle_t *)&port->poll, closed);
	close(port->fd);
	port->fd = -1;
	port->error = 0;
}

/* An error of the moment and of ours, which says nothing of the server. */
static bool is_passing(int error)
{
	return error == -EAGAIN || error == -ENOBUFS || error == -ENOMEM;
}

static int receive(struct port *port)
{
	struct ports *ports = port->ports;
	struct carrier_owner *owner = ports->carrier->owner;
	int got = batch_receive(&ports->in, port->fd, 0, 0);

	for (int i = 0; i < got; i++) {
		const struct mmsghdr *message = &ports->in.message[i];

		if (message->msg_hdr.msg_flags & MSG_TRUNC)
			continue;
		owner->arrived(owner, &port->lane,
			       batch_at(&ports->in, (unsigned)i),
			       message->msg_len);
	}
	return got;
}

/*
 * libuv stops watching a socket that has an error to tell.  The error is the
 * lane's, told by the call to receive; the socket is as good as before.
 */
static void readable(uv_poll_t *poll, int status, int events)
{
	struct port *port = poll->data;
	struct carrier_owner *owner = port->ports->carrier->owner;
	unsigned rounds = ROUNDS;
	int got;

	(void)events;
	do
		got = receive(port);
	while (got == BATCH && port->fd >= 0 && --rounds > 0);
	if (got < 0 && !is_passing(got))
		owner->failed(owner, &port->lane, got);
	if (status < 0 && port->fd >= 0)
		uv_poll_start(poll, UV_READABLE, readable);
}

/* Connecting draws a port as well: the kernel picks one at random. */
static int socket_open(const struct address *address)
{
	int fd = socket(address->family,
			SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int room = RECEIVE_BYTES, error;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (connect(fd, &address->any, address_size(address)) < 0) {
		error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

static struct port *port_take(struct ports *ports)
{
	struct port *port = ports->free;

	if (port != NULL)
		ports->free = port->next;
	else if (ports->fresh < ports->size)
		port = &ports->pool[ports->fresh++];
	return port;
}

/* Watches `fd`; what it cannot watch is closed. */
static int port_watch(struct port *port, int fd)
{
	int error = uv_poll_init(port->ports->loop, &port->poll, fd);

	if (error < 0) {
		close(fd);
		port_put_back(port);
		return error;
	}
	port->fd = fd;
	port->poll.data = port;
	error = uv_poll_start(&port->poll, UV_READABLE, readable);
	if (error < 0)
		port_close(port);
	return error;
}

static struct port *port_open(struct ports *ports, unsigned server, int *error)
{
	int fd = socket_open(&ports->places[server].address);
	struct port *port = fd < 0 ? NULL : port_take(ports);

	*error = fd < 0 ? fd : ERROR_FULL;
	if (port == NULL) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	port->ports = ports;
	port->lane = (struct lane){ .server = server };
	port->error = 0;
	port->left = WORN_QUESTIONS +
		     dice_below(&ports->dice, WORN_QUESTIONS);
	port->opened_ms = uv_now(ports->loop);
	port->leaving = false;
	*error = port_watch(port, fd);
	return *error < 0 ? NULL : port;
}

static bool is_worn(const struct port *port)
{
	return port->left == 0 ||
	       uv_now(port->ports->loop) - port->opened_ms > WORN_MS;
}

static void retire(struct port *port)
{
	port->leaving = true;
	if (port->lane.waiting == NULL)
		port_close(port);
}

/* Any that is open, when no other can be had. */
static struct port *any_port(const struct ports *ports,
			     const struct place *place)
{
	for (unsigned i = 0; i < ports->sockets; i++)
		if (place->open[i] != NULL)
			return place->open[i];
	return NULL;
}

static struct port *draw(struct ports *ports, unsigned server, int *error)
{
	struct place *place = &ports->places[server];
	struct port **slot = &place->open[dice_below(&ports->dice,
						     ports->sockets)];
	struct port *port;

	if (*slot != NULL && !is_worn(*slot))
		return *slot;
	port = port_open(ports, server, error);
	if (port == NULL)
		return *slot != NULL ? *slot : any_port(ports, place);
	if (*slot != NULL)
		retire(*slot);
	*slot = port;
	return port;
}

struct lane *ports_lane(struct ports *ports, unsigned server, int *error)
{
	struct place *place = &ports->places[server];

	if (place->turn == NULL) {
		place->turn = draw(ports, server, error);
		ports->turned |= (uint32_t)1 << server;
	}
	return place->turn != NULL ? &place->turn->lane : NULL;
}

/* All that waits from `first` on and leaves by the same port. */
static unsigned same_port(const struct ports *ports, unsigned first)
{
	unsigned end = first + 1;

	while (end < ports->waiting && ports->by[end] == ports->by[first])
		end++;
	return end;
}

static void send_all(struct ports *ports)
{
	struct batch_run run = { .until = 0 };

	while (run.until < ports->waiting) {
		struct port *port = ports->by[run.until];

		run.from = run.until;
		run.until = same_port(ports, run.from);
		if (port == NULL)
			continue;
		batch_send(&ports->out, port->fd, &run);
		if (run.error == 0 || is_passing(run.error))
			continue;
		port->error = run.error;
		ports->broken = true;
	}
	ports->waiting = 0;
}

uint8_t *ports_room(struct ports *ports)
{
	if (ports->waiting == BATCH)
		send_all(ports);
	return batch_at(&ports->out, ports->waiting);
}

void ports_send(struct ports *ports, struct lane *lane, size_t len)
{
	struct port *port = (struct port *)lane;

	ports->by[ports->waiting] = port;
	ports->out.part[ports->waiting].iov_len = len;
	ports->waiting++;
	if (port->left > 0)
		port->left--;
}

void ports_idle(struct ports *ports, struct lane *lane)
{
	struct port *port = (struct port *)lane;

	(void)ports;
	if (port->leaving && port->fd >= 0)
		port_close(port);
}

static void tell_broken(struct ports *ports)
{
	struct carrier_owner *owner = ports->carrier->owner;

	ports->broken = false;
	for (unsigned i = 0; i < ports->fresh; i++) {
		struct port *port = &ports->pool[i];
		int error = port->error;

		port->error = 0;
		if (error < 0)
			owner->failed(owner, &port->lane, error);
	}
}

static void end_turn(struct ports *ports)
{
	for (unsigned i = 0; ports->turned != 0; i++, ports->turned >>= 1)
		if (ports->turned & 1)
			ports->places[i].turn = NULL;
}

bool ports_flush(struct ports *ports)
{
	if (ports->waiting == 0 && !ports->broken)
		return false;
	send_all(ports);
	end_turn(ports);
	if (ports->broken)
		tell_broken(ports);
	return true;
}

int ports_serve(struct ports *ports, unsigned server,
		const struct address *address)
{
	ports->places[server].address = *address;
	return 0;
}

void ports_forget(struct ports *ports, unsigned server)
{
	struct place *place = &ports->places[server];

	for (unsigned i = 0; i < ports->sockets; i++) {
		if (place->open[i] != NULL)
			retire(place->open[i]);
		place->open[i] = NULL;
	}
	place->turn = NULL;
}

void ports_close(struct ports *ports)
{
	for (unsigned i = 0; i < UPSTREAM_SERVERS; i++)
		ports_forget(ports, i);
}
