/*
 * serve: builds the house, runs it, takes it apart.
 */
#ifndef SERVE_H
#define SERVE_H

#include "control/command.h"
#include "control/control.h"
#include "journal/edit.h"
#include "settings.h"

struct serve;

/*
 * Runs until SIGTERM or SIGINT.  Takes the settings over.  `table` is what
 * the control socket understands.  Returns an exit code.
 */
int serve_run(struct settings *settings, const struct command *const *table,
	      const char *program);

/* What the daemon's own commands do; see control/control.h. */
void serve_status(struct serve *serve, struct request *request, bool json);
void serve_reload(struct serve *serve, struct request *request);

/* Lists to look at: by name, or all; `progress`: on a terminal. */
struct serve_update {
	const char *const *lists;
	unsigned list_count;
	bool force, progress;
};
void serve_update(struct serve *serve, struct request *request,
		  const struct serve_update *update);

/* The household's own rules were changed: at work with the next query. */
int serve_rehouse(struct serve *serve);
const struct settings *serve_settings(const struct serve *serve);
/* Says the number of the last row once all is stored. */
void serve_commit(struct serve *serve, struct request *request);

/*
 * As journal_edit (journal/journal.h), but `done` is called by the main
 * thread, also when the daemon is ending.  ERROR_ABSENT (the journal is
 * switched off), -ENOMEM: neither is called.
 */
int serve_edit(struct serve *serve, edit_apply *apply, void *context,
	       void (*done)(void *context, int error));

#endif
