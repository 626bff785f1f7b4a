/*
 * The front of the house: asking, serving, closing.  What happens to a
 * question between asking and answering is in flight.c and arrival.c, how it
 * gets there behind carrier.h.
 *
 * Remotes have numbers that stay while a server stays; `order` says whom to
 * ask first.  Others read them through upstream_rows only, under a lock that
 * this thread takes when the servers change and at no other time.
 */
#include "upstream/upstream.h"

#include <stdlib.h>

#include "base/counter.h"
#include "base/error.h"
#include "upstream/arrival.h"
#include "upstream/flight.h"
#include "upstream/network.h"

enum { DEADLINE_MS = 5000, NO_SERVER = 0xff };

struct upstream *upstream_new_with(const struct upstream_options *options,
				   struct carrier *carrier,
				   struct wheel *wheel, struct clock *clock)
{
	struct upstream *upstream = calloc(1, sizeof(*upstream));

	if (upstream == NULL)
		goto no_upstream;
	upstream->copy = malloc(MESSAGE_MAX);
	if (upstream->copy == NULL ||
	    inflight_init(&upstream->inflight, options->flights) < 0)
		goto no_inflight;
	upstream->owner.arrived = arrival_take;
	upstream->owner.failed = arrival_fail;
	upstream->options = *options;
	if (upstream->options.deadline_ms == 0)
		upstream->options.deadline_ms = DEADLINE_MS;
	upstream->carrier = carrier;
	upstream->wheel = wheel;
	upstream->clock = clock;
	pthread_mutex_init(&upstream->rows, NULL);
	carrier->owner = &upstream->owner;
	return upstream;
no_inflight:
	free(upstream->copy);
	free(upstream);
no_upstream:
	carrier->ops->close(carrier);
	carrier->ops->free(carrier);
	return NULL;
}

struct upstream *upstream_new(const struct upstream_options *options,
			      uv_loop_t *loop, struct wheel *wheel,
			      struct clock *clock)
{
	struct carrier *carrier = network_new(options, loop);

	if (carrier == NULL)
		return NULL;
	return upstream_new_with(options, carrier, wheel, clock);
}

void upstream_free(struct upstream *upstream)
{
	if (upstream == NULL)
		return;
	upstream->carrier->ops->free(upstream->carrier);
	inflight_release(&upstream->inflight);
	pthread_mutex_destroy(&upstream->rows);
	free(upstream->copy);
	free(upstream);
}

static int find_remote(const struct upstream *upstream,
		       const struct address *address)
{
	for (int i = 0; i < UPSTREAM_SERVERS; i++)
		if (upstream->remotes[i].used &&
		    address_equal(&upstream->remotes[i].address, address))
			return i;
	return ERROR_ABSENT;
}

static int free_remote(const struct upstream *upstream)
{
	for (int i = 0; i < UPSTREAM_SERVERS; i++)
		if (!upstream->remotes[i].used)
			return i;
	return ERROR_FULL;
}

/* What waits for this server waits no more; the next one's time is now. */
static void flight_part(struct flight *flight, unsigned server)
{
	struct upstream *upstream = flight->upstream;

	for (unsigned i = 0; i < flight->attempts; i++) {
		if (flight->attempt[i].server != server)
			continue;
		if (flight->attempt[i].lane != NULL)
			flight_leave(flight, &flight->attempt[i]);
		flight->attempt[i].server = NO_SERVER;
	}
	if (flight->current == NULL || flight->current->lane == NULL)
		wheel_start(upstream->wheel, &flight->deadline,
			    clock_ms(upstream->clock));
}

static void part_with(struct upstream *upstream, unsigned server)
{
	struct inflight *inflight = &upstream->inflight;
	struct carrier *carrier = upstream->carrier;

	for (unsigned i = 0; i < inflight->fresh; i++)
		if (inflight->pool[i].waiters != NULL)
			flight_part(&inflight->pool[i], server);
	carrier->ops->forget(carrier, server);
	upstream->remotes[server].used = false;
}

/* The number of a server, a new one if need be; or an error. */
static int number_of(struct upstream *upstream, const struct address *address)
{
	struct carrier *carrier = upstream->carrier;
	int number = find_remote(upstream, address), error;

	if (number >= 0)
		return number;
	number = free_remote(upstream);
	if (number < 0)
		return number;
	error = carrier->ops->serve(carrier, (unsigned)number, address);
	if (error < 0)
		return error;
	remote_init(&upstream->remotes[number], address);
	return number;
}

static bool is_listed(const struct address *address,
		      const struct address *servers, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (address_equal(address, &servers[i]))
			return true;
	return false;
}

static int put_in_order(struct upstream *upstream,
			const struct address *servers, unsigned count)
{
	int failed = 0;

	upstream->count = 0;
	for (unsigned i = 0; i < count; i++) {
		int number;

		if (is_listed(&servers[i], servers, i))
			continue;
		number = number_of(upstream, &servers[i]);
		if (number < 0)
			failed = number;
		else
			upstream->order[upstream->count++] = (uint8_t)number;
	}
	return failed;
}

int upstream_serve(struct upstream *upstream, const struct address *servers,
		   unsigned count)
{
	int error;

	if (upstream->closed)
		return ERROR_UNREACHABLE;
	pthread_mutex_lock(&upstream->rows);
	for (unsigned i = 0; i < UPSTREAM_SERVERS; i++)
		if (upstream->remotes[i].used &&
		    !is_listed(&upstream->remotes[i].address, servers, count))
			part_with(upstream, i);
	error = put_in_order(upstream, servers, count);
	pthread_mutex_unlock(&upstream->rows);
	return error;
}

static void join(struct flight *flight, struct waiter *waiter)
{
	waiter->next = NULL;
	*flight->last = waiter;
	flight->last = &waiter->next;
}

int upstream_ask(struct upstream *upstream, const struct question *question,
		 struct waiter *waiter)
{
	struct inflight *inflight = &upstream->inflight;
	uint64_t hash = inflight_hash(inflight, question);
	struct flight *flight;
	int error;

	if (upstream->closed || upstream->count == 0)
		return ERROR_UNREACHABLE;
	flight = inflight_find(inflight, question, hash);
	if (flight == NULL) {
		flight = inflight_take(inflight, question, hash);
		if (flight == NULL)
			return ERROR_FULL;
		flight->upstream = upstream;
		error = flight_begin(flight);
		if (error < 0)
			return error;
	}
	join(flight, waiter);
	return 0;
}

void upstream_flush(struct upstream *upstream)
{
	struct carrier *carrier = upstream->carrier;

	if (!upstream->closed)
		carrier->ops->flush(carrier);
}

void upstream_close(struct upstream *upstream)
{
	struct inflight *inflight = &upstream->inflight;
	struct carrier *carrier = upstream->carrier;

	if (upstream->closed)
		return;
	upstream->closed = true;
	for (unsigned i = 0; i < inflight->fresh; i++) {
		struct reply reply = { .error = ERROR_UNREACHABLE };

		if (inflight->pool[i].waiters != NULL)
			flight_finish(&inflight->pool[i], &reply);
	}
	carrier->ops->close(carrier);
}

static void row_fill(struct upstream_row *row, const struct remote *remote)
{
	row->address = remote->address;
	row->up = counter_read(&remote->up) != 0;
	row->round_trip_us = (uint32_t)counter_read(&remote->smoothed_us);
	row->asked = counter_read(&remote->asked);
	row->answered = counter_read(&remote->answered);
	row->timeouts = counter_read(&remote->timeouts);
	row->mismatched = counter_read(&remote->mismatched);
}

unsigned upstream_rows(struct upstream *upstream, struct upstream_row *rows,
		       unsigned room)
{
	unsigned count;

	pthread_mutex_lock(&upstream->rows);
	count = upstream->count < room ? upstream->count : room;
	for (unsigned i = 0; i < count; i++)
		row_fill(&rows[i], &upstream->remotes[upstream->order[i]]);
	pthread_mutex_unlock(&upstream->rows);
	return count;
}

unsigned upstream_flying(const struct upstream *upstream)
{
	return upstream->inflight.flying;
}
