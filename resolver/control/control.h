/*
 * control: asking the running daemon, over a unix socket; both ends.
 *
 * A request is the words of a command line, an answer is text for standard
 * output and standard error and an exit code, framed:
 *
 *	request   u32 length, then each word and a NUL
 *	answer    u8 kind (1 out, 2 err, 3 exit), u32 length, bytes
 *
 * numbers in network order; a request is at most CONTROL_REQUEST bytes.  Who
 * may use it is a matter of the socket's mode: 0660, group homebound.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

#include "control/command.h"

enum { CONTROL_REQUEST = 65536, CONTROL_CONNECTIONS = 32 };

struct control;
struct request;
struct text;

/*
 * Daemon, main thread.  Listens at `path` (an old socket nobody answers at is
 * replaced; ERROR_BUSY when another daemon answers there), finds commands in
 * `table` (ends with NULL) and calls their `serve` with `daemon`.
 */
struct control_options {
	uv_loop_t *loop;
	const char *path;
	gid_t group;				/* (gid_t)-1: as it comes */
	const struct command *const *table;
	void *daemon;
};
int control_open(struct control **control,
		 const struct control_options *options);
void control_close(struct control *control);	/* handles close in the loop */

/*
 * What `serve` does with its request: say things, now or later, and finish
 * it, once.  When the client has gone, saying things does nothing; finish all
 * the same.
 */
__attribute__((format(printf, 2, 3)))
void request_say(struct request *request, const char *format, ...);
void request_say_bytes(struct request *request, const void *at, size_t len);
__attribute__((format(printf, 2, 3)))
void request_complain(struct request *request, const char *format, ...);
void request_finish(struct request *request, int exit_code);

/*
 * Client: carries the words to the daemon, copies what it says to stdout and
 * stderr, returns its exit code; EXIT_NO_SERVER with a sentence on stderr
 * when there is no daemon.
 */
int control_ask(const char *path, int argc, char **argv);

/* Does a daemon answer at `path`, or one that is not for us? */
bool control_is_served(const char *path);

/* The same, with what it says on stdout in `out`; quiet. */
int control_ask_text(const char *path, int argc, char **argv,
		     struct text *out);

#endif
