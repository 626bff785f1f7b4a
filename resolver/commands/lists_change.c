/*
 * What is changed here is never the configuration file: lists that are added
 * and switched stand in STATE/lists.conf, a version that is held in the
 * list's own folder.
 */
#include "commands/lists.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "policy/verdict.h"
#include "settings_overlay.h"
#include "subscribe/format.h"
#include "subscribe/source.h"
#include "subscribe/update.h"

static int fail(struct text *why, int error)
{
	if (error == 0)
		return EXIT_DONE;
	if (why->len == 0)
		text_put(why, "%s", error_words(error));
	return EXIT_FAILED;
}

static bool knows(const struct settings *settings, const char *name,
		  struct text *why)
{
	if (settings_find_list(settings, name))
		return true;
	text_put(why, "there is no list \"");
	text_put_hostile(why, bytes_of_string(name));
	text_put(why, "\"");
	return false;
}

/* --- update: what was held may move again --- */

static int change_update(const struct command_call *call,
			 const struct settings *settings, struct text *why)
{
	int error = 0;

	for (int i = 1; i < call->operand_count && error == 0; i++) {
		if (!knows(settings, call->operands[i], why))
			return EXIT_FAILED;
		error = update_hold(settings->state, call->operands[i], 0);
	}
	return fail(why, error);
}

/* --- rollback --- */

/* The version before the one in use, or the one that was said. */
static const struct list_version *find_version(const struct shelf *shelf,
					       uint64_t held, const char *word)
{
	uint64_t now = held;

	if (word)
		return shelf_find(shelf, strtoull(word, NULL, 10));
	if (!now && shelf->count)
		now = shelf->at[shelf->count - 1].serial;
	for (unsigned i = shelf->count; i-- > 0;)
		if (shelf->at[i].serial < now)
			return &shelf->at[i];
	return NULL;
}

static int change_rollback(const struct command_call *call,
			   const struct settings *settings, struct text *why)
{
	const char *name = call->operands[1];
	const char *word = call->operand_count > 2 ? call->operands[2] : NULL;
	const struct list_version *version;
	struct shelf shelf;
	int error;

	if (!knows(settings, name, why))
		return EXIT_FAILED;
	error = shelf_open(&shelf, settings->state, name);
	if (error < 0)
		return fail(why, error);
	version = find_version(&shelf, update_held(settings->state, name),
			       word);
	if (version)
		error = update_hold(settings->state, name, version->serial);
	else
		text_put(why, "%s is kept of \"%s\" (homebound lists versions "
			 "%s shows what is)", word ? "no such version"
			 : "no earlier version", name, name);
	shelf_release(&shelf);
	return version ? fail(why, error) : EXIT_FAILED;
}

/* --- add and remove --- */

static bool is_list_name(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

	return name[0] && name[0] != '.' &&
	       strlen(name) < IMAGE_LIST_NAME &&
	       strspn(name, good) == strlen(name);
}

/* False, and said, when a word means nothing. */
static bool are_words_good(const struct command_call *call, struct text *why)
{
	const char *action = command_option(call, "action");
	const char *format = command_option(call, "format");

	if (!is_list_name(call->operands[1]))
		text_put(why, "that is no name for a list: it takes a-z, 0-9, "
			 "\".\", \"_\" and \"-\"");
	else if (action && action_parse(action) < 0)
		text_put(why, "there is no such action: it is sink, nxdomain, "
			 "nodata, null, refuse, drop, allow or observe");
	else if (format && format_parse(format) < 0)
		text_put(why, "there is no such format: it is one of "
			 LIST_FORMAT_WORDS);
	return why->len == 0;
}

/* The daemon stands elsewhere: a path must begin at the root. */
static bool are_sources_good(const struct command_call *call,
			     struct text *why)
{
	for (int i = 2; i < call->operand_count; i++) {
		if (source_is_remote(call->operands[i]) ||
		    call->operands[i][0] == '/')
			continue;
		text_put(why, "a source is a URL, or a path from the root on");
		return false;
	}
	return true;
}

static int change_add(const struct command_call *call,
		      const struct settings *settings, struct text *why)
{
	const struct settings_new_list list = {
		.name = call->operands[1],
		.sources = call->operands + 2,
		.source_count = (unsigned)call->operand_count - 2,
		.action = command_option(call, "action"),
		.format = command_option(call, "format"),
		.key = command_option(call, "key"),
	};

	if (!are_words_good(call, why) || !are_sources_good(call, why))
		return EXIT_FAILED;
	return fail(why, settings_overlay_add(settings, &list, why));
}

static int change_remove(const struct command_call *call,
			 const struct settings *settings, struct text *why)
{
	return fail(why, settings_overlay_remove(settings, call->operands[1],
						 why));
}

static int change_enable(const struct command_call *call,
			 const struct settings *settings, struct text *why)
{
	return fail(why, settings_overlay_switch(settings, call->operands[1],
						 true, why));
}

static int change_disable(const struct command_call *call,
			  const struct settings *settings, struct text *why)
{
	return fail(why, settings_overlay_switch(settings, call->operands[1],
						 false, why));
}

/* --- the words --- */

static const struct change {
	const char *word;
	int least, most;		/* operands, the word too */
	const char *usage;
	int (*apply)(const struct command_call *call,
		     const struct settings *settings, struct text *why);
	bool names;	/* its lists are looked at afterwards, due or not */
} changes[] = {
	{ "update", 1, COMMAND_OPERANDS, "update [NAME...]", change_update,
	  true },
	{ "rollback", 2, 3, "rollback NAME [VERSION]", change_rollback,
	  false },
	{ "add", 3, COMMAND_OPERANDS, "add NAME SOURCE...", change_add,
	  false },
	{ "remove", 2, 2, "remove NAME", change_remove, false },
	{ "enable", 2, 2, "enable NAME", change_enable, false },
	{ "disable", 2, 2, "disable NAME", change_disable, false },
};

static const struct change *find(const char *word)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (strcmp(changes[i].word, word) == 0)
			return &changes[i];
	return NULL;
}

bool lists_change_knows(const char *word)
{
	return find(word) != NULL;
}

int lists_change_apply(const struct command_call *call,
		       const struct settings *settings, struct text *why)
{
	const struct change *change = find(call->operands[0]);

	if (call->operand_count < change->least ||
	    call->operand_count > change->most) {
		text_put(why, "homebound lists %s", change->usage);
		return EXIT_USAGE;
	}
	return change->apply(call, settings, why);
}

unsigned lists_change_names(const struct command_call *call,
			    const char *const **first)
{
	*first = call->operands + 1;
	return find(call->operands[0])->names
		? (unsigned)call->operand_count - 1 : 0;
}
