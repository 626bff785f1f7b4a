/*
 * A digest that is sent waits in the queue of alerts until every way has taken
 * it; only what is in the queue is noted as told.
 */
#include "commands/digest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "commands/alert_delivery.h"
#include "commands/alert_queue.h"
#include "commands/alert_send.h"
#include "commands/commands.h"
#include "commands/insight.h"
#include "commands/noted.h"
#include "review/overview.h"

enum { WIDTH = 78 };		/* of a letter */

#define DAY UINT64_C(86400000000)

struct digest {
	const struct settings *settings;
	struct insight insight;
	struct summary *summary;
	uint64_t now;
	char *text;
	size_t len;
};

static int complain(const char *words)
{
	fprintf(stderr, "homebound review: %s\n", words);
	return EXIT_FAILED;
}

/* --- making it --- */

static int write_text(struct digest *digest)
{
	struct overview_options options = {
		.out = open_memstream(&digest->text, &digest->len),
		.width = WIDTH, .utf8 = true,
	};

	if (!options.out)
		return complain(error_words(-ENOMEM));
	overview_print(summary_house(digest->summary), &options);
	return fclose(options.out) == 0 ? 0
					: complain(error_words(-ENOMEM));
}

static int make(struct digest *digest)
{
	struct clock clock = { 0 };
	struct summary_options options = { .folded = true };
	int code = insight_open(&digest->insight, digest->settings);

	if (code != 0)
		return code;
	clock_update(&clock);
	digest->now = options.until = clock.wall;
	options.since = insight_noted(&digest->insight, "digest");
	if (options.since == 0 || options.since >= options.until)
		options.since = options.until - DAY;
	insight_fill(&digest->insight, &options);
	if (summary_make(&digest->summary, digest->insight.db, &options) < 0)
		return EXIT_FAILED;
	return write_text(digest);
}

static void release(struct digest *digest)
{
	free(digest->text);
	summary_free(digest->summary);
	insight_close(&digest->insight);
}

/* --- giving it away --- */

static int print(const struct digest *digest)
{
	fputs(digest->text, stdout);
	if (fflush(stdout) != 0)
		return complain(error_words(-errno));
	return noted_put(digest->settings, "digest", digest->now);
}

static int put(const struct digest *digest, struct alert_queue *queue)
{
	struct alert_waiting waiting = {
		.alert = { .kind = ALERT_DIGEST, .time = digest->now },
		.put = digest->now / 1000000, .text = digest->text,
	};
	struct text words;
	int error;

	text_init(&words, waiting.alert.words, sizeof(waiting.alert.words));
	overview_sentence(summary_house(digest->summary), &words);
	error = alert_queue_put(queue, &waiting);
	if (error < 0)
		return complain(error_words(error));
	return noted_put(digest->settings, "digest", digest->now);
}

static int send_off(const struct digest *digest)
{
	struct alert_queue queue;
	int error = alert_queue_open(&queue, digest->settings->state, true);
	int code = error < 0 ? complain(error_words(error))
			     : put(digest, &queue);

	if (code == 0) {
		error = alert_deliver(&queue, digest->settings,
				      digest->now / 1000000);
		if (error < 0)
			code = complain(error_words(error));
	}
	alert_queue_close(&queue);
	return code;
}

/* --- the command --- */

static int send_here(const struct command_call *call,
		     const struct settings *settings)
{
	struct digest digest = { .settings = settings };
	int code;

	(void)call;
	if (alert_ways(settings) == 0)
		return complain("there is no way to send a digest: see alerts "
				"in homebound.conf(5)");
	code = make(&digest);
	if (code == 0)
		code = send_off(&digest);
	release(&digest);
	return code;
}

static int print_here(const struct command_call *call)
{
	struct settings *settings;
	int code = commands_settings(call, &settings);
	struct digest digest = { .settings = settings };

	if (code != 0)
		return code;
	code = make(&digest);
	if (code == 0)
		code = print(&digest);
	release(&digest);
	settings_free(settings);
	return code;
}

/* It begins where the last one ended, and tells of all devices. */
static bool is_alone(const struct command_call *call)
{
	static const char *const others[] = {
		"since", "until", "device", "new", "all", "json", "csv",
		"html", "note",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (command_option(call, others[i]))
			return false;
	return command_option(call, "digest") != NULL;
}

int digest_run(struct command_call *call)
{
	if (!is_alone(call)) {
		fprintf(stderr, "homebound review: it is --digest, or --digest "
			"--send, without other options\n"
			"See: homebound help review\n");
		return EXIT_USAGE;
	}
	return command_option(call, "send")
	       ? commands_as_daemon(call, send_here) : print_here(call);
}
