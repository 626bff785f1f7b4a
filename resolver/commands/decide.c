/*
 * The decision is a row of the journal's database, made in its thread; the
 * rule that goes with "block" is made when the row is stored, where the
 * household's rules are made.
 */
#include "commands/decide.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/commands.h"
#include "commands/edits.h"
#include "commands/trail.h"
#include "control/control.h"
#include "dns/name.h"
#include "journal/decisions.h"
#include "policy/own.h"
#include "review/words.h"
#include "serve.h"

struct deciding {
	struct edits edits;		/* first */
	struct name wire;
	char name[NAME_TEXT];		/* lower case */
	const char *verdict;		/* NULL: dropped */
	char note[OWN_NOTE];
	bool was_block;
};

/* --- what is asked --- */

bool decide_is_meant(const struct command_call *call)
{
	return call->operand_count > 0 &&
	       strcmp(call->operands[0], "decide") == 0;
}

static const char *take_verdict(const char *word)
{
	static const char *const all[] = { "fine", "block", "watch", "drop" };

	for (unsigned i = 0; word != NULL && i < 4; i++)
		if (strcmp(word, all[i]) == 0)
			return all[i];
	return NULL;
}

static bool take_note(struct deciding *deciding,
		      const struct command_call *call)
{
	const char *note = command_option(call, "note");

	if (note == NULL)
		return true;
	if (strlen(note) >= sizeof(deciding->note) ||
	    !utf8_is_plain(bytes_of_string(note))) {
		edits_refuse(&deciding->edits, EXIT_USAGE, "a note is one "
			     "line of at most %d bytes", OWN_NOTE - 1);
		return false;
	}
	strcpy(deciding->note, note);
	return true;
}

static bool take_name(struct deciding *deciding, const char *word)
{
	char shown[4 * NAME_TEXT];
	struct text text;

	if (name_parse(&deciding->wire, bytes_of_string(word)) < 0) {
		text_init(&text, shown, sizeof(shown));
		text_put_hostile(&text, bytes_of_string(word));
		edits_refuse(&deciding->edits, EXIT_FAILED,
			     "%s is not a domain name", shown);
		return false;
	}
	text_init(&text, deciding->name, sizeof(deciding->name));
	name_print(&deciding->wire, &text);
	for (char *c = deciding->name; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + ('a' - 'A'));
	return true;
}

static void take(struct deciding *deciding, const struct command_call *call)
{
	const char *verdict = take_verdict(call->operands[2]);

	if (call->operand_count != 3 || verdict == NULL) {
		edits_refuse(&deciding->edits, EXIT_USAGE, "it is decide NAME "
			     "fine, block or watch; or drop, to decide "
			     "nothing");
		return;
	}
	deciding->verdict = strcmp(verdict, "drop") != 0 ? verdict : NULL;
	if (take_name(deciding, call->operands[1]))
		take_note(deciding, call);
}

/* --- the row --- */

static bool look_for_block(void *context, const struct decision *one)
{
	struct deciding *deciding = context;

	if (strcmp(one->name, deciding->name) != 0)
		return true;
	deciding->was_block = strcmp(one->verdict, "block") == 0;
	return false;
}

static int store(const struct deciding *deciding, sqlite3 *db)
{
	struct decision decision = {
		.name = deciding->name, .verdict = deciding->verdict,
		.note = *deciding->note != '\0' ? deciding->note : NULL,
		.time = (uint64_t)clock_seconds() * 1000000,
	};

	return deciding->verdict != NULL
	       ? decisions_put(db, &decision)
	       : decisions_drop(db, deciding->name);
}

static int apply(sqlite3 *db, struct edits *edits)
{
	struct deciding *deciding = (struct deciding *)edits;
	int rc;

	if (decisions_each(db, look_for_block, deciding) < 0)
		return SQLITE_ERROR;
	rc = store(deciding, db);
	if (rc == SQLITE_NOTFOUND)
		return edits_refuse(edits, EXIT_FAILED, "nothing was decided "
				    "of %s", deciding->name);
	text_put(&edits->out, "%s: %s\n", deciding->name,
		 deciding->verdict != NULL ? deciding->verdict
					   : "not decided any more");
	return rc;
}

/* --- the rule --- */

static int change_rules(const struct deciding *deciding)
{
	const char *state = deciding->edits.settings->state;
	struct own_rule rule = { .name = deciding->wire };
	bool block = deciding->verdict != NULL &&
		     strcmp(deciding->verdict, "block") == 0;

	strcpy(rule.note, deciding->note);
	if (block)
		return own_add(state, &rule);
	return deciding->was_block ? own_remove(state, &rule) : 0;
}

static void after(struct edits *edits)
{
	int error = change_rules((const struct deciding *)edits);

	if (error >= 0 && edits->daemon != NULL)
		error = serve_rehouse(edits->daemon);
	if (error < 0)
		edits_refuse(edits, EXIT_FAILED, "it is written down, but "
			     "%s/own.rules could not be changed: %s",
			     edits->settings->state, error_words(error));
}

/* --- in the daemon, or here --- */

static struct deciding *deciding_of(const struct command_call *call)
{
	struct deciding *deciding = edits_new(sizeof(*deciding));

	if (deciding == NULL)
		return NULL;
	deciding->edits.apply = apply;
	deciding->edits.after = after;
	take(deciding, call);
	return deciding;
}

void decide_serve(struct request *request, struct command_call *call,
		  void *daemon)
{
	struct deciding *deciding = deciding_of(call);

	if (deciding != NULL) {
		edits_serve(&deciding->edits, request, daemon);
		return;
	}
	request_complain(request, "homebound: %s\n", error_words(-ENOMEM));
	request_finish(request, EXIT_FAILED);
}

static int here(const struct command_call *call,
		const struct settings *settings)
{
	struct deciding *deciding = deciding_of(call);

	return deciding != NULL ? edits_here(&deciding->edits, settings)
				: EXIT_FAILED;
}

static bool print_one(void *context, const struct decision *one)
{
	char line[4 * NAME_TEXT];
	unsigned *count = context;
	struct text text;

	text_init(&text, line, sizeof(line));
	words_put(one->name, &text);
	text_put(&text, "  ");
	words_put(one->verdict, &text);
	if (one->note != NULL) {
		text_put(&text, "  # ");
		utf8_put_hostile(&text, bytes_of_string(one->note));
	}
	printf("%s\n", line);
	++*count;
	return ferror(stdout) == 0;
}

static int print_all(const struct command_call *call)
{
	struct trail trail;
	unsigned count = 0;
	int code = trail_open(&trail, call), error = 0;

	if (code == 0)
		error = decisions_each(trail.db, print_one, &count);
	if (error < 0) {
		fprintf(stderr, "homebound %s: %s\n", call->command->name,
			error_words(error));
		code = EXIT_FAILED;
	} else if (code == 0 && count == 0) {
		printf("nothing is decided (homebound review decide NAME "
		       "fine, block or watch)\n");
	}
	trail_close(&trail);
	return code;
}

int decide_run(struct command_call *call)
{
	return call->operand_count == 1 ? print_all(call)
					: commands_carry_or(call, here);
}
