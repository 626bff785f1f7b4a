/*
 * serve: builds the house, runs it, takes it apart.
 *
 * The order is the point: ports are opened while we may still be root, then
 * root is given up for good; the journal drains what an earlier run has left
 * before anybody is answered; the image that is there is used at once, and
 * lists that have changed are compiled aside.  The end is the same backwards:
 * queries in flight are answered, then the journal stores the last of them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "journal/journal.h"
#include "notify.h"
#include "privileges.h"
#include "serve_devices.h"
#include "serve_alerts.h"
#include "serve_state.h"
#include "transport/interfaces.h"
#include "upstream/probe.h"
#include "upstream/system.h"

/* --- what happens while it runs --- */

static void serve_settled(uv_async_t *async)
{
	serve_free_retired(async->data);
}

static void serve_looped(uv_async_t *async)
{
	serve_leave_circles(async->data);
}

/* From a worker's thread. */
static void serve_hear_settled(void *context)
{
	struct serve *serve = context;

	uv_async_send(&serve->settled);
}

/* From a worker's thread. */
static void serve_hear_probe(void *context, const struct name *asked)
{
	struct serve *serve = context;
	int number = probe_number(asked);

	if (number < 0 || number >= UPSTREAM_SERVERS)
		return;
	__atomic_or_fetch(&serve->looped_mask, 1u << number,
			  __ATOMIC_RELAXED);
	uv_async_send(&serve->looped);
}

static void serve_network_changed(void *context)
{
	struct serve *serve = context;

	if (serve->ending)
		return;
	serve_find_upstreams(serve);
	serve_look_at_self(serve);
	serve_rehouse(serve);
}

/* A worker that does not turn keeps us from saying that all is well. */
static void serve_feed_watchdog(uv_timer_t *timer)
{
	struct serve *serve = timer->data;
	bool well = true;
	unsigned i;

	for (i = 0; i < serve->worker_count; i++) {
		uint64_t pulse = worker_pulse(serve->workers[i]);

		if (pulse == serve->pulses[i])
			well = false;
		serve->pulses[i] = pulse;
	}
	if (well)
		notify_send("WATCHDOG=1");
}

/* Again and again: a router may begin to ask us at any time. */
static void serve_probe(uv_timer_t *timer)
{
	serve_probe_upstreams(timer->data);
}

/* Of a list with millions of names few are ever asked for again. */
static void serve_rest(uv_timer_t *timer)
{
	const struct serve *serve = timer->data;
	const struct image *image = policy_image(serve->policy);

	if (image)
		image_rest(image);
}

static void serve_hang_up(uv_signal_t *signal, int number)
{
	(void)number;
	serve_reread(signal->data, NULL);
}

static void serve_close_handles(struct serve *serve)
{
	if (serve->system)
		system_unwatch(serve->system);
	interfaces_unwatch(serve->interfaces);
	serve_unwatch_devices(serve);
	if (serve->control)
		control_close(serve->control);
	uv_close((uv_handle_t *)&serve->terminate, NULL);
	uv_close((uv_handle_t *)&serve->interrupt, NULL);
	uv_close((uv_handle_t *)&serve->hangup, NULL);
	uv_close((uv_handle_t *)&serve->settled, NULL);
	uv_close((uv_handle_t *)&serve->looped, NULL);
	uv_close((uv_handle_t *)&serve->watchdog, NULL);
	uv_close((uv_handle_t *)&serve->probing, NULL);
	uv_close((uv_handle_t *)&serve->turning, NULL);
	uv_close((uv_handle_t *)&serve->fetching, NULL);
	uv_close((uv_handle_t *)&serve->resting, NULL);
	serve_alerts_end(serve->alerts);
}

static void serve_end(struct serve *serve)
{
	if (serve->ending)
		return;
	serve->ending = true;
	notify_send("STOPPING=1");
	serve_abandon_compile(serve);
	serve_close_handles(serve);
}

static void serve_terminate(uv_signal_t *signal, int number)
{
	(void)number;
	serve_end(signal->data);
}

/* --- building --- */

static int serve_complain_listen(const struct address *address, int error)
{
	char where[ADDRESS_TEXT], who[SERVE_LINE / 2];
	struct text text;

	address_words(address, 0, where);
	if (error == -EADDRINUSE) {
		text_init(&text, who, sizeof(who));
		listener_explain(address, &text);
		log_error("%s is in use: %s", where, who);
	} else if (error == -EACCES) {
		log_error("%s: only root may open ports below 1024: start as "
			  "root, or \"listen\" on another port", where);
	} else {
		log_error("%s: cannot listen: %s", where, error_words(error));
	}
	return error;
}

static int serve_open_listeners(struct serve *serve)
{
	const struct settings *settings = serve->settings;
	unsigned worker, i;

	serve->listeners = calloc(settings->workers * settings->listen_count,
				  sizeof(*serve->listeners));
	if (!serve->listeners)
		return -ENOMEM;
	for (worker = 0; worker < settings->workers; worker++) {
		for (i = 0; i < settings->listen_count; i++) {
			struct listener *listener = &serve->listeners[
				worker * settings->listen_count + i];
			int error = listener_open(listener,
						  &settings->listen[i],
						  settings->workers > 1);

			if (error)
				return serve_complain_listen(
					&settings->listen[i], error);
		}
	}
	return 0;
}

/* The folder a file lies in, into `folder`. */
static void serve_folder_of(const char *path, char *folder, size_t size)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	snprintf(folder, size, "%.*s", len ? (int)len : 1,
		 len ? path : slash ? "/" : ".");
}

static int serve_become_user(struct serve *serve)
{
	const struct settings *settings = serve->settings;
	char folder[4096];
	int error;

	error = privileges_own(settings->state, settings->user, 0750);
	if (error)
		return error;
	serve_folder_of(settings->control, folder, sizeof(folder));
	error = privileges_own(folder, settings->user, 0755);
	if (!error && settings->journal_rings)
		error = privileges_own(settings->journal_rings,
				       settings->user, 0755);
	return error ? error : privileges_drop(settings->user);
}

static int serve_open_journal(struct serve *serve, gid_t group)
{
	const struct settings *settings = serve->settings;
	struct journal_options options = settings->journal;
	char path[4096], rings[4096];
	int error;

	if (!options.enabled)
		return 0;
	snprintf(path, sizeof(path), "%s/journal.db", settings->state);
	serve_folder_of(settings->control, rings, sizeof(rings));
	options.path = path;
	options.rings = settings->journal_rings ? settings->journal_rings
						: rings;
	options.workers = settings->workers;
	options.group = group;
	error = journal_open(&serve->journal, &options);
	if (!error)
		error = journal_start(serve->journal);
	if (error)
		log_error("the journal in %s cannot be used: %s",
			  settings->state, error_words(error));
	return error;
}

static int serve_open_loop(struct serve *serve)
{
	struct {
		uv_signal_t *handle;
		uv_signal_cb heard;
		int number;
	} signals[] = {
		{ &serve->terminate, serve_terminate, SIGTERM },
		{ &serve->interrupt, serve_terminate, SIGINT },
		{ &serve->hangup, serve_hang_up, SIGHUP },
	};
	int error = uv_loop_init(&serve->loop);
	size_t i;

	for (i = 0; !error && i < sizeof(signals) / sizeof(signals[0]); i++) {
		uv_signal_init(&serve->loop, signals[i].handle);
		signals[i].handle->data = serve;
		error = uv_signal_start(signals[i].handle, signals[i].heard,
					signals[i].number);
	}
	if (!error)
		error = uv_async_init(&serve->loop, &serve->settled,
				      serve_settled);
	if (!error)
		error = uv_async_init(&serve->loop, &serve->looped,
				      serve_looped);
	uv_timer_init(&serve->loop, &serve->watchdog);
	uv_timer_init(&serve->loop, &serve->probing);
	uv_timer_init(&serve->loop, &serve->turning);
	uv_timer_init(&serve->loop, &serve->fetching);
	uv_timer_init(&serve->loop, &serve->resting);
	serve->settled.data = serve;
	serve->looped.data = serve;
	serve->watchdog.data = serve;
	serve->probing.data = serve;
	serve->turning.data = serve;
	serve->fetching.data = serve;
	serve->resting.data = serve;
	return error;
}

static int serve_start_worker(struct serve *serve, unsigned number)
{
	const struct settings *settings = serve->settings;
	struct worker_options options = {
		.number = number,
		.query = settings->query,
		.upstream = settings->upstream,
		.tcp = settings->tcp,
		.cache = serve->cache,
		.journal = serve->journal,
		.policy = serve->policy,
		.listeners = serve->listeners +
			     number * settings->listen_count,
		.listener_count = settings->listen_count,
		.probe = &serve->probe,
		.settled = serve_hear_settled,
		.looped = serve_hear_probe,
		.context = serve,
	};
	int error = worker_new(&serve->workers[number], &options);

	if (!error)
		error = worker_start(serve->workers[number]);
	if (error) {
		log_error("worker %u cannot be started: %s", number,
			  error_words(error));
		return error;
	}
	serve->worker_count++;
	return 0;
}

static int serve_start_workers(struct serve *serve)
{
	unsigned count = serve->settings->workers, i;
	int error = 0;

	serve->workers = calloc(count, sizeof(*serve->workers));
	serve->pulses = calloc(count, sizeof(*serve->pulses));
	if (!serve->workers || !serve->pulses)
		return -ENOMEM;
	for (i = 0; !error && i < count; i++)
		error = serve_start_worker(serve, i);
	return error;
}

static int serve_open_control(struct serve *serve, gid_t group)
{
	struct control_options options = {
		.loop = &serve->loop,
		.path = serve->settings->control,
		.group = group,
		.table = serve->table,
		.daemon = serve,
	};
	int error = control_open(&serve->control, &options);

	if (error == ERROR_BUSY)
		log_error("another homebound answers at %s", options.path);
	else if (error)
		log_error("%s: %s", options.path, error_words(error));
	return error;
}

static void serve_watch(struct serve *serve)
{
	uint64_t watchdog = notify_watchdog_ms() / 2;

	if (serve->settings->upstream_count == 0)
		serve->system = system_watch(&serve->loop,
					     serve_network_changed, serve);
	serve->interfaces = interfaces_watch(&serve->loop,
					     serve_network_changed, serve);
	uv_timer_start(&serve->probing, serve_probe, 0, SERVE_PROBE_MS);
	serve->alerts = serve_alerts_begin(serve);
	uv_timer_start(&serve->resting, serve_rest, SERVE_REST_MS,
		       SERVE_REST_MS);
	if (watchdog)
		uv_timer_start(&serve->watchdog, serve_feed_watchdog,
			       watchdog, watchdog);
}

const struct settings *serve_settings(const struct serve *serve)
{
	return serve->settings;
}

static int serve_build(struct serve *serve)
{
	gid_t group = (gid_t)-1;
	int error;

	error = serve_open_listeners(serve);
	if (error)
		return error;
	privileges_group("homebound", &group);
	error = serve_become_user(serve);
	if (error)
		return error;
	error = serve_open_loop(serve);
	if (!error)
		error = serve_open_control(serve, group);
	if (!error)
		error = serve_open_journal(serve, group);
	if (error)
		return error;
	serve->cache = cache_new(&serve->settings->cache);
	probe_draw(&serve->probe);
	serve_find_upstreams(serve);
	serve_watch_devices(serve);
	error = serve_make_policy(serve, false, &serve->policy);
	return error ? error : serve_start_workers(serve);
}

static void serve_announce(const struct serve *serve)
{
	const struct settings *settings = serve->settings;
	char words[SERVE_LINE];
	struct text text;
	unsigned i;

	text_init(&text, words, sizeof(words));
	for (i = 0; i < settings->listen_count; i++) {
		text_put(&text, i ? ", " : "");
		address_print(&serve->listeners[i].address, 0, &text);
	}
	log_info("homebound " PACKAGE_VERSION " answers at %s; state in %s",
		 words, settings->state);
	notify_send("READY=1");
}

/* --- taking apart --- */

static void serve_stop_workers(struct serve *serve)
{
	unsigned patience = serve->first->upstream.deadline_ms;
	unsigned i;

	for (i = 0; i < serve->worker_count; i++)
		worker_stop(serve->workers[i], patience);
	for (i = 0; i < serve->worker_count; i++)
		worker_join(serve->workers[i]);
	for (i = 0; i < serve->worker_count; i++)
		worker_free(serve->workers[i]);
	serve->worker_count = 0;
}

static void serve_take_apart(struct serve *serve)
{
	serve_stop_workers(serve);
	if (serve->journal)
		journal_close(serve->journal);
	serve_free_retired(serve);
	if (serve->policy)
		policy_free(serve->policy);
	cache_free(serve->cache);
	free(serve->listeners);
	free(serve->workers);
	free(serve->pulses);
	if (serve->settings != serve->first)
		settings_free(serve->settings);
	settings_free(serve->first);
}

int serve_run(struct settings *settings, const struct command *const *table,
	      const char *program)
{
	struct serve *serve = calloc(1, sizeof(*serve));
	struct clock clock = { 0 };

	if (!serve)
		return EXIT_FAILED;
	clock_update(&clock);
	serve->started = clock.wall;
	serve->settings = serve->first = settings;
	serve->table = table;
	serve->program = program;
	snprintf(serve->image_path, sizeof(serve->image_path), "%s/%s",
		 settings->state, IMAGE_FILE);
	log_level = settings->log_level;
	umask(027);
	signal(SIGPIPE, SIG_IGN);
	/* What a failed start has opened, the kernel closes. */
	if (serve_build(serve))
		return EXIT_FAILED;
	serve_watch(serve);
	serve_announce(serve);
	serve_wait_turn(serve);
	if (settings->list_count > 0)
		serve_compile(serve);
	uv_run(&serve->loop, UV_RUN_DEFAULT);
	serve_take_apart(serve);
	uv_loop_close(&serve->loop);
	log_info("homebound has ended");
	free(serve);
	return EXIT_DONE;
}
