/*
 * Everything here happens in the loop of the main thread and never waits: who
 * asks slowly runs into the timer, and so does who reads slowly once nothing
 * has moved for a while.
 */
#include "control/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { LINE_ROOM = 4096 };

static void release_when_over(struct request *request)
{
	if (request->handles > 0 || (request->asked && !request->finished))
		return;
	free(request->body);
	free(request->filling.at);
	free(request->leaving.at);
	control_release(request->control, request);
}

static void on_close(uv_handle_t *handle)
{
	struct request *request = handle->data;

	request->handles--;
	release_when_over(request);
}

void request_abandon(struct request *request)
{
	if (request->gone)
		return;
	request->gone = true;
	uv_close((uv_handle_t *)&request->pipe, on_close);
	uv_close((uv_handle_t *)&request->timer, on_close);
}

static void on_late(uv_timer_t *timer)
{
	request_abandon(timer->data);
}

static void be_patient(struct request *request)
{
	uv_timer_start(&request->timer, on_late, REQUEST_PATIENCE, 0);
}

static void send_more(struct request *request);

static void on_written(uv_write_t *write, int status)
{
	struct request *request = write->data;

	request->writing = false;
	if (request->gone)
		return;
	if (status < 0)
		request_abandon(request);
	else if (request->filling.len > 0)
		send_more(request);
	else if (request->finished)
		request_abandon(request);
	else
		uv_timer_stop(&request->timer);
}

static void send_more(struct request *request)
{
	struct outbox full = request->filling;
	uv_buf_t buffer;

	if (request->gone || request->writing || full.len == 0)
		return;
	request->filling = request->leaving;
	request->filling.len = 0;
	request->leaving = full;
	buffer = uv_buf_init((char *)full.at, (unsigned)full.len);
	request->write.data = request;
	if (uv_write(&request->write, (uv_stream_t *)&request->pipe, &buffer,
		     1, on_written) < 0) {
		request_abandon(request);
		return;
	}
	request->writing = true;
	be_patient(request);
}

/* Room for `more` bytes in all that waits to be sent; false: there is none. */
static bool make_room(struct request *request, size_t more)
{
	struct outbox *box = &request->filling;
	size_t waiting = request->writing ? request->leaving.len : 0;
	size_t room = box->room > 0 ? box->room : 1024;
	uint8_t *at;

	if (waiting + box->len + more > REQUEST_ANSWER)
		return false;
	while (room < box->len + more)
		room *= 2;
	if (room == box->room)
		return true;
	at = realloc(box->at, room);
	if (at == NULL)
		return false;
	box->at = at;
	box->room = room;
	return true;
}

static void put_frame(struct request *request, enum frame_kind kind,
		      struct bytes body)
{
	struct outbox *box = &request->filling;

	frame_write_head(box->at + box->len, kind, (uint32_t)body.len);
	memcpy(box->at + box->len + FRAME_HEAD, body.at, body.len);
	box->len += FRAME_HEAD + body.len;
}

/*
 * Room for how it ends is kept free at all times, so that an answer that was
 * too long can still say so.
 */
static const char too_long[] =
	"homebound: the answer was too long, or not read; this is a part\n";
enum { END_ROOM = sizeof(too_long) + 2 * FRAME_HEAD + 4 };

static void put_answer(struct request *request, enum frame_kind kind,
		       struct bytes body)
{
	if (request->gone || request->finished)
		return;
	while (!request->cut && body.len > 0) {
		size_t len = body.len < FRAME_BODY ? body.len : FRAME_BODY;

		if (!make_room(request, FRAME_HEAD + len + END_ROOM)) {
			request->cut = true;
			return;
		}
		put_frame(request, kind, bytes_of(body.at, len));
		body.at += len;
		body.len -= len;
	}
	send_more(request);
}

/* A line longer than the room on the stack is put together on the heap. */
__attribute__((format(printf, 3, 0)))
static void put_words(struct request *request, enum frame_kind kind,
		      const char *format, va_list args)
{
	char line[LINE_ROOM], *longer = NULL;
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(line, sizeof(line), format, args);
	if (len >= (int)sizeof(line))
		len = vasprintf(&longer, format, again);
	va_end(again);
	if (len > 0)
		put_answer(request, kind,
			   bytes_of(longer ? longer : line, (size_t)len));
	free(longer);
}

void request_say(struct request *request, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_words(request, FRAME_OUT, format, args);
	va_end(args);
}

void request_complain(struct request *request, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_words(request, FRAME_ERR, format, args);
	va_end(args);
}

void request_say_bytes(struct request *request, const void *at, size_t len)
{
	put_answer(request, FRAME_OUT, bytes_of(at, len));
}

void request_finish(struct request *request, int exit_code)
{
	uint8_t code[4];

	if (request->gone) {
		request->finished = true;
		release_when_over(request);
		return;
	}
	bytes_put32(code, (uint32_t)exit_code & 0xff);
	if (request->cut)
		bytes_put32(code, EXIT_FAILED);
	request->finished = true;
	if (!make_room(request, END_ROOM)) {
		request_abandon(request);
		return;
	}
	if (request->cut)
		put_frame(request, FRAME_ERR, bytes_of_string(too_long));
	put_frame(request, FRAME_EXIT, bytes_of(code, sizeof(code)));
	send_more(request);
}

/* The request is no request: said by us, without a command. */
static void answer_trouble(struct request *request, const char *words)
{
	request->asked = true;
	request_complain(request, "%s", words);
	request_finish(request, EXIT_FAILED);
}

static void take_words(struct request *request)
{
	int count = frame_read_request(request->body, request->body_len,
				       request->argv);

	uv_read_stop((uv_stream_t *)&request->pipe);
	uv_timer_stop(&request->timer);
	if (count < 0) {
		answer_trouble(request, "homebound: that is no request\n");
		return;
	}
	request->asked = true;
	control_dispatch(request->control, request, count);
}

static void take_head(struct request *request)
{
	request->body_len = bytes_get32(request->head);
	if (request->body_len > 0 && request->body_len <= CONTROL_REQUEST)
		request->body = malloc(request->body_len);
	if (request->body != NULL)
		return;
	uv_read_stop((uv_stream_t *)&request->pipe);
	answer_trouble(request, "homebound: that is no request\n");
}

/* First the head, then as much as it says, and never more. */
static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct request *request = handle->data;
	size_t len = request->len;

	(void)suggested;
	if (len < FRAME_REQUEST_HEAD)
		*buffer = uv_buf_init((char *)request->head + len,
				      (unsigned)(FRAME_REQUEST_HEAD - len));
	else
		*buffer = uv_buf_init(request->body + len -
					      FRAME_REQUEST_HEAD,
				      (unsigned)(request->body_len +
						 FRAME_REQUEST_HEAD - len));
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct request *request = stream->data;

	(void)buffer;
	if (got < 0) {
		request_abandon(request);
		return;
	}
	request->len += (size_t)got;
	if (got > 0 && request->len == FRAME_REQUEST_HEAD)
		take_head(request);
	else if (request->len == FRAME_REQUEST_HEAD + request->body_len &&
		 request->body != NULL)
		take_words(request);
}

/* Both handles are open afterwards, whatever becomes of the connection. */
static bool open_handles(struct request *request, struct control *control,
			 uv_stream_t *listener)
{
	uv_loop_t *loop = control_loop(control);

	*request = (struct request){
		.control = control, .used = true, .handles = 2,
	};
	uv_pipe_init(loop, &request->pipe, 0);
	uv_timer_init(loop, &request->timer);
	request->pipe.data = request;
	request->timer.data = request;
	if (uv_accept(listener, (uv_stream_t *)&request->pipe) == 0)
		return true;
	request_abandon(request);
	return false;
}

void request_accept(struct request *request, struct control *control,
		    uv_stream_t *listener)
{
	if (!open_handles(request, control, listener))
		return;
	be_patient(request);
	if (uv_read_start((uv_stream_t *)&request->pipe, on_room, on_read) < 0)
		request_abandon(request);
}

void request_refuse(struct request *request, struct control *control,
		    uv_stream_t *listener)
{
	if (open_handles(request, control, listener))
		answer_trouble(request, "homebound is busy with others who "
			       "ask; try again\n");
}
