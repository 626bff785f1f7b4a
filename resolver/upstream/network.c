/*
 * Ports and streams side by side; a lane knows which of the two it is.
 */
#include "upstream/network.h"

#include <stdlib.h>

#include "upstream/carrier.h"
#include "upstream/ports.h"
#include "upstream/stream.h"

struct network {
	struct carrier carrier;		/* first */
	struct ports *ports;
	struct streams *streams;
};

static int network_serve(struct carrier *carrier, unsigned server,
			 const struct address *address)
{
	struct network *network = (struct network *)carrier;
	int error = ports_serve(network->ports, server, address);

	if (error < 0)
		return error;
	return streams_serve(network->streams, server, address);
}

static void network_forget(struct carrier *carrier, unsigned server)
{
	ports_forget(((struct network *)carrier)->ports, server);
}

static struct lane *network_lane(struct carrier *carrier, unsigned server,
				 bool stream, int *error)
{
	struct network *network = (struct network *)carrier;

	return stream ? streams_lane(network->streams, server, error)
		      : ports_lane(network->ports, server, error);
}

static uint8_t *network_room(struct carrier *carrier, struct lane *lane)
{
	struct network *network = (struct network *)carrier;

	return lane->stream ? streams_room(lane) : ports_room(network->ports);
}

static void network_send(struct carrier *carrier, struct lane *lane,
			 size_t len)
{
	struct network *network = (struct network *)carrier;

	if (lane->stream)
		streams_send(network->streams, lane, len);
	else
		ports_send(network->ports, lane, len);
}

static void network_idle(struct carrier *carrier, struct lane *lane)
{
	struct network *network = (struct network *)carrier;

	if (lane->stream)
		streams_idle(lane);
	else
		ports_idle(network->ports, lane);
}

/* What fails may be asked of another server from there: until all is out. */
static void network_flush(struct carrier *carrier)
{
	struct network *network = (struct network *)carrier;
	bool more;

	do {
		more = ports_flush(network->ports);
		more |= streams_flush(network->streams);
	} while (more);
}

static void network_close(struct carrier *carrier)
{
	struct network *network = (struct network *)carrier;

	ports_close(network->ports);
	streams_close(network->streams);
}

static void network_free(struct carrier *carrier)
{
	struct network *network = (struct network *)carrier;

	ports_free(network->ports);
	streams_free(network->streams);
	free(network);
}

static const struct carrier_ops network_ops = {
	.serve = network_serve,
	.forget = network_forget,
	.lane = network_lane,
	.room = network_room,
	.send = network_send,
	.idle = network_idle,
	.flush = network_flush,
	.close = network_close,
	.free = network_free,
};

struct carrier *network_new(const struct upstream_options *options,
			    uv_loop_t *loop)
{
	struct network *network = calloc(1, sizeof(*network));

	if (network == NULL)
		return NULL;
	network->carrier.ops = &network_ops;
	network->ports = ports_new(&network->carrier, loop, options);
	network->streams = streams_new(&network->carrier, loop, options);
	if (network->ports == NULL || network->streams == NULL) {
		network_free(&network->carrier);
		return NULL;
	}
	return &network->carrier;
}
