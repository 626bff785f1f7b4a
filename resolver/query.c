/*
 * query: one question from one client, from arrival to answer.
 *
 *	query_arrive    read in place; what is no query is told so, or nothing
 *	query_judge     may this client ask?  what does policy say of the name?
 *	query_sink      a listed name is answered here
 *	query_recall    the cache knows it: answered here
 *	query_ask       the only place where a query waits
 *	query_resume    the answer, or an error, exactly once
 *	query_review    is there a listed name behind an alias in it?
 *	query_reply     in the client's terms, into the channel's room
 *	query_record    one entry into the ring, before the reply is sent
 *
 * A query is worked on in `queries->current`; only one that has to wait is
 * moved into a slot of the fixed pool, and it never moves again.  No slot:
 * SERVFAIL.  Nothing here allocates, locks or waits.
 */
#include "query.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/counter.h"
#include "base/entry.h"
#include "base/error.h"
#include "dns/ttl.h"
#include "query_state.h"

static void query_ask(struct query *query);

/* --- the ends of a query --- */

/* What becomes of a query: the answer as it is sent, or nothing. */
struct outcome {
	unsigned rcode;
	bool answered;
	uint32_t ttl;
};

static void query_write_entry(const struct query *query, struct entry *entry,
			      const struct outcome *outcome)
{
	const struct queries *queries = query->queries;
	const struct question *question = &query->message.question;
	struct bytes name = query->message.question_wire;

	entry->wall = query->wall;
	entry->mono = query->mono;
	entry->image = policy_serial(queries->policy);
	entry->line = query->verdict.line;
	entry->duration = (uint32_t)(queries->clock->mono - query->mono);
	entry_put_address(&entry->client, &query->peer.client);
	entry->upstream = query->upstream;
	entry->list = query->verdict.list;
	entry->qtype = question->type;
	entry->qclass = question->class;
	entry->rcode = (uint16_t)outcome->rcode;
	entry->kind = ENTRY_QUERY;
	entry->transport = query->channel->ops->transport;
	entry->verdict = query->verdict.kind;
	entry->action = query->verdict.action;
	entry->source = query->source;
	entry->answered = outcome->answered;
	entry->ttl = outcome->ttl;
	entry->name_len = (uint8_t)(name.len - 4);
	memcpy(entry->name, name.at, name.len - 4);
}

static void query_write_alias(const struct query *query, struct entry *entry)
{
	entry->wall = query->wall;
	entry->mono = query->mono;
	entry->kind = ENTRY_ALIAS;
	entry->name_len = query->alias.len;
	memcpy(entry->name, query->alias.wire, query->alias.len);
}

/* Before the reply: what was answered is in the journal, or in a gap. */
static void query_record(struct query *query, const struct outcome *outcome)
{
	struct ring *ring = query->queries->ring;
	unsigned count = query->has_alias ? 2 : 1;
	uint64_t first;

	if (!ring)
		return;
	clock_update(query->queries->clock);
	if (!ring_claim(ring, count, query->wall, &first))
		return;
	query_write_entry(query, ring_slot(ring, first), outcome);
	if (query->has_alias)
		query_write_alias(query, ring_slot(ring, first + 1));
	ring_publish(ring, first, count);
}

void query_reply(struct query *query, struct answer *answer,
			unsigned rcode)
{
	struct outcome outcome = { .rcode = rcode };
	size_t len = 0;

	if (answer) {
		len = answer_finish(answer, rcode,
				    query->queries->options.payload);
		outcome.answered = len > 0;
		outcome.ttl = ttl_of_message(bytes_of(answer->at, len));
	}
	query_record(query, &outcome);
	query->channel->ops->send(query->channel, &query->peer, len);
}

size_t query_open_answer(struct query *query, struct answer *answer)
{
	size_t room;

	answer->at = query->channel->ops->room(query->channel, &room);
	answer->limit = room;
	if (query->channel->ops->transport == ENTRY_UDP)
		answer->limit = answer_limit_udp(
			&query->message, query->queries->options.payload);
	return room;
}

void query_fail(struct query *query, unsigned rcode, int ede,
		       const char *words)
{
	struct answer answer;

	query_open_answer(query, &answer);
	answer_begin(&answer, &query->message, rcode);
	answer_set_ede(&answer, ede, words);
	query->source = ENTRY_FROM_SELF;
	query_reply(query, &answer, rcode);
}

/* --- policy on the way out --- */

/*
 * The message stands in the channel's room, OPT stripped: it goes out as it
 * is, unless policy minds what is in it.
 */
static void query_review(struct query *query, struct answer *answer,
			 size_t len, bool inspect)
{
	if (query->follows) {
		query_append(query, answer, len);
		return;
	}
	if (inspect && !query_is_settled(query) &&
	    query_inspect(query, answer->at, &len)) {
		query_sink(query);
		return;
	}
	answer_adopt(answer, len, &query->message);
	query_reply(query, answer, answer->at[3] & FLAG_RCODE);
}

/* --- the cache --- */

void query_recall(struct query *query)
{
	struct queries *queries = query->queries;
	struct cache_hit hit;
	struct answer answer;

	hit.room = query_open_answer(query, &answer);
	hit.at = answer.at;
	if (!cache_find(queries->cache, &query->message.question,
			clock_ms(queries->clock), &hit)) {
		query_ask(query);
		return;
	}
	counter_add(&queries->counts.cached, 1);
	query->source = ENTRY_FROM_CACHE;
	query_review(query, &answer, hit.len,
		     hit.has_alias || query_minds(query));
}

/* --- upstream --- */

static struct query *query_keep(struct query *query)
{
	struct queries *queries = query->queries;
	struct query *slot = queries->free;
	struct bytes wire = query->message.question_wire;

	if (slot)
		queries->free = slot->next;
	else if (queries->fresh <= queries->options.waiting)
		slot = &queries->slots[queries->fresh++];
	else
		return NULL;
	queries->waiting++;
	memcpy(slot, query, offsetof(struct query, alias));
	memcpy(slot->wire, wire.at, wire.len);
	slot->message.question_wire.at = slot->wire;
	if (query->has_alias)
		slot->alias = query->alias;
	return slot;
}

static void query_give_back(struct query *slot)
{
	struct queries *queries = slot->queries;

	slot->next = queries->free;
	queries->free = slot;
	queries->waiting--;
	if (queries->draining)
		queries->drained(queries);
}

/*
 * An error of 16 and above is between us and that upstream (BADVERS,
 * BADCOOKIE and the like; RFC 6891, section 6.1.3): no answer for a client,
 * and nothing to keep.
 */
static void query_fail_upstream(struct query *query, int error)
{
	struct query_counts *counts = &query->queries->counts;
	const char *words = "no upstream can be reached";
	int ede = EDE_NETWORK_ERROR;

	counter_add(&counts->failed, 1);
	if (error == ERROR_FULL) {
		counter_add(&counts->crowded, 1);
		ede = EDE_OTHER;
		words = "too many questions at once";
	} else if (error == ERROR_TIMEOUT) {
		ede = EDE_NO_REACHABLE_AUTHORITY;
		words = "no upstream answered in time";
	} else if (error == 0) {
		words = "the upstream minds our EDNS";
	}
	query_fail(query, RCODE_SERVFAIL, ede, words);
}

/* The answer has come; too long for the room is cut, as any other is. */
static void query_take(struct query *query, const struct reply *reply)
{
	struct answer answer;

	counter_add(&query->queries->counts.forwarded, 1);
	query->source = ENTRY_FROM_UPSTREAM;
	if (reply->len > query_open_answer(query, &answer)) {
		answer_begin(&answer, &query->message,
			     reply->at[3] & FLAG_RCODE);
		answer.cut = true;
		query_reply(query, &answer, reply->at[3] & FLAG_RCODE);
		return;
	}
	memcpy(answer.at, reply->at, reply->len);
	query_review(query, &answer, reply->len, true);
}

static void query_resume(struct waiter *waiter, struct reply *reply)
{
	struct query *query = (struct query *)waiter;
	struct queries *queries = query->queries;

	if (reply->from)
		entry_put_address(&query->upstream, reply->from);
	if (reply->error || reply->edns.rcode) {
		query_fail_upstream(query, reply->error);
	} else {
		if (reply->first)
			cache_put(queries->cache, &query->message.question,
				  clock_ms(queries->clock),
				  bytes_of(reply->at, reply->len));
		query_take(query, reply);
	}
	query_give_back(query);
}

static void query_ask(struct query *query)
{
	struct query *slot;
	int error = ERROR_FULL;

	if (query->queries->draining) {
		query->source = ENTRY_FROM_SELF;
		query_reply(query, NULL, RCODE_NOERROR);
		return;
	}
	slot = query_keep(query);
	if (slot) {
		slot->waiter.answer = query_resume;
		error = upstream_ask(query->queries->upstream,
				     &slot->message.question, &slot->waiter);
		if (error == 0)
			return;
		query_give_back(slot);
	}
	query_fail_upstream(query, error);
}

/* --- arrival --- */

/* What could not be read gets the error the RFC wants; it is not recorded. */
static void query_misread(struct query *query, enum message_fate fate)
{
	struct query_counts *counts = &query->queries->counts;
	struct channel *channel = query->channel;
	unsigned rcode = RCODE_FORMERR;
	size_t room, len = 0;
	uint8_t *at;

	if (fate == MESSAGE_SILENCE) {
		counter_add(&counts->ignored, 1);
		channel->ops->send(channel, &query->peer, 0);
		return;
	}
	counter_add(&counts->malformed, 1);
	if (fate == MESSAGE_NOTIMP)
		rcode = RCODE_NOTIMP;
	if (fate == MESSAGE_BADVERS)
		rcode = RCODE_BADVERS;
	at = channel->ops->room(channel, &room);
	len = answer_error(at, &query->message, rcode,
			   query->queries->options.payload);
	channel->ops->send(channel, &query->peer, len);
}

/* Refused before anything is looked up, and counted, not recorded. */
static void query_turn_away(struct query *query)
{
	struct channel *channel = query->channel;
	struct answer answer;

	query_open_answer(query, &answer);
	answer_begin(&answer, &query->message, RCODE_REFUSED);
	answer_set_ede(&answer, EDE_PROHIBITED, "this client may not ask");
	channel->ops->send(channel, &query->peer,
			   answer_finish(&answer, RCODE_REFUSED,
					 query->queries->options.payload));
}

/* A zone transfer is more than one message: not for a forwarder. */
static bool query_is_transfer(const struct query *query)
{
	unsigned type = query->message.question.type;

	return type == TYPE_AXFR || type == TYPE_IXFR;
}

static bool query_is_probe(const struct query *query)
{
	const struct queries *queries = query->queries;
	const struct name *name = &query->message.question.name;

	return queries->probe.labels &&
	       name->labels == queries->probe.labels + 1 &&
	       name_is_below(name, &queries->probe);
}

static void query_begin(struct query *query)
{
	struct queries *queries = query->queries;

	query_judge(query);
	if (query->verdict.kind == VERDICT_DENIED) {
		query_turn_away(query);
	} else if (query_is_probe(query)) {
		counter_add(&queries->counts.looped, 1);
		queries->looped(queries, &query->message.question.name);
		query_fail(query, RCODE_SERVFAIL, EDE_OTHER,
			   "asked in a circle");
	} else if (verdict_answers(&query->verdict)) {
		query_sink(query);
	} else if (query_is_transfer(query)) {
		query_fail(query, RCODE_REFUSED, EDE_NOT_SUPPORTED,
			   "no zone transfers");
	} else {
		query_recall(query);
	}
}

static void query_arrive(struct receiver *receiver, struct channel *channel,
			 const struct peer *peer, struct bytes message)
{
	struct queries *queries = (struct queries *)receiver;
	struct query *query = queries->current;
	enum message_fate fate;

	if (queries->stale_clock) {
		clock_update(queries->clock);
		queries->stale_clock = false;
	}
	counter_add(&queries->counts.arrived, 1);
	query->channel = channel;
	query->peer = *peer;
	query->wall = queries->clock->wall;
	query->mono = queries->clock->mono;
	query->verdict = (struct verdict){ .list = ENTRY_NO_LIST };
	query->has_alias = query->follows = false;
	query->group = 0;
	query->upstream.len = 0;
	fate = message_read_query(&query->message, message);
	if (fate == MESSAGE_QUERY)
		query_begin(query);
	else
		query_misread(query, fate);
}

int queries_init(struct queries *queries)
{
	/* One more: the query that is worked on. */
	queries->slots = calloc(queries->options.waiting + 1,
				sizeof(*queries->slots));
	if (!queries->slots)
		return -ENOMEM;
	queries->receiver.arrive = query_arrive;
	queries->current = &queries->slots[queries->fresh++];
	queries->current->queries = queries;
	return 0;
}

void queries_release(struct queries *queries)
{
	free(queries->slots);
}
