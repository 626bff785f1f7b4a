/*
 * why: what becomes of a name here, and who says so.
 *
 * It reads the same image and the same settings as the daemon and lets the
 * same judge judge; what it adds is words.  Lists are strangers' text.
 */
#include "commands/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "dns/message.h"
#include "dns/record.h"
#include "household.h"
#include "policy/policy.h"
#include "policy/sink.h"
#include "subscribe/list.h"

enum { RULES_MAX = 256, LINE_SHOWN = 160, TYPE_BOTH = 0 };

struct why {
	const struct settings *settings;
	struct policy *policy;
	struct name name;
	struct address client;		/* or none */
	uint16_t type;			/* TYPE_BOTH: A and AAAA */
	struct verdict verdict;
	struct image_rule rules[RULES_MAX];
	unsigned count, more;
};

/* --- rules --- */

static bool collect(void *context, const struct image_rule *rule)
{
	struct why *why = context;

	if (why->count < RULES_MAX)
		why->rules[why->count++] = *rule;
	else
		why->more++;
	return true;
}

static bool is_winner(const struct why *why, const struct image_rule *rule)
{
	const struct verdict *verdict = &why->verdict;

	return verdict->kind != VERDICT_PASS && rule->list == verdict->list &&
	       rule->line == verdict->line &&
	       rule->exact == (verdict->exact == 1) &&
	       rule->labels == verdict->labels;
}

/* What a kind of list does, in the order in which they are heard. */
static unsigned rank(unsigned action)
{
	if (action == ACTION_ALLOW)
		return 0;
	return action == ACTION_OBSERVE ? 2 : 1;
}

static const char *reason_lost(const struct why *why,
			       const struct image_rule *rule)
{
	unsigned action = policy_action(why->policy, rule->list);
	const struct verdict *verdict = &why->verdict;

	if (action == ACTION_NONE)
		return "the configuration has no such list";
	if (rank(action) != rank(verdict->action))
		return verdict->action == ACTION_ALLOW ?
			"a list that allows comes first" :
			"a list that only observes comes last";
	if (rule->labels != verdict->labels)
		return "another rule is more specific";
	if (rule->exact != (verdict->exact == 1))
		return "a rule for the very name comes first";
	return "its list comes later in the configuration";
}

static struct bytes line_of(struct bytes text, uint32_t number)
{
	const uint8_t *end;

	for (;; number--) {
		end = memchr(text.at, '\n', text.len);
		if (number <= 1 || !end)
			break;
		text.len -= (size_t)(end + 1 - text.at);
		text.at = end + 1;
	}
	if (end)
		text.len = (size_t)(end - text.at);
	if (text.len > 0 && text.at[text.len - 1] == '\r')
		text.len--;
	return text;
}

/* The line itself, from the version that the image was made of. */
static void print_line(const struct why *why, const struct image_list *list,
		       uint32_t number)
{
	char shown[LINE_SHOWN];
	struct list_text whole;
	struct text text;
	int error = list_version_read(why->settings->state, list->name,
				      list->version, &whole);

	if (error < 0) {
		printf("      (the text of that version: %s)\n",
		       error_words(error));
		return;
	}
	text_init(&text, shown, sizeof(shown));
	text_put_hostile(&text, line_of(bytes_of(whole.at, whole.len),
					 number));
	printf("      > %s%s\n", shown, text.cut ? " ..." : "");
	free(whole.at);
}

static void print_rule(const struct why *why, const struct image_rule *rule)
{
	const struct image *image = policy_image(why->policy);
	const struct image_list *list = image_list(image, rule->list);
	unsigned action = policy_action(why->policy, rule->list);
	unsigned above = why->name.labels - rule->labels;
	char when[32], covers[NAME_TEXT];
	struct text text;

	text_init(&text, when, sizeof(when));
	clock_print(list->time * 1000000, false, &text);
	text_init(&text, covers, sizeof(covers));
	name_print_wire(name_suffix(&why->name, above), &text);
	printf("  %s%s: %s, line %" PRIu32 " of version %" PRIu64 " (%s)\n",
	       is_winner(why, rule) ? "* " : "  ",
	       action == ACTION_NONE ? "unused" : action_words(action),
	       list->name, rule->line, list->version, when);
	print_line(why, list, rule->line);
	printf("      %s%s%s\n", covers,
	       rule->exact ? " alone" : " and all below it",
	       is_winner(why, rule) ? ": this one decides" : "");
	if (!is_winner(why, rule))
		printf("      not this one: %s\n", reason_lost(why, rule));
}

static void print_rules(const struct why *why)
{
	if (why->count == 0) {
		printf("No rule covers it.\n");
		return;
	}
	printf("Rules that cover it:\n");
	for (unsigned i = 0; i < why->count; i++)
		print_rule(why, &why->rules[i]);
	if (why->more)
		printf("  and %u more\n", why->more);
}

/* --- what comes of it --- */

static void print_sunk_type(const struct why *why, uint16_t type)
{
	const struct house_sink *sink = &policy_house(why->policy)->sink;
	struct bytes raw = sink_address(sink, why->verdict.action, type);
	char word[16], words[ADDRESS_TEXT] = "no data";
	struct address address;
	struct text text;

	if (raw.len > 0) {
		address_from_raw(&address, raw.at, raw.len, 0);
		text_init(&text, words, sizeof(words));
		address_print(&address, 0, &text);
	}
	text_init(&text, word, sizeof(word));
	record_print_type(type, &text);
	printf("  %s: %s, TTL %" PRIu32 "\n", word, words, sink->ttl);
}

static void print_sunk(const struct why *why)
{
	switch (why->verdict.action) {
	case ACTION_NXDOMAIN:
		printf("It is sunk: there is no such name (NXDOMAIN).\n");
		return;
	case ACTION_NODATA:
		printf("It is sunk: the name has no data.\n");
		return;
	case ACTION_REFUSE:
		printf("It is sunk: REFUSED.\n");
		return;
	case ACTION_DROP:
		printf("It is sunk: there is no answer at all.\n");
		return;
	default:
		printf("It is sunk:\n");
	}
	print_sunk_type(why, why->type == TYPE_BOTH ? TYPE_A : why->type);
	if (why->type == TYPE_BOTH)
		print_sunk_type(why, TYPE_AAAA);
}

static void print_verdict(const struct why *why)
{
	switch (why->verdict.kind) {
	case VERDICT_SINK:
		print_sunk(why);
		break;
	case VERDICT_ALLOW:
		printf("It is allowed: forwarded, and no alias in the answer "
		       "is looked at.\n");
		break;
	case VERDICT_OBSERVE:
		printf("It is only observed: forwarded, and noted as what "
		       "would have been sunk.\n");
		break;
	default:
		printf("It passes: forwarded, and only a listed alias in the "
		       "answer would sink it.\n");
	}
}

static void print_client(const struct why *why)
{
	char words[ADDRESS_TEXT];
	struct text text;

	if (!why->client.family)
		return;
	text_init(&text, words, sizeof(words));
	address_print(&why->client, address_port(&why->client), &text);
	if (house_admits(policy_house(why->policy), &why->client))
		printf("%s may ask.\n", words);
	else
		printf("%s may not ask: whatever the name, it is REFUSED "
		       "(allow_clients).\n", words);
}

static bool is_compiled(const struct image *image, const char *name)
{
	for (unsigned i = 0; image && i < image_lists(image); i++)
		if (strcmp(image_list(image, i)->name, name) == 0)
			return true;
	return false;
}

static void print_image(const struct why *why)
{
	const struct image *image = policy_image(why->policy);
	const struct house *house = policy_house(why->policy);
	char when[32];
	struct text text;

	for (unsigned i = 0; i < house->list_count; i++)
		if (!is_compiled(image, house->lists[i].name))
			printf("Not in the image: %s (homebound compile says "
			       "why).\n", house->lists[i].name);
	if (!image) {
		printf("There is no image yet (homebound compile).\n");
		return;
	}
	text_init(&text, when, sizeof(when));
	clock_print(image_time(image) * 1000000, false, &text);
	printf("Image %" PRIu32 " of %s, %" PRIu64 " names.\n",
	       image_serial(image), when, image_names(image));
}

static void explain(struct why *why)
{
	char words[NAME_TEXT];
	struct text text;

	policy_judge(why->policy, &why->name, &why->verdict);
	if (policy_image(why->policy))
		image_match(policy_image(why->policy), &why->name, collect,
			    why);
	text_init(&text, words, sizeof(words));
	name_print(&why->name, &text);
	printf("%s\n\n", words);
	print_client(why);
	print_verdict(why);
	printf("\n");
	print_rules(why);
	printf("\n");
	print_image(why);
}

/* --- the command --- */

static bool open_policy(struct why *why)
{
	const struct settings *settings = why->settings;
	struct addresses upstreams = {
		settings->upstreams, settings->upstream_count,
	};
	struct image *image = NULL;
	struct house *house;
	char path[4096];
	int error;

	snprintf(path, sizeof(path), "%s/" IMAGE_FILE, settings->state);
	error = image_open(&image, path);
	if (error < 0 && error != -ENOENT) {
		log_error("%s: %s", path, error_words(error));
		return false;
	}
	house = household_new(settings, upstreams);
	why->policy = house ? policy_new(image, house) : NULL;
	if (why->policy)
		return true;
	house_free(house);
	image_close(image);
	log_error("%s", error_words(-ENOMEM));
	return false;
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
	if (type && record_parse_type(type, &why->type) < 0) {
		log_error("%s is not a type of record", type);
		return EXIT_USAGE;
	}
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
	if (exit_code == 0) {
		why->settings = settings;
		exit_code = open_policy(why) ? EXIT_DONE : EXIT_FAILED;
	}
	if (exit_code == EXIT_DONE)
		explain(why);
	policy_free(why->policy);
	if (settings)
		settings_free(settings);
	free(why);
	return exit_code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "client", "ADDRESS", ARGUMENT_ADDRESS, NULL,
	  "say also whether this client may ask" },
	{ 0, "type", "TYPE", ARGUMENT_WORD, NULL,
	  "the answer for this type of record, not for A and AAAA" },
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
	"Shows every rule that covers the name, with its list, version and "
	"line, which one of them decides and why, and what the answer is. "
	"Lists that allow come before lists that sink, and those before "
	"lists that observe; among them the most specific rule decides, and "
	"then the order of the lists in the configuration.\n\n"
	"It reads the configuration and the image in the state folder. A "
	"daemon that has not been told to reload can still know an older "
	"configuration.",
	.example =
	"homebound why telemetry.example.com\n"
	"homebound why telemetry.example.com --client 192.168.1.20",
	.options = options,
	.run = why_run,
};
