/*
 * network: the carrier that uses real sockets.
 */
#ifndef UPSTREAM_NETWORK_H
#define UPSTREAM_NETWORK_H

#include <uv.h>

struct carrier;
struct upstream_options;

/* NULL: no memory. */
struct carrier *network_new(const struct upstream_options *options,
			    uv_loop_t *loop);

#endif
