/*
 * Blocking, one question and its answer.  What comes back is copied as it
 * comes; a daemon that breaks off or talks nonsense is an error, whatever it
 * has said before.
 */
#include "control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "control/frame.h"

enum { QUIET_PATIENCE = 10 };	/* seconds, where nobody sits and waits */

struct asking {
	const char *path;
	int fd;
	struct text *out;	/* NULL: stdout and stderr */
	size_t len;		/* in `buffer` */
	uint8_t buffer[FRAME_HEAD + FRAME_BODY];
};

__attribute__((format(printf, 2, 3)))
static void complain(const struct asking *asking, const char *format, ...)
{
	va_list args;

	if (asking->out != NULL)
		return;
	fputs("homebound: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void complain_about(const struct asking *asking, int error)
{
	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
		complain(asking, "the daemon does not run (nobody answers at "
			 "%s)", asking->path);
		break;
	case EACCES:
	case EPERM:
		complain(asking, "you may not ask the daemon at %s: add "
			 "yourself to the group homebound (usermod -aG "
			 "homebound YOU, then log in again), or be root",
			 asking->path);
		break;
	case EAGAIN:
		complain(asking, "the daemon at %s is busy: try again",
			 asking->path);
		break;
	default:
		complain(asking, "the daemon cannot be asked at %s: %s",
			 asking->path, strerror(error));
	}
}

static void limit_patience(int fd)
{
	struct timeval patience = { .tv_sec = QUIET_PATIENCE };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

/* A full queue is told at once (EAGAIN) instead of waited for. */
static int connect_to(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd, flags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

	if (strlen(path) >= sizeof(name.sun_path))
		return -ENAMETOOLONG;
	strcpy(name.sun_path, path);
	fd = socket(AF_UNIX, flags, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) != 0 ||
	    fcntl(fd, F_SETFL, 0) != 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

/* Who is sent away does not read all of it: their answer still counts. */
static int send_words(const struct asking *asking, int argc, char **argv)
{
	size_t room = CONTROL_REQUEST + FRAME_REQUEST_HEAD, sent = 0;
	uint8_t *at = malloc(room);
	int len = at == NULL ? -ENOMEM
			     : frame_write_request(at, room, argc, argv);

	while (len > 0 && sent < (size_t)len) {
		ssize_t got = send(asking->fd, at + sent, (size_t)len - sent,
				   MSG_NOSIGNAL);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		sent += (size_t)got;
	}
	free(at);
	return len < 0 ? len : 0;
}

static void take_text(struct asking *asking, const struct frame *frame)
{
	FILE *stream = frame->kind == FRAME_OUT ? stdout : stderr;

	if (asking->out == NULL) {
		fwrite(frame->body.at, 1, frame->body.len, stream);
		fflush(stream);
	} else if (frame->kind == FRAME_OUT) {
		text_put(asking->out, "%.*s", (int)frame->body.len,
			 (const char *)frame->body.at);
	}
}

/* The exit code when it is there; -1: more must come; or an error. */
static int take_frames(struct asking *asking)
{
	struct bytes in = bytes_of(asking->buffer, asking->len);
	struct frame frame;
	int got;

	while ((got = frame_read(&frame, &in)) > 0) {
		if (frame.kind == FRAME_EXIT)
			return frame_exit_code(&frame);
		take_text(asking, &frame);
	}
	memmove(asking->buffer, in.at, in.len);
	asking->len = in.len;
	return got < 0 ? got : -1;
}

/* The exit code, or an error. */
static int receive(struct asking *asking)
{
	int code = -1;

	while (code == -1) {
		ssize_t got = recv(asking->fd, asking->buffer + asking->len,
				   sizeof(asking->buffer) - asking->len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return ERROR_TIMEOUT;
		if (got <= 0)
			return ERROR_TRUNCATED;
		asking->len += (size_t)got;
		code = take_frames(asking);
	}
	return code;
}

static int converse(struct asking *asking, int argc, char **argv)
{
	int error = send_words(asking, argc, argv);
	int code = error == 0 ? receive(asking) : error;

	switch (code) {
	case ERROR_FULL:
		complain(asking, "that is too much to ask: a request is at "
			 "most %d bytes", CONTROL_REQUEST);
		return EXIT_USAGE;
	case ERROR_TRUNCATED:
		complain(asking, "the daemon broke off in the middle of its "
			 "answer");
		return EXIT_FAILED;
	case ERROR_MALFORMED:
		complain(asking, "what answers at %s is no homebound, or one "
			 "of another version", asking->path);
		return EXIT_FAILED;
	}
	if (code < 0)
		complain(asking, "%s", error_words(code));
	return code < 0 ? EXIT_FAILED : code;
}

static int ask(const char *path, int argc, char **argv, struct text *out)
{
	struct asking *asking = malloc(sizeof(*asking));
	int code = EXIT_NO_SERVER;

	if (asking == NULL)
		return EXIT_FAILED;
	asking->path = path;
	asking->out = out;
	asking->len = 0;
	asking->fd = connect_to(path);
	if (asking->fd < 0) {
		complain_about(asking, -asking->fd);
	} else {
		if (out != NULL)
			limit_patience(asking->fd);
		code = converse(asking, argc, argv);
		close(asking->fd);
	}
	free(asking);
	return code;
}

int control_ask(const char *path, int argc, char **argv)
{
	return ask(path, argc, argv, NULL);
}

int control_ask_text(const char *path, int argc, char **argv,
		     struct text *out)
{
	return ask(path, argc, argv, out);
}

bool control_is_served(const char *path)
{
	int fd = connect_to(path);

	if (fd >= 0)
		close(fd);
	return fd != -ENOENT && fd != -ECONNREFUSED;
}
