/*
 *	client -> framed -> pump -> receiver           waiting + 1
 *	client <- pending <-------- answer             waiting - 1
 *
 * Answers that come while the pump runs gather in `pending` and leave with
 * one write; others go to the kernel at once, and only what it does not take
 * stays in `pending` until it can.
 *
 * A connection is paused (not read, not pumped) while `waiting` is at its
 * limit or `pending` is more than half full: the client is then held back by
 * TCP itself.  What goes on again goes on from the loop, never from inside
 * an answer: otherwise a client with many short queries would choose the
 * depth of our stack.
 */
#include "transport/connection.h"

#include <unistd.h>

#include "base/counter.h"

static bool is_drained(const struct connection *connection)
{
	return connection->waiting == 0 && connection->pending_len == 0;
}

static bool may_take(const struct connection *connection)
{
	const struct tcp *tcp = connection->tcp;

	return connection->open && !tcp->draining &&
	       connection->waiting < tcp->options.waiting &&
	       connection->pending_len <= CONNECTION_PENDING / 2;
}

/* Something was said, by either side: the client is not idle. */
static void touch(struct connection *connection)
{
	struct tcp *tcp = connection->tcp;

	wheel_start(tcp->wheel, &connection->idle,
		    clock_ms(&tcp->clock) + tcp->options.idle_ms);
}

/* A query always ends, so that this waits for it, and not for the client. */
static void idle_expired(struct deadline *deadline)
{
	struct connection *connection = (struct connection *)
		((char *)deadline - offsetof(struct connection, idle));

	clock_update(&connection->tcp->clock);
	if (connection->waiting > 0 && connection->pending_len == 0)
		touch(connection);
	else
		connection_close(connection);
}

static void closed(uv_handle_t *handle)
{
	struct connection *connection = handle->data;

	tcp_release(connection->tcp, connection);
}

void connection_close(struct connection *connection)
{
	if (!connection->open)
		return;
	connection->open = false;
	connection->peer.generation++;
	wheel_stop(connection->tcp->wheel, &connection->idle);
	uv_close((uv_handle_t *)&connection->stream, closed);
}

/* The first `len` bytes that are pending, in one part or two. */
static unsigned pending_parts(const struct connection *connection, size_t len,
			      uv_buf_t parts[2])
{
	char *at = (char *)connection->pending;
	size_t straight = CONNECTION_PENDING - connection->pending_at;

	if (len <= straight) {
		parts[0] = uv_buf_init(at + connection->pending_at,
				       (unsigned)len);
		return 1;
	}
	parts[0] = uv_buf_init(at + connection->pending_at,
			       (unsigned)straight);
	parts[1] = uv_buf_init(at, (unsigned)(len - straight));
	return 2;
}

static void pending_drop(struct connection *connection, size_t len)
{
	connection->pending_at = (connection->pending_at + len) %
				 CONNECTION_PENDING;
	connection->pending_len -= len;
	if (connection->pending_len == 0)
		connection->pending_at = 0;
}

static void pending_put(struct connection *connection, struct bytes bytes)
{
	size_t end = (connection->pending_at + connection->pending_len) %
		     CONNECTION_PENDING;
	size_t straight = CONNECTION_PENDING - end;

	if (straight > bytes.len)
		straight = bytes.len;
	memcpy(connection->pending + end, bytes.at, straight);
	memcpy(connection->pending, bytes.at + straight,
	       bytes.len - straight);
	connection->pending_len += bytes.len;
}

static void push(struct connection *connection);

static void written(uv_write_t *write, int status)
{
	struct connection *connection = write->data;
	size_t len = connection->writing;

	connection->writing = 0;
	if (status < 0 || !connection->open) {
		connection_close(connection);
		return;
	}
	pending_drop(connection, len);
	clock_update(&connection->tcp->clock);
	touch(connection);
	push(connection);
	connection_settle(connection);
}

/* What is pending goes to the kernel; the rest when it can take more. */
static void push(struct connection *connection)
{
	uv_stream_t *stream = (uv_stream_t *)&connection->stream;
	uv_buf_t parts[2];
	unsigned count;
	int sent, error;

	if (!connection->open || connection->writing > 0 ||
	    connection->pending_len == 0)
		return;
	count = pending_parts(connection, connection->pending_len, parts);
	sent = uv_try_write(stream, parts, count);
	if (sent > 0)
		pending_drop(connection, (size_t)sent);
	if (connection->pending_len == 0)
		return;
	connection->writing = connection->pending_len < CONNECTION_WRITE
				      ? connection->pending_len
				      : CONNECTION_WRITE;
	count = pending_parts(connection, connection->writing, parts);
	error = uv_write(&connection->write, stream, parts, count, written);
	if (error < 0) {
		connection->writing = 0;
		connection_close(connection);
	}
}

/* Of an answer nobody waits in front of; how much the kernel took. */
static size_t write_at_once(struct connection *connection, struct bytes bytes)
{
	uv_buf_t part = uv_buf_init((char *)bytes.at, (unsigned)bytes.len);
	int sent;

	if (connection->pumping || connection->pending_len > 0)
		return 0;
	sent = uv_try_write((uv_stream_t *)&connection->stream, &part, 1);
	return sent > 0 ? (size_t)sent : 0;
}

static void put(struct connection *connection, struct bytes bytes)
{
	size_t sent = write_at_once(connection, bytes);

	bytes = bytes_of(bytes.at + sent, bytes.len - sent);
	if (bytes.len > CONNECTION_PENDING - connection->pending_len) {
		connection_close(connection);
		return;
	}
	pending_put(connection, bytes);
	if (!connection->pumping)
		push(connection);
}

void connection_answer(struct connection *connection, size_t len)
{
	struct tcp *tcp = connection->tcp;

	if (connection->waiting > 0)
		connection->waiting--;
	if (len > 0) {
		bytes_put16(tcp->room, (uint16_t)len);
		put(connection, bytes_of(tcp->room, CONNECTION_PREFIX + len));
		counter_add(&tcp->counts.sent, 1);
	}
	if (connection->pumping || !connection->open)
		return;
	clock_update(&tcp->clock);
	touch(connection);
	connection_settle(connection);
}

void connection_pump(struct connection *connection)
{
	struct tcp *tcp = connection->tcp;
	struct bytes message;

	if (!connection->open)
		return;
	connection->pumping = true;
	connection->stalled = true;
	while (may_take(connection)) {
		if (!framed_next(&connection->framed, &message)) {
			connection->stalled = false;
			break;
		}
		connection->waiting++;
		counter_add(&tcp->counts.received, 1);
		touch(connection);
		tcp->receiver->arrive(tcp->receiver, &tcp->channel,
				      &connection->peer, message);
	}
	connection->pumping = false;
	push(connection);
	connection_settle(connection);
}

static void room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct connection *connection = handle->data;
	size_t size;
	uint8_t *at = framed_room(&connection->framed, &size);

	(void)suggested;
	*buffer = uv_buf_init((char *)at, (unsigned)size);
}

static void read_more(uv_stream_t *stream, ssize_t len, const uv_buf_t *buffer)
{
	struct connection *connection = stream->data;

	(void)buffer;
	if (len == 0)
		return;
	if (len < 0 && len != UV_EOF) {
		connection_close(connection);
		return;
	}
	if (len == UV_EOF) {
		connection->ended = true;
		connection_settle(connection);
		return;
	}
	clock_update(&connection->tcp->clock);
	framed_filled(&connection->framed, (size_t)len);
	connection_pump(connection);
}

static void set_reading(struct connection *connection, bool reading)
{
	uv_stream_t *stream = (uv_stream_t *)&connection->stream;

	if (reading == connection->reading)
		return;
	connection->reading = reading;
	if (!reading)
		uv_read_stop(stream);
	else if (uv_read_start(stream, room, read_more) < 0)
		connection_close(connection);
}

void connection_settle(struct connection *connection)
{
	bool going;

	if (!connection->open)
		return;
	going = may_take(connection);
	if (going && connection->stalled) {
		tcp_resume(connection->tcp, connection);
		return;
	}
	if (is_drained(connection) &&
	    (connection->ended || connection->tcp->draining)) {
		connection_close(connection);
		return;
	}
	set_reading(connection, going && !connection->ended);
}

static void init(struct connection *connection, const struct address *client)
{
	connection->stream.data = connection;
	connection->write.data = connection;
	connection->idle.expired = idle_expired;
	connection->peer.client = *client;
	connection->framed.from = connection->framed.len = 0;
	connection->pending_at = connection->pending_len = 0;
	connection->writing = 0;
	connection->waiting = 0;
	connection->reading = connection->stalled = false;
	connection->pumping = connection->resume = connection->ended = false;
	connection->open = true;
}

int connection_open(struct connection *connection, int fd,
		    const struct address *client)
{
	struct tcp *tcp = connection->tcp;
	int error;

	init(connection, client);
	uv_tcp_init(tcp->loop, &connection->stream);
	tcp->handles++;
	error = uv_tcp_open(&connection->stream, fd);
	if (error < 0) {
		close(fd);
		connection_close(connection);
		return error;
	}
	clock_update(&tcp->clock);
	touch(connection);
	connection_settle(connection);
	return 0;
}
