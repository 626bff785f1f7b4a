/*
 *	lane -> send: connect ... connected: write, read ... arrived -> idle
 *	             \________________ failed ______________/
 *
 * libuv may refuse to connect at once, which is then told at the next flush.
 * Whatever happens, a stream ends with `idle`, and its place is free again
 * when libuv has closed the handle.
 */
#include "upstream/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/address.h"
#include "base/error.h"
#include "transport/framed.h"
#include "upstream/upstream.h"

enum { PREFIX = 2 };

struct stream {
	struct lane lane;		/* first */
	struct streams *streams;
	struct stream *next;		/* free */
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_write_t write;
	struct framed framed;
	uint8_t *memory;		/* FRAMED_ROOM */
	uint8_t out[PREFIX + CARRIER_ROOM];
	unsigned out_len;
	int error;			/* to be told; 0: none */
	bool open;
};

struct streams {
	struct carrier *carrier;
	uv_loop_t *loop;
	struct stream *pool;
	struct stream *free;
	unsigned size, fresh;		/* of the pool; the first never used */
	bool broken;			/* some stream has an error to tell */
	struct address servers[UPSTREAM_SERVERS];
	uint8_t *memory;
	size_t mapped;
};

static int lay_out(struct streams *streams, unsigned size)
{
	void *memory;

	if (size == 0)
		return 0;
	streams->mapped = (size_t)size * FRAMED_ROOM;
	memory = mmap(NULL, streams->mapped, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	streams->memory = memory;
	streams->size = size;
	streams->pool = calloc(size, sizeof(*streams->pool));
	return streams->pool == NULL ? -ENOMEM : 0;
}

struct streams *streams_new(struct carrier *carrier, uv_loop_t *loop,
			    const struct upstream_options *options)
{
	struct streams *streams = calloc(1, sizeof(*streams));

	if (streams == NULL)
		return NULL;
	streams->carrier = carrier;
	streams->loop = loop;
	if (lay_out(streams, options->streams) < 0) {
		streams_free(streams);
		return NULL;
	}
	return streams;
}

void streams_free(struct streams *streams)
{
	if (streams == NULL)
		return;
	if (streams->memory != NULL)
		munmap(streams->memory, streams->mapped);
	free(streams->pool);
	free(streams);
}

int streams_serve(struct streams *streams, unsigned server,
		  const struct address *address)
{
	streams->servers[server] = *address;
	return 0;
}

static void closed(uv_handle_t *handle)
{
	struct stream *stream = handle->data;

	stream->next = stream->streams->free;
	stream->streams->free = stream;
}

static void stream_close(struct stream *stream)
{
	if (!stream->open)
		return;
	stream->open = false;
	stream->error = 0;
	uv_close((uv_handle_t *)&stream->tcp, closed);
}

static void stream_fail(struct stream *stream, int error)
{
	struct carrier_owner *owner = stream->streams->carrier->owner;

	if (!stream->open)
		return;
	owner->failed(owner, &stream->lane, error);
	stream_close(stream);
}

static void room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct stream *stream = handle->data;
	size_t size;
	uint8_t *at = framed_room(&stream->framed, &size);

	(void)suggested;
	*buffer = uv_buf_init((char *)at, (unsigned)size);
}

static void read_more(uv_stream_t *tcp, ssize_t len, const uv_buf_t *buffer)
{
	struct stream *stream = tcp->data;
	struct carrier_owner *owner = stream->streams->carrier->owner;
	struct bytes message;

	(void)buffer;
	if (len < 0) {
		stream_fail(stream, len == UV_EOF ? -ECONNRESET : (int)len);
		return;
	}
	framed_filled(&stream->framed, (size_t)len);
	while (stream->open && framed_next(&stream->framed, &message))
		owner->arrived(owner, &stream->lane,
			       (uint8_t *)message.at, message.len);
}

static void written(uv_write_t *write, int status)
{
	if (status < 0)
		stream_fail(write->data, status);
}

static void connected(uv_connect_t *connect, int status)
{
	struct stream *stream = connect->data;
	uv_stream_t *tcp = (uv_stream_t *)&stream->tcp;
	uv_buf_t part = uv_buf_init((char *)stream->out, stream->out_len);

	if (status == 0)
		status = uv_write(&stream->write, tcp, &part, 1, written);
	if (status == 0)
		status = uv_read_start(tcp, room, read_more);
	if (status < 0)
		stream_fail(stream, status);
}

static struct stream *stream_take(struct streams *streams)
{
	struct stream *stream = streams->free;

	if (stream != NULL) {
		streams->free = stream->next;
		return stream;
	}
	if (streams->fresh == streams->size)
		return NULL;
	stream = &streams->pool[streams->fresh];
	stream->memory = streams->memory +
			 (size_t)streams->fresh++ * FRAMED_ROOM;
	stream->streams = streams;
	return stream;
}

struct lane *streams_lane(struct streams *streams, unsigned server, int *error)
{
	struct stream *stream = stream_take(streams);

	if (stream == NULL) {
		*error = ERROR_FULL;
		return NULL;
	}
	stream->lane = (struct lane){ .server = server, .stream = true };
	stream->error = 0;
	stream->open = true;
	framed_init(&stream->framed, stream->memory, FRAMED_ROOM);
	uv_tcp_init(streams->loop, &stream->tcp);
	stream->tcp.data = stream;
	stream->connect.data = stream;
	stream->write.data = stream;
	return &stream->lane;
}

uint8_t *streams_room(struct lane *lane)
{
	return ((struct stream *)lane)->out + PREFIX;
}

void streams_send(struct streams *streams, struct lane *lane, size_t len)
{
	struct stream *stream = (struct stream *)lane;

	bytes_put16(stream->out, (uint16_t)len);
	stream->out_len = (unsigned)(PREFIX + len);
	stream->error = uv_tcp_connect(&stream->connect, &stream->tcp,
				       &streams->servers[lane->server].any,
				       connected);
	if (stream->error < 0)
		streams->broken = true;
}

void streams_idle(struct lane *lane)
{
	stream_close((struct stream *)lane);
}

bool streams_flush(struct streams *streams)
{
	if (!streams->broken)
		return false;
	streams->broken = false;
	for (unsigned i = 0; i < streams->fresh; i++)
		if (streams->pool[i].open && streams->pool[i].error < 0)
			stream_fail(&streams->pool[i],
				    streams->pool[i].error);
	return true;
}

void streams_close(struct streams *streams)
{
	for (unsigned i = 0; i < streams->fresh; i++)
		stream_close(&streams->pool[i]);
}
