/*
 * worker: one thread with its loop, its sockets and its queries.
 *
 * A turn of the loop:
 *
 *	timers    the wheel: deadlines of questions and connections
 *	prepare   everything gathered in the turn before goes out: questions
 *	          to upstreams, answers to clients, a nudge to the journal;
 *	          then the loop may sleep
 *	poll      datagrams, streams, answers, messages of the main thread
 *
 * The main thread changes `wanted` and `stopping` and rings `bell`; what it
 * reads back are counters and `policy`, which the worker sets when it has
 * moved to a new one.  All handles are closed once, by worker_wind_up.
 */
#include "worker.h"

#include <errno.h>
#include <stdlib.h>

#include "base/counter.h"
#include "base/error.h"
#include "base/log.h"
#include "base/wheel.h"
#include "journal/journal.h"
#include "policy/matcher.h"

enum { WORKER_GAP_MS = 500 };

struct worker {
	struct worker_options options;
	struct queries queries;
	struct clock clock;
	struct wheel wheel;
	struct udp *udp;
	struct tcp *tcp;
	struct upstream *upstream;
	struct deadline gap;		/* runs while the ring has one */

	uv_thread_t thread;
	uv_loop_t loop;
	uv_prepare_t prepare;
	uv_timer_t wheel_timer;
	uv_timer_t patience;
	uv_async_t bell;

	/* Shared with the main thread, atomic. */
	const struct policy *wanted;
	const struct policy *policy;
	uint64_t pulse;
	unsigned patience_ms;		/* to stop: not 0 */

	bool stopping;
	bool winding_up;
};

/* --- a turn --- */

static void worker_turn_wheel(uv_timer_t *timer)
{
	struct worker *worker = timer->data;

	clock_update(&worker->clock);
	wheel_turn(&worker->wheel, clock_ms(&worker->clock));
	if (worker->wheel.running == 0)
		uv_timer_stop(timer);
}

/*
 * A gap is closed by the next query, and when none comes, here: looked at now
 * and then for as long as it is open and the ring is full.
 */
static void worker_settle_gap(struct deadline *deadline)
{
	struct worker *worker = (struct worker *)
		((char *)deadline - offsetof(struct worker, gap));
	struct ring *ring = worker->queries.ring;

	ring_settle_gap(ring, worker->clock.wall);
	if (ring_has_gap(ring))
		wheel_start(&worker->wheel, deadline,
			    clock_ms(&worker->clock) + WORKER_GAP_MS);
}

static void worker_tell_journal(struct worker *worker)
{
	journal_nudge(worker->options.journal, worker->options.number);
	if (ring_has_gap(worker->queries.ring) &&
	    !deadline_is_running(&worker->gap))
		worker_settle_gap(&worker->gap);
}

static void worker_prepare(uv_prepare_t *prepare)
{
	struct worker *worker = prepare->data;

	upstream_flush(worker->upstream);
	udp_flush(worker->udp);
	if (worker->queries.ring)
		worker_tell_journal(worker);
	if (worker->wheel.running > 0 &&
	    !uv_is_active((uv_handle_t *)&worker->wheel_timer))
		uv_timer_start(&worker->wheel_timer, worker_turn_wheel,
			       WHEEL_TICK, WHEEL_TICK);
	worker->queries.stale_clock = true;
	counter_add(&worker->pulse, 1);
}

/* --- the end --- */

static void worker_wind_up(struct worker *worker)
{
	if (worker->winding_up)
		return;
	worker->winding_up = true;
	upstream_close(worker->upstream);
	udp_flush(worker->udp);
	udp_close(worker->udp);
	tcp_close(worker->tcp);
	uv_close((uv_handle_t *)&worker->prepare, NULL);
	uv_close((uv_handle_t *)&worker->wheel_timer, NULL);
	uv_close((uv_handle_t *)&worker->patience, NULL);
	uv_close((uv_handle_t *)&worker->bell, NULL);
}

static void worker_lose_patience(uv_timer_t *timer)
{
	worker_wind_up(timer->data);
}

/* A moment later: the query that ended has its answer still to send. */
static void worker_drained(struct queries *queries)
{
	struct worker *worker = (struct worker *)
		((char *)queries - offsetof(struct worker, queries));

	if (queries->waiting == 0 && !worker->winding_up)
		uv_timer_start(&worker->patience, worker_lose_patience, 0, 0);
}

static void worker_begin_to_stop(struct worker *worker, unsigned patience_ms)
{
	worker->stopping = true;
	worker->queries.draining = true;
	tcp_drain(worker->tcp);
	uv_timer_start(&worker->patience, worker_lose_patience, patience_ms,
		       0);
	worker_drained(&worker->queries);
}

/* --- what the main thread wants --- */

static void worker_adopt(struct worker *worker, const struct policy *policy)
{
	const struct house *house = policy_house(policy);

	worker->queries.policy = policy;
	if (upstream_serve(worker->upstream, house->upstreams,
			   house->upstream_count))
		log_error("worker %u: the new upstreams could not be taken",
			  worker->options.number);
	__atomic_store_n(&worker->policy, policy, __ATOMIC_RELEASE);
	worker->options.settled(worker->options.context);
}

static void worker_hear(uv_async_t *bell)
{
	struct worker *worker = bell->data;
	const struct policy *wanted;
	unsigned patience_ms;

	wanted = __atomic_load_n(&worker->wanted, __ATOMIC_ACQUIRE);
	if (wanted != worker->queries.policy)
		worker_adopt(worker, wanted);
	patience_ms = __atomic_load_n(&worker->patience_ms, __ATOMIC_ACQUIRE);
	if (patience_ms && !worker->stopping)
		worker_begin_to_stop(worker, patience_ms);
}

void worker_switch(struct worker *worker, const struct policy *policy)
{
	__atomic_store_n(&worker->wanted, policy, __ATOMIC_RELEASE);
	uv_async_send(&worker->bell);
}

const struct policy *worker_policy(const struct worker *worker)
{
	return __atomic_load_n(&worker->policy, __ATOMIC_ACQUIRE);
}

void worker_stop(struct worker *worker, unsigned patience_ms)
{
	__atomic_store_n(&worker->patience_ms, patience_ms ? patience_ms : 1,
			 __ATOMIC_RELEASE);
	uv_async_send(&worker->bell);
}

uint64_t worker_pulse(struct worker *worker)
{
	uint64_t pulse = counter_read(&worker->pulse);

	uv_async_send(&worker->bell);
	return pulse;
}

/* --- its life --- */

static void worker_looped(struct queries *queries, const struct name *asked)
{
	struct worker *worker = (struct worker *)
		((char *)queries - offsetof(struct worker, queries));

	worker->options.looped(worker->options.context, asked);
}

static int worker_open_loop(struct worker *worker)
{
	int error = uv_loop_init(&worker->loop);

	if (error)
		return error;
	/* None of these can fail on a fresh loop but the pipe of the bell. */
	uv_prepare_init(&worker->loop, &worker->prepare);
	uv_timer_init(&worker->loop, &worker->wheel_timer);
	uv_timer_init(&worker->loop, &worker->patience);
	worker->prepare.data = worker;
	worker->wheel_timer.data = worker;
	worker->patience.data = worker;
	worker->bell.data = worker;
	uv_prepare_start(&worker->prepare, worker_prepare);
	return uv_async_init(&worker->loop, &worker->bell, worker_hear);
}

static int worker_open_queries(struct worker *worker)
{
	const struct worker_options *options = &worker->options;
	struct queries *queries = &worker->queries;

	queries->policy = options->policy;
	queries->cache = options->cache;
	queries->upstream = worker->upstream;
	queries->ring = options->journal ?
		journal_ring(options->journal, options->number) : NULL;
	queries->clock = &worker->clock;
	queries->options = options->query;
	queries->scratch = matcher_scratch_new();
	if (!queries->scratch)
		return -ENOMEM;
	queries->probe = *options->probe;
	queries->looped = worker_looped;
	queries->drained = worker_drained;
	return queries_init(queries);
}

static int worker_listen(struct worker *worker)
{
	const struct worker_options *options = &worker->options;
	unsigned i;

	for (i = 0; i < options->listener_count; i++) {
		const struct listener *listener = &options->listeners[i];
		int error = udp_listen(
			worker->udp, listener->udp,
			address_is_wildcard(&listener->address));

		if (!error)
			error = tcp_listen(worker->tcp, listener->tcp);
		if (error)
			return error;
	}
	return 0;
}

static int worker_open(struct worker *worker)
{
	const struct worker_options *options = &worker->options;
	const struct house *house = policy_house(options->policy);
	int error;

	clock_update(&worker->clock);
	wheel_init(&worker->wheel, clock_ms(&worker->clock));
	worker->gap.expired = worker_settle_gap;
	error = worker_open_loop(worker);
	if (error)
		return error;
	worker->upstream = upstream_new(&options->upstream, &worker->loop,
					&worker->wheel, &worker->clock);
	worker->udp = udp_new(&worker->loop, &worker->queries.receiver);
	worker->tcp = tcp_new(&options->tcp, &worker->loop, &worker->wheel,
			      &worker->queries.receiver);
	if (!worker->upstream || !worker->udp || !worker->tcp)
		return -ENOMEM;
	error = worker_open_queries(worker);
	if (!error)
		error = upstream_serve(worker->upstream, house->upstreams,
				       house->upstream_count);
	return error ? error : worker_listen(worker);
}

/*
 * Whatever fails here fails at the start of the program, which then ends with
 * a sentence: what was opened half is left to the kernel.
 */
int worker_new(struct worker **worker, const struct worker_options *options)
{
	struct worker *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->options = *options;
	new->wanted = new->policy = options->policy;
	*worker = new;
	return worker_open(new);
}

static void worker_run(void *context)
{
	struct worker *worker = context;

	uv_run(&worker->loop, UV_RUN_DEFAULT);
	uv_loop_close(&worker->loop);
}

int worker_start(struct worker *worker)
{
	return uv_thread_create(&worker->thread, worker_run, worker);
}

void worker_join(struct worker *worker)
{
	uv_thread_join(&worker->thread);
}

void worker_free(struct worker *worker)
{
	matcher_scratch_free(worker->queries.scratch);
	queries_release(&worker->queries);
	upstream_free(worker->upstream);
	tcp_free(worker->tcp);
	udp_free(worker->udp);
	free(worker);
}

const struct query_counts *worker_query_counts(const struct worker *worker)
{
	return &worker->queries.counts;
}

const struct udp_counts *worker_udp_counts(const struct worker *worker)
{
	return udp_counts(worker->udp);
}

const struct tcp_counts *worker_tcp_counts(const struct worker *worker)
{
	return tcp_counts(worker->tcp);
}

struct upstream *worker_upstream(const struct worker *worker)
{
	return worker->upstream;
}
