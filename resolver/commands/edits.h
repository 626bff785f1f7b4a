/*
 * edits: a command that changes the journal, in the daemon or without one.
 *
 * A change is allocated by the command, with struct edits in front and what
 * the command needs behind it, and is freed with free(3) when it is over.
 */
#ifndef COMMANDS_EDITS_H
#define COMMANDS_EDITS_H

#include "base/text.h"
#include "journal/edit.h"

struct request;
struct settings;

enum { EDITS_WORDS = 2048 };

struct edits {
	/* Within a transaction, in the journal's thread; as edit_apply. */
	int (*apply)(sqlite3 *db, struct edits *edits);
	/* In the main thread, once it is stored; or NULL. */
	void (*after)(struct edits *edits);
	const struct settings *settings;	/* lives as long */
	void *daemon;				/* NULL: none runs */

	/* What is said of it: by `apply`, or by the command before. */
	struct text out;
	int exit_code;

	char words[EDITS_WORDS];
	struct request *request;
};

/* Zeros, with a text that is empty; NULL: no memory. */
void *edits_new(size_t size);

/*
 * Something is wrong with it: a sentence without its end.  Gives
 * SQLITE_ABORT, for `apply`.
 */
__attribute__((format(printf, 3, 4)))
int edits_refuse(struct edits *edits, int exit_code, const char *format, ...);

/* Does it, unless it was refused before; answers the request.  Takes it. */
void edits_serve(struct edits *edits, struct request *request, void *daemon);

/* The same without a daemon, on stdout and stderr; an exit code. */
int edits_here(struct edits *edits, const struct settings *settings);

#endif
