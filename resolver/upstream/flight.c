/*
 * Whom to ask next: the server that this flight has asked least often; of
 * those the first in order that is up.  Being down counts as having been
 * asked once, so that a server that is up is asked twice before one that is
 * down is asked at all, unless the latter stands first.
 *
 * How long to wait: what the server usually takes, doubled each time the same
 * server is asked again.  Nothing is cancelled then: a late answer is still
 * an answer.
 */
#include "upstream/flight.h"

#include <errno.h>

#include "base/counter.h"
#include "base/error.h"
#include "dns/answer.h"
#include "upstream/letters.h"

enum { STREAM_WAIT_MS = 1000, ID_DRAWS = 64 };

static struct remote *remote_of(const struct flight *flight, unsigned server)
{
	return &flight->upstream->remotes[server];
}

static unsigned tries_of(const struct flight *flight, unsigned server)
{
	unsigned tries = 0;

	for (unsigned i = 0; i < flight->attempts; i++)
		tries += flight->attempt[i].server == server;
	return tries;
}

/* The server to ask next, one of those not in `skip`; or -1. */
static int choose(const struct flight *flight, uint32_t skip)
{
	const struct upstream *upstream = flight->upstream;
	unsigned least = ~0u;
	int best = -1;

	for (unsigned i = 0; i < upstream->count; i++) {
		unsigned server = upstream->order[i], tries;

		if (skip >> server & 1)
			continue;
		tries = tries_of(flight, server) +
			!remote_is_up(remote_of(flight, server));
		if (tries < least) {
			least = tries;
			best = (int)server;
		}
	}
	return best;
}

/* An id that means nothing else on this lane; 0, or ERROR_FULL. */
static int draw_id(struct flight *flight, struct attempt *attempt)
{
	struct upstream *upstream = flight->upstream;

	for (unsigned draws = 0; draws < ID_DRAWS; draws++) {
		attempt->id = dice_16(&upstream->dice);
		if (!inflight_waits(&upstream->inflight, attempt->lane,
				    attempt->id))
			return 0;
	}
	return ERROR_FULL;
}

static void write_question(struct flight *flight, struct attempt *attempt)
{
	struct upstream *upstream = flight->upstream;
	struct carrier *carrier = upstream->carrier;
	uint16_t payload = attempt->plain ? 0 : upstream->options.payload;
	uint8_t *at = carrier->ops->room(carrier, attempt->lane);
	size_t len = answer_write_query(at, &flight->question, attempt->id,
					payload);

	if (attempt->mixed)
		letters_mix(at + MESSAGE_HEADER, flight->question.name.len,
			    flight->letters);
	carrier->ops->send(carrier, attempt->lane, len);
}

/* An attempt that cannot be made is used up all the same: it was tried. */
static int launch(struct flight *flight, struct way way)
{
	struct upstream *upstream = flight->upstream;
	struct carrier *carrier = upstream->carrier;
	struct remote *remote = remote_of(flight, way.server);
	struct attempt *attempt;
	int error = ERROR_FULL;

	if (flight->attempts == FLIGHT_ATTEMPTS)
		return ERROR_FULL;
	attempt = &flight->attempt[flight->attempts++];
	attempt->flight = flight;
	attempt->server = way.server;
	attempt->plain = way.plain || upstream->options.payload == 0;
	attempt->mixed = upstream->options.mixed_case &&
			 remote->case_strikes < REMOTE_CASE_STRIKES;
	attempt->asked_us = upstream->clock->mono;
	attempt->lane = carrier->ops->lane(carrier, way.server, way.stream,
					   &error);
	if (attempt->lane != NULL && draw_id(flight, attempt) < 0)
		attempt->lane = NULL;
	if (attempt->lane == NULL)
		return error;
	inflight_wait(&upstream->inflight, attempt);
	write_question(flight, attempt);
	counter_add(&remote->asked, 1);
	return 0;
}

static unsigned wait_ms(const struct flight *flight,
			const struct attempt *attempt)
{
	unsigned wait = remote_wait_ms(remote_of(flight, attempt->server));
	unsigned tries = tries_of(flight, attempt->server);

	if (attempt->lane->stream)
		return wait * 2 > STREAM_WAIT_MS ? wait * 2 : STREAM_WAIT_MS;
	for (; tries > 1 && wait < REMOTE_WAIT_MAX_MS; tries--)
		wait *= 2;
	return wait < REMOTE_WAIT_MAX_MS ? wait : REMOTE_WAIT_MAX_MS;
}

/* The attempt that was just launched is the one whose time now runs. */
static void arm(struct flight *flight)
{
	struct upstream *upstream = flight->upstream;
	struct attempt *attempt = &flight->attempt[flight->attempts - 1];
	uint64_t at = clock_ms(upstream->clock) + wait_ms(flight, attempt);

	flight->current = attempt;
	wheel_start(upstream->wheel, &flight->deadline,
		    at < flight->ends_ms ? at : flight->ends_ms);
}

static bool is_ours(int error)
{
	return error == ERROR_FULL || error == -EMFILE || error == -ENFILE ||
	       error == -ENOBUFS || error == -ENOMEM;
}

static struct way usual_way(const struct flight *flight, unsigned server)
{
	uint64_t now = clock_ms(flight->upstream->clock);

	return (struct way){
		.server = (uint8_t)server,
		.plain = now < remote_of(flight, server)->plain_until_ms,
	};
}

/* The best server that a question can be sent to at all. */
static bool ask_next(struct flight *flight)
{
	uint64_t now_us = flight->upstream->clock->mono;
	uint32_t skip = 0;
	int server, error;

	while (flight->attempts < FLIGHT_TRIES &&
	       (server = choose(flight, skip)) >= 0) {
		error = launch(flight, usual_way(flight, (unsigned)server));
		if (error == 0) {
			arm(flight);
			return true;
		}
		if (!is_ours(error))
			remote_refused(remote_of(flight, (unsigned)server),
				       now_us);
		skip |= (uint32_t)1 << server;
	}
	return false;
}

/*
 * A server that is down gets the question as well now and then: nobody waits
 * for it, but if it answers, it is up.
 */
static void probe(struct flight *flight)
{
	struct upstream *upstream = flight->upstream;

	for (unsigned i = 0; i < upstream->count; i++) {
		unsigned server = upstream->order[i];

		if (tries_of(flight, server) > 0 ||
		    !remote_probe(&upstream->remotes[server],
				  upstream->clock->mono))
			continue;
		launch(flight, usual_way(flight, server));
		return;
	}
}

static void expired(struct deadline *deadline);

int flight_begin(struct flight *flight)
{
	struct upstream *upstream = flight->upstream;

	flight->deadline.expired = expired;
	flight->ends_ms = clock_ms(upstream->clock) +
			  upstream->options.deadline_ms;
	flight->letters = upstream->options.mixed_case
				  ? dice_64(&upstream->dice) : 0;
	if (!ask_next(flight)) {
		inflight_drop(&upstream->inflight, flight);
		return ERROR_UNREACHABLE;
	}
	probe(flight);
	return 0;
}

int flight_again(struct flight *flight, struct way way)
{
	int error = launch(flight, way);

	if (error == 0)
		arm(flight);
	return error;
}

/* Is there a server left that was not asked this question? */
static bool is_somebody_left(const struct flight *flight)
{
	for (unsigned i = 0; i < flight->upstream->count; i++)
		if (tries_of(flight, flight->upstream->order[i]) == 0)
			return true;
	return false;
}

/* The first time a flight has waited for this server in vain. */
static void miss(struct flight *flight)
{
	struct attempt *attempt = flight->current;

	flight->current = NULL;
	if (attempt == NULL || attempt->lane == NULL)
		return;
	for (struct attempt *one = flight->attempt; one < attempt; one++)
		if (one->server == attempt->server)
			return;
	remote_missed(remote_of(flight, attempt->server),
		      flight->upstream->clock->mono, attempt->asked_us);
}

static void expired(struct deadline *deadline)
{
	struct flight *flight = (struct flight *)
		((char *)deadline - offsetof(struct flight, deadline));
	struct upstream *upstream = flight->upstream;

	miss(flight);
	if (clock_ms(upstream->clock) >= flight->ends_ms) {
		flight_give_up(flight, flight->out > 0 ? ERROR_TIMEOUT
						       : ERROR_UNREACHABLE);
		return;
	}
	if (flight->rcode != FLIGHT_NO_RCODE && !is_somebody_left(flight))
		flight_give_up(flight, ERROR_TIMEOUT);
	else if (ask_next(flight))
		return;
	else if (flight->out > 0)
		wheel_start(upstream->wheel, &flight->deadline,
			    flight->ends_ms);
	else
		flight_give_up(flight, ERROR_UNREACHABLE);
}

/*
 * Somebody not asked yet is asked at once.  When all have been, the deadline
 * that still runs is the pause before they are asked a second time, and when
 * all have failed twice that is the end.
 */
void flight_move_on(struct flight *flight, int error)
{
	int server;

	if (is_somebody_left(flight) && ask_next(flight))
		return;
	if (flight->out > 0)
		return;
	server = choose(flight, 0);
	if (server < 0 || flight->attempts >= FLIGHT_TRIES ||
	    flight->rcode != FLIGHT_NO_RCODE ||
	    tries_of(flight, (unsigned)server) > 1)
		flight_give_up(flight, error);
}

bool flight_ask_another(struct flight *flight, unsigned rcode)
{
	flight->rcode = (int)rcode;
	if (is_somebody_left(flight) && ask_next(flight))
		return true;
	return flight->current != NULL && flight->current->lane != NULL;
}

void flight_leave(struct flight *flight, struct attempt *attempt)
{
	struct upstream *upstream = flight->upstream;
	struct carrier *carrier = upstream->carrier;
	struct lane *lane = attempt->lane;

	if (inflight_leave(&upstream->inflight, attempt))
		carrier->ops->idle(carrier, lane);
}

/*
 * Each waiter may write to what it is given, so all but the last get a copy.
 * Who waits may be gone when it has been told, and may ask again from there.
 */
static void tell(struct upstream *upstream, struct waiter *waiter,
		 struct reply *reply)
{
	struct waiter *next;

	reply->first = true;
	for (; waiter != NULL; waiter = next) {
		struct reply own = *reply;

		next = waiter->next;
		if (next != NULL && reply->error == 0) {
			memcpy(upstream->copy, reply->at, reply->len);
			own.at = upstream->copy;
		}
		waiter->answer(waiter, &own);
		reply->first = false;
	}
}

void flight_finish(struct flight *flight, struct reply *reply)
{
	struct upstream *upstream = flight->upstream;
	struct waiter *waiters = flight->waiters;

	wheel_stop(upstream->wheel, &flight->deadline);
	for (unsigned i = 0; i < flight->attempts; i++)
		if (flight->attempt[i].lane != NULL)
			flight_leave(flight, &flight->attempt[i]);
	inflight_drop(&upstream->inflight, flight);
	tell(upstream, waiters, reply);
}

/* Where a server did say something, that is handed on: its rcode, no more. */
void flight_give_up(struct flight *flight, int error)
{
	struct reply reply = { .error = error };
	uint8_t room[CARRIER_ROOM];
	unsigned rcode = (unsigned)flight->rcode;

	if (flight->rcode != FLIGHT_NO_RCODE) {
		reply.error = 0;
		reply.at = room;
		reply.len = answer_write_query(room, &flight->question, 0, 0);
		bytes_put16(room + 2, (uint16_t)(
			FLAG_QR | FLAG_RA | (bytes_get16(room + 2) & FLAG_RD) |
			(bytes_get16(room + 2) & FLAG_CD) |
			(rcode & FLAG_RCODE)));
	}
	flight_finish(flight, &reply);
}
