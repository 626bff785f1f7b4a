/*
 * why: what becomes of a name here, and who says so.
 *
 * It reads the same image, settings and rules as the daemon and lets the same
 * judge judge; what it adds is words.  Where nothing decides of the name
 * itself, the upstreams are asked and their answer is inspected as the daemon
 * would.  Lists are strangers' text.
 */
#include "commands/why.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "device/neighbour.h"
#include "dns/message.h"
#include "dns/record.h"
#include "dns/unpack.h"
#include "household.h"
#include "policy/matcher.h"
#include "policy/own.h"
#include "policy/sink.h"
#include "policy/terms.h"

/* --- who asks, and when --- */

static void print_client(const struct why *why)
{
	const struct house *house = policy_house(why->policy);
	char words[ADDRESS_TEXT] = "Who is in no other";
	struct text text;

	if (why->client.family) {
		text_init(&text, words, sizeof(words));
		address_print(&why->client, address_port(&why->client),
			      &text);
		if (!house_admits(house, &why->client))
			printf("%s may not ask: whatever the name, it is "
			       "REFUSED (allow_clients).\n", words);
	}
	if (why->client.family || house->group_count > 1)
		printf("%s is in the group \"%s\".\n", words,
		       house->groups[why->question.group].name);
}

static void print_time(const struct why *why, bool given)
{
	char when[32];
	struct text text;

	if (!given)
		return;
	text_init(&text, when, sizeof(when));
	clock_print((uint64_t)why->question.now * 1000000, false, &text);
	printf("At %s, with the lists and rules of now:\n", when);
}

/* --- what comes of it --- */

static const char *type_words(uint16_t type, char word[16])
{
	struct text text;

	text_init(&text, word, 16);
	record_print_type(type, &text);
	return word;
}

static void print_record(const struct terms_record *record, uint32_t ttl)
{
	char words[1024], word[16];
	struct text text;

	text_init(&text, words, sizeof(words));
	rdata_print(record->type, record->rdata, &text);
	printf("  %s: %s, TTL %" PRIu32 "\n", type_words(record->type, word),
	       words, ttl);
}

/* True: that was a CNAME, which is the answer for all types. */
static bool print_answer(const struct why *why, const struct verdict *verdict,
			 uint16_t type)
{
	const struct house_sink *sink = &policy_house(why->policy)->sink;
	const struct question question = { .name = why->name, .type = type };
	struct terms_record record;
	struct sink_answer answer;
	char word[16];
	bool any = false;

	sink_answer(&answer, verdict, sink, &question);
	while (sink_next(&answer, &record)) {
		print_record(&record, sink->ttl);
		any = true;
	}
	if (!any)
		printf("  %s: no data\n", type_words(type, word));
	else if (answer.follow)
		printf("  and what that name has upstream\n");
	return answer.follow;
}

static void print_answers(const struct why *why,
			  const struct verdict *verdict)
{
	if (!why->both) {
		print_answer(why, verdict, why->question.type);
		return;
	}
	if (!print_answer(why, verdict, TYPE_A))
		print_answer(why, verdict, TYPE_AAAA);
}

static void print_sunk(const struct why *why, const struct verdict *verdict)
{
	static const char *const words[] = {
		[ACTION_NXDOMAIN] = "there is no such name (NXDOMAIN).",
		[ACTION_NODATA] = "the name has no data.",
		[ACTION_REFUSE] = "REFUSED.",
		[ACTION_DROP] = "there is no answer at all.",
		[ACTION_TRUNCATE] = "by UDP it is told to come by TCP, and by "
				    "TCP it is forwarded.",
	};
	const unsigned count = sizeof(words) / sizeof(words[0]);

	if (verdict->action < count && words[verdict->action]) {
		printf("It is sunk: %s\n", words[verdict->action]);
		return;
	}
	printf(verdict->kind == VERDICT_REWRITE
	       ? "It is rewritten, a rule has the answer:\n"
	       : "It is sunk:\n");
	print_answers(why, verdict);
}

static void print_verdict(const struct why *why)
{
	switch (why->verdict.kind) {
	case VERDICT_SINK:
	case VERDICT_REWRITE:
		print_sunk(why, &why->verdict);
		break;
	case VERDICT_ALLOW:
		printf("It is allowed: forwarded, and nothing in the answer "
		       "is looked at.\n");
		break;
	case VERDICT_OBSERVE:
		printf("It is only observed: forwarded, and noted as what "
		       "would have been sunk.\n");
		break;
	case VERDICT_PAUSED:
		printf("It passes: nothing is sunk in a pause.\n");
		break;
	default:
		printf("It passes: forwarded, unless something listed is in "
		       "the answer.\n");
	}
}

/* --- what comes from upstream --- */

static void print_found(struct why *why, const struct verdict *verdict,
			const struct name *alias)
{
	const struct image *image = policy_image(why->policy);
	const struct image_list *list = NULL;
	char words[NAME_TEXT];
	struct text text;

	if (image)
		list = image_list(image, verdict->list);
	text_init(&text, words, sizeof(words));
	if (alias->len)
		name_print(alias, &text);
	printf("  In it: %s, %s by %s, line %" PRIu32 ".\n",
	       alias->len ? words : "an address",
	       verdict_words(verdict->kind),
	       verdict->list == VERDICT_OWN_LIST ? "own.rules" :
	       list ? list->name : "?", verdict->line);
	if (verdict_answers(verdict)) {
		printf("So: ");
		print_sunk(why, verdict);
	}
}

static void print_upstream_record(struct bytes answer,
				  const struct record *record)
{
	char words[NAME_TEXT + 1024];
	uint8_t data[WHY_ANSWER];
	struct name owner;
	struct text text;
	int len = unpack_rdata((struct unpack_room){ data, sizeof(data) },
			       answer, record);

	if (len < 0 || name_read(&owner, answer, record->owner) < 0)
		return;
	text_init(&text, words, sizeof(words));
	name_print(&owner, &text);
	text_put(&text, " ");
	record_print_type(record->type, &text);
	text_put(&text, " ");
	rdata_print(record->type, bytes_of(data, (size_t)len), &text);
	printf("  %s\n", words);
}

static void print_records(struct bytes answer)
{
	struct message_walk walk;
	struct record record;

	if (message_walk(&walk, answer) < 0)
		return;
	while (message_next(&walk, &record) > 0 && walk.section == 0)
		print_upstream_record(answer, &record);
}

static void ask_upstream(struct why *why, uint16_t type)
{
	struct question question = {
		.name = why->name, .type = type, .class = CLASS_IN,
		.rd = true,
	};
	uint8_t answer[WHY_ANSWER];
	char word[16], from[ADDRESS_TEXT];
	struct verdict verdict;
	struct address server;
	struct name alias;
	int64_t len = resolve_ask(why->upstreams, &question,
				  (struct resolve_room){ answer,
							 sizeof(answer) },
				  &server);

	printf("%s upstream", type_words(type, word));
	if (len < 0) {
		printf(": %s.\n", error_words((int)len));
		return;
	}
	printf(" (%s):\n", address_words(&server, 53, from));
	print_records(bytes_of(answer, (size_t)len));
	why->question.type = type;
	if (policy_inspect(why->policy, &why->question,
			   bytes_of(answer, (size_t)len), &verdict, &alias))
		print_found(why, &verdict, &alias);
	else
		printf("  Nothing in it is listed.\n");
}

static void print_upstream(struct why *why)
{
	if (why->verdict.kind != VERDICT_PASS &&
	    why->verdict.kind != VERDICT_OBSERVE)
		return;
	if (!why->upstreams.count)
		return;
	ask_upstream(why, why->both ? TYPE_A : why->question.type);
	if (why->both)
		ask_upstream(why, TYPE_AAAA);
	printf("\n");
}

/* --- the image --- */

static void print_image(const struct why *why)
{
	const struct image *image = policy_image(why->policy);
	const struct settings *settings = why->settings;
	char when[32];
	struct text text;

	for (unsigned i = 0; i < settings->list_count; i++)
		if (settings->lists[i].enabled &&
		    !image_find_list(image, settings->lists[i].name))
			printf("Not in the image: %s (homebound lists says "
			       "why).\n", settings->lists[i].name);
	if (!image) {
		printf("There is no image yet (homebound compile).\n");
		return;
	}
	text_init(&text, when, sizeof(when));
	clock_print(image_time(image) * 1000000, false, &text);
	printf("Image %" PRIu32 " of %s, %" PRIu64 " names and %u "
	       "pattern%s.\n", image_serial(image), when,
	       image_names(image), image_patterns(image),
	       image_patterns(image) == 1 ? "" : "s");
}

static void explain(struct why *why, const char *at)
{
	char words[NAME_TEXT];
	struct text text;

	why_listen(why);
	text_init(&text, words, sizeof(words));
	name_print(&why->name, &text);
	printf("%s\n\n", words);
	print_time(why, at != NULL);
	print_client(why);
	print_verdict(why);
	printf("\n");
	why_print_rules(why);
	printf("\n");
	print_upstream(why);
	print_image(why);
}

/* --- the command --- */

static void report_own(void *context, unsigned line, const char *words)
{
	const struct why *why = context;

	log_warning("%s/own.rules:%u: %s", why->settings->state, line, words);
}

static struct house *make_house(struct why *why)
{
	struct neighbours *neighbours = neighbours_read();
	struct household from = {
		.settings = why->settings, .upstreams = why->upstreams,
		.neighbours = neighbours, .now = why->question.now,
	};
	struct house *house = NULL;
	int error;

	schedule_zone(why->settings->timezone);
	error = own_read(&from.own, why->settings->state, report_own, why);
	if (error == 0) {
		house = household_new(&from);
		if (!house)
			own_free(from.own);
	} else {
		log_error("%s/own.rules: %s", why->settings->state,
			  error_words(error));
	}
	neighbours_free(neighbours);
	return house;
}

bool why_open_image(struct why *why, struct image *image)
{
	struct house *house;

	commands_upstreams(why->settings, why->servers, &why->upstreams);
	house = make_house(why);
	why->policy = house ? policy_new(image, house) : NULL;
	why->question.scratch = matcher_scratch_new();
	if (why->policy && why->question.scratch) {
		why->question.group = (uint16_t)house_group_of(house,
							       &why->client);
		return true;
	}
	if (!why->policy) {
		house_free(house);
		image_close(image);
	}
	log_error("%s", error_words(-ENOMEM));
	return false;
}

bool why_open(struct why *why)
{
	struct image *image = NULL;
	char path[4096];
	int error;

	snprintf(path, sizeof(path), "%s/" IMAGE_FILE, why->settings->state);
	error = image_open(&image, path);
	if (error < 0 && error != -ENOENT) {
		log_error("%s: %s", path, error_words(error));
		return false;
	}
	return why_open_image(why, image);
}

void why_close(struct why *why)
{
	matcher_scratch_free(why->question.scratch);
	policy_free(why->policy);
}

/* 0, or an exit code. */
static int read_call(struct why *why, const struct command_call *call)
{
	const char *client = command_option(call, "client");
	const char *type = command_option(call, "type");

	if (name_parse(&why->name, bytes_of_string(call->operands[0])) < 0) {
		log_error("%s is not a domain name", call->operands[0]);
		return EXIT_FAILED;
	}
	if (client && address_parse(&why->client, client, 0) < 0) {
		log_error("%s is not an address", client);
		return EXIT_USAGE;
	}
	why->both = type == NULL;
	why->question.type = TYPE_A;
	if (type && record_parse_type(type, &why->question.type) < 0) {
		log_error("%s is not a type of record", type);
		return EXIT_USAGE;
	}
	return 0;
}

/* In the household's time zone. */
static int read_time(struct why *why, const struct command_call *call)
{
	const char *at = command_option(call, "at");
	struct clock clock = { 0 };
	uint64_t time;

	schedule_zone(why->settings->timezone);
	clock_update(&clock);
	time = clock.wall;
	if (at && clock_parse(at, clock.wall, &time) < 0) {
		log_error("%s is not a time: write one such as \"2026-11-22 "
			  "22:30\"", at);
		return EXIT_USAGE;
	}
	why->question.now = (int64_t)(time / 1000000);
	return 0;
}

static int why_run(struct command_call *call)
{
	struct why *why = calloc(1, sizeof(*why));
	struct settings *settings = NULL;
	int exit_code;

	if (!why) {
		log_error("%s", error_words(-ENOMEM));
		return EXIT_FAILED;
	}
	exit_code = read_call(why, call);
	if (exit_code == 0)
		exit_code = commands_settings(call, &settings);
	why->question.name = &why->name;
	if (why->client.family)
		why->question.client = &why->client;
	if (exit_code == 0) {
		why->settings = settings;
		exit_code = read_time(why, call);
	}
	if (exit_code == 0) {
		exit_code = why_open(why) ? EXIT_DONE : EXIT_FAILED;
		if (exit_code == EXIT_DONE)
			explain(why, command_option(call, "at"));
	}
	why_close(why);
	if (settings)
		settings_free(settings);
	free(why);
	return exit_code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "client", "ADDRESS", ARGUMENT_ADDRESS, NULL,
	  "as this client sees it: its group, and whether it may ask" },
	{ 0, "type", "TYPE", ARGUMENT_WORD, NULL,
	  "the answer for this type of record, not for A and AAAA" },
	{ 0, "at", "TIME", ARGUMENT_TIME, NULL,
	  "as it is at this time of the week" },
	{ 0 },
};

const struct command command_why = {
	.name = "why",
	.operands = "NAME",
	.operand_kind = ARGUMENT_NAME,
	.operands_min = 1,
	.operands_max = 1,
	.summary = "say what becomes of a name, and which rule decides",
	.details =
	"Shows the group of the client and its times, every rule that covers "
	"the name with its list, version and line, which one of them decides "
	"and why the others do not, and what the answer is. Where the name "
	"itself is not listed, the upstreams are asked and it is told what "
	"they say and what in it is listed.\n\n"
	"It reads the configuration, the image and the household's own rules "
	"in the state folder. A daemon that has not been told to reload can "
	"still know an older configuration.",
	.example =
	"homebound why telemetry.example.com\n"
	"homebound why games.example.com --client 192.168.1.20 --at "
	"\"2026-11-22 22:30\"",
	.options = options,
	.run = why_run,
};
