#include "transport/udp.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/address.h"
#include "transport/batch.h"
#include "transport/listener.h"

enum { PATIENCE = 2000 };

/* A receiver that says everything back, now or when it is told to. */
struct echo {
	struct receiver receiver;	/* first */
	uv_loop_t loop;
	struct udp *udp;
	struct listener listener;
	int client;
	unsigned arrived;
	size_t longest;
	bool later;
	struct channel *channel;
	struct channel *channels[512];
	struct peer peers[512];
	unsigned waiting;
};

static void say(struct channel *channel, const struct peer *peer,
		struct bytes what)
{
	size_t size;
	uint8_t *to = channel->ops->room(channel, &size);

	cr_assert_geq(size, CHANNEL_ROOM);
	memcpy(to, what.at, what.len);
	channel->ops->send(channel, peer, what.len);
}

static void arrive(struct receiver *receiver, struct channel *channel,
		   const struct peer *peer, struct bytes message)
{
	struct echo *echo = (struct echo *)receiver;

	echo->arrived++;
	echo->channel = channel;
	if (message.len > echo->longest)
		echo->longest = message.len;
	if (!echo->later) {
		say(channel, peer, message);
		return;
	}
	cr_assert_lt(echo->waiting, 512);
	echo->channels[echo->waiting] = channel;
	echo->peers[echo->waiting++] = *peer;
}

static struct echo *echo_new(const char *address)
{
	struct echo *echo = calloc(1, sizeof(*echo));
	struct address bound;

	echo->receiver.arrive = arrive;
	uv_loop_init(&echo->loop);
	echo->udp = udp_new(&echo->loop, &echo->receiver);
	cr_assert_not_null(echo->udp);
	cr_assert_eq(address_parse(&bound, address, 0), 0);
	cr_assert_eq(listener_open(&echo->listener, &bound, false), 0);
	cr_assert_eq(udp_listen(echo->udp, echo->listener.udp,
				address_is_wildcard(&bound)), 0);
	echo->listener.udp = -1;
	return echo;
}

/* A client that takes answers from the address it asked, and no other. */
static void echo_dial(struct echo *echo, const char *host)
{
	struct address server;

	cr_assert_eq(address_parse(&server, host,
				   address_port(&echo->listener.address)), 0);
	echo->client = socket(server.family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	cr_assert_eq(connect(echo->client, &server.any,
			     address_size(&server)), 0);
}

static void echo_free(struct echo *echo)
{
	udp_close(echo->udp);
	uv_run(&echo->loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(&echo->loop), 0, "a handle was left");
	udp_free(echo->udp);
	listener_close(&echo->listener);
	close(echo->client);
	free(echo);
}

static void echo_run(struct echo *echo, unsigned arrived)
{
	for (unsigned i = 0; echo->arrived < arrived && i < PATIENCE; i++) {
		uv_run(&echo->loop, UV_RUN_NOWAIT);
		udp_flush(echo->udp);
		if (echo->arrived < arrived)
			usleep(100);
	}
	cr_assert_eq(echo->arrived, arrived);
}

static void client_say(struct echo *echo, unsigned number, size_t len)
{
	uint8_t at[8192] = { (uint8_t)(number >> 8), (uint8_t)number };

	cr_assert_eq(send(echo->client, at, len, 0), (ssize_t)len);
}

static ssize_t client_hear(struct echo *echo, unsigned *number)
{
	uint8_t at[8192];
	ssize_t len = recv(echo->client, at, sizeof(at), 0);

	if (len >= 2)
		*number = bytes_get16(at);
	return len;
}

static void must_hear(struct echo *echo, unsigned count)
{
	for (unsigned i = 0, number = 0; i < count; i++) {
		cr_assert_eq(client_hear(echo, &number), 20, "answer %u", i);
		cr_assert_eq(number, i);
	}
	cr_assert_eq(client_hear(echo, &count), -1);
}

/* One, a batch but one, a batch, one more, several batches. */
Test(udp, answers_any_number_of_datagrams)
{
	static const unsigned counts[] = { 1, BATCH - 1, BATCH, BATCH + 1,
					   2 * BATCH + 3 };

	for (int i = 0; i < 5; i++) {
		struct echo *echo = echo_new("127.0.0.1");

		echo_dial(echo, "127.0.0.1");
		for (unsigned n = 0; n < counts[i]; n++)
			client_say(echo, n, 20);
		echo_run(echo, counts[i]);
		must_hear(echo, counts[i]);
		cr_assert_eq(udp_counts(echo->udp)->received, counts[i]);
		cr_assert_eq(udp_counts(echo->udp)->sent, counts[i]);
		cr_assert_eq(udp_counts(echo->udp)->unsent, 0);
		echo_free(echo);
	}
}

Test(udp, sends_later_answers_when_it_is_flushed)
{
	struct echo *echo = echo_new("127.0.0.1");
	const uint8_t twenty[20] = { 0 };

	echo->later = true;
	echo_dial(echo, "127.0.0.1");
	for (unsigned n = 0; n < 100; n++)
		client_say(echo, n, 20);
	echo_run(echo, 100);
	for (unsigned n = 0; n < 100; n++) {
		uint8_t what[20];

		memcpy(what, twenty, 20);
		what[1] = (uint8_t)n;
		say(echo->channel, &echo->peers[n], bytes_of(what, 20));
	}
	cr_assert_eq(udp_counts(echo->udp)->sent, BATCH, "when it was full");
	udp_flush(echo->udp);
	must_hear(echo, 100);
	echo_free(echo);
}

/* The client is connected: an answer from elsewhere would not reach it. */
Test(udp, answers_from_the_address_that_was_asked)
{
	static const struct {
		const char *bound, *asked;
	} rows[] = {
		{ "0.0.0.0", "127.0.0.1" },
		{ "0.0.0.0", "127.77.0.9" },
		{ "::", "::1" },
		{ "127.0.0.5", "127.0.0.5" },
	};

	for (int i = 0; i < 4; i++) {
		struct echo *echo = echo_new(rows[i].bound);

		echo_dial(echo, rows[i].asked);
		for (unsigned n = 0; n < BATCH + 5; n++)
			client_say(echo, n, 20);
		echo_run(echo, BATCH + 5);
		must_hear(echo, BATCH + 5);
		echo_free(echo);
	}
}

/* A wildcard and another, each with its client, behind one queue. */
struct pair {
	struct echo *echo;
	struct listener other;
	int clients[2];		/* of the wildcard, of the other */
};

static struct pair pair_new(void)
{
	struct pair pair = { .echo = echo_new("0.0.0.0") };
	struct address bound;

	cr_assert_eq(address_parse(&bound, "127.0.0.3", 0), 0);
	cr_assert_eq(listener_open(&pair.other, &bound, false), 0);
	cr_assert_eq(udp_listen(pair.echo->udp, pair.other.udp, false), 0);
	pair.other.udp = -1;
	echo_dial(pair.echo, "127.0.0.9");
	pair.clients[0] = pair.echo->client;
	pair.clients[1] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	cr_assert_eq(connect(pair.clients[1], &pair.other.address.any,
			     address_size(&pair.other.address)), 0);
	return pair;
}

static void pair_free(struct pair *pair)
{
	close(pair->clients[1]);
	listener_close(&pair->other);
	echo_free(pair->echo);
}

static void pair_say(const struct pair *pair, int which, uint8_t number)
{
	const uint8_t at[2] = { 7, number };

	cr_assert_eq(send(pair->clients[which], at, 2, 0), 2);
}

static void pair_hear(const struct pair *pair, int which, uint8_t number)
{
	uint8_t at[8];

	cr_assert_eq(recv(pair->clients[which], at, 8, 0), 2);
	cr_assert_eq(at[1], number);
}

/* What one socket asks of the kernel must not be left over for the next. */
Test(udp, receives_from_wildcards_and_others_in_turn)
{
	struct pair pair = pair_new();
	unsigned arrived = 0;

	for (uint8_t round = 0; round < 5; round++) {
		pair_say(&pair, 1, round);
		echo_run(pair.echo, arrived += 1);
		pair_hear(&pair, 1, round);
		for (uint8_t n = 0; n < 5; n++)
			pair_say(&pair, 0, n);
		echo_run(pair.echo, arrived += 5);
		for (uint8_t n = 0; n < 5; n++)
			pair_hear(&pair, 0, n);
	}
	pair_free(&pair);
}

Test(udp, answers_leave_by_the_socket_that_was_asked)
{
	struct pair pair = pair_new();
	struct echo *echo = pair.echo;

	echo->later = true;
	for (uint8_t n = 0; n < 20; n++) {
		pair_say(&pair, n % 3 == 0, n);
		echo_run(echo, n + 1u);
	}
	for (uint8_t n = 0; n < 20; n++)
		say(echo->channels[n], &echo->peers[n],
		    bytes_of((uint8_t[]){ 7, n }, 2));
	udp_flush(echo->udp);
	for (uint8_t n = 0; n < 20; n++)
		pair_hear(&pair, n % 3 == 0, n);
	pair_free(&pair);
}

Test(udp, counts_and_drops_what_is_too_long)
{
	struct echo *echo = echo_new("127.0.0.1");
	unsigned number;

	echo_dial(echo, "127.0.0.1");
	client_say(echo, 1, 4097);
	client_say(echo, 2, 4096);
	client_say(echo, 3, 0);
	echo_run(echo, 2);
	cr_assert_eq(echo->longest, 4096);
	cr_assert_eq(client_hear(echo, &number), 4096);
	cr_assert_eq(number, 2);
	cr_assert_eq(client_hear(echo, &number), -1, "nothing to nothing");
	cr_assert_eq(udp_counts(echo->udp)->oversize, 1);
	cr_assert_eq(udp_counts(echo->udp)->received, 3);
	echo_free(echo);
}

/* One peer that the kernel refuses must not cost the others their answers. */
Test(udp, skips_a_message_the_kernel_will_not_take)
{
	struct echo *echo = echo_new("127.0.0.1");
	unsigned number;

	echo->later = true;
	echo_dial(echo, "127.0.0.1");
	for (unsigned n = 0; n < 5; n++)
		client_say(echo, n, 20);
	echo_run(echo, 5);
	address_set_port(&echo->peers[0].client, 0);
	address_set_port(&echo->peers[2].client, 0);
	address_set_port(&echo->peers[4].client, 0);
	for (unsigned n = 0; n < 5; n++)
		say(echo->channel, &echo->peers[n],
		    bytes_of("twenty bytes to send", 20));
	udp_flush(echo->udp);
	cr_assert_eq(udp_counts(echo->udp)->sent, 2);
	cr_assert_eq(udp_counts(echo->udp)->unsent, 3);
	cr_assert_eq(client_hear(echo, &number), 20);
	cr_assert_eq(client_hear(echo, &number), 20);
	cr_assert_eq(client_hear(echo, &number), -1);
	echo_free(echo);
}

/* Clients that are gone when their answer comes make ICMP errors. */
Test(udp, goes_on_after_clients_that_are_gone)
{
	struct echo *echo = echo_new("127.0.0.1");

	for (unsigned n = 0; n < 20; n++) {
		echo_dial(echo, "127.0.0.1");
		client_say(echo, n, 20);
		close(echo->client);
		echo_run(echo, n + 1);
	}
	echo_dial(echo, "127.0.0.1");
	client_say(echo, 0, 20);
	echo_run(echo, 21);
	must_hear(echo, 1);
	echo_free(echo);
}

Test(udp, drops_answers_for_a_socket_that_was_closed)
{
	struct echo *echo = echo_new("127.0.0.1");

	echo->later = true;
	echo_dial(echo, "127.0.0.1");
	client_say(echo, 0, 20);
	echo_run(echo, 1);
	udp_close(echo->udp);
	say(echo->channel, &echo->peers[0], bytes_of("late", 4));
	udp_flush(echo->udp);
	cr_assert_eq(udp_counts(echo->udp)->sent, 0);
	cr_assert_eq(udp_counts(echo->udp)->unsent, 1);
	echo_free(echo);
}
