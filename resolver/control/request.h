/*
 * request: one connection on the control socket, the daemon's end of it.
 *
 * For control/ alone; what a command's `serve` may do is in control.h.
 *
 *	            reading          serve            finish
 *	RESTING ----------> WORDS ---------> ASKED ----------> ANSWERED
 *	   ^                  |  late, gone    |  gone            |  all sent
 *	   |                  v                v                  v
 *	   +------------ handles closed, and nobody may finish it any more
 *
 * A request is a place in its control's table and is never allocated.  What
 * it says goes into `filling`; `leaving` is what a write is taking away.
 * Both together hold at most REQUEST_ANSWER bytes.
 */
#ifndef CONTROL_REQUEST_H
#define CONTROL_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "control/command.h"
#include "control/control.h"
#include "control/frame.h"

enum {
	REQUEST_ANSWER = 1 << 20,	/* bytes said and not yet sent */
	REQUEST_PATIENCE = 10000,	/* ms: to ask, and to take an answer */
};

struct outbox {
	uint8_t *at;
	size_t len, room;
};

struct request {
	struct control *control;
	uv_pipe_t pipe;
	uv_timer_t timer;
	uv_write_t write;
	unsigned handles;	/* open; the place is free at 0 */
	uint8_t head[FRAME_REQUEST_HEAD];
	char *body;
	size_t body_len;
	size_t len;		/* read so far, the head included */
	char *argv[FRAME_WORDS + 1];
	struct command_call call;
	struct outbox filling, leaving;
	bool used;
	bool asked;		/* request_finish is due */
	bool finished;
	bool gone;		/* closing; nothing more is sent */
	bool writing;
	bool cut;		/* it said more than fits */
};

/* Accepts who waits at `listener` and reads what is asked. */
void request_accept(struct request *request, struct control *control,
		    uv_stream_t *listener);

/* Accepts, says that there is no room, and closes. */
void request_refuse(struct request *request, struct control *control,
		    uv_stream_t *listener);

/* Nothing more is read or sent; an unfinished one stays until finished. */
void request_abandon(struct request *request);

/* In server.c: the words are there; and the place is free again. */
void control_dispatch(struct control *control, struct request *request,
		      int argc);
void control_release(struct control *control, struct request *request);
uv_loop_t *control_loop(struct control *control);

#endif
