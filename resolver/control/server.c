/*
 * A fixed table of places.  The last few are for those who come when all
 * others are taken: they are told so and sent away.  When even these are
 * taken, whoever comes waits in the kernel's queue until a place is free.
 *
 * The socket is made under another name, gets its mode and its group, and is
 * then renamed: nobody ever finds it with the wrong ones, and an old one that
 * nobody answers at is replaced in one step.
 */
#include "control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "control/request.h"

enum {
	PLACES_TO_REFUSE = 8,
	PLACES = CONTROL_CONNECTIONS + PLACES_TO_REFUSE,
	BACKLOG = 64,
	SOCKET_MODE = 0660,
};

struct control {
	struct control_options options;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct stat socket;	/* as we made it */
	uv_pipe_t listener;
	unsigned open;		/* the listener and the places in use */
	bool closing;
	bool stalled;		/* somebody waits and there was no place */
	struct request places[PLACES];
};

uv_loop_t *control_loop(struct control *control)
{
	return control->options.loop;
}

static struct request *find_place(struct control *control)
{
	for (unsigned i = 0; i < PLACES; i++)
		if (!control->places[i].used)
			return &control->places[i];
	return NULL;
}

static void admit(struct control *control)
{
	uv_stream_t *listener = (uv_stream_t *)&control->listener;
	struct request *place = find_place(control);

	if (place == NULL) {
		control->stalled = true;
		return;
	}
	control->open++;
	if (control->open <= CONTROL_CONNECTIONS + 1)
		request_accept(place, control, listener);
	else
		request_refuse(place, control, listener);
}

static void on_connection(uv_stream_t *listener, int status)
{
	if (status == 0)
		admit(listener->data);
}

static void let_go(struct control *control)
{
	if (--control->open == 0)
		free(control);
}

static void on_listener_close(uv_handle_t *handle)
{
	let_go(handle->data);
}

void control_release(struct control *control, struct request *request)
{
	bool stalled = control->stalled && !control->closing;

	request->used = false;
	if (stalled) {
		control->stalled = false;
		admit(control);
	}
	let_go(control);
}

static const struct command *find_command(const struct control *control,
					  const char *name)
{
	const struct command *const *table = control->options.table;

	for (; *table != NULL; table++)
		if (strcmp((*table)->name, name) == 0 &&
		    (*table)->serve != NULL)
			return *table;
	return NULL;
}

void control_dispatch(struct control *control, struct request *request,
		      int argc)
{
	const struct command *command = find_command(control,
						     request->argv[0]);
	char words[512];
	struct text trouble;

	text_init(&trouble, words, sizeof(words));
	if (command == NULL) {
		text_put_hostile(&trouble, bytes_of_string(request->argv[0]));
		request_complain(request, "homebound: the daemon has no "
				 "command \"%s\"\n", words);
		request_finish(request, EXIT_USAGE);
		return;
	}
	request->call.program = "homebound";
	request->call.argc = argc;
	request->call.argv = request->argv;
	if (command_parse(&request->call, command, &trouble) != 0) {
		request_complain(request, "homebound %s: %s\n", command->name,
				 words);
		request_finish(request, EXIT_USAGE);
		return;
	}
	command->serve(request, &request->call, control->options.daemon);
}

static int make_address(struct sockaddr_un *name, const char *path,
			const char *end)
{
	int len = snprintf(name->sun_path, sizeof(name->sun_path), "%s%s",
			   path, end);

	name->sun_family = AF_UNIX;
	return len > 0 && (size_t)len < sizeof(name->sun_path)
		       ? 0 : -ENAMETOOLONG;
}

/* ERROR_BUSY: somebody answers there.  0: it is ours to make or replace. */
static int probe(const struct sockaddr_un *name)
{
	struct stat status;
	int fd, error = 0;

	if (lstat(name->sun_path, &status) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(status.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)name, sizeof(*name)) == 0 ||
	    errno == EAGAIN)
		error = ERROR_BUSY;
	else if (errno != ECONNREFUSED && errno != ENOENT)
		error = -errno;
	close(fd);
	return error;
}

static int dress(const char *path, gid_t group)
{
	if (group != (gid_t)-1 && chown(path, (uid_t)-1, group) != 0)
		log_warning("%s: it cannot be given to its group: %s; only "
			    "its owner can ask", path, strerror(errno));
	return chmod(path, SOCKET_MODE) == 0 ? 0 : -errno;
}

/* A listening socket at control->path; or an error, and nothing is left. */
static int make_socket(struct control *control)
{
	struct sockaddr_un name = { 0 }, fresh = { 0 };
	int error = make_address(&fresh, control->options.path, ".new");
	int fd = -1;

	if (error == 0)
		error = make_address(&name, control->options.path, "");
	if (error == 0)
		error = probe(&name);
	if (error < 0)
		return error;
	unlink(fresh.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&fresh, sizeof(fresh)) != 0) {
		error = -errno;
		close(fd);
		return error;
	}
	error = dress(fresh.sun_path, control->options.group);
	if (error == 0 && (listen(fd, BACKLOG) != 0 ||
			   lstat(fresh.sun_path, &control->socket) != 0 ||
			   rename(fresh.sun_path, name.sun_path) != 0))
		error = -errno;
	if (error == 0) {
		strcpy(control->path, name.sun_path);
		return fd;
	}
	unlink(fresh.sun_path);
	close(fd);
	return error;
}

/* Unless somebody else has put another one there since. */
static void remove_socket(const struct control *control)
{
	struct stat now;

	if (lstat(control->path, &now) == 0 &&
	    now.st_dev == control->socket.st_dev &&
	    now.st_ino == control->socket.st_ino)
		unlink(control->path);
}

int control_open(struct control **control,
		 const struct control_options *options)
{
	struct control *new = calloc(1, sizeof(*new));
	int fd, error;

	if (new == NULL)
		return -ENOMEM;
	new->options = *options;
	fd = make_socket(new);
	if (fd < 0) {
		free(new);
		return fd;
	}
	signal(SIGPIPE, SIG_IGN);
	uv_pipe_init(options->loop, &new->listener, 0);
	new->listener.data = new;
	new->open = 1;
	error = uv_pipe_open(&new->listener, fd);
	if (error < 0)
		close(fd);
	else
		error = uv_listen((uv_stream_t *)&new->listener, BACKLOG,
				  on_connection);
	if (error < 0) {
		control_close(new);
		return error;
	}
	*control = new;
	return 0;
}

void control_close(struct control *control)
{
	control->closing = true;
	remove_socket(control);
	for (unsigned i = 0; i < PLACES; i++)
		if (control->places[i].used)
			request_abandon(&control->places[i]);
	uv_close((uv_handle_t *)&control->listener, on_listener_close);
}
