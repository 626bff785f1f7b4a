/*
 * server: small servers of a test, each a process of its own that dies with
 * the test: one speaks HTTP/1.1 as a function of the test says, one is a DNS
 * upstream that knows a single host.
 *
 *	server_start(&http, answer)	at http.port on 127.0.0.1
 *	server_start_dns(&dns, "list.test")
 *	http.seen->count		requests so far; ->last, the newest
 *	http.seen->stage		for the test to tell its answer()
 *	server_stop(&http)
 */
#ifndef TESTS_SUBSCRIBE_SERVER_H
#define TESTS_SUBSCRIBE_SERVER_H

#include <criterion/criterion.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/address.h"
#include "dns/answer.h"
#include "dns/message.h"

/* What DNS does instead of answering well. */
enum { DNS_GOOD, DNS_SERVFAIL, DNS_SILENT, DNS_STRANGER, DNS_CUT };

struct server_seen {
	atomic_uint count;
	atomic_int stage;
	char last[4096];
	char host[128];		/* that DNS knows */
};

struct server {
	pid_t pid;
	int fd;
	uint16_t port;
	struct server_seen *seen;	/* shared with the process */
};

/* Gives one answer to a request, which ends with its empty line. */
typedef void server_answer(FILE *out, const struct server *server,
			   const char *request);

static inline void server_bind(struct server *server, int type)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	socklen_t size = sizeof(in4);

	in4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	cr_assert_geq(server->fd, 0);
	cr_assert_eq(bind(server->fd, (void *)&in4, sizeof(in4)), 0);
	cr_assert_eq(getsockname(server->fd, (void *)&in4, &size), 0);
	server->port = ntohs(in4.sin_port);
	server->seen = mmap(NULL, sizeof(*server->seen),
			    PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(server->seen, MAP_FAILED);
}

/* Also when the test was over before it could be asked for. */
static inline void server_die_with(pid_t test)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != test)
		_exit(0);
}

/* True in the process of the server. */
static inline bool server_fork(struct server *server)
{
	pid_t test = getpid();

	fflush(NULL);
	server->pid = fork();
	cr_assert_geq(server->pid, 0);
	if (server->pid == 0)
		server_die_with(test);
	return server->pid == 0;
}

static inline void server_stop(struct server *server)
{
	if (server->pid <= 0)
		return;
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	close(server->fd);
	munmap(server->seen, sizeof(*server->seen));
	server->pid = 0;
}

/* --- HTTP --- */

static inline bool server_read(int fd, char *request, size_t room)
{
	size_t len = 0;
	ssize_t got;

	do {
		got = read(fd, request + len, room - len - 1);
		if (got <= 0)
			return false;
		len += (size_t)got;
		request[len] = '\0';
	} while (!strstr(request, "\r\n\r\n") && len + 1 < room);
	return true;
}

__attribute__((noreturn))
static inline void server_serve(const struct server *server,
				server_answer *answer)
{
	char request[4096];

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(server->fd, NULL, NULL);
		FILE *out;

		if (fd < 0)
			_exit(1);
		if (!server_read(fd, request, sizeof(request))) {
			close(fd);
			continue;
		}
		memcpy(server->seen->last, request, sizeof(request));
		server->seen->count++;
		out = fdopen(fd, "w");
		answer(out, server, request);
		fclose(out);
	}
}

static inline void server_start(struct server *server, server_answer *answer)
{
	server_bind(server, SOCK_STREAM);
	cr_assert_eq(listen(server->fd, 16), 0);
	if (server_fork(server))
		server_serve(server, answer);
}

/* Is this "GET path ..."? */
static inline bool server_asked(const char *request, const char *path)
{
	size_t len = strlen(path);

	return strncmp(request, "GET ", 4) == 0 &&
	       strncmp(request + 4, path, len) == 0 &&
	       request[4 + len] == ' ';
}

/* `headers` are whole lines, each with its CR and LF. */
static inline void server_say(FILE *out, const char *status,
			      const char *headers, const char *body)
{
	fprintf(out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n"
		"Connection: close\r\n%s\r\n%s", status, strlen(body), headers,
		body);
}

/* --- DNS --- */

static inline size_t server_dns_answer(const struct server *server,
				       struct bytes query, uint8_t *at)
{
	static const uint8_t loopback[4] = { 127, 0, 0, 1 };
	struct answer answer = { .at = at, .limit = 1232 };
	int stage = server->seen->stage;
	struct message message;
	struct name host;

	if (message_read_query(&message, query) != MESSAGE_QUERY ||
	    name_parse(&host, bytes_of_string(server->seen->host)) < 0)
		return 0;
	if (stage == DNS_STRANGER)
		message.id ^= 1;
	if (stage == DNS_SERVFAIL || !name_equal(&host, &message.question.name))
		answer_begin(&answer, &message, stage == DNS_SERVFAIL
			     ? RCODE_SERVFAIL : RCODE_NXDOMAIN);
	else
		answer_begin(&answer, &message, RCODE_NOERROR);
	if (name_equal(&host, &message.question.name) &&
	    message.question.type == TYPE_A && stage != DNS_SERVFAIL)
		answer_put_address(&answer, TYPE_A,
				   bytes_of(loopback, sizeof(loopback)), 60);
	answer.len = answer_finish(&answer, 0, 1232);
	if (stage == DNS_CUT)
		at[2] |= FLAG_TC >> 8;
	return stage == DNS_SILENT ? 0 : answer.len;
}

__attribute__((noreturn))
static inline void server_serve_dns(const struct server *server)
{
	uint8_t query[4096], answer[4096];

	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof(from);
		ssize_t len = recvfrom(server->fd, query, sizeof(query), 0,
				       (void *)&from, &size);
		size_t wrote;

		if (len < 0)
			_exit(1);
		server->seen->count++;
		wrote = server_dns_answer(server, bytes_of(query, (size_t)len),
					  answer);
		if (wrote > 0)
			sendto(server->fd, answer, wrote, 0, (void *)&from,
			       size);
	}
}

static inline void server_start_dns(struct server *server, const char *host)
{
	server_bind(server, SOCK_DGRAM);
	snprintf(server->seen->host, sizeof(server->seen->host), "%s", host);
	if (server_fork(server))
		server_serve_dns(server);
}

static inline struct address server_address(const struct server *server)
{
	struct address address;

	cr_assert_eq(address_parse(&address, "127.0.0.1", server->port), 0);
	return address;
}

#endif
