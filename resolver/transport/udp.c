/*
 *	socket readable -> recvmmsg into `in` -> receiver, one by one
 *	                -> answers into `out`  -> sendmmsg, socket by socket
 *
 * One `in` and one `out` serve all sockets of a worker.  `out` is emptied
 * after every batch that came in, so that its answers leave before the next
 * batch is fetched; answers that had to wait leave when the turn ends.
 *
 * A socket stays in memory until udp_free, because a query that waits
 * remembers it as its channel; what it is given once it is closed (fd -1) is
 * counted as unsent.
 */
#include "transport/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/entry.h"
#include "transport/batch.h"

enum {
	ROUNDS = 4,		/* full batches before others have their turn */
	IN_ROOM = 4096,		/* what is longer is no query */
};

/* The address that was asked, as the kernel tells it and wants it told. */
union control {
	struct cmsghdr align;
	uint8_t at[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct udp_socket {
	struct channel channel;		/* first */
	struct udp *udp;
	struct udp_socket *next;
	uv_poll_t poll;
	int fd;				/* -1: closed */
	bool wildcard;
};

struct udp {
	uv_loop_t *loop;
	struct receiver *receiver;
	struct udp_socket *sockets;
	struct udp_counts counts;
	struct batch in;
	struct peer peers[BATCH];
	union control asked[BATCH];
	struct batch out;
	unsigned waiting;		/* messages in `out` */
	struct udp_socket *by[BATCH];
	struct address to[BATCH];
	union control from[BATCH];
};

struct udp *udp_new(uv_loop_t *loop, struct receiver *receiver)
{
	struct udp *udp = calloc(1, sizeof(*udp));

	if (udp == NULL)
		return NULL;
	if (batch_init(&udp->in, IN_ROOM) < 0 ||
	    batch_init(&udp->out, CHANNEL_ROOM) < 0) {
		udp_free(udp);
		return NULL;
	}
	udp->loop = loop;
	udp->receiver = receiver;
	for (unsigned i = 0; i < BATCH; i++) {
		struct msghdr *in = &udp->in.message[i].msg_hdr;

		in->msg_name = &udp->peers[i].client;
		in->msg_control = &udp->asked[i];
		udp->out.message[i].msg_hdr.msg_name = &udp->to[i];
	}
	return udp;
}

void udp_free(struct udp *udp)
{
	struct udp_socket *socket, *next;

	if (udp == NULL)
		return;
	for (socket = udp->sockets; socket != NULL; socket = next) {
		next = socket->next;
		free(socket);
	}
	batch_release(&udp->in);
	batch_release(&udp->out);
	free(udp);
}

/* All that waits from `first` on and leaves by the same socket. */
static unsigned same_socket(const struct udp *udp, unsigned first)
{
	unsigned end = first + 1;

	while (end < udp->waiting && udp->by[end] == udp->by[first])
		end++;
	return end;
}

void udp_flush(struct udp *udp)
{
	struct batch_run run = { .until = 0 };
	unsigned unsent = udp->waiting;

	if (udp->waiting == 0)
		return;
	for (; run.until < udp->waiting; unsent -= run.taken) {
		run.from = run.until;
		run.until = same_socket(udp, run.from);
		run.taken = 0;
		if (udp->by[run.from]->fd >= 0)
			batch_send(&udp->out, udp->by[run.from]->fd, &run);
	}
	counter_add(&udp->counts.sent, udp->waiting - unsent);
	counter_add(&udp->counts.unsent, unsent);
	udp->waiting = 0;
}

static uint8_t *udp_room(struct channel *channel, size_t *size)
{
	struct udp *udp = ((struct udp_socket *)channel)->udp;

	if (udp->waiting == BATCH)
		udp_flush(udp);
	*size = CHANNEL_ROOM;
	return batch_at(&udp->out, udp->waiting);
}

static void put_control(struct msghdr *header, int level, int type,
			struct bytes info)
{
	struct cmsghdr *control = header->msg_control;

	header->msg_controllen = CMSG_SPACE(info.len);
	control->cmsg_level = level;
	control->cmsg_type = type;
	control->cmsg_len = CMSG_LEN(info.len);
	memcpy(CMSG_DATA(control), info.at, info.len);
}

/*
 * The answer leaves from the address that was asked.  By which interface is
 * for the routes to say, unless the address means nothing without one.
 */
static void send_from(struct msghdr *header, const struct peer *peer)
{
	struct in_pktinfo in4 = { .ipi_ifindex = 0 };
	struct in6_pktinfo in6 = { .ipi6_ifindex = 0 };

	if (peer->local.family == AF_INET) {
		in4.ipi_spec_dst = peer->local.in4.sin_addr;
		put_control(header, IPPROTO_IP, IP_PKTINFO,
			    bytes_of(&in4, sizeof(in4)));
		return;
	}
	in6.ipi6_addr = peer->local.in6.sin6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(&in6.ipi6_addr))
		in6.ipi6_ifindex = peer->interface;
	put_control(header, IPPROTO_IPV6, IPV6_PKTINFO,
		    bytes_of(&in6, sizeof(in6)));
}

static void udp_send(struct channel *channel, const struct peer *peer,
		     size_t len)
{
	struct udp_socket *socket = (struct udp_socket *)channel;
	struct udp *udp = socket->udp;
	unsigned at = udp->waiting;
	struct msghdr *header = &udp->out.message[at].msg_hdr;

	if (len == 0)
		return;
	udp->by[at] = socket;
	udp->to[at] = peer->client;
	udp->out.part[at].iov_len = len;
	header->msg_namelen = address_size(&peer->client);
	header->msg_control = NULL;
	header->msg_controllen = 0;
	if (peer->local.family != 0) {
		header->msg_control = &udp->from[at];
		send_from(header, peer);
	}
	udp->waiting++;
}

static const struct channel_ops udp_ops = {
	.transport = ENTRY_UDP,
	.room = udp_room,
	.send = udp_send,
};

static void take_in4(struct peer *peer, const struct cmsghdr *control)
{
	struct in_pktinfo info;

	memcpy(&info, CMSG_DATA(control), sizeof(info));
	peer->local.in4.sin_addr = info.ipi_spec_dst;
	peer->local.family = AF_INET;
	peer->interface = (uint32_t)info.ipi_ifindex;
}

static void take_in6(struct peer *peer, const struct cmsghdr *control)
{
	struct in6_pktinfo info;

	memcpy(&info, CMSG_DATA(control), sizeof(info));
	peer->local.in6.sin6_addr = info.ipi6_addr;
	peer->local.family = AF_INET6;
	peer->interface = info.ipi6_ifindex;
}

/* Which of our addresses was asked: none is noted where there is but one. */
static void take_local(struct peer *peer, struct msghdr *header)
{
	struct cmsghdr *control;

	memset(&peer->local, 0, sizeof(peer->local));
	for (control = CMSG_FIRSTHDR(header); control != NULL;
	     control = CMSG_NXTHDR(header, control)) {
		if (control->cmsg_level == IPPROTO_IP &&
		    control->cmsg_type == IP_PKTINFO)
			take_in4(peer, control);
		else if (control->cmsg_level == IPPROTO_IPV6 &&
			 control->cmsg_type == IPV6_PKTINFO)
			take_in6(peer, control);
	}
}

static void arrive(struct udp_socket *socket, unsigned number)
{
	struct udp *udp = socket->udp;
	struct mmsghdr *message = &udp->in.message[number];
	struct peer *peer = &udp->peers[number];

	if (message->msg_hdr.msg_flags & MSG_TRUNC) {
		counter_add(&udp->counts.oversize, 1);
		return;
	}
	take_local(peer, &message->msg_hdr);
	udp->receiver->arrive(udp->receiver, &socket->channel, peer,
			      bytes_of(batch_at(&udp->in, number),
				       message->msg_len));
}

static int receive(struct udp_socket *socket)
{
	struct udp *udp = socket->udp;
	size_t control = socket->wildcard ? sizeof(union control) : 0;
	int got = batch_receive(&udp->in, socket->fd,
				sizeof(struct address), control);

	if (got <= 0)
		return got;
	counter_add(&udp->counts.received, (unsigned)got);
	for (unsigned i = 0; i < (unsigned)got; i++)
		arrive(socket, i);
	udp_flush(udp);
	return got;
}

/*
 * libuv stops watching a socket that has an error to tell; here it is one
 * packet's trouble, told to nobody, and the watch goes on.
 */
static void readable(uv_poll_t *poll, int status, int events)
{
	struct udp_socket *socket = poll->data;
	unsigned rounds = ROUNDS;

	(void)events;
	while (socket->fd >= 0 && receive(socket) == BATCH && --rounds > 0)
		;
	if (status < 0 && socket->fd >= 0)
		uv_poll_start(poll, UV_READABLE, readable);
}

/*
 * The kernel is to tell the address asked, and not to believe ICMP about the
 * path: who can make it smaller can make our answers come in fragments, which
 * are easier to forge (RFC 9715).
 */
static int prepare(int fd, bool wildcard)
{
	int yes = 1, omit4 = IP_PMTUDISC_OMIT, omit6 = IPV6_PMTUDISC_OMIT;
	struct address local;
	socklen_t len = sizeof(local);

	if (getsockname(fd, &local.any, &len) < 0)
		return -errno;
	if (local.family == AF_INET) {
		setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &omit4,
			   sizeof(omit4));
		if (wildcard && setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &yes,
					   sizeof(yes)) < 0)
			return -errno;
		return 0;
	}
	setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &omit6,
		   sizeof(omit6));
	if (wildcard && setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &yes,
				   sizeof(yes)) < 0)
		return -errno;
	return 0;
}

/* The socket is on the list from the moment its handle needs the loop. */
static int watch(struct udp_socket *socket)
{
	struct udp *udp = socket->udp;
	int error = uv_poll_init(udp->loop, &socket->poll, socket->fd);

	if (error < 0) {
		free(socket);
		return error;
	}
	socket->next = udp->sockets;
	udp->sockets = socket;
	socket->poll.data = socket;
	error = uv_poll_start(&socket->poll, UV_READABLE, readable);
	if (error < 0) {
		uv_close((uv_handle_t *)&socket->poll, NULL);
		socket->fd = -1;
	}
	return error;
}

int udp_listen(struct udp *udp, int fd, bool wildcard)
{
	struct udp_socket *socket = calloc(1, sizeof(*socket));
	int error = socket == NULL ? -ENOMEM : prepare(fd, wildcard);

	if (error < 0) {
		free(socket);
		close(fd);
		return error;
	}
	socket->channel.ops = &udp_ops;
	socket->udp = udp;
	socket->fd = fd;
	socket->wildcard = wildcard;
	error = watch(socket);
	if (error < 0)
		close(fd);
	return error;
}

void udp_close(struct udp *udp)
{
	struct udp_socket *socket;

	udp_flush(udp);
	for (socket = udp->sockets; socket != NULL; socket = socket->next) {
		if (socket->fd < 0)
			continue;
		uv_close((uv_handle_t *)&socket->poll, NULL);
		close(socket->fd);
		socket->fd = -1;
	}
}

const struct udp_counts *udp_counts(const struct udp *udp)
{
	return &udp->counts;
}
