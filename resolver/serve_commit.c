/*
 * serve_commit: `homebound log` asks that what was just answered be stored
 * before it reads.
 *
 * The journal's thread says when it is done; a handle of its own carries that
 * back to the main thread, where the request is answered.
 */
#include "serve_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "journal/journal.h"

struct commit {
	uv_async_t async;		/* first: the handle is its commit */
	struct request *request;
	int error;
	int64_t last_row;
};

static void commit_closed(uv_handle_t *handle)
{
	free(handle);
}

static void commit_answer(uv_async_t *async)
{
	struct commit *commit = (struct commit *)async;

	if (commit->error)
		request_complain(commit->request, "homebound: the journal: "
				 "%s\n", error_words(commit->error));
	else
		request_say(commit->request, "%" PRId64 "\n",
			    commit->last_row);
	request_finish(commit->request,
		       commit->error ? EXIT_FAILED : EXIT_DONE);
	uv_close((uv_handle_t *)async, commit_closed);
}

/* The journal's thread. */
static void commit_done(void *context, int error, int64_t last_row)
{
	struct commit *commit = context;

	commit->error = error;
	commit->last_row = last_row;
	uv_async_send(&commit->async);
}

void serve_commit(struct serve *serve, struct request *request)
{
	struct commit *commit = NULL;

	if (serve->journal)
		commit = calloc(1, sizeof(*commit));
	if (!commit || uv_async_init(&serve->loop, &commit->async,
				     commit_answer)) {
		free(commit);
		request_complain(request, "homebound: %s\n", serve->journal
				 ? error_words(-ENOMEM)
				 : "the journal is switched off");
		request_finish(request, EXIT_FAILED);
		return;
	}
	commit->request = request;
	journal_commit(serve->journal, commit_done, commit);
}
