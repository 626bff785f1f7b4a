/*
 * serve_status: how things are, for people and for programs.
 *
 * Everything is gathered into one struct first and then told as text or as
 * JSON, so that the two never disagree.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "serve_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#ifdef HAVE_JANSSON
#include <jansson.h>
#endif

#include "base/clock.h"
#include "base/counter.h"
#include "base/error.h"
#include "base/text.h"
#include "journal/journal.h"
#include "policy/verdict.h"

/* One number, under its key in JSON and in words. */
struct figure {
	const char *key;
	const char *words;
	uint64_t value;
};

struct status {
	uint64_t now;			/* wall, microseconds */
	struct query_counts queries;
	struct udp_counts udp;
	struct tcp_counts tcp;
	uint64_t waiting;
	struct cache_counts cache;
	struct journal_counts journal;
	struct upstream_row upstreams[UPSTREAM_SERVERS];
	unsigned upstream_count;
};

enum { STATUS_FIGURES = 40 };

/* --- gathering --- */

/* All counters are structs of uint64_t: they add up as rows of numbers. */
static void add_counts(void *sum, const void *counts, size_t size)
{
	uint64_t *to = sum;
	const uint64_t *from = counts;
	size_t i;

	for (i = 0; i < size / sizeof(*to); i++)
		to[i] += counter_read(&from[i]);
}

static void add_upstreams(struct status *status, struct upstream *upstream)
{
	struct upstream_row rows[UPSTREAM_SERVERS];
	unsigned count = upstream_rows(upstream, rows, UPSTREAM_SERVERS), i;

	for (i = 0; i < count; i++) {
		struct upstream_row *sum = &status->upstreams[i];

		if (i >= status->upstream_count) {
			*sum = rows[i];
			status->upstream_count++;
			continue;
		}
		sum->up = sum->up && rows[i].up;
		if (rows[i].round_trip_us > sum->round_trip_us)
			sum->round_trip_us = rows[i].round_trip_us;
		sum->asked += rows[i].asked;
		sum->answered += rows[i].answered;
		sum->timeouts += rows[i].timeouts;
		sum->mismatched += rows[i].mismatched;
	}
}

static void gather(const struct serve *serve, struct status *status)
{
	struct clock clock = { 0 };
	unsigned i;

	memset(status, 0, sizeof(*status));
	clock_update(&clock);
	status->now = clock.wall;
	for (i = 0; i < serve->worker_count; i++) {
		struct worker *worker = serve->workers[i];

		add_counts(&status->queries, worker_query_counts(worker),
			   sizeof(status->queries));
		add_counts(&status->udp, worker_udp_counts(worker),
			   sizeof(status->udp));
		add_counts(&status->tcp, worker_tcp_counts(worker),
			   sizeof(status->tcp));
		status->waiting += upstream_flying(worker_upstream(worker));
		add_upstreams(status, worker_upstream(worker));
	}
	cache_count(serve->cache, &status->cache);
	if (serve->journal)
		journal_count(serve->journal, &status->journal);
}

static unsigned list_figures(const struct status *status,
			     struct figure figures[STATUS_FIGURES])
{
	const struct query_counts *q = &status->queries;
	const struct figure all[] = {
		{ "arrived", "messages that arrived", q->arrived },
		{ "sunk", "sunk", q->sunk },
		{ "rewritten", "answered with what a rule says",
		  q->rewritten },
		{ "observed", "observed", q->observed },
		{ "paused", "let through by a pause", q->paused },
		{ "allowed", "allowed by rule", q->allowed },
		{ "cached", "answered from the cache", q->cached },
		{ "forwarded", "answered from upstream", q->forwarded },
		{ "waiting", "waiting for an upstream now", status->waiting },
		{ "failed", "failed (SERVFAIL)", q->failed },
		{ "crowded", "of these, for want of room", q->crowded },
		{ "malformed", "malformed", q->malformed },
		{ "ignored", "no queries at all", q->ignored },
		{ "denied", "from clients not admitted", q->denied },
		{ "unsent", "answers the kernel did not take",
		  status->udp.unsent },
		{ "tcp_accepted", "TCP connections", status->tcp.accepted },
		{ "tcp_open", "TCP connections now", status->tcp.open },
		{ "tcp_refused", "TCP connections over the limit",
		  status->tcp.refused },
	};
	unsigned count = sizeof(all) / sizeof(all[0]);

	memcpy(figures, all, sizeof(all));
	return count;
}

/* --- as text --- */

static void say_age(struct text *out, uint64_t seconds)
{
	if (seconds >= 2 * 86400)
		text_put(out, "%" PRIu64 " days", seconds / 86400);
	else if (seconds >= 2 * 3600)
		text_put(out, "%" PRIu64 " hours", seconds / 3600);
	else if (seconds >= 2 * 60)
		text_put(out, "%" PRIu64 " minutes", seconds / 60);
	else
		text_put(out, "%" PRIu64 " seconds", seconds);
}

static void say_lists(const struct serve *serve, struct request *request)
{
	const struct image *image = policy_image(serve->policy);
	const struct house *house = policy_house(serve->policy);
	char when[64] = "";
	struct text text;
	unsigned i;

	text_init(&text, when, sizeof(when));
	if (image)
		clock_print(image_time(image) * 1000000, false, &text);
	if (image)
		request_say(request, "lists      image %u of %s: %" PRIu64
			    " names%s\n", image_serial(image), when,
			    image_names(image), serve->compile.running ?
			    ", a new one is being compiled" : "");
	else
		request_say(request, "lists      none compiled yet%s\n",
			    serve->compile.running ? ": at work" : "");
	for (i = 0; image && i < image_lists(image); i++) {
		const struct image_list *list = image_list(image, i);

		request_say(request, "  %-20s %-8s %9" PRIu64 " rules, "
			    "version %" PRIu64 "\n", list->name,
			    action_words(policy_action(serve->policy, 0, i)),
			    list->rules, list->version);
	}
	for (i = 0; i < house->list_count; i++)
		if (!image_find_list(image, house->lists[i].name))
			request_say(request, "  %-20s %-8s not compiled: %s\n",
				    house->lists[i].name,
				    action_words(house->lists[i].action),
				    "see the log");
}

static void say_upstreams(const struct serve *serve,
			  const struct status *status,
			  struct request *request)
{
	unsigned i;

	request_say(request, "upstreams  %s\n", serve->upstream_file
		    ? serve->upstream_file : "as configured");
	for (i = 0; i < status->upstream_count; i++) {
		const struct upstream_row *row = &status->upstreams[i];
		char words[ADDRESS_TEXT];

		request_say(request, "  %-20s %-8s %6.1f ms, %" PRIu64
			    " asked, %" PRIu64 " answered, %" PRIu64
			    " timed out, %" PRIu64 " mismatched\n",
			    address_words(&row->address, 53, words),
			    row->up ? "up" : "down",
			    row->round_trip_us / 1000.0, row->asked,
			    row->answered, row->timeouts, row->mismatched);
	}
	for (i = 0; i < serve->upstream_count; i++) {
		char words[ADDRESS_TEXT];

		if (serve->looped_known & 1u << i)
			request_say(request, "  %-20s left out: it asks us\n",
				    address_words(&serve->upstreams[i], 53,
						  words));
	}
}

/* By the rate since the start; at least a minute of it. */
static uint64_t written_a_day(const struct journal_counts *journal)
{
	struct clock clock = { 0 };
	uint64_t seconds;

	clock_update(&clock);
	seconds = (clock.mono - journal->since) / 1000000;
	return journal->written / (seconds < 60 ? 60 : seconds) * 86400;
}

static void say_journal(const struct journal_counts *journal,
			struct request *request)
{
	if (!journal->enabled) {
		request_say(request, "journal    off\n");
		return;
	}
	request_say(request, "journal    %" PRIu64 " rows stored, %" PRIu64
		    " lost in gaps, %" PRIu64 " of %" PRIu64 " places in the "
		    "rings in use\n", journal->rows, journal->lost,
		    journal->waiting, journal->room);
	request_say(request, "           database %.1f MB, its log %.1f MB, "
		    "%" PRIu64 " commits, %" PRIu64 " rows taken over from "
		    "the run before\n", (double)journal->database_bytes / 1e6,
		    (double)journal->wal_bytes / 1e6, journal->commits,
		    journal->drained);
	request_say(request, "           %" PRIu64 " rows sealed in %" PRIu64
		    " blocks of %.1f MB; %.1f MB written, %.1f MB a day\n",
		    journal->sealed_rows, journal->blocks,
		    (double)journal->block_bytes / 1e6,
		    (double)journal->written / 1e6,
		    (double)written_a_day(journal) / 1e6);
	if (journal->error)
		request_say(request, "           TROUBLE: %s\n",
			    error_words(journal->error));
}

static void say_all(const struct serve *serve, const struct status *status,
		    struct request *request)
{
	struct figure figures[STATUS_FIGURES];
	unsigned count = list_figures(status, figures), i;
	char age[64];
	struct text text;

	text_init(&text, age, sizeof(age));
	say_age(&text, (status->now - serve->started) / 1000000);
	request_say(request, "homebound  " PACKAGE_VERSION ", up for %s, %u "
		    "worker%s\n", age, serve->worker_count,
		    serve->worker_count == 1 ? "" : "s");
	say_lists(serve, request);
	say_upstreams(serve, status, request);
	say_journal(&status->journal, request);
	request_say(request, "cache      %" PRIu64 " answers, %.1f MB; %"
		    PRIu64 " kept and %" PRIu64 " let go since the start\n",
		    status->cache.entries, (double)status->cache.bytes / 1e6,
		    status->cache.inserted, status->cache.evicted);
	request_say(request, "queries\n");
	for (i = 0; i < count; i++)
		request_say(request, "  %-34s %12" PRIu64 "\n",
			    figures[i].words, figures[i].value);
}

/* --- as JSON --- */

#ifdef HAVE_JANSSON

static json_t *json_lists(const struct serve *serve)
{
	const struct image *image = policy_image(serve->policy);
	json_t *lists = json_array();
	unsigned i;

	for (i = 0; image && i < image_lists(image); i++) {
		const struct image_list *list = image_list(image, i);

		json_array_append_new(lists, json_pack(
			"{s:s, s:s, s:I, s:I, s:I}", "name", list->name,
			"action", action_words(policy_action(serve->policy, 0,
							     i)),
			"rules", (json_int_t)list->rules,
			"rejected", (json_int_t)list->rejected,
			"version", (json_int_t)list->version));
	}
	return lists;
}

static json_t *json_upstreams(const struct status *status)
{
	json_t *upstreams = json_array();
	unsigned i;

	for (i = 0; i < status->upstream_count; i++) {
		const struct upstream_row *row = &status->upstreams[i];
		char words[ADDRESS_TEXT];

		json_array_append_new(upstreams, json_pack(
			"{s:s, s:b, s:I, s:I, s:I, s:I, s:I}",
			"address", address_words(&row->address, 53, words),
			"up", row->up,
			"round_trip_us", (json_int_t)row->round_trip_us,
			"asked", (json_int_t)row->asked,
			"answered", (json_int_t)row->answered,
			"timeouts", (json_int_t)row->timeouts,
			"mismatched", (json_int_t)row->mismatched));
	}
	return upstreams;
}

static json_t *json_journal(const struct journal_counts *journal)
{
	return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
			 "s:I, s:I, s:I, s:I, s:i}",
			 "enabled", journal->enabled,
			 "rows", (json_int_t)journal->rows,
			 "lost", (json_int_t)journal->lost,
			 "drained", (json_int_t)journal->drained,
			 "commits", (json_int_t)journal->commits,
			 "waiting", (json_int_t)journal->waiting,
			 "room", (json_int_t)journal->room,
			 "database_bytes",
			 (json_int_t)journal->database_bytes,
			 "wal_bytes", (json_int_t)journal->wal_bytes,
			 "blocks", (json_int_t)journal->blocks,
			 "sealed_rows", (json_int_t)journal->sealed_rows,
			 "block_bytes", (json_int_t)journal->block_bytes,
			 "written_bytes", (json_int_t)journal->written,
			 "written_bytes_a_day",
			 (json_int_t)written_a_day(journal),
			 "error", journal->error);
}

static json_t *json_queries(const struct status *status)
{
	struct figure figures[STATUS_FIGURES];
	unsigned count = list_figures(status, figures), i;
	json_t *queries = json_object();

	for (i = 0; i < count; i++)
		json_object_set_new(queries, figures[i].key,
				    json_integer((json_int_t)
						 figures[i].value));
	return queries;
}

static void say_json(const struct serve *serve, const struct status *status,
		     struct request *request)
{
	json_t *all = json_pack(
		"{s:s, s:I, s:i, s:i, s:b, s:o, s:o, s:o, s:o, s:{s:I, s:I, "
		"s:I, s:I}}",
		"version", PACKAGE_VERSION,
		"uptime", (json_int_t)((status->now - serve->started) /
				       1000000),
		"workers", (int)serve->worker_count,
		"image", (int)policy_serial(serve->policy),
		"compiling", serve->compile.running,
		"lists", json_lists(serve),
		"upstreams", json_upstreams(status),
		"journal", json_journal(&status->journal),
		"queries", json_queries(status),
		"cache", "entries", (json_int_t)status->cache.entries,
		"bytes", (json_int_t)status->cache.bytes,
		"inserted", (json_int_t)status->cache.inserted,
		"evicted", (json_int_t)status->cache.evicted);
	char *text = all ? json_dumps(all, JSON_INDENT(2)) : NULL;

	if (text)
		request_say(request, "%s\n", text);
	free(text);
	json_decref(all);
	request_finish(request, text ? EXIT_DONE : EXIT_FAILED);
}

#else

static void say_json(const struct serve *serve, const struct status *status,
		     struct request *request)
{
	(void)serve;
	(void)status;
	request_complain(request, "homebound: built without jansson: there "
			 "is no --json\n");
	request_finish(request, EXIT_FAILED);
}

#endif

void serve_status(struct serve *serve, struct request *request, bool json)
{
	struct status status;

	gather(serve, &status);
	if (json) {
		say_json(serve, &status, request);
		return;
	}
	say_all(serve, &status, request);
	request_finish(request, EXIT_DONE);
}
