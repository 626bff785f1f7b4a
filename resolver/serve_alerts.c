/*
 * The settings are looked at each time: a reload may have brought another
 * interval, or a way to tell.  While a child runs no other is started.
 */
#include "serve_alerts.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "base/log.h"
#include "serve_state.h"

enum { NICE = 10, SECOND = 1000 };

struct serve_alerts {
	struct serve *serve;
	uv_timer_t timer;
	uv_process_t child;
	bool running, ending;
	unsigned open;			/* handles */
};

static void closed(uv_handle_t *handle)
{
	struct serve_alerts *alerts = handle->data;

	if (--alerts->open == 0)
		free(alerts);
}

static void child_closed(uv_handle_t *handle)
{
	struct serve_alerts *alerts = handle->data;

	alerts->running = false;
	closed(handle);
}

/* What went wrong it has said itself, on our standard error. */
static void exited(uv_process_t *child, int64_t status, int signal)
{
	struct serve_alerts *alerts = child->data;

	(void)status;
	if (signal && !alerts->ending)
		log_error("alerts: the process that looks was ended by signal "
			  "%d", signal);
	uv_close((uv_handle_t *)child, child_closed);
}

static int spawn(struct serve_alerts *alerts)
{
	static char name[] = "homebound", command[] = "alerts",
		    config[] = "--config", run[] = "run";
	static const char self[] = "/proc/self/exe";
	struct serve *serve = alerts->serve;
	char *words[] = {
		name, command, config, serve->settings->path, run, NULL,
	};
	uv_stdio_container_t stdio[3] = {
		{ .flags = UV_IGNORE }, { .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO },
	};
	uv_process_options_t options = {
		.exit_cb = exited,
		.file = access(self, X_OK) ? serve->program : self,
		.args = words, .stdio = stdio, .stdio_count = 3,
	};

	alerts->child.data = alerts;
	return uv_spawn(&serve->loop, &alerts->child, &options);
}

static bool is_wanted(const struct settings *settings)
{
	const struct settings_alerts *wanted = &settings->alerts;

	return settings->journal.enabled &&
	       (*wanted->command || *wanted->webhook || *wanted->mail);
}

static void look(struct serve_alerts *alerts)
{
	int error = spawn(alerts);

	alerts->open++;
	alerts->running = true;
	if (error < 0) {
		log_error("alerts: %s", error_words(error));
		uv_close((uv_handle_t *)&alerts->child, child_closed);
		return;
	}
	setpriority(PRIO_PROCESS, (id_t)alerts->child.pid, NICE);
}

static void rings(uv_timer_t *timer)
{
	struct serve_alerts *alerts = timer->data;
	const struct settings *settings = alerts->serve->settings;

	if (is_wanted(settings) && !alerts->running)
		look(alerts);
	uv_timer_start(timer, rings,
		       (uint64_t)settings->alerts.every * SECOND, 0);
}

struct serve_alerts *serve_alerts_begin(struct serve *serve)
{
	struct serve_alerts *alerts = calloc(1, sizeof(*alerts));

	if (!alerts) {
		log_error("alerts: %s", error_words(-ENOMEM));
		return NULL;
	}
	alerts->serve = serve;
	uv_timer_init(&serve->loop, &alerts->timer);
	alerts->timer.data = alerts;
	alerts->open = 1;
	uv_timer_start(&alerts->timer, rings, SECOND, 0);
	return alerts;
}

void serve_alerts_end(struct serve_alerts *alerts)
{
	if (!alerts)
		return;
	alerts->ending = true;
	if (alerts->running)
		uv_process_kill(&alerts->child, SIGTERM);
	uv_close((uv_handle_t *)&alerts->timer, closed);
}
