/*
 * run FILE...: plays scenarios.
 *
 * A scenario is a text: a verb a line, its words, and lines that begin with a
 * tab and belong to it.
 *
 *	sink ADDRESS ADDRESS6 TTL	the house (- for no address)
 *	clients PREFIX...
 *	servers N			1 to 4
 *	list NAME ACTION		its rules: "exact NAME", "below NAME"
 *	list NAME ACTION FORMAT		its text, in a format of lists
 *	group NAME PREFIX...		its lists: "NAME [ACTION]"; it comes
 *					after all lists
 *	own				the household's own rules, as in their
 *					file; they stay until they are others
 *	switch				makes the house what was said above
 *	pass SECONDS			time passes
 *	query CLIENT udp|tcp NAME TYPE [edns do cd norecurse id=N
 *	      payload=N]
 *	raw CLIENT udp|tcp HEX		any bytes instead
 *	asked SERVER NAME TYPE [stream]	that server has this question
 *	asked nothing			no question is out
 *	answer SERVER NAME RCODE [tc aa ad noedns wrongid wrongname]
 *					it answers, with records
 *	refuse SERVER NAME		its machine says: nobody there
 *	answered CLIENT RCODE [aa tc ad edns do]
 *					the client has this, with records, and
 *					"authority RECORD", "ede N TEXT"
 *	answered nothing
 *	journal NAME TYPE VERDICT[/ACTION] RCODE SOURCE [list NUMBER:LINE]
 *	        [via ALIAS] [server N]	the next entry; its list may be "own"
 *	        [ttl N]			looked at where it is given
 *	journal nothing
 *
 * After a verb that says what must be, anything else is a failure with file
 * and line.  At the end nothing may be left in the journal or in the mail.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/plain.h"
#include "base/address.h"
#include "base/text.h"
#include "dns/record.h"
#include "policy/terms.h"
#include "policy/verdict.h"
#include "subscribe/format.h"
#include "words.h"
#include "world.h"

enum { LINE = 1024, WORD_COUNT = 24 };

struct scenario {
	const char *path;
	unsigned line;			/* of the verb */
	struct world *world;
	char *words[WORD_COUNT];
	unsigned count;
	char lines[WORDS_RECORDS][LINE];	/* those that belong to it */
	unsigned line_count;
	unsigned failures;
};

__attribute__((format(printf, 2, 3)))
static void fail(struct scenario *scenario, const char *format, ...)
{
	va_list args;

	printf("%s:%u: ", scenario->path, scenario->line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	scenario->failures++;
}

static const char *word(const struct scenario *scenario, unsigned number)
{
	return number < scenario->count ? scenario->words[number] : "";
}

/* The words from `first` on, as one text. */
static void join(const struct scenario *scenario, unsigned first, char *out)
{
	unsigned i;

	out[0] = '\0';
	for (i = first; i < scenario->count; i++) {
		if (i > first)
			strcat(out, " ");
		strcat(out, scenario->words[i]);
	}
}

/* --- verbs that set up --- */

static void do_sink(struct scenario *scenario)
{
	struct house_sink *sink = &scenario->world->house.sink;
	struct address address;
	size_t len;

	memset(sink, 0, sizeof(*sink));
	if (address_parse(&address, word(scenario, 1), 0) == 0) {
		memcpy(sink->address4, address_raw(&address, &len), 4);
		sink->has4 = true;
	}
	if (address_parse(&address, word(scenario, 2), 0) == 0) {
		memcpy(sink->address6, address_raw(&address, &len), 16);
		sink->has6 = true;
	}
	sink->ttl = (uint32_t)atoi(word(scenario, 3));
}

static void do_clients(struct scenario *scenario)
{
	struct world *world = scenario->world;
	unsigned i;

	world->house.client_count = 0;
	for (i = 1; i < scenario->count; i++)
		if (prefix_parse(&world->clients[world->house.client_count++],
				 scenario->words[i]))
			fail(scenario, "no prefix: %s", scenario->words[i]);
}

static void do_servers(struct scenario *scenario)
{
	scenario->world->servers = (unsigned)atoi(word(scenario, 1));
}

static void put_names(struct scenario *scenario)
{
	struct world *world = scenario->world;
	unsigned i;

	for (i = 0; i < scenario->line_count; i++) {
		const char *line = scenario->lines[i];
		bool exact = strncmp(line, "exact ", 6) == 0;
		struct name name;

		if ((!exact && strncmp(line, "below ", 6) != 0) ||
		    name_parse(&name, bytes_of_string(line + 6)))
			fail(scenario, "no rule: %s", line);
		else
			plain_rule(world->build, &name, exact, i + 1);
	}
}

static int put_rule(void *context, const struct rule *rule)
{
	struct scenario *scenario = context;
	uint8_t terms[TERMS_MAX];
	const char *why = "";
	int len = terms_write(rule, terms, sizeof(terms), &why);

	if (len < 0)
		fail(scenario, "list, line %u: %s", rule->line, why);
	else if (build_rule(scenario->world->build, rule,
			    bytes_of(terms, (size_t)len)) < 0)
		fail(scenario, "list, line %u: no rule for us", rule->line);
	return 0;
}

/* All lines that belong to the verb, as a text. */
static const char *join_lines(const struct scenario *scenario)
{
	static char text[WORDS_RECORDS * LINE];

	text[0] = '\0';
	for (unsigned i = 0; i < scenario->line_count; i++) {
		strcat(text, scenario->lines[i]);
		strcat(text, "\n");
	}
	return text;
}

static void put_text(struct scenario *scenario, unsigned format)
{
	const struct format_sink sink = { put_rule, NULL, scenario };
	struct format_source source = {
		.format = format,
		.text = bytes_of_string(join_lines(scenario)),
	};
	struct format_counts counts;

	if (format_read(&source, &sink, &counts) < 0)
		fail(scenario, "the list cannot be read");
}

static void do_list(struct scenario *scenario)
{
	int action = action_parse(word(scenario, 2));
	int format = LIST_FORMAT_AUTO;

	if (scenario->count > 3)
		format = format_parse(word(scenario, 3));
	if (action < 0 || format < 0) {
		fail(scenario, "no action or no format");
		return;
	}
	world_list(scenario->world, word(scenario, 1), action,
		   (unsigned)format);
	if (format != LIST_FORMAT_AUTO)
		put_text(scenario, (unsigned)format);
	else
		put_names(scenario);
}

/* "NAME [ACTION]": a list of the group, with its own action or another. */
static void take_group_list(struct scenario *scenario,
			    struct house_group *group, const char *line)
{
	struct world *world = scenario->world;
	char name[64], action[16] = "";
	unsigned i = 0;

	sscanf(line, "%63s %15s", name, action);
	while (i < world->house.list_count &&
	       strcmp(world->lists[i].name, name) != 0)
		i++;
	if (i == world->house.list_count)
		fail(scenario, "no list: %s", name);
	else if (action[0])
		group->actions[i] = (uint8_t)action_parse(action);
	else
		group->actions[i] = world->lists[i].action;
}

static void do_group(struct scenario *scenario)
{
	struct world *world = scenario->world;
	struct house_group *group = world_group(world, word(scenario, 1));

	for (unsigned i = 2; i < scenario->count; i++) {
		struct house_member *member =
			&world->members[world->house.member_count++];

		member->group = (uint16_t)(world->house.group_count - 1);
		if (prefix_parse(&member->prefix, scenario->words[i]))
			fail(scenario, "no prefix: %s", scenario->words[i]);
	}
	for (unsigned i = 0; i < scenario->line_count; i++)
		take_group_list(scenario, group, scenario->lines[i]);
}

static void do_own(struct scenario *scenario)
{
	world_own(scenario->world, join_lines(scenario));
}

static void do_switch(struct scenario *scenario)
{
	if (!world_switch(scenario->world))
		fail(scenario, "the world cannot be made");
}

static void do_pass(struct scenario *scenario)
{
	world_pass(scenario->world,
		   (uint64_t)(atof(word(scenario, 1)) * 1000));
}

/* --- verbs that do --- */

static void do_query(struct scenario *scenario)
{
	uint8_t message[512];
	char flags[LINE];
	size_t len;

	join(scenario, 5, flags);
	len = words_query(message, word(scenario, 3), word(scenario, 4),
			  flags);
	if (len == 0)
		fail(scenario, "no query");
	world_query(scenario->world, word(scenario, 1),
		    strcmp(word(scenario, 2), "tcp") == 0,
		    bytes_of(message, len));
}

static void do_raw(struct scenario *scenario)
{
	const char *hex = word(scenario, 3);
	uint8_t message[LINE / 2];
	size_t len = 0;
	unsigned byte;

	while (sscanf(hex + 2 * len, "%2x", &byte) == 1)
		message[len++] = (uint8_t)byte;
	world_query(scenario->world, word(scenario, 1),
		    strcmp(word(scenario, 2), "tcp") == 0,
		    bytes_of(message, len));
}

/* The question that server has for that name, or -1. */
static int find_question(struct scenario *scenario, const char *server,
			 const char *name)
{
	const struct world_mail *mail = &scenario->world->questions;
	size_t len = strlen(name);
	char words[LINE];
	unsigned i;

	for (i = 0; i < mail->count; i++) {
		const struct world_message *question = mail->messages[i];

		if (question->server == (unsigned)atoi(server) &&
		    words_question(question->at, question->len, words,
				   sizeof(words)) &&
		    strncmp(words, name, len) == 0 && words[len] == ' ')
			return (int)i;
	}
	fail(scenario, "server %s was not asked for %s", server, name);
	return -1;
}

static void do_answer(struct scenario *scenario)
{
	static uint8_t message[WORDS_ROOM];
	struct words_answer answer = { .rcode = word(scenario, 3) };
	const struct world_message *question;
	char flags[LINE];
	size_t len;
	int number = find_question(scenario, word(scenario, 1),
				   word(scenario, 2));

	if (number < 0)
		return;
	question = scenario->world->questions.messages[number];
	join(scenario, 4, flags);
	answer.flags = flags;
	while (answer.count < scenario->line_count) {
		answer.records[answer.count] = scenario->lines[answer.count];
		answer.count++;
	}
	len = words_answer(message, question->at, question->len, &answer);
	if (strstr(flags, "wrong")) {
		/* The question stays open: its real answer can still come. */
		struct world_message copy = *question;
		struct world_mail *mail = &scenario->world->questions;

		world_answer(scenario->world, (unsigned)number, message, len);
		mail->messages[mail->count] = malloc(sizeof(copy));
		*mail->messages[mail->count++] = copy;
		return;
	}
	world_answer(scenario->world, (unsigned)number, message, len);
}

static void do_refuse(struct scenario *scenario)
{
	int number = find_question(scenario, word(scenario, 1),
				   word(scenario, 2));

	if (number >= 0)
		world_refuse(scenario->world, (unsigned)number);
}

/* --- verbs that say what must be --- */

static void do_asked(struct scenario *scenario)
{
	const struct world_mail *mail = &scenario->world->questions;
	char words[LINE], wanted[LINE];
	int number;
	unsigned i, open = 0;

	if (strcmp(word(scenario, 1), "nothing") == 0) {
		for (i = 0; i < mail->count; i++)
			open += mail->messages[i]->lane != NULL;
		if (open)
			fail(scenario, "%u questions are out", open);
		return;
	}
	number = find_question(scenario, word(scenario, 1), word(scenario, 2));
	if (number < 0)
		return;
	snprintf(wanted, sizeof(wanted), "%s %s", word(scenario, 2),
		 word(scenario, 3));
	words_question(mail->messages[number]->at,
		       mail->messages[number]->len, words, sizeof(words));
	if (strcmp(words, wanted))
		fail(scenario, "it was asked for %s", words);
	if (mail->messages[number]->stream !=
	    (strcmp(word(scenario, 4), "stream") == 0))
		fail(scenario, "by the other transport");
}

static void do_answered(struct scenario *scenario)
{
	struct world_mail *mail = &scenario->world->answers;
	char got[WORDS_ROOM] = "", wanted[WORDS_ROOM], flags[LINE];
	unsigned i;

	if (strcmp(word(scenario, 1), "nothing") == 0) {
		if (mail->count)
			fail(scenario, "there are %u answers", mail->count);
		return;
	}
	if (mail->count == 0) {
		fail(scenario, "no answer was sent");
		return;
	}
	join(scenario, 2, flags);
	snprintf(wanted, sizeof(wanted), "%s\n", flags);
	for (i = 0; i < scenario->line_count; i++) {
		strcat(wanted, scenario->lines[i]);
		strcat(wanted, "\n");
	}
	if (strcmp(mail->messages[0]->client, word(scenario, 1)))
		fail(scenario, "%s was answered", mail->messages[0]->client);
	if (!words_of(mail->messages[0]->at, mail->messages[0]->len, got,
		      sizeof(got)))
		fail(scenario, "the answer cannot be read");
	else if (strcmp(got, wanted))
		fail(scenario, "wanted:\n%sgot:\n%s", wanted, got);
	world_mail_drop(mail, 0);
}

static void print_entry(const struct entry *entry, const struct entry *alias,
			struct text *out)
{
	static const char *const sources[] = { "?", "policy", "cache",
					       "upstream", "self" };

	name_print_wire(bytes_of(entry->name, entry->name_len), out);
	text_put(out, " ");
	record_print_type(entry->qtype, out);
	text_put(out, " %s%s%s ", verdict_words(entry->verdict),
		 entry->action ? "/" : "", action_words(entry->action));
	if (entry->answered)
		record_print_rcode(entry->rcode, out);
	else
		text_put(out, "-");
	text_put(out, " %s", sources[entry->source]);
	if (entry->list == VERDICT_OWN_LIST)
		text_put(out, " list own:%u", entry->line);
	else if (entry->list != ENTRY_NO_LIST)
		text_put(out, " list %u:%u", entry->list, entry->line);
	if (alias) {
		text_put(out, " via ");
		name_print_wire(bytes_of(alias->name, alias->name_len), out);
	}
	if (entry->upstream.len)
		text_put(out, " server %u", entry->upstream.port);
}

static void do_journal(struct scenario *scenario)
{
	const struct entry *alias;
	const struct entry *entry = world_entry(scenario->world, &alias);
	char got[LINE] = "nothing", wanted[LINE];
	struct text text;

	join(scenario, 1, wanted);
	text_init(&text, got, sizeof(got));
	if (entry)
		print_entry(entry, alias, &text);
	else
		text_put(&text, "nothing");
	if (entry && strstr(wanted, " ttl "))
		text_put(&text, " ttl %u", entry->ttl);
	if (strcmp(got, wanted))
		fail(scenario, "the journal has: %s", got);
}

/* --- reading --- */

static const struct {
	const char *verb;
	void (*play)(struct scenario *scenario);
} verbs[] = {
	{ "sink", do_sink },	     { "clients", do_clients },
	{ "servers", do_servers },   { "list", do_list },
	{ "group", do_group },	     { "own", do_own },
	{ "switch", do_switch },     { "pass", do_pass },
	{ "query", do_query },	     { "raw", do_raw },
	{ "asked", do_asked },	     { "answer", do_answer },
	{ "refuse", do_refuse },     { "answered", do_answered },
	{ "journal", do_journal },
};

static void play_verb(struct scenario *scenario)
{
	size_t i;

	if (scenario->count == 0)
		return;
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].verb, scenario->words[0]) == 0) {
			verbs[i].play(scenario);
			return;
		}
	}
	fail(scenario, "no such verb: %s", scenario->words[0]);
}

static void take_line(struct scenario *scenario, char *line)
{
	char *rest, *token;

	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '\t') {
		if (scenario->line_count < WORDS_RECORDS)
			snprintf(scenario->lines[scenario->line_count++], LINE,
				 "%s", line + 1);
		return;
	}
	scenario->count = 0;
	scenario->line_count = 0;
	token = strtok_r(line, " ", &rest);
	while (token && scenario->count < WORD_COUNT) {
		scenario->words[scenario->count++] = token;
		token = strtok_r(NULL, " ", &rest);
	}
}

static void play_leftovers(struct scenario *scenario)
{
	static char nothing[] = "nothing";

	scenario->words[1] = nothing;
	scenario->count = 2;
	do_answered(scenario);
	do_journal(scenario);
}

static unsigned play(const char *path)
{
	static char lines[2][LINE];
	struct scenario *scenario = calloc(1, sizeof(*scenario));
	FILE *file = fopen(path, "r");
	unsigned failures, number = 0, turn = 0;

	if (!file || !scenario) {
		printf("%s: cannot be read\n", path);
		free(scenario);
		return 1;
	}
	scenario->path = path;
	scenario->world = world_new();
	while (fgets(lines[turn], LINE, file)) {
		number++;
		if (lines[turn][0] == '#' || lines[turn][0] == '\n')
			continue;
		if (lines[turn][0] != '\t') {
			play_verb(scenario);
			scenario->line = number;
		}
		take_line(scenario, lines[turn]);
		if (lines[turn][0] != '\t')
			turn = !turn;
	}
	play_verb(scenario);
	play_leftovers(scenario);
	fclose(file);
	world_free(scenario->world);
	failures = scenario->failures;
	free(scenario);
	return failures;
}

int main(int argc, char **argv)
{
	unsigned passed = 0, failed = 0;
	int i;

	for (i = 1; i < argc; i++) {
		bool good = play(argv[i]) == 0;

		printf("%s - %s\n", good ? "ok" : "not ok", argv[i]);
		passed += good;
		failed += !good;
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
