/*
 * worker: one thread with its loop, its sockets and its queries.
 *
 * The main thread makes it, gives it listeners, starts it, and from then on
 * speaks to it only through the functions below.
 */
#ifndef WORKER_H
#define WORKER_H

#include "query.h"
#include "transport/listener.h"
#include "transport/tcp.h"
#include "transport/udp.h"
#include "upstream/upstream.h"

struct journal;
struct worker;

struct worker_options {
	unsigned number;		/* from 0 */
	struct query_options query;
	struct upstream_options upstream;
	struct tcp_options tcp;
	struct cache *cache;		/* shared */
	struct journal *journal;	/* shared; ring `number` is ours */
	const struct policy *policy;	/* the first */
	const struct listener *listeners;	/* sockets are taken over */
	unsigned listener_count;
	const struct name *probe;	/* see query.h; copied */
	/* From the worker's thread: it has moved to the policy it was given. */
	void (*settled)(void *context);
	/* From the worker's thread: a probe came back to us. */
	void (*looped)(void *context, const struct name *asked);
	void *context;
};

/* After an error *worker is unusable, and so is the program. */
int worker_new(struct worker **worker, const struct worker_options *options);
int worker_start(struct worker *worker);

/*
 * From the next turn on it judges by this policy and asks its upstreams;
 * then `settled` is called, and worker_policy tells which one it uses.
 */
void worker_switch(struct worker *worker, const struct policy *policy);
const struct policy *worker_policy(const struct worker *worker);

/* Answers what is in flight (at most `patience_ms`), then the thread ends. */
void worker_stop(struct worker *worker, unsigned patience_ms);
void worker_join(struct worker *worker);
void worker_free(struct worker *worker);

/* Turns of its loop since the start; asking makes it turn. */
uint64_t worker_pulse(struct worker *worker);

const struct query_counts *worker_query_counts(const struct worker *worker);
const struct udp_counts *worker_udp_counts(const struct worker *worker);
const struct tcp_counts *worker_tcp_counts(const struct worker *worker);
struct upstream *worker_upstream(const struct worker *worker);

#endif
