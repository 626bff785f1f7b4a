/* Probes: a server that asks us what we ask it. */
#include "upstream/probe.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <unistd.h>

#include "dns/message.h"

static int listen_at(const char *text, struct address *address)
{
	socklen_t len = sizeof(*address);
	int fd;

	cr_assert_eq(address_parse(address, text, 0), 0);
	fd = socket(address->family, SOCK_DGRAM, 0);
	cr_assert_eq(bind(fd, &address->any, address_size(address)), 0);
	cr_assert_eq(getsockname(fd, &address->any, &len), 0);
	return fd;
}

Test(probe, comes_back_with_the_number_of_its_server)
{
	struct pollfd heard = { .events = POLLIN };
	struct message message;
	struct address address;
	struct name name, again;
	uint8_t at[512];
	ssize_t len;

	probe_draw(&name);
	probe_draw(&again);
	cr_expect(!name_equal(&name, &again), "two are never alike");
	heard.fd = listen_at("127.0.0.1", &address);
	probe_send(&name, 17, &address);
	cr_assert_eq(poll(&heard, 1, 5000), 1);
	len = recv(heard.fd, at, sizeof(at), 0);
	cr_assert_eq(message_read_query(&message,
					bytes_of(at, (size_t)len)),
		     MESSAGE_QUERY);
	cr_expect(name_is_below(&message.question.name, &name));
	cr_expect_eq(probe_number(&message.question.name), 17);
	close(heard.fd);
}

Test(probe, a_name_that_is_none_has_no_number)
{
	static const char *const names[] = {
		"", "x.example", "1a.example", "1234.example", "7",
		"-1.example",
	};
	struct name name;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (name_parse(&name, bytes_of_string(names[i])) == 0)
			cr_expect_lt(probe_number(&name), 0, "%s", names[i]);
}
