/*
 * alerts: what the household wants to be told is looked for, queued and sent.
 *
 * `run` is what the daemon starts every few minutes, in a process of its own:
 * reading the journal, a command that hangs or a line that is down are not to
 * hold up anything.
 */
#include "commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "commands/alert_delivery.h"
#include "commands/alert_queue.h"
#include "commands/alert_send.h"
#include "journal/database.h"
#include "review/summary.h"
#include "subscribe/memory.h"

enum {
	HOUR = 3600, DAY = 24 * HOUR,
	LATE = 3,		/* a list: so many times its refresh */
};

#define SECOND UINT64_C(1000000)

struct alerts {
	const struct settings *settings;
	struct alert_queue queue;
	uint64_t now;		/* microseconds */
	uint64_t looked;	/* until when it was looked before; 0: never */
	uint64_t allowed;	/* still, in this hour */
	uint64_t held;		/* that were too many, since the last `many` */
};

/* --- how many --- */

/* A bucket of `most`, refilled evenly over an hour. */
static void allow(struct alerts *alerts)
{
	struct alert_queue *queue = &alerts->queue;
	uint64_t most = alerts->settings->alerts.most;
	uint64_t last = alert_queue_number(queue, "allowed-at");
	uint64_t now = alerts->now / SECOND;
	uint64_t more = last == 0 ? most : now > last ?
			(now - last) * most / HOUR : 0;

	alerts->held = alert_queue_number(queue, "held");
	alerts->allowed = alert_queue_number(queue, "allowed") + more;
	if (alerts->allowed > most)
		alerts->allowed = most;
	if (more > 0 || last > now)
		alert_queue_set_number(queue, "allowed-at", now);
}

static void keep_allowance(const struct alerts *alerts)
{
	alert_queue_set_number(&alerts->queue, "allowed", alerts->allowed);
	alert_queue_set_number(&alerts->queue, "held", alerts->held);
}

static int queue_one(struct alerts *alerts, const struct alert *alert)
{
	struct alert_waiting waiting = {
		.alert = *alert, .put = alerts->now / SECOND,
	};
	int error = alert_queue_put(&alerts->queue, &waiting);

	if (error == 0)
		alerts->allowed--;
	else
		log_error("an alert cannot be kept: %s: %s",
			  error_words(error), alert->words);
	return error;
}

/* The last one that is allowed says how many there would have been. */
static bool take_alert(void *context, const struct alert *alert)
{
	uint32_t again = alert->kind == ALERT_GAP ? HOUR : DAY;
	struct alerts *alerts = context;

	if (alert_queue_was_told(&alerts->queue, alert,
				 alerts->now / SECOND, again))
		return true;
	if (alerts->allowed <= 1 || queue_one(alerts, alert) < 0)
		alerts->held++;
	return true;
}

static void tell_held(struct alerts *alerts)
{
	struct alert alert = {
		.kind = ALERT_MANY, .time = alerts->now,
		.count = alerts->held,
	};

	if (alerts->held == 0 || alerts->allowed == 0)
		return;
	snprintf(alert.words, sizeof(alert.words), "And %" PRIu64 " more, "
		 "which were too many for one hour: homebound review tells "
		 "of them.", alerts->held);
	if (queue_one(alerts, &alert) == 0)
		alerts->held = 0;
}

/* --- looking --- */

/*
 * With a reason, or at two looks: after a night without power a list is late
 * and will be there in a minute.
 */
static bool is_late(const struct alerts *alerts, const struct memory *memory,
		    uint64_t refresh)
{
	uint64_t late = memory->succeeded + LATE * refresh;
	uint64_t now = alerts->now / SECOND;

	if (refresh == 0 || memory->tried == 0)
		return false;
	if (memory->succeeded == 0)
		return memory->trouble[0] != '\0';
	return now > late && (memory->trouble[0] != '\0' ||
			      alerts->looked / SECOND > late);
}

static void look_at_list(struct alerts *alerts,
			 const struct list_options *list)
{
	struct memory memory;
	struct alert alert;

	if (!list->enabled ||
	    memory_read(&memory, alerts->settings->state, list->name) < 0)
		return;
	if (is_late(alerts, &memory, list->refresh)) {
		alert_of_list(&alert, &(struct alert_late){
			.list = list->name, .trouble = memory.trouble,
			.due = memory.succeeded > 0 ?
			       (int64_t)(memory.succeeded + list->refresh) : 0,
		}, alerts->now);
		take_alert(alerts, &alert);
	}
	memory_release(&memory);
}

/* A burst is so many between two looks; a longer time has more of them. */
static void widen_burst(const struct alerts *alerts,
			struct alert_options *find)
{
	uint64_t every = alerts->settings->alerts.every * SECOND;
	uint64_t times = (alerts->now - alerts->looked) / every;
	uint64_t burst = times * find->burst;

	if (times > 1)
		find->burst = burst < UINT32_MAX ? (uint32_t)burst : UINT32_MAX;
}

static int look_at_journal(struct alerts *alerts, sqlite3 *db)
{
	struct alert_options find = alerts->settings->alerts.find;
	struct alert_finder finder = {
		.options = &find, .each = take_alert, .context = alerts,
	};
	struct summary_options options = {
		.since = alerts->looked, .until = alerts->now, .folded = true,
	};
	struct summary *summary;
	int error = summary_make(&summary, db, &options);

	if (error < 0)
		return error;
	widen_burst(alerts, &find);
	alert_find(summary_house(summary), &finder);
	summary_free(summary);
	return 0;
}

/* What happened before alerts were wanted is nothing to be told of now. */
static int look(struct alerts *alerts)
{
	const struct settings *settings = alerts->settings;
	char path[4096];
	sqlite3 *db;
	int error;

	if (settings->alerts.find.lists)
		for (unsigned i = 0; i < settings->list_count; i++)
			look_at_list(alerts, &settings->lists[i]);
	if (alerts->looked == 0 || alerts->looked >= alerts->now)
		return 0;
	snprintf(path, sizeof(path), "%s/journal.db", settings->state);
	error = database_open_reader(&db, path);
	if (error < 0)
		return error;
	error = look_at_journal(alerts, db);
	sqlite3_close(db);
	return error;
}

/* Everything before `now` is stored when this looks. */
static int run_all(struct alerts *alerts)
{
	const struct settings *settings = alerts->settings;
	int error, left;

	commands_commit(settings);
	alerts->looked = alert_queue_number(&alerts->queue, "looked");
	allow(alerts);
	error = look(alerts);
	tell_held(alerts);
	keep_allowance(alerts);
	if (error == 0)
		error = alert_queue_set_number(&alerts->queue, "looked",
					       alerts->now);
	if (error < 0)
		log_error("alerts: %s", error_words(error));
	left = alert_deliver(&alerts->queue, settings, alerts->now / SECOND);
	if (left < 0)
		log_error("alerts: %s", error_words(left));
	return error < 0 || left < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* --- showing and testing --- */

static bool show_one(void *context, struct alert_waiting *waiting)
{
	char when[64];
	struct text text;

	(void)context;
	text_init(&text, when, sizeof(when));
	clock_print(waiting->alert.time, false, &text);
	printf("  %s  %s%s\n", when, waiting->alert.words,
	       waiting->tries > 0 ? " (tried, and kept)" : "");
	return true;
}

static int show(struct alerts *alerts)
{
	uint32_t ways = alert_ways(alerts->settings);
	int left;

	printf("Alerts go by:");
	for (unsigned way = 0; way < ALERT_WAYS; way++)
		if (ways & 1u << way)
			printf(" %s", alert_way_words((enum alert_way)way));
	printf("%s\n", ways ? "" : " nothing; see alerts in "
	       "homebound.conf(5)");
	left = alert_queue_each(&alerts->queue, show_one, alerts);
	if (left < 0) {
		log_error("%s: %s", alerts->queue.folder, error_words(left));
		return EXIT_FAILED;
	}
	printf("%d wait%s to be sent.\n", left, left == 1 ? "s" : "");
	return EXIT_DONE;
}

static int test_way(const struct alerts *alerts, enum alert_way way)
{
	struct alert_waiting waiting = {
		.alert = { .kind = ALERT_TEST, .time = alerts->now,
			   .words = "This is a test of the alerts of "
				    "homebound." },
	};
	struct address servers[UPSTREAM_SERVERS];
	struct alert_sending sending = { .settings = alerts->settings };
	char trouble[256];
	int error;

	commands_upstreams(alerts->settings, servers, &sending.upstreams);
	error = alert_send(&sending, way, &waiting, trouble);
	if (error == 0)
		printf("%s: sent\n", alert_way_words(way));
	else
		printf("%s: %s\n", alert_way_words(way), trouble);
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int test(const struct alerts *alerts)
{
	uint32_t ways = alert_ways(alerts->settings);
	int code = EXIT_DONE;

	if (ways == 0) {
		fprintf(stderr, "homebound alerts: no way is configured: see "
			"alerts in homebound.conf(5)\n");
		return EXIT_FAILED;
	}
	for (unsigned way = 0; way < ALERT_WAYS; way++)
		if (ways & 1u << way &&
		    test_way(alerts, (enum alert_way)way) != EXIT_DONE)
			code = EXIT_FAILED;
	return code;
}

/* --- the command --- */

static int with_queue(struct alerts *alerts,
		      int (*act)(struct alerts *alerts))
{
	int error = alert_queue_open(&alerts->queue, alerts->settings->state,
				     false);
	int code = EXIT_FAILED;

	if (error == 0)
		code = act(alerts);
	else
		log_error("%s: %s", alerts->queue.folder,
			  error == ERROR_BUSY ? "alerts are being sent just "
			  "now" : error_words(error));
	alert_queue_close(&alerts->queue);
	return code;
}

static int run_here(const struct command_call *call,
		    const struct settings *settings)
{
	const char *word = call->operand_count > 0 ? call->operands[0] : NULL;
	struct alerts alerts = { .settings = settings };
	struct clock clock = { 0 };

	clock_update(&clock);
	alerts.now = clock.wall;
	if (!word)
		return with_queue(&alerts, show);
	if (strcmp(word, "test") == 0)
		return test(&alerts);
	if (strcmp(word, "run") != 0) {
		fprintf(stderr, "homebound alerts: it is test or run\n"
			"See: homebound help alerts\n");
		return EXIT_USAGE;
	}
	return alert_ways(settings) != 0 ? with_queue(&alerts, run_all)
					 : EXIT_DONE;
}

static int run(struct command_call *call)
{
	return commands_as_daemon(call, run_here);
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ .name = NULL },
};

const struct command command_alerts = {
	.name = "alerts",
	.operands = "[test|run]",
	.operand_kind = ARGUMENT_WORD,
	.operands_max = 1,
	.summary = "what the household is told without asking",
	.details =
	"Shows the ways that alerts go, and those that wait to be sent. With "
	"\"test\" one is sent by every way, at once, and what became of it is "
	"told. The daemon does \"run\" every few minutes: it looks for a "
	"receiver that a device never asked for before, a burst of sunk "
	"questions, a gap in the journal, and a list that is no longer "
	"brought up to date.\n\n"
	"What cannot be sent is kept and tried again for two days. The same "
	"is told once a day, a gap once an hour. No more than so many an hour "
	"are sent; the last of them says how many there would have been. For "
	"a letter a day instead, see --digest of homebound review.",
	.example = "homebound alerts test",
	.options = options,
	.run = run,
};
