/*
 * The client, in front of a daemon that is not there, not for us, or not one.
 * The other end is a thread that accepts once and sends what it is told to.
 */
#include "control/control.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

static char folder[32], path[64];

static void setup(void)
{
	strcpy(folder, "/tmp/client.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/control", folder);
}

static void teardown(void)
{
	unlink(path);
	cr_assert_eq(rmdir(folder), 0);
}

TestSuite(client, .init = setup, .fini = teardown, .timeout = 60);

static int listen_here(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(name.sun_path, path);
	cr_assert_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	cr_assert_eq(listen(fd, 5), 0);
	return fd;
}

struct answer {
	const char *bytes;
	size_t len;
	bool listens;		/* reads the request first */
	int fd;
};

static void *answer_once(void *context)
{
	const struct answer *answer = context;
	char request[1024];
	int fd = accept(answer->fd, NULL, NULL);

	if (answer->listens && recv(fd, request, sizeof(request), 0) < 0)
		abort();
	for (size_t i = 0; i < answer->len; i++)
		if (send(fd, answer->bytes + i, 1, MSG_NOSIGNAL) < 0)
			break;
	close(fd);
	return NULL;
}

static int ask(struct answer *answer, char *said, size_t size)
{
	static char *argv[] = { "status", NULL };
	struct text out;
	pthread_t thread;
	int code;

	unlink(path);
	answer->fd = listen_here();
	pthread_create(&thread, NULL, answer_once, answer);
	text_init(&out, said, size);
	code = control_ask_text(path, 1, argv, &out);
	pthread_join(thread, NULL);
	close(answer->fd);
	return code;
}

Test(client, an_answer_in_pieces_is_put_together)
{
	struct answer answer = {
		.bytes = "\1\0\0\0\3one\2\0\0\0\3err\1\0\0\0\0\1\0\0\0\3two"
			 "\3\0\0\0\4\0\0\0\5",
		.len = 38, .listens = true,
	};
	char said[64];

	cr_assert_eq(ask(&answer, said, sizeof(said)), 5);
	cr_assert_str_eq(said, "onetwo");
}

Test(client, an_answer_that_comes_before_the_question_counts)
{
	struct answer answer = {
		.bytes = "\2\0\0\0\4busy\3\0\0\0\4\0\0\0\1", .len = 18,
	};
	char said[64];

	cr_assert_eq(ask(&answer, said, sizeof(said)), 1);
}

Test(client, rubbish_and_half_answers_are_failures)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "", 0 },
		{ "\1\0\0\0\3on", 7 },
		{ "\1\0\0\0\3one", 8 },
		{ "\3\0\0\0\4\0\0\0", 8 },
		{ "\3\0\0\0\3\0\0\0", 8 },
		{ "\3\0\0\0\4\1\0\0\0", 9 },
		{ "\7\0\0\0\4\0\0\0\0", 9 },
		{ "\1\377\377\377\377", 5 },
		{ "HTTP/1.0 400 Bad Request\r\n", 26 },
	};
	char said[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct answer answer = {
			.bytes = rows[i].bytes, .len = rows[i].len,
			.listens = true,
		};

		cr_assert_eq(ask(&answer, said, sizeof(said)), EXIT_FAILED,
			     "row %zu", i);
	}
}

Test(client, nobody_there_is_its_own_exit_code)
{
	static char *argv[] = { "status", NULL };
	char said[64];
	struct text out;
	int fd;

	text_init(&out, said, sizeof(said));
	cr_assert_eq(control_ask_text(path, 1, argv, &out), EXIT_NO_SERVER);
	fd = listen_here();
	close(fd);
	cr_assert_eq(control_ask_text(path, 1, argv, &out), EXIT_NO_SERVER);
	cr_assert_eq(control_ask_text("/tmp/01234567890123456789012345678901"
				      "23456789012345678901234567890123456789"
				      "01234567890123456789012345678901234567",
				      1, argv, &out), EXIT_NO_SERVER);
	cr_assert_str_empty(said);
}

/* stderr of control_ask, which is for people. */
static int ask_aloud(char *words, size_t size)
{
	static char *argv[] = { "status", NULL };
	FILE *stream = tmpfile();
	int kept = dup(STDERR_FILENO), code;
	size_t len;

	dup2(fileno(stream), STDERR_FILENO);
	code = control_ask(path, 1, argv);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(stream);
	len = fread(words, 1, size - 1, stream);
	words[len] = '\0';
	fclose(stream);
	return code;
}

Test(client, who_does_not_run_is_told_with_the_path)
{
	char words[512], expected[256];

	cr_assert_eq(ask_aloud(words, sizeof(words)), EXIT_NO_SERVER);
	snprintf(expected, sizeof(expected), "homebound: the daemon does not "
		 "run (nobody answers at %s)\n", path);
	cr_assert_str_eq(words, expected);
}

Test(client, who_may_not_ask_is_told_what_to_do)
{
	char words[512];
	int fd = listen_here();

	cr_assert_eq(chmod(path, 0600), 0);
	cr_assert_eq(chmod(folder, 0711), 0);
	if (geteuid() == 0) {
		cr_assert_eq(seteuid(65534), 0);
		cr_assert_eq(ask_aloud(words, sizeof(words)), EXIT_NO_SERVER);
		cr_assert_not_null(strstr(words, "the group homebound"), "%s",
				   words);
		cr_assert_eq(seteuid(0), 0);
	}
	close(fd);
}

Test(client, too_much_to_ask_is_the_fault_of_who_asks)
{
	static char word[CONTROL_REQUEST + 1];
	char *argv[] = { word, NULL }, said[64];
	struct text out;
	int fd = listen_here();

	memset(word, 'x', sizeof(word) - 1);
	text_init(&out, said, sizeof(said));
	cr_assert_eq(control_ask_text(path, 1, argv, &out), EXIT_USAGE);
	close(fd);
}
