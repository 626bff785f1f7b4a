/*
 * The manager's end is a real datagram socket, in the file system and not.
 */
#include "notify.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int manager(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, name, len);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, (socklen_t)(
			  offsetof(struct sockaddr_un, sun_path) + len)), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void expect_heard(int fd, const char *state)
{
	char heard[256];
	ssize_t len;

	cr_assert_eq(notify_send(state), 1);
	len = recv(fd, heard, sizeof(heard) - 1, MSG_DONTWAIT);
	cr_assert_eq(len, (ssize_t)strlen(state));
	heard[len] = '\0';
	cr_assert_str_eq(heard, state);
}

Test(notify, a_manager_in_the_file_system_hears_it)
{
	char folder[] = "/tmp/notify.XXXXXX", path[64];
	int fd;

	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	fd = manager(path);
	expect_heard(fd, "READY=1");
	expect_heard(fd, "READY=1\nSTATUS=two lines");
	close(fd);
	cr_assert_eq(notify_send("READY=1"), -ECONNREFUSED);
	unlink(path);
	cr_assert_eq(notify_send("READY=1"), -ENOENT);
	rmdir(folder);
}

Test(notify, a_manager_that_is_not_in_the_file_system_hears_it)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "@homebound/notify/%d", (int)getpid());
	fd = manager(name);
	expect_heard(fd, "WATCHDOG=1");
	close(fd);
}

Test(notify, without_a_manager_it_does_nothing)
{
	unsetenv("NOTIFY_SOCKET");
	cr_assert_eq(notify_send("READY=1"), 0);
	setenv("NOTIFY_SOCKET", "", 1);
	cr_assert_eq(notify_send("READY=1"), 0);
}

Test(notify, a_name_that_is_none_is_an_error)
{
	char name[256];

	setenv("NOTIFY_SOCKET", "relative", 1);
	cr_assert_lt(notify_send("READY=1"), 0);
	memset(name, 'x', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	cr_assert_eq(notify_send("READY=1"), -ENAMETOOLONG);
}

Test(notify, a_manager_that_does_not_read_stops_nobody)
{
	char name[64];
	int fd, sent = 0, got = 1;

	snprintf(name, sizeof(name), "@homebound/full/%d", (int)getpid());
	fd = manager(name);
	while (got == 1 && sent++ < 100000)
		got = notify_send("WATCHDOG=1");
	cr_assert_eq(got, -EAGAIN, "%d", got);
	close(fd);
}

Test(notify, the_watchdog_is_in_milliseconds_and_for_us)
{
	char pid[16];

	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	cr_assert_eq(notify_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	cr_assert_eq(notify_watchdog_ms(), 30000);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	cr_assert_eq(notify_watchdog_ms(), 30000);
	setenv("WATCHDOG_PID", "1", 1);
	cr_assert_eq(notify_watchdog_ms(), 0);
}

Test(notify, a_watchdog_that_is_no_number_is_none)
{
	static const char *const words[] = {
		"", "x", "-5", "30s", " 5", "99999999999999999999999",
	};

	unsetenv("WATCHDOG_PID");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		setenv("WATCHDOG_USEC", words[i], 1);
		cr_assert_eq(notify_watchdog_ms(), 0, "\"%s\"", words[i]);
	}
}
