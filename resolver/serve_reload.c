/*
 * serve_reload: lists are compiled by a child, `homebound compile`, which
 * leaves a new image behind by rename; then all workers move to it.
 *
 *	reload -> configuration read aside -> child -> image -> new policy
 *	             wrong: old world          fails: old world
 *
 * One child at a time: who asks while one runs gets the next one.
 */
#include "serve_state.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "notify.h"
#include "serve_devices.h"
#include "subscribe/compiler.h"

enum { COMPILE_NICE = 10, COMPILE_WORDS = COMMAND_OPERANDS + 12 };

static void reloaders_add(struct reloaders *reloaders,
			  struct request *request)
{
	if (request && reloaders->count < CONTROL_CONNECTIONS)
		reloaders->at[reloaders->count++] = request;
}

/* Progress, where it is shown, is overwritten by what comes next. */
static void reloaders_say(const struct reloaders *reloaders, const char *line)
{
	unsigned i;

	for (i = 0; i < reloaders->count; i++)
		request_say(reloaders->at[i], "%s%s\n",
			    reloaders->progress[i] ? "\r\033[K" : "", line);
}

static void reloaders_show(const struct reloaders *reloaders,
			   const char *line)
{
	unsigned i;

	for (i = 0; i < reloaders->count; i++)
		if (reloaders->progress[i])
			request_say(reloaders->at[i], "\r\033[K%s", line);
}

/* Whom they waited with goes on waiting with the others. */
static void reloaders_clear(struct reloaders *reloaders)
{
	unsigned i;

	for (i = 0; i < reloaders->list_count; i++)
		free(reloaders->lists[i]);
	*reloaders = (struct reloaders){ 0 };
}

static void reloaders_finish(struct reloaders *reloaders, int exit_code,
			     const char *complaint)
{
	unsigned i;

	for (i = 0; i < reloaders->count; i++) {
		if (complaint)
			request_complain(reloaders->at[i], "homebound: %s\n",
					 complaint);
		request_finish(reloaders->at[i], exit_code);
	}
	reloaders_clear(reloaders);
}

static void compile_done(struct serve *serve);

/* Both handles: the child's end, and the end of what it says. */
static void compile_closed(uv_handle_t *handle)
{
	struct serve *serve = handle->data;

	if (--serve->compile.open == 0)
		compile_done(serve);
}

/* --- the child's words --- */

static void compile_say_line(struct serve *serve)
{
	struct compile *compile = &serve->compile;
	struct text text;

	text_init(&text, compile->last, sizeof(compile->last));
	text_put_hostile(&text, bytes_of(compile->line, compile->line_len));
	compile->line_len = 0;
	if (compile->last[0] == '~') {
		reloaders_show(&compile->now, compile->last + 1);
		return;
	}
	log_info("%s", compile->last);
	reloaders_say(&compile->now, compile->last);
}

static void compile_hear(uv_stream_t *stream, ssize_t len,
			 const uv_buf_t *buffer)
{
	struct serve *serve = stream->data;
	struct compile *compile = &serve->compile;
	ssize_t i;

	if (len < 0)
		uv_close((uv_handle_t *)stream, compile_closed);
	for (i = 0; i < len; i++) {
		if (buffer->base[i] != '\n' &&
		    compile->line_len < sizeof(compile->line) / 4 - 1)
			compile->line[compile->line_len++] = buffer->base[i];
		else if (buffer->base[i] == '\n')
			compile_say_line(serve);
	}
	free(buffer->base);
}

static void compile_room(uv_handle_t *handle, size_t suggested,
			 uv_buf_t *buffer)
{
	(void)handle;
	(void)suggested;
	buffer->base = malloc(SERVE_LINE);
	buffer->len = buffer->base ? SERVE_LINE : 0;
}

/* --- its end --- */

static void compile_take_settings(struct serve *serve)
{
	struct settings *old = serve->settings;

	if (!serve->compile.settings)
		return;
	serve->settings = serve->compile.settings;
	serve->compile.settings = NULL;
	log_level = serve->settings->log_level;
	if (old != serve->first)
		settings_free(old);
	serve_find_upstreams(serve);
	serve_watch_devices(serve);
}

static void compile_done(struct serve *serve)
{
	struct compile *compile = &serve->compile;
	const char *complaint = NULL;

	compile->running = false;
	if (serve->ending)
		complaint = "the server is ending";
	else if (compile->exit_code != EXIT_DONE)
		complaint = "the lists could not be compiled: the old ones "
			    "stay in force";
	if (!complaint) {
		compile_take_settings(serve);
		if (serve_renew(serve))
			complaint = "the new image could not be taken: the "
				    "old one stays in force";
	}
	if (complaint)
		log_error("%s", complaint);
	settings_free(compile->settings);
	compile->settings = NULL;
	notify_send("READY=1");
	reloaders_finish(&compile->now, complaint ? EXIT_FAILED : EXIT_DONE,
			 complaint);
	serve_wait_fetch(serve);
	if (!compile->again)
		return;
	compile->again = false;
	compile->now = compile->next;
	compile->next = (struct reloaders){ 0 };
	serve_reread(serve, NULL);
}

static void compile_exited(uv_process_t *process, int64_t status, int signal)
{
	struct serve *serve = process->data;

	serve->compile.exit_code = signal ? EXIT_FAILED : (int)status;
	if (signal && !serve->ending)
		log_error("the compiler was ended by signal %d", signal);
	uv_close((uv_handle_t *)process, compile_closed);
}

/* --- its start --- */

/* The child's command line; it changes nothing of it. */
static void compile_words(const struct serve *serve,
			  char *words[COMPILE_WORDS])
{
	static char name[] = "homebound", command[] = "compile",
		    config[] = "--config", now[] = "--now",
		    force[] = "--force", progress[] = "--progress",
		    end[] = "--";
	const struct reloaders *wanted = &serve->compile.now;
	unsigned count = 0, i;

	words[count++] = name;
	words[count++] = command;
	words[count++] = config;
	words[count++] = serve->settings->path;
	if (wanted->now)
		words[count++] = now;
	if (wanted->force)
		words[count++] = force;
	for (i = 0; i < wanted->count; i++)
		if (wanted->progress[i]) {
			words[count++] = progress;
			break;
		}
	words[count++] = end;
	for (i = 0; i < wanted->list_count; i++)
		words[count++] = wanted->lists[i];
	words[count] = NULL;
}

/*
 * The very program that runs, also when another was installed in its place
 * or its folder is closed to the user it has become.
 */
static int compile_spawn(struct serve *serve)
{
	static const char self[] = "/proc/self/exe";
	struct compile *compile = &serve->compile;
	char *words[COMPILE_WORDS] = { NULL };
	uv_stdio_container_t stdio[3] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
		  .data.stream = (uv_stream_t *)&compile->output },
		{ .flags = UV_INHERIT_FD, .data.fd = 2 },
	};
	uv_process_options_t options = {
		.exit_cb = compile_exited,
		.file = access(self, X_OK) ? serve->program : self,
		.args = words,
		.stdio = stdio,
		.stdio_count = 3,
	};

	compile_words(serve, words);
	uv_pipe_init(&serve->loop, &compile->output, 0);
	compile->output.data = serve;
	compile->process.data = serve;
	compile->open = 2;
	return uv_spawn(&serve->loop, &compile->process, &options);
}

void serve_compile(struct serve *serve)
{
	struct compile *compile = &serve->compile;
	int error;

	compile->running = true;
	compile->line_len = 0;
	error = compile_spawn(serve);
	if (error) {
		log_error("%s: cannot be started: %s", serve->program,
			  error_words(error));
		compile->exit_code = EXIT_FAILED;
		uv_close((uv_handle_t *)&compile->process, compile_closed);
		uv_close((uv_handle_t *)&compile->output, compile_closed);
		return;
	}
	setpriority(PRIO_PROCESS, (id_t)compile->process.pid, COMPILE_NICE);
	uv_read_start((uv_stream_t *)&compile->output, compile_room,
		      compile_hear);
}

void serve_abandon_compile(struct serve *serve)
{
	struct compile *compile = &serve->compile;

	compile->again = false;
	reloaders_finish(&compile->next, EXIT_FAILED, "the server is ending");
	if (compile->running)
		uv_process_kill(&compile->process, SIGTERM);
}

/* --- what is wanted of a run --- */

/* Different wishes for one run become all that is asked for. */
static void want_all(struct reloaders *reloaders)
{
	unsigned i;

	for (i = 0; i < reloaders->list_count; i++)
		free(reloaders->lists[i]);
	reloaders->now |= reloaders->list_count > 0;
	reloaders->list_count = 0;
	reloaders->all = true;
}

static void want(struct reloaders *reloaders,
		 const struct serve_update *update)
{
	unsigned i;

	if (update->progress && reloaders->count)
		reloaders->progress[reloaders->count - 1] = true;
	reloaders->force |= update->force;
	if (update->list_count == 0 || reloaders->all) {
		want_all(reloaders);
		reloaders->now = true;
		return;
	}
	for (i = 0; i < update->list_count &&
		    reloaders->list_count < COMMAND_OPERANDS; i++) {
		char *name = strdup(update->lists[i]);

		if (name)
			reloaders->lists[reloaders->list_count++] = name;
	}
}

/* --- the configuration, read anew --- */

struct rereading {
	struct serve *serve;
	struct request *request;
};

static void reread_report(void *context,
			  const struct settings_trouble *trouble)
{
	struct rereading *rereading = context;
	const struct reloaders *now = &rereading->serve->compile.now;
	char line[SERVE_LINE];
	unsigned i;

	settings_report_log(NULL, trouble);
	snprintf(line, sizeof(line), "%s:%u: %s", trouble->file,
		 trouble->line, trouble->words);
	for (i = 0; i < now->count; i++)
		request_complain(now->at[i], "%s\n", line);
}

static bool same_words(const char *one, const char *other)
{
	return strcmp(one ? one : "", other ? other : "") == 0;
}

static bool settings_listen_alike(const struct settings *one,
				  const struct settings *other)
{
	unsigned i;

	if (one->listen_count != other->listen_count)
		return false;
	for (i = 0; i < one->listen_count; i++)
		if (!address_equal(&one->listen[i], &other->listen[i]))
			return false;
	return true;
}

/* What a running server cannot change under itself. */
static void reread_compare(struct serve *serve, const struct settings *new)
{
	const struct settings *first = serve->first;
	const struct {
		const char *key;
		bool same;
	} keys[] = {
		{ "listen", settings_listen_alike(first, new) },
		{ "workers", first->workers == new->workers },
		{ "user", same_words(first->user, new->user) },
		{ "state", same_words(first->state, new->state) },
		{ "control", same_words(first->control, new->control) },
		{ "journal", first->journal.enabled == new->journal.enabled &&
		  first->journal.slots == new->journal.slots &&
		  first->journal.commit_ms == new->journal.commit_ms &&
		  keeping_alike(&first->journal.keeping,
				&new->journal.keeping) &&
		  same_words(first->journal_rings, new->journal_rings) },
		{ "cache", !memcmp(&first->cache, &new->cache,
				   sizeof(first->cache)) },
	};
	char line[SERVE_LINE];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].same)
			continue;
		snprintf(line, sizeof(line), "\"%s\" has changed: that takes "
			 "a restart", keys[i].key);
		log_notice("%s", line);
		reloaders_say(&serve->compile.now, line);
	}
}

void serve_reread(struct serve *serve, struct request *request)
{
	struct compile *compile = &serve->compile;
	struct rereading rereading = { serve, request };
	struct settings *new;

	if (compile->running) {
		compile->again = true;
		reloaders_add(&compile->next, request);
		want_all(&compile->next);
		return;
	}
	reloaders_add(&compile->now, request);
	notify_send("RELOADING=1");
	if (settings_read(&new, serve->first->path, reread_report,
			  &rereading)) {
		log_error("the old configuration stays in force");
		notify_send("READY=1");
		reloaders_finish(&compile->now, EXIT_FAILED,
				 "the old configuration stays in force");
		return;
	}
	reread_compare(serve, new);
	compile->settings = new;
	if (!same_words(new->state, serve->first->state)) {
		reloaders_finish(&compile->now, EXIT_FAILED,
				 "\"state\" has changed: that takes a "
				 "restart, and the old lists stay in force");
		settings_free(new);
		compile->settings = NULL;
		notify_send("READY=1");
		return;
	}
	serve_compile(serve);
}

void serve_reload(struct serve *serve, struct request *request)
{
	serve_reread(serve, request);
}

/* --- lists, looked at because somebody said so, or because they are due --- */

void serve_update(struct serve *serve, struct request *request,
		  const struct serve_update *update)
{
	struct compile *compile = &serve->compile;
	struct reloaders *turn = compile->running ? &compile->next
						  : &compile->now;

	reloaders_add(turn, request);
	want(turn, update);
	if (compile->running)
		compile->again = true;
	else
		serve_reread(serve, NULL);
}

static int64_t serve_fetch_due(const struct serve *serve)
{
	struct compiler_options options;

	settings_compiler(serve->settings, &options);
	return compiler_next(&options);
}

/* Before its time it was only to look at the clock. */
static void serve_fetch(uv_timer_t *timer)
{
	struct serve *serve = timer->data;

	if (serve->ending || serve->compile.running)
		return;
	if (serve_fetch_due(serve) > clock_seconds())
		serve_wait_fetch(serve);
	else
		serve_compile(serve);
}

void serve_wait_fetch(struct serve *serve)
{
	int64_t due = serve_fetch_due(serve);
	int64_t soonest = clock_seconds() + SERVE_FETCH_LEAST;

	serve_wait(&serve->fetching, serve_fetch,
		   due > soonest ? due : soonest);
}
