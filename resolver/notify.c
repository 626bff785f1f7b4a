/*
 * NOTIFY_SOCKET names a datagram socket: a path, or "@" and a name that is
 * not in the file system (unix(7), abstract sockets; then a NUL stands in the
 * place of the "@").  A message is never waited for: a manager that does not
 * read must not stop the house.
 */
#include "notify.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The length of the name, or negative. */
static int read_name(const char *socket_name, struct sockaddr_un *name)
{
	size_t len = strlen(socket_name);

	if (socket_name[0] != '/' && socket_name[0] != '@')
		return -EAFNOSUPPORT;
	if (len >= sizeof(name->sun_path))
		return -ENAMETOOLONG;
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(name->sun_path, socket_name, len);
	if (socket_name[0] == '@')
		name->sun_path[0] = '\0';
	else
		len++;
	return (int)(offsetof(struct sockaddr_un, sun_path) + len);
}

int notify_send(const char *state)
{
	const char *socket_name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un name;
	int fd, error = 1, len;

	if (socket_name == NULL || *socket_name == '\0')
		return 0;
	len = read_name(socket_name, &name);
	if (len < 0)
		return len;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
		   (struct sockaddr *)&name, (socklen_t)len) < 0)
		error = -errno;
	close(fd);
	return error;
}

/* A number in a variable, all of it; 0 when there is none. */
static uint64_t number_in(const char *variable)
{
	const char *text = getenv(variable);
	unsigned long long number;
	char *end;

	if (text == NULL || *text < '0' || *text > '9')
		return 0;
	errno = 0;
	number = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0' ? number : 0;
}

/* WATCHDOG_PID is whom it is meant for: variables are inherited. */
unsigned notify_watchdog_ms(void)
{
	uint64_t ms = number_in("WATCHDOG_USEC") / 1000;

	if (getenv("WATCHDOG_PID") != NULL &&
	    number_in("WATCHDOG_PID") != (uint64_t)getpid())
		return 0;
	return ms <= UINT_MAX ? (unsigned)ms : UINT_MAX;
}
