/*
 * serve_state: what the parts of serve share: serve.c builds, runs and takes
 * apart the house; serve_policy.c makes and swaps policies; serve_reload.c
 * compiles lists; serve_status.c tells how things are.  The main thread's,
 * but for `looped_mask`.
 */
#ifndef SERVE_STATE_H
#define SERVE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "control/control.h"
#include "policy/policy.h"
#include "serve.h"
#include "settings.h"
#include "worker.h"

enum {
	SERVE_LINE = 1024,
	SERVE_PROBE_MS = 10 * 60 * 1000, SERVE_REST_MS = 60 * 1000,
	SERVE_WAIT_MOST = 3600, SERVE_FETCH_LEAST = 60,		/* seconds */
};

/* A policy that some worker may still use. */
struct retired {
	struct retired *next;
	struct policy *policy;
};

/* Those who wait for a reload, and what they want to be looked at. */
struct reloaders {
	struct request *at[CONTROL_CONNECTIONS];
	bool progress[CONTROL_CONNECTIONS];	/* shown, on a terminal */
	unsigned count;
	char *lists[COMMAND_OPERANDS];	/* by name; none: those that are due */
	unsigned list_count;
	bool all, now, force;		/* somebody named none; as `compile` */
};

/* The child that compiles lists. */
struct compile {
	bool running;
	bool again;			/* asked for while one was running */
	uv_process_t process;
	uv_pipe_t output;
	unsigned open;			/* handles of the two */
	int exit_code;
	char line[SERVE_LINE];		/* of what it says, until its end */
	size_t line_len;
	char last[SERVE_LINE];		/* the last line it said */
	struct settings *settings;	/* taken when it worked; or NULL */
	struct reloaders now, next;
};

struct serve {
	struct settings *settings;	/* as of the last good reload */
	struct settings *first;		/* as of the start */
	const struct command *const *table;
	const char *program;		/* what it was called as */
	char image_path[4096];
	uint64_t started;		/* wall, microseconds */

	uv_loop_t loop;
	uv_signal_t terminate, interrupt, hangup;
	uv_async_t settled;		/* a worker moved to a new policy */
	uv_async_t looped;		/* a probe came back */
	uv_timer_t watchdog;
	uv_timer_t probing;
	uv_timer_t turning;		/* a list's times begin or end */
	uv_timer_t fetching;		/* a list is due */
	uv_timer_t resting;		/* unused memory is given back */
	struct neighbours *neighbours;
	struct serve_devices *devices;	/* NULL: nobody writes them down */
	struct system_watch *system;
	struct interfaces *interfaces;
	struct control *control;
	struct compile compile;
	struct serve_alerts *alerts;
	bool ending;

	struct journal *journal;
	struct cache *cache;
	struct listener *listeners;	/* workers x addresses */
	struct worker **workers;
	unsigned worker_count;		/* that run */
	uint64_t *pulses;		/* of each, at the last watchdog */

	struct policy *policy;
	struct retired *retired;
	uint32_t noted_serial;		/* last image the journal knows */
	struct name probe;
	struct address upstreams[UPSTREAM_SERVERS];
	unsigned upstream_count;
	const char *upstream_file;	/* NULL: the configuration's */
	uint32_t looped_mask;		/* of upstreams; atomic */
	uint32_t looped_known;		/* told and left out */
};

/* --- serve_policy.c --- */

/* Who is to be asked: the configuration's, or the system's resolvers. */
void serve_find_upstreams(struct serve *serve);

/*
 * Makes a policy of the image on disk and the house as it is now.  An image
 * that cannot be used is none (said in the log), unless `strict`: then it is
 * an error.
 */
int serve_make_policy(struct serve *serve, bool strict,
		      struct policy **policy);

/* The same, and every worker moves to it.  An error leaves all as it was. */
int serve_renew(struct serve *serve);

/*
 * Rings at that moment (seconds since 1970; INT64_MAX: never), but after an
 * hour in any case: the clock may have been set.  timer->data is the serve.
 */
void serve_wait(uv_timer_t *timer, uv_timer_cb ring, int64_t moment);

/* The house is made anew when the times of the week say so. */
void serve_wait_turn(struct serve *serve);

/* Frees what no worker uses any more. */
void serve_free_retired(struct serve *serve);

/* Asks each upstream a question that would come back in a circle ... */
void serve_probe_upstreams(const struct serve *serve);

/* ... and names and leaves out those where it did. */
void serve_leave_circles(struct serve *serve);

/* --- serve_reload.c --- */

/* Looks at what is due, then renews.  For the start and for a timer. */
void serve_compile(struct serve *serve);

/* The next look at a list is waited for. */
void serve_wait_fetch(struct serve *serve);

/* As SIGHUP does: the configuration is read anew first. */
void serve_reread(struct serve *serve, struct request *request);

/* The child is killed, those who wait are told. */
void serve_abandon_compile(struct serve *serve);

#endif
