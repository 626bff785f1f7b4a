/*
 * What is said is put together where the change is made, for only there it is
 * known; it goes out when the change is on the disk, or was refused.
 */
#include "commands/edits.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "commands/commands.h"
#include "journal/edit.h"
#include "privileges.h"
#include "serve.h"

void *edits_new(size_t size)
{
	struct edits *edits = calloc(1, size);

	if (edits != NULL)
		text_init(&edits->out, edits->words, sizeof(edits->words));
	return edits;
}

int edits_refuse(struct edits *edits, int exit_code, const char *format, ...)
{
	va_list args;

	edits->exit_code = exit_code;
	text_init(&edits->out, edits->words, sizeof(edits->words));
	va_start(args, format);
	text_put_list(&edits->out, format, args);
	va_end(args);
	text_put(&edits->out, "\n");
	return SQLITE_ABORT;
}

static int apply(sqlite3 *db, void *context)
{
	struct edits *edits = context;

	return edits->apply(db, edits);
}

/* What the disk said, where the change itself was in order. */
static void take_error(struct edits *edits, int error)
{
	if (error == ERROR_ABSENT && edits->exit_code == EXIT_DONE)
		edits_refuse(edits, EXIT_FAILED, "the journal is switched off");
	else if (error < 0 && edits->exit_code == EXIT_DONE)
		edits_refuse(edits, EXIT_FAILED, "the journal: %s",
			     error_words(error));
}

static void conclude(struct edits *edits, int error)
{
	take_error(edits, error);
	if (edits->exit_code == EXIT_DONE && edits->after != NULL)
		edits->after(edits);
}

static void answer(void *context, int error)
{
	struct edits *edits = context;

	conclude(edits, error);
	if (edits->exit_code == EXIT_DONE)
		request_say(edits->request, "%s", edits->words);
	else
		request_complain(edits->request, "homebound: %s",
				 edits->words);
	request_finish(edits->request, edits->exit_code);
	free(edits);
}

void edits_serve(struct edits *edits, struct request *request, void *daemon)
{
	int error;

	edits->request = request;
	edits->settings = serve_settings(daemon);
	edits->daemon = daemon;
	if (edits->exit_code != EXIT_DONE) {
		answer(edits, 0);
		return;
	}
	error = serve_edit(daemon, apply, edits, answer);
	if (error < 0)
		answer(edits, error);
}

/* The file belongs to those who may read it, as the daemon has it. */
static int change_file(struct edits *edits)
{
	gid_t group = (gid_t)-1;
	char path[4096];

	snprintf(path, sizeof(path), "%s/journal.db",
		 edits->settings->state);
	privileges_group("homebound", &group);
	return edit_alone(path, group == (gid_t)-1 ? -1 : (long)group, apply,
			  edits);
}

int edits_here(struct edits *edits, const struct settings *settings)
{
	int code;

	edits->settings = settings;
	if (edits->exit_code == EXIT_DONE)
		conclude(edits, change_file(edits));
	code = edits->exit_code;
	fprintf(code == EXIT_DONE ? stdout : stderr, "%s%s",
		code == EXIT_DONE ? "" : "homebound: ", edits->words);
	free(edits);
	return code;
}
