/*
 * The household's own rules: block, allow, pause, undo, rules.
 *
 * Where a daemon runs, it makes the change and has it in force before it
 * answers; where none runs, the file is changed here and read at the start.
 * Both go through the same functions and say the same words.
 */
#include "commands/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/text.h"
#include "commands/all.h"
#include "policy/own.h"
#include "serve.h"

enum { WORDS = 8192, PAUSE_USUAL = 300 };

/* One change: what is said of it, and how it went. */
struct change {
	const struct command_call *call;
	const char *state;
	int64_t now;
	struct text *out;
	int exit_code;
};

__attribute__((format(printf, 3, 4)))
static void refuse(struct change *change, int exit_code, const char *format,
		   ...)
{
	va_list args;

	change->exit_code = exit_code;
	va_start(args, format);
	text_put_list(change->out, format, args);
	va_end(args);
	text_put(change->out, "\n");
}

static void put_hostile(struct change *change, const char *word)
{
	text_put_hostile(change->out, bytes_of_string(word));
}

/* --- what is asked --- */

static bool take_client(struct change *change, struct own_rule *rule)
{
	const char *client = command_option(change->call, "client");

	if (!client)
		return true;
	rule->has_client = prefix_parse(&rule->client, client) == 0;
	if (!rule->has_client)
		refuse(change, EXIT_USAGE, "--client takes an address or a "
		       "prefix such as 192.168.1.64/28");
	return rule->has_client;
}

static bool take_length(struct change *change, struct own_rule *rule,
			const char *words)
{
	int64_t seconds = duration_parse(words);

	if (seconds <= 0) {
		refuse(change, EXIT_USAGE, "that is no length of time: write "
		       "one such as 10m, 2h, 7d or 1w");
		return false;
	}
	rule->until = change->now + seconds;
	return true;
}

static bool take_note(struct change *change, struct own_rule *rule)
{
	const char *note = command_option(change->call, "note");

	if (!note)
		return true;
	if (strlen(note) >= sizeof(rule->note) || strpbrk(note, "\r\n")) {
		refuse(change, EXIT_USAGE, "a note is one line of at most %d "
		       "bytes", OWN_NOTE - 1);
		return false;
	}
	strcpy(rule->note, note);
	return true;
}

static bool take_name(struct change *change, struct own_rule *rule,
		      const char *word)
{
	rule->exact = word[0] == '=';
	if (name_parse(&rule->name, bytes_of_string(word + rule->exact)) == 0)
		return true;
	change->exit_code = EXIT_FAILED;
	put_hostile(change, word);
	text_put(change->out, " is not a domain name\n");
	return false;
}

static bool take_options(struct change *change, struct own_rule *rule)
{
	const char *length = command_option(change->call, "for");

	return take_client(change, rule) && take_note(change, rule) &&
	       (!length || take_length(change, rule, length));
}

/* --- what was done --- */

static void say_for(struct change *change, const struct own_rule *rule)
{
	if (rule->has_client) {
		text_put(change->out, ", for ");
		prefix_print(&rule->client, change->out);
	}
	if (rule->until) {
		text_put(change->out, ", until ");
		clock_print((uint64_t)rule->until * 1000000, false,
			    change->out);
	}
	text_put(change->out, "\n");
}

static void say_error(struct change *change, int error)
{
	refuse(change, EXIT_FAILED, "%s/own.rules: %s", change->state,
	       error_words(error));
}

static void apply_rules(struct change *change, bool allow)
{
	const struct command_call *call = change->call;
	struct own_rule rule = { .allow = allow };

	if (!take_options(change, &rule))
		return;
	for (int i = 0; i < call->operand_count; i++) {
		int error;

		if (!take_name(change, &rule, call->operands[i]))
			return;
		error = own_add(change->state, &rule);
		if (error < 0) {
			say_error(change, error);
			return;
		}
		text_put(change->out, allow ? "allowed: " : "blocked: ");
		name_print(&rule.name, change->out);
		text_put(change->out, rule.exact ? " alone"
						 : " and all below it");
		say_for(change, &rule);
	}
}

static void apply_block(struct change *change)
{
	apply_rules(change, false);
}

static void apply_allow(struct change *change)
{
	apply_rules(change, true);
}

static void apply_resume(struct change *change, const struct own_rule *like)
{
	int count = own_resume(change->state, like);

	if (count < 0)
		say_error(change, count);
	else if (count == 0)
		text_put(change->out, "nothing is paused\n");
	else
		text_put(change->out, "the lists are in force again\n");
}

static void apply_pause(struct change *change)
{
	const struct command_call *call = change->call;
	struct own_rule rule = {
		.pause = true, .until = change->now + PAUSE_USUAL,
	};
	int error;

	if (!take_client(change, &rule) || !take_note(change, &rule))
		return;
	if (command_option(call, "end")) {
		apply_resume(change, &rule);
		return;
	}
	if (call->operand_count > 0 &&
	    !take_length(change, &rule, call->operands[0]))
		return;
	error = own_add(change->state, &rule);
	if (error < 0) {
		say_error(change, error);
		return;
	}
	text_put(change->out, "paused: nothing is sunk");
	say_for(change, &rule);
}

static void apply_undo(struct change *change)
{
	char words[1024];
	struct text what;
	int error;

	text_init(&what, words, sizeof(words));
	error = own_undo(change->state, &what);
	if (error == ERROR_ABSENT)
		refuse(change, EXIT_FAILED, "there is nothing to undo");
	else if (error < 0)
		say_error(change, error);
	else
		text_put(change->out, "undone: %s\n", words);
}

/* --- the table of rules --- */

static void report_line(void *context, unsigned line, const char *words)
{
	const struct settings *settings = context;

	fprintf(stderr, "%s/own.rules:%u: %s\n", settings->state, line,
		words);
}

static void print_rule(const struct own_rule *rule, int64_t now)
{
	char words[NAME_TEXT + 512];
	struct text text;

	text_init(&text, words, sizeof(words));
	own_print(rule, &text);
	if (rule->until && rule->until <= now)
		text_put(&text, "   (expired)");
	printf("%6" PRIu32 "  %s\n", rule->line, words);
}

static int print_rules(struct command_call *call)
{
	struct settings *settings;
	struct own *own;
	int code = commands_settings(call, &settings), error;

	if (code != 0)
		return code;
	error = own_read(&own, settings->state, report_line, settings);
	if (error < 0) {
		fprintf(stderr, "homebound: %s/own.rules: %s\n",
			settings->state, error_words(error));
		settings_free(settings);
		return EXIT_FAILED;
	}
	if (own_count(own) == 0)
		printf("no rules of your own (homebound block NAME makes "
		       "one; they are kept in %s/own.rules)\n",
		       settings->state);
	for (unsigned i = 0; i < own_count(own); i++)
		print_rule(own_rule(own, i), clock_seconds());
	own_free(own);
	settings_free(settings);
	return EXIT_DONE;
}

static void apply_remove(struct change *change)
{
	struct own_rule rule = { 0 };
	int count;

	if (!take_client(change, &rule) ||
	    !take_name(change, &rule, command_option(change->call, "remove")))
		return;
	count = own_remove(change->state, &rule);
	if (count < 0)
		say_error(change, count);
	else if (count == 0)
		refuse(change, EXIT_FAILED, "there is no such rule (homebound "
		       "rules shows all)");
	else
		text_put(change->out, "removed: %d rule%s\n", count,
			 count == 1 ? "" : "s");
}

/* --- in the daemon, or here --- */

static void apply(struct change *change)
{
	static const struct {
		const struct command *command;
		void (*apply)(struct change *change);
	} all[] = {
		{ &command_block, apply_block },
		{ &command_allow, apply_allow },
		{ &command_pause, apply_pause },
		{ &command_undo, apply_undo },
		{ &command_rules, apply_remove },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].command == change->call->command)
			all[i].apply(change);
}

static void own_serve(struct request *request, struct command_call *call,
		      void *daemon)
{
	char words[WORDS];
	struct text out;
	struct change change = {
		.call = call, .state = serve_settings(daemon)->state,
		.now = clock_seconds(), .out = &out,
	};

	text_init(&out, words, sizeof(words));
	apply(&change);
	if (change.exit_code == EXIT_DONE && serve_rehouse(daemon) < 0)
		refuse(&change, EXIT_FAILED, "it is not in force: %s",
		       error_words(-ENOMEM));
	if (change.exit_code == EXIT_DONE)
		request_say(request, "%s", words);
	else
		request_complain(request, "homebound: %s", words);
	request_finish(request, change.exit_code);
}

static int own_here(const struct command_call *call,
		    const struct settings *settings)
{
	char words[WORDS];
	struct text out;
	struct change change = {
		.call = call, .state = settings->state,
		.now = clock_seconds(), .out = &out,
	};

	text_init(&out, words, sizeof(words));
	apply(&change);
	if (change.exit_code == EXIT_DONE)
		printf("%s(the daemon does not run: in force when it "
		       "starts)\n", words);
	else
		fprintf(stderr, "homebound: %s", words);
	return change.exit_code;
}

static int own_run(struct command_call *call)
{
	return commands_carry_or(call, own_here);
}

static int rules_run(struct command_call *call)
{
	return command_option(call, "remove") ? own_run(call)
					      : print_rules(call);
}

static const struct command_option rule_options[] = {
	COMMAND_CONFIG,
	{ 0, "for", "TIME", ARGUMENT_WORD, NULL,
	  "only for so long: 10m, 2h, 7d, 1w" },
	{ 0, "client", "ADDRESS", ARGUMENT_ADDRESS, NULL,
	  "only for this address or prefix" },
	{ 0, "note", "TEXT", ARGUMENT_WORD, NULL,
	  "why; it is kept with the rule" },
	{ 0 },
};

const struct command command_block = {
	.name = "block",
	.operands = "NAME...",
	.operand_kind = ARGUMENT_NAME,
	.operands_min = 1,
	.operands_max = COMMAND_OPERANDS,
	.summary = "sink a name from now on",
	.details =
	"The name and all below it, or the name alone when it is written "
	"=NAME. It is at work with the next question, before all lists, and "
	"nothing is compiled. The rule is kept in own.rules in the state "
	"folder, a line that can be edited as well (then: homebound reload).",
	.example =
	"homebound block upload.example.com --note \"the meter's software\"\n"
	"homebound block =www.example.com --for 2h --client 192.168.1.20",
	.options = rule_options,
	.run = own_run,
	.serve = own_serve,
};

const struct command command_allow = {
	.name = "allow",
	.operands = "NAME...",
	.operand_kind = ARGUMENT_NAME,
	.operands_min = 1,
	.operands_max = COMMAND_OPERANDS,
	.summary = "leave a name alone from now on, whatever lists say",
	.details =
	"As block, the other way round: the name and all below it, or the "
	"name alone when it is written =NAME.",
	.example =
	"homebound allow shop.example.com --for 10m",
	.options = rule_options,
	.run = own_run,
	.serve = own_serve,
};

static const struct command_option pause_options[] = {
	COMMAND_CONFIG,
	{ 0, "client", "ADDRESS", ARGUMENT_ADDRESS, NULL,
	  "only for this address or prefix" },
	{ 0, "note", "TEXT", ARGUMENT_WORD, NULL,
	  "why; it is kept with the rule" },
	{ 0, "end", NULL, ARGUMENT_NONE, NULL,
	  "end what is paused" },
	{ 0 },
};

const struct command command_pause = {
	.name = "pause",
	.operands = "[TIME]",
	.operand_kind = ARGUMENT_WORD,
	.operands_max = 1,
	.summary = "sink nothing for a while",
	.details =
	"For five minutes, or as long as is said. Everything is forwarded "
	"and written down as paused. It ends by itself.",
	.example =
	"homebound pause\n"
	"homebound pause 1h --client 192.168.1.20\n"
	"homebound pause --end",
	.options = pause_options,
	.run = own_run,
	.serve = own_serve,
};

static const struct command_option undo_options[] = {
	COMMAND_CONFIG,
	{ 0 },
};

const struct command command_undo = {
	.name = "undo",
	.operands = "",
	.summary = "take back the last block, allow, pause or removal",
	.details =
	"Puts the household's own rules back as they were before the last "
	"change that a command made, and says what that was. The last twenty "
	"changes can be taken back, one by one.",
	.example = "homebound undo",
	.options = undo_options,
	.run = own_run,
	.serve = own_serve,
};

static const struct command_option rules_options[] = {
	COMMAND_CONFIG,
	{ 0, "remove", "NAME", ARGUMENT_NAME, NULL,
	  "take the rules for this name away" },
	{ 0, "client", "ADDRESS", ARGUMENT_ADDRESS, NULL,
	  "with --remove: those for this address or prefix" },
	{ 0 },
};

const struct command command_rules = {
	.name = "rules",
	.operands = "",
	.summary = "show the household's own rules",
	.details =
	"Each with its line in own.rules in the state folder.",
	.example =
	"homebound rules\n"
	"homebound rules --remove upload.example.com",
	.options = rules_options,
	.run = rules_run,
	.serve = own_serve,
};
