/*
 * stream: questions over TCP, for answers that UDP cut short (RFC 7766).
 *
 * A connection carries one question and is closed after its answer.  There
 * are `streams` of them at once, to all servers together.  One thread.
 */
#ifndef UPSTREAM_STREAM_H
#define UPSTREAM_STREAM_H

#include <uv.h>

#include "upstream/carrier.h"

struct streams;
struct upstream_options;

/* Lanes are told to the owner that `carrier` has by then.  NULL: no memory. */
struct streams *streams_new(struct carrier *carrier, uv_loop_t *loop,
			    const struct upstream_options *options);
void streams_free(struct streams *streams);

/* As in struct carrier_ops, for lanes that are streams. */
int streams_serve(struct streams *streams, unsigned server,
		  const struct address *address);
struct lane *streams_lane(struct streams *streams, unsigned server,
			  int *error);
uint8_t *streams_room(struct lane *lane);
void streams_send(struct streams *streams, struct lane *lane, size_t len);
void streams_idle(struct lane *lane);
void streams_close(struct streams *streams);

/* True: something was told, and there may be more. */
bool streams_flush(struct streams *streams);

#endif
