/*
 * What is noted stands among the journal's own notes (its table progress);
 * reading it is insight_noted.  People never need the command.
 */
#include "commands/noted.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "commands/commands.h"
#include "commands/edits.h"
#include "control/control.h"
#include "journal/database.h"

struct noting {
	struct edits edits;	/* first */
	const char *what;
	uint64_t time;
};

static const char *known(const char *word)
{
	static const char *const all[] = { "review", "digest" };

	for (unsigned i = 0; i < 2; i++)
		if (strcmp(word, all[i]) == 0)
			return all[i];
	return NULL;
}

static int apply(sqlite3 *db, struct edits *edits)
{
	const struct noting *noting = (const struct noting *)edits;
	sqlite3_stmt *stmt;
	int rc = database_prepare(db, "REPLACE INTO progress VALUES (?, 0, ?)",
				  &stmt);

	if (rc == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, noting->what, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, (sqlite3_int64)noting->time);
		rc = database_run(stmt);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static struct noting *noting_of(const char *what, uint64_t time)
{
	struct noting *noting = edits_new(sizeof(*noting));

	if (!noting)
		return NULL;
	noting->edits.apply = apply;
	noting->what = known(what);
	noting->time = time;
	if (!noting->what || time == 0 || time > INT64_MAX)
		edits_refuse(&noting->edits, EXIT_USAGE, "it is noted review "
			     "or digest, and a time");
	return noting;
}

static void serve_command(struct request *request, struct command_call *call,
			  void *daemon)
{
	struct noting *noting = noting_of(call->operands[0],
		strtoull(call->operands[1], NULL, 10));

	if (noting) {
		edits_serve(&noting->edits, request, daemon);
		return;
	}
	request_complain(request, "homebound: %s\n", error_words(-ENOMEM));
	request_finish(request, EXIT_FAILED);
}

static int ask_daemon(const struct settings *settings, const char *what,
		      uint64_t time)
{
	char word[] = "noted", of[16], number[24];
	char *words[] = { word, of, number, NULL };

	snprintf(of, sizeof(of), "%s", what);
	snprintf(number, sizeof(number), "%" PRIu64, time);
	return control_ask(settings->control, 3, words);
}

int noted_put(const struct settings *settings, const char *what,
	      uint64_t time)
{
	struct noting *noting;

	if (control_is_served(settings->control))
		return ask_daemon(settings, what, time);
	noting = noting_of(what, time);
	return noting ? edits_here(&noting->edits, settings) : EXIT_FAILED;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ .name = NULL },
};

const struct command command_noted = {
	.name = "noted",
	.operands = "WHAT TIME",
	.operands_min = 2,
	.operands_max = 2,
	.options = options,
	.serve = serve_command,
};
