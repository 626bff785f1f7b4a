#include "transport/listener.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

static struct address parsed(const char *text)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, 0), 0);
	return address;
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	cr_assert_eq(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

Test(listener, gives_udp_and_tcp_the_same_free_port)
{
	static const char *const texts[] = { "127.0.0.1", "::1", "0.0.0.0",
					     "::" };

	for (int i = 0; i < 4; i++) {
		struct address address = parsed(texts[i]), local;
		socklen_t len = sizeof(local);
		struct listener listener;

		cr_assert_eq(listener_open(&listener, &address, false), 0);
		cr_assert_neq(address_port(&listener.address), 0);
		cr_assert_eq(getsockname(listener.tcp, &local.any, &len), 0);
		cr_assert(address_equal(&local, &listener.address));
		cr_assert(fcntl(listener.udp, F_GETFL) & O_NONBLOCK);
		cr_assert(fcntl(listener.tcp, F_GETFL) & O_NONBLOCK);
		cr_assert(fcntl(listener.udp, F_GETFD) & FD_CLOEXEC);
		cr_assert(fcntl(listener.tcp, F_GETFD) & FD_CLOEXEC);
		cr_assert_eq(option(listener.tcp, SOL_SOCKET, SO_ACCEPTCONN),
			     1);
		if (address.family == AF_INET6)
			cr_assert_eq(option(listener.udp, IPPROTO_IPV6,
					    IPV6_V6ONLY), 1);
		listener_close(&listener);
		listener_close(&listener);
	}
}

Test(listener, shares_a_port_only_when_told_to)
{
	struct address address = parsed("127.0.0.1");
	struct listener one, two;

	cr_assert_eq(listener_open(&one, &address, true), 0);
	cr_assert_eq(listener_open(&two, &one.address, true), 0);
	listener_close(&two);
	cr_assert_eq(listener_open(&two, &one.address, false), -EADDRINUSE);
	cr_assert_eq(two.udp, -1);
	cr_assert_eq(two.tcp, -1);
	listener_close(&one);
}

/* UDP alone is free: then neither is opened, and no descriptor is left. */
Test(listener, opens_both_or_neither)
{
	struct address address = parsed("127.0.0.1");
	struct listener one, two;
	int before, after;

	cr_assert_eq(listener_open(&one, &address, false), 0);
	close(one.udp);
	one.udp = -1;
	before = dup(0);
	close(before);
	cr_assert_eq(listener_open(&two, &one.address, false), -EADDRINUSE);
	after = dup(0);
	cr_assert_eq(before, after);
	close(after);
	listener_close(&one);
}

Test(listener, binds_an_address_that_is_not_there_yet)
{
	struct address address = parsed("203.0.113.77");
	struct listener listener;

	cr_assert_eq(listener_open(&listener, &address, false), 0);
	listener_close(&listener);
}

Test(listener, serves_both_families_on_one_port)
{
	struct address four = parsed("0.0.0.0"), six = parsed("::");
	struct listener one, two;
	int tries = 20;

	do {
		cr_assert_eq(listener_open(&one, &four, false), 0);
		address_set_port(&six, address_port(&one.address));
		if (listener_open(&two, &six, false) == 0)
			break;
		listener_close(&one);
	} while (--tries > 0);
	cr_assert_gt(tries, 0);
	listener_close(&one);
	listener_close(&two);
}

static const char *explained(const struct address *address)
{
	static char buffer[512];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	listener_explain(address, &text);
	cr_assert_not(text.cut);
	return buffer;
}

/* It is ourselves: the process that runs this test. */
static void must_name_us(const struct address *address)
{
	const char *said = explained(address);
	char pid[32];

	snprintf(pid, sizeof(pid), "(pid %d): ", getpid());
	cr_assert(strncmp(said, "held by ", 8) == 0, "%s", said);
	cr_assert_not_null(strstr(said, pid), "%s", said);
}

Test(listener, explains_who_holds_a_port)
{
	static const char *const texts[] = { "127.0.0.1", "0.0.0.0", "::1",
					     "::" };

	for (int i = 0; i < 4; i++) {
		struct address address = parsed(texts[i]);
		struct listener listener;

		cr_assert_eq(listener_open(&listener, &address, false), 0);
		must_name_us(&listener.address);
		close(listener.udp);
		listener.udp = -1;
		must_name_us(&listener.address);
		listener_close(&listener);
	}
}

Test(listener, explains_an_address_that_a_wildcard_holds)
{
	struct address any = parsed("0.0.0.0"), one = parsed("127.0.0.1");
	struct listener listener;

	cr_assert_eq(listener_open(&listener, &any, false), 0);
	address_set_port(&one, address_port(&listener.address));
	must_name_us(&one);
	listener_close(&listener);
	cr_assert_eq(listener_open(&listener, &one, false), 0);
	address_set_port(&any, address_port(&listener.address));
	must_name_us(&any);
	listener_close(&listener);
}

/* What outlives its listener has the port, and is not in the way. */
Test(listener, does_not_blame_a_connection)
{
	struct address address = parsed("127.0.0.1");
	struct listener listener;
	int client = socket(AF_INET, SOCK_STREAM, 0), accepted;

	cr_assert_eq(listener_open(&listener, &address, false), 0);
	address = listener.address;
	cr_assert_eq(connect(client, &address.any, address_size(&address)),
		     0);
	accepted = accept(listener.tcp, NULL, NULL);
	cr_assert_geq(accepted, 0);
	listener_close(&listener);
	cr_assert_eq(strncmp(explained(&address), "nobody", 6), 0);
	close(client);
	close(accepted);
}

/* Whose descriptors may not be looked into. */
static void must_not_name(const struct address *address)
{
	const char *said;

	if (geteuid() != 0 || seteuid(65534) != 0)
		cr_skip_test("only root can become somebody else");
	said = explained(address);
	cr_assert_eq(seteuid(0), 0);
	cr_assert_str_eq(said, "held by another program (run as root to see "
			 "which)");
}

Test(listener, says_when_it_may_not_see)
{
	struct address address = parsed("127.0.0.1");
	struct listener listener;
	int stop[2];
	pid_t child;

	cr_assert_eq(listener_open(&listener, &address, false), 0);
	cr_assert_eq(pipe(stop), 0);
	child = fork();
	if (child == 0) {
		close(stop[1]);
		_exit((int)read(stop[0], &stop[1], 1));
	}
	address = listener.address;
	listener_close(&listener);
	must_not_name(&address);
	close(stop[1]);
	waitpid(child, NULL, 0);
	close(stop[0]);
}

Test(listener, has_a_sentence_when_nobody_is_there)
{
	struct address address = parsed("127.0.0.1");
	struct listener listener;
	const char *said;

	cr_assert_eq(listener_open(&listener, &address, false), 0);
	listener_close(&listener);
	said = explained(&listener.address);
	cr_assert_str_eq(said, "nobody seems to hold it any more: try again");
}
