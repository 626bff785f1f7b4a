/*
 * A daemon in a thread of this process, asked as people and as strangers do.
 * Its commands:
 *
 *	echo WORD	says WORD, complains "but", exits with 7
 *	later		says one thing at once and another in its own time
 *	much BYTES	says that many
 *	never		is not finished until the daemon ends
 */
#include "control/control.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "control/frame.h"

struct daemon {
	char folder[32], path[64];
	uv_loop_t loop;
	uv_async_t end;
	uv_timer_t timer;
	struct control *control;
	struct request *waiting[CONTROL_CONNECTIONS];
	unsigned waiting_count;
	pthread_t thread;
};

static struct daemon house;

static void serve_echo(struct request *request, struct command_call *call,
		       void *daemon)
{
	cr_assert_eq(daemon, &house);
	request_say(request, "%s\n", call->operands[0]);
	request_complain(request, "but%s\n",
			 command_option(call, "loud") ? "!" : "");
	request_finish(request, 7);
}

static void say_rest(uv_timer_t *timer)
{
	request_say(timer->data, "second\n");
	request_finish(timer->data, EXIT_DONE);
}

static void serve_later(struct request *request, struct command_call *call,
			void *daemon)
{
	(void)call;
	(void)daemon;
	request_say(request, "first\n");
	house.timer.data = request;
	uv_timer_start(&house.timer, say_rest, 20, 0);
}

static void serve_much(struct request *request, struct command_call *call,
		       void *daemon)
{
	size_t len = strtoul(call->operands[0], NULL, 10);
	char *text = malloc(len);

	(void)daemon;
	memset(text, 'x', len);
	request_say_bytes(request, text, len);
	free(text);
	request_finish(request, EXIT_DONE);
}

static void serve_never(struct request *request, struct command_call *call,
			void *daemon)
{
	(void)call;
	(void)daemon;
	request_say(request, "wait\n");
	house.waiting[house.waiting_count++] = request;
}

static int run_here(struct command_call *call)
{
	(void)call;
	return EXIT_DONE;
}

static const struct command_option options[] = {
	{ 'l', "loud", NULL, ARGUMENT_NONE, NULL, "louder" },
	{ .name = NULL },
};
static const struct command echo = {
	.name = "echo", .operands = "WORD", .operands_min = 1,
	.operands_max = 1, .options = options, .serve = serve_echo,
};
static const struct command later = {
	.name = "later", .operands = "", .serve = serve_later,
};
static const struct command much = {
	.name = "much", .operands = "BYTES", .operands_min = 1,
	.operands_max = 1, .serve = serve_much,
};
static const struct command never = {
	.name = "never", .operands = "", .serve = serve_never,
};
static const struct command here = {
	.name = "here", .operands = "", .run = run_here,
};
static const struct command *const table[] = {
	&echo, &later, &much, &never, &here, NULL,
};

static void end(uv_async_t *async)
{
	control_close(house.control);
	for (unsigned i = 0; i < house.waiting_count; i++) {
		request_say(house.waiting[i], "too late\n");
		request_finish(house.waiting[i], EXIT_FAILED);
	}
	uv_close((uv_handle_t *)async, NULL);
	uv_close((uv_handle_t *)&house.timer, NULL);
}

static void *work(void *context)
{
	(void)context;
	uv_run(&house.loop, UV_RUN_DEFAULT);
	return NULL;
}

static struct control_options control_options(uv_loop_t *loop)
{
	return (struct control_options){
		.loop = loop, .path = house.path, .group = (gid_t)-1,
		.table = table, .daemon = &house,
	};
}

static void open_folder(void)
{
	strcpy(house.folder, "/tmp/control.XXXXXX");
	cr_assert_not_null(mkdtemp(house.folder));
	snprintf(house.path, sizeof(house.path), "%s/control", house.folder);
}

static void begin(void)
{
	struct control_options opened;

	open_folder();
	opened = control_options(&house.loop);
	uv_loop_init(&house.loop);
	uv_async_init(&house.loop, &house.end, end);
	uv_timer_init(&house.loop, &house.timer);
	cr_assert_eq(control_open(&house.control, &opened), 0);
	pthread_create(&house.thread, NULL, work, NULL);
}

static void finish(void)
{
	uv_async_send(&house.end);
	pthread_join(house.thread, NULL);
	cr_assert_eq(uv_loop_close(&house.loop), 0, "a handle is still open");
	cr_assert_neq(access(house.path, F_OK), 0, "the socket is left");
	cr_assert_eq(rmdir(house.folder), 0);
}

TestSuite(server, .init = begin, .fini = finish, .timeout = 60);

/* What it says on stdout, and its code. */
static int ask(char *said, size_t size, const char *word, const char *other)
{
	char *argv[] = { (char *)(uintptr_t)word, (char *)(uintptr_t)other,
			 NULL };
	struct text out;

	text_init(&out, said, size);
	return control_ask_text(house.path, other != NULL ? 2 : 1, argv, &out);
}

static int dial(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(name.sun_path, house.path);
	cr_assert_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0,
		     "%s", strerror(errno));
	return fd;
}

static void send_bytes(int fd, const void *at, size_t len)
{
	cr_assert_eq(send(fd, at, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* All there is until the other end closes; how much. */
static size_t read_all(int fd, uint8_t *at, size_t room)
{
	size_t len = 0;
	ssize_t got;

	while (len < room && (got = recv(fd, at + len, room - len, 0)) > 0)
		len += (size_t)got;
	close(fd);
	return len;
}

/* The code in the last frame, and all of stderr; -1: there is none. */
static int code_of(int fd, char *words, size_t size)
{
	uint8_t bytes[8192];
	struct bytes in = bytes_of(bytes, read_all(fd, bytes, sizeof(bytes)));
	struct frame frame;
	struct text text;
	int code = -1;

	text_init(&text, words, size);
	while (frame_read(&frame, &in) > 0) {
		if (frame.kind == FRAME_EXIT)
			code = frame_exit_code(&frame);
		else
			text_put(&text, "%.*s", (int)frame.body.len,
				 (const char *)frame.body.at);
	}
	return code;
}

Test(server, an_answer_comes_back_with_its_code)
{
	char said[64];

	cr_assert_eq(ask(said, sizeof(said), "echo", "hello"), 7);
	cr_assert_str_eq(said, "hello\n");
	cr_assert_eq(ask(said, sizeof(said), "echo", ""), 7);
	cr_assert_str_eq(said, "\n");
}

Test(server, an_answer_may_take_its_time)
{
	char said[64];

	cr_assert_eq(ask(said, sizeof(said), "later", NULL), EXIT_DONE);
	cr_assert_str_eq(said, "first\nsecond\n");
}

Test(server, words_that_are_wrong_are_told_by_the_daemon)
{
	char words[512];
	int fd = dial();

	send_bytes(fd, "\0\0\0\5echo", 9);
	cr_assert_eq(code_of(fd, words, sizeof(words)), EXIT_USAGE);
	cr_assert_str_eq(words, "homebound echo: WORD is missing\n");
	fd = dial();
	send_bytes(fd, "\0\0\0\5here", 9);
	cr_assert_eq(code_of(fd, words, sizeof(words)), EXIT_USAGE);
	cr_assert_not_null(strstr(words, "no command \"here\""));
	fd = dial();
	send_bytes(fd, "\0\0\0\5\033[2J", 9);
	cr_assert_eq(code_of(fd, words, sizeof(words)), EXIT_USAGE);
	cr_assert_not_null(strstr(words, "\\027[2J"), "%s", words);
}

Test(server, a_request_may_come_a_byte_at_a_time)
{
	static const char request[] = "\0\0\0\7echo\0x";
	char words[64];
	int fd = dial();

	for (size_t i = 0; i < sizeof(request); i++)
		send_bytes(fd, request + i, 1);
	cr_assert_eq(code_of(fd, words, sizeof(words)), 7);
	cr_assert_str_eq(words, "x\nbut\n");
}

Test(server, rubbish_is_told_and_closed)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "\0\0\0\0", 4 },
		{ "\0\1\0\1", 4 },
		{ "\377\377\377\377", 4 },
		{ "GET / HTTP/1.1\r\n\r\n", 18 },
		{ "\0\0\0\3abc", 7 },
	};
	char words[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = dial();

		send_bytes(fd, rows[i].bytes, rows[i].len);
		cr_assert_eq(code_of(fd, words, sizeof(words)), EXIT_FAILED,
			     "row %zu", i);
		cr_assert_str_eq(words, "homebound: that is no request\n");
	}
}

Test(server, who_hangs_up_half_way_leaves_nothing_behind)
{
	char said[64];
	int code = 0;

	for (int i = 0; i < 200; i++) {
		int fd = dial();

		if (i % 3 > 0)
			send_bytes(fd, "\0\0\0\7echo\0x", (size_t)(i % 10 + 1));
		close(fd);
	}
	/* "Busy" is an honest answer until it has seen them all off. */
	for (int i = 0; i < 5000 && code != 7; i++) {
		code = ask(said, sizeof(said), "echo", "still");
		sched_yield();
	}
	cr_assert_eq(code, 7);
	cr_assert_str_eq(said, "still\n");
}

Test(server, over_the_limit_one_is_told_and_a_place_comes_free_again)
{
	int fds[CONTROL_CONNECTIONS];
	char words[128];

	for (int i = 0; i < CONTROL_CONNECTIONS; i++) {
		char first[16];

		fds[i] = dial();
		send_bytes(fds[i], "\0\0\0\6never", 10);
		cr_assert_gt(recv(fds[i], first, sizeof(first), 0), 0);
	}
	for (int i = 0; i < 20; i++) {
		cr_assert_eq(code_of(dial(), words, sizeof(words)),
			     EXIT_FAILED);
		cr_assert_not_null(strstr(words, "busy"), "%s", words);
	}
	for (int i = 0; i < CONTROL_CONNECTIONS; i++)
		close(fds[i]);
}

Test(server, more_than_all_places_wait_in_the_queue)
{
	enum { MANY = CONTROL_CONNECTIONS + 60 };
	int fds[MANY];
	char words[128];

	for (int i = 0; i < MANY; i++)
		fds[i] = dial();
	for (int i = MANY - 1; i >= CONTROL_CONNECTIONS; i--)
		cr_assert_eq(code_of(fds[i], words, sizeof(words)),
			     EXIT_FAILED, "number %d", i);
	for (int i = 0; i < CONTROL_CONNECTIONS; i++) {
		send_bytes(fds[i], "\0\0\0\7echo\0x", 11);
		cr_assert_eq(code_of(fds[i], words, sizeof(words)), 7);
	}
}

Test(server, a_reader_that_does_not_read_keeps_nobody_waiting)
{
	static uint8_t all[1 << 20];
	int fd = dial();
	char said[64];
	size_t len;

	send_bytes(fd, "\0\0\0\14much\0" "900000", 16);
	for (int i = 0; i < 50; i++)
		cr_assert_eq(ask(said, sizeof(said), "echo", "x"), 7);
	len = read_all(fd, all, sizeof(all));
	cr_assert_gt(len, 900000);
	cr_assert_lt(len, 900000 + 200);
	cr_assert_eq(all[len - 1], EXIT_DONE);
}

Test(server, an_answer_without_end_is_cut_and_says_so)
{
	static uint8_t all[3 << 20];
	int fd = dial();
	size_t len;

	send_bytes(fd, "\0\0\0\15much\0" "3000000", 17);
	len = read_all(fd, all, sizeof(all));
	cr_assert_leq(len, 1 << 20);
	cr_assert_gt(len, 900000);
	cr_assert_eq(all[len - 1], EXIT_FAILED);
	cr_assert_not_null(memmem(all, len, "too long", 8));
}

Test(server, what_is_not_finished_when_the_daemon_ends_breaks_off)
{
	char first[16];
	int fd = dial();

	send_bytes(fd, "\0\0\0\6never", 10);
	cr_assert_gt(recv(fd, first, sizeof(first), 0), 0);
}

Test(server, the_socket_is_for_owner_and_group)
{
	struct stat status;

	cr_assert_eq(stat(house.path, &status), 0);
	cr_assert(S_ISSOCK(status.st_mode));
	cr_assert_eq(status.st_mode & 0777, 0660);
}

Test(server, two_cannot_have_the_same_socket)
{
	struct control_options options_ = control_options(&house.loop);
	struct control *second;
	char said[16];

	cr_assert_eq(control_open(&second, &options_), ERROR_BUSY);
	cr_assert_eq(ask(said, sizeof(said), "echo", "x"), 7);
}

/* --- the file at the path --- */

TestSuite(socket, .timeout = 30);

static int open_and_close(void)
{
	struct control_options opened;
	struct control *control;
	uv_loop_t loop;
	int error;

	uv_loop_init(&loop);
	opened = control_options(&loop);
	error = control_open(&control, &opened);
	if (error == 0)
		control_close(control);
	uv_run(&loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(&loop), 0);
	return error;
}

static int bind_only(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(name.sun_path, house.path);
	cr_assert_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

Test(socket, an_old_one_that_nobody_answers_at_is_replaced)
{
	open_folder();
	close(bind_only());
	cr_assert_eq(open_and_close(), 0);
	cr_assert_eq(rmdir(house.folder), 0, "something is left");
}

Test(socket, what_is_no_socket_is_left_alone)
{
	FILE *stream;

	open_folder();
	stream = fopen(house.path, "w");
	fclose(stream);
	cr_assert_eq(open_and_close(), -EEXIST);
	cr_assert_eq(unlink(house.path), 0);
	cr_assert_eq(rmdir(house.folder), 0);
}

Test(socket, a_path_that_is_too_long_is_told_not_cut)
{
	open_folder();
	rmdir(house.folder);
	memset(house.path, 'x', sizeof(house.path) - 1);
	house.path[0] = '/';
	house.path[sizeof(house.path) - 1] = '\0';
	cr_assert_eq(open_and_close(), -EACCES * (geteuid() != 0),
		     "63 bytes are not too long");
	unlink(house.path);
}

Test(socket, a_folder_that_is_not_there_is_told)
{
	open_folder();
	rmdir(house.folder);
	cr_assert_eq(open_and_close(), -ENOENT);
}
