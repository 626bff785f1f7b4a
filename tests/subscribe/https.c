/*
 * HTTPS: openssl(1) plays the server, with a certificate of this test's own.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>

#include "folder.h"
#include "server.h"
#include "subscribe/http.h"

static char folder[32];
static struct server dns;
static pid_t child;
static unsigned port;
static struct http_reply reply;
static FILE *file;

__attribute__((format(printf, 1, 2)))
static bool run(const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command) == 0;
}

/* A port that was free a moment ago: openssl does not tell its own. */
static unsigned free_port(void)
{
	struct server server = { 0 };

	server_bind(&server, SOCK_STREAM);
	close(server.fd);
	munmap(server.seen, sizeof(*server.seen));
	return server.port;
}

/* It listens when it says so. */
static void await(int fd)
{
	char words[4096] = "";
	size_t len = 0;
	ssize_t got;

	while (!strstr(words, "ACCEPT")) {
		got = read(fd, words + len, sizeof(words) - len - 1);
		cr_assert_gt(got, 0, "openssl ended: %s", words);
		len += (size_t)got;
	}
}

static void serve(void)
{
	char number[16];
	pid_t test = getpid();
	int ends[2];

	port = free_port();
	snprintf(number, sizeof(number), "%u", port);
	cr_assert_eq(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		server_die_with(test);
		dup2(ends[1], 1);
		dup2(open("/dev/null", O_WRONLY), 2);
		if (chdir(folder) == 0)
			execlp("openssl", "openssl", "s_server", "-HTTP",
			       "-accept", number, "-cert", "cert.pem",
			       "-key", "key.pem", NULL);
		_exit(1);
	}
	close(ends[1]);
	await(ends[0]);
}

static void setup(void)
{
#ifndef HAVE_CURL
	cr_skip_test("built without libcurl");
#endif
	folder_make(folder);
	file = tmpfile();
	if (!run("openssl req -x509 -newkey ec -pkeyopt "
		 "ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test "
		 "-addext subjectAltName=DNS:list.test -keyout %s/key.pem "
		 "-out %s/cert.pem 2>/dev/null", folder, folder))
		cr_skip_test("there is no openssl");
	folder_write(folder, "list", "HTTP/1.0 200 OK\r\n\r\ntrack.example\n");
	folder_write(folder, "down", "HTTP/1.0 302 Found\r\n"
		     "Location: http://list.test/list\r\n\r\n");
	folder_write(folder, "on", "HTTP/1.0 302 Found\r\n"
		     "Location: /list\r\n\r\n");
	unsetenv("https_proxy");
	unsetenv("all_proxy");
	unsetenv("SSL_CERT_FILE");
	server_start_dns(&dns, "list.test");
	serve();
}

static void teardown(void)
{
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	server_stop(&dns);
	if (file)
		fclose(file);
	if (folder[0])
		folder_drop(folder);
}

TestSuite(https, .init = setup, .fini = teardown, .timeout = 30);

static int get(const char *host, const char *path)
{
	struct address upstream = server_address(&dns);
	char url[128];
	struct http_request request = {
		.url = url, .fd = fileno(file), .limit = 5000,
		.connect_ms = 5000, .total_ms = 20000,
		.upstreams = { &upstream, 1 },
	};

	snprintf(url, sizeof(url), "https://%s:%u%s", host, port, path);
	return http_get(&request, &reply);
}

static void trust(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/cert.pem", folder);
	setenv("SSL_CERT_FILE", path, 1);
}

Test(https, a_text_from_who_is_trusted)
{
	char text[64] = "";

	trust();
	cr_assert_eq(get("list.test", "/list"), 1, "%s", reply.trouble);
	cr_assert_gt(pread(fileno(file), text, sizeof(text) - 1, 0), 0);
	cr_expect_str_eq(text, "track.example\n");
	cr_expect_eq(get("list.test", "/on"), 1, "%s", reply.trouble);
}

Test(https, a_certificate_that_nobody_vouches_for)
{
	cr_expect_lt(get("list.test", "/list"), 0);
	cr_expect_eq(strncmp(reply.trouble, "its certificate is not good: ",
			     29), 0, "%s", reply.trouble);
}

Test(https, a_certificate_of_another_host)
{
	trust();
	cr_expect_lt(get("127.0.0.1", "/list"), 0);
	cr_expect_eq(strncmp(reply.trouble, "its certificate is not good: ",
			     29), 0, "%s", reply.trouble);
}

Test(https, never_down_to_http)
{
	trust();
	cr_expect_lt(get("list.test", "/down"), 0);
	cr_expect_eq(strncmp(reply.trouble, "a redirect from https to http: ",
			     31), 0, "%s", reply.trouble);
}
