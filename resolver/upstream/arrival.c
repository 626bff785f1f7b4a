/*
 * What arrives is judged in this order, and each step may be the last:
 *
 *	id in flight on this lane, and the question that was asked
 *	  no: counted as mismatched, nothing else happens
 *	FORMERR or NOTIMP without OPT to a question with EDNS
 *	  the same server again, without (RFC 6891, section 7)
 *	truncated, or not in the letters of the question
 *	  the same server again, over TCP
 *	not well-formed
 *	  mismatched: the real one may be on its way
 *	SERVFAIL, REFUSED, FORMERR, NOTIMP
 *	  somebody else, as long as there is somebody
 *	the answer
 */
#include "upstream/arrival.h"

#include "base/counter.h"
#include "base/error.h"
#include "upstream/flight.h"
#include "upstream/letters.h"

struct arrival {
	struct attempt *attempt;
	uint8_t *at;
	size_t len;
	struct edns edns;
};

static struct remote *remote_of(const struct arrival *arrival)
{
	const struct attempt *attempt = arrival->attempt;

	return &attempt->flight->upstream->remotes[attempt->server];
}

static unsigned rcode_of(const struct arrival *arrival)
{
	unsigned low = bytes_get16(arrival->at + 2) & FLAG_RCODE;

	return (unsigned)arrival->edns.rcode << 4 | low;
}

static bool is_not_understood(unsigned rcode)
{
	return rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP;
}

/*
 * A server that makes nothing of EDNS may not even repeat the question.  That
 * has only the id to be known by, so no more follows from it than asking
 * once more.
 */
static bool is_bare_refusal(const struct arrival *arrival)
{
	unsigned flags;

	if (arrival->len != MESSAGE_HEADER || arrival->attempt->plain)
		return false;
	flags = bytes_get16(arrival->at + 2);
	return (flags & (FLAG_QR | FLAG_TC)) == FLAG_QR &&
	       is_not_understood(flags & FLAG_RCODE) &&
	       bytes_get16(arrival->at + 4) == 0;
}

static bool is_answer(const struct arrival *arrival)
{
	return message_answers(bytes_of(arrival->at, arrival->len),
			       &arrival->attempt->flight->question) ||
	       is_bare_refusal(arrival);
}

static bool holds_letters(const struct arrival *arrival)
{
	const struct attempt *attempt = arrival->attempt;

	return !attempt->mixed || arrival->len == MESSAGE_HEADER ||
	       letters_hold(arrival->at + MESSAGE_HEADER,
			    &attempt->flight->question.name,
			    attempt->flight->letters);
}

/* The server is there.  Times over TCP say nothing of UDP. */
static void note_answered(const struct arrival *arrival)
{
	const struct attempt *attempt = arrival->attempt;
	uint64_t now = attempt->flight->upstream->clock->mono;
	uint64_t took = now - attempt->asked_us;

	if (attempt->lane->stream)
		took = 0;
	else if (took == 0)
		took = 1;
	remote_answered(remote_of(arrival), now, took);
}

/* TCP cannot be forged from afar: a server that loses letters there does. */
static void note_letters(const struct arrival *arrival)
{
	struct remote *remote = remote_of(arrival);

	if (arrival->attempt->lane->stream && !holds_letters(arrival))
		remote->case_strikes++;
}

/* It answered without EDNS what it had not understood with it. */
static void note_plain(const struct arrival *arrival)
{
	const struct attempt *attempt = arrival->attempt;
	const struct upstream *upstream = attempt->flight->upstream;
	struct remote *remote = remote_of(arrival);
	uint64_t now = clock_ms(upstream->clock);

	if (attempt->plain && upstream->options.payload > 0 &&
	    now >= remote->plain_until_ms)
		remote->plain_until_ms = now + REMOTE_PLAIN_MS;
}

static void without_edns(struct arrival *arrival)
{
	struct flight *flight = arrival->attempt->flight;
	struct way way = {
		.server = arrival->attempt->server,
		.stream = arrival->attempt->lane->stream,
		.plain = true,
	};

	flight_leave(flight, arrival->attempt);
	if (flight_again(flight, way) < 0)
		flight_move_on(flight, ERROR_TIMEOUT);
}

/* Nothing in a truncated answer is whole but its question. */
static void hand_on_truncated(struct arrival *arrival, struct flight *flight)
{
	struct reply reply = {
		.at = arrival->at,
		.len = MESSAGE_HEADER + flight->question.name.len + 4u,
		.from = &remote_of(arrival)->address,
	};

	memset(arrival->at + 6, 0, 6);
	flight_finish(flight, &reply);
}

static void over_tcp(struct arrival *arrival, bool truncated)
{
	struct flight *flight = arrival->attempt->flight;
	struct way way = {
		.server = arrival->attempt->server,
		.stream = true,
		.plain = arrival->attempt->plain,
	};
	int error;

	flight_leave(flight, arrival->attempt);
	error = flight_again(flight, way);
	if (error == ERROR_FULL && truncated)
		hand_on_truncated(arrival, flight);
	else if (error < 0)
		flight_move_on(flight, ERROR_TIMEOUT);
}

static void hand_on(struct arrival *arrival)
{
	struct reply reply = {
		.at = arrival->at,
		.len = arrival->len,
		.edns = arrival->edns,
		.from = &remote_of(arrival)->address,
	};

	flight_finish(arrival->attempt->flight, &reply);
}

/* Well-formed and to the question: the answer, or a server's excuse. */
static void judge_rcode(struct arrival *arrival)
{
	struct flight *flight = arrival->attempt->flight;
	unsigned rcode = rcode_of(arrival);

	if (!is_not_understood(rcode))
		note_plain(arrival);
	if (rcode != RCODE_SERVFAIL && rcode != RCODE_REFUSED &&
	    !is_not_understood(rcode)) {
		hand_on(arrival);
		return;
	}
	flight_leave(flight, arrival->attempt);
	if (!flight_ask_another(flight, rcode))
		hand_on(arrival);
}

static bool is_edns_refusal(const struct arrival *arrival)
{
	return !arrival->attempt->plain && !arrival->edns.present &&
	       is_not_understood(rcode_of(arrival));
}

static int strip(struct arrival *arrival)
{
	int len = message_strip_edns(arrival->at, arrival->len,
				     &arrival->edns);

	if (len < 0)
		return len;
	arrival->len = (size_t)len;
	return 0;
}

static void mismatch(struct upstream *upstream, const struct lane *lane)
{
	counter_add(&upstream->remotes[lane->server].mismatched, 1);
}

void arrival_take(struct carrier_owner *owner, struct lane *lane, uint8_t *at,
		  size_t len)
{
	struct upstream *upstream = (struct upstream *)owner;
	struct arrival arrival = { .at = at, .len = len };
	bool truncated;

	if (len >= MESSAGE_HEADER)
		arrival.attempt = inflight_waits(&upstream->inflight, lane,
						 bytes_get16(at));
	if (arrival.attempt == NULL || !is_answer(&arrival)) {
		mismatch(upstream, lane);
		return;
	}
	truncated = !lane->stream && (bytes_get16(at + 2) & FLAG_TC);
	if (truncated || (!lane->stream && !holds_letters(&arrival))) {
		note_answered(&arrival);
		over_tcp(&arrival, truncated);
		return;
	}
	if (strip(&arrival) < 0) {
		mismatch(upstream, lane);
		return;
	}
	note_answered(&arrival);
	note_letters(&arrival);
	if (is_edns_refusal(&arrival))
		without_edns(&arrival);
	else
		judge_rcode(&arrival);
}

/*
 * First all that waits on the lane is taken off it, then each flight goes
 * on: that may lead to new questions, which may use the same lane.
 */
static struct flight *take_off(struct lane *lane)
{
	struct flight *failed = NULL, **last = &failed;

	for (struct attempt *attempt = lane->waiting, *next; attempt != NULL;
	     attempt = next) {
		struct flight *flight = attempt->flight;

		next = attempt->next;
		flight_leave(flight, attempt);
		if (flight->failed)
			continue;
		flight->failed = true;
		flight->next_failed = NULL;
		*last = flight;
		last = &flight->next_failed;
	}
	return failed;
}

void arrival_fail(struct carrier_owner *owner, struct lane *lane, int error)
{
	struct upstream *upstream = (struct upstream *)owner;
	bool stream = lane->stream;
	struct flight *flight, *next;

	(void)error;
	if (!stream)
		remote_refused(&upstream->remotes[lane->server],
			       upstream->clock->mono);
	for (flight = take_off(lane); flight != NULL; flight = next) {
		next = flight->next_failed;
		flight->failed = false;
		flight_move_on(flight, stream ? ERROR_TIMEOUT
					      : ERROR_UNREACHABLE);
	}
}
