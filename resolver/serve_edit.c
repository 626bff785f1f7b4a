/*
 * serve_edit: a change of the journal's database that the main thread wants
 * and hears of.
 *
 * The journal's thread says when it is done; a handle of its own carries that
 * back, and keeps the loop alive until then.
 */
#include "serve_state.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "journal/journal.h"

struct edit {
	uv_async_t async;		/* first: the handle is its edit */
	edit_apply *apply;
	void *context;
	void (*done)(void *context, int error);
	int error;
};

static void edit_closed(uv_handle_t *handle)
{
	free(handle);
}

static void edit_finish(uv_async_t *async)
{
	struct edit *edit = (struct edit *)async;

	edit->done(edit->context, edit->error);
	uv_close((uv_handle_t *)async, edit_closed);
}

/* The journal's thread, both. */
static int edit_apply_it(sqlite3 *db, void *context)
{
	struct edit *edit = context;

	return edit->apply(db, edit->context);
}

static void edit_done(void *context, int error)
{
	struct edit *edit = context;

	edit->error = error;
	uv_async_send(&edit->async);
}

int serve_edit(struct serve *serve, edit_apply *apply, void *context,
	       void (*done)(void *context, int error))
{
	struct edit *edit;
	int error;

	if (!serve->journal)
		return ERROR_ABSENT;
	edit = calloc(1, sizeof(*edit));
	if (!edit)
		return -ENOMEM;
	edit->apply = apply;
	edit->context = context;
	edit->done = done;
	error = uv_async_init(&serve->loop, &edit->async, edit_finish);
	if (error) {
		free(edit);
		return error;
	}
	error = journal_edit(serve->journal, edit_apply_it, edit, edit_done);
	if (error)
		uv_close((uv_handle_t *)&edit->async, edit_closed);
	return error;
}
