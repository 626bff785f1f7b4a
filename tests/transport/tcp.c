#include "transport/tcp.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../dns/sample.h"
#include "base/clock.h"
#include "transport/framed.h"
#include "transport/listener.h"

enum { PATIENCE = 3000, CLIENTS = 8, WAITING = 4096, LONGEST = 65535 };

struct question {
	struct peer peer;
	uint16_t number;
	size_t answer;		/* its length */
};

/*
 * A receiver that answers at once, or keeps the questions.  A query is its
 * number and the length of the answer it wants, in two bytes each.
 */
struct house {
	struct receiver receiver;	/* first */
	uv_loop_t loop;
	struct wheel wheel;
	struct clock clock;
	struct tcp *tcp;
	struct listener listener;
	struct channel *channel;
	bool later;
	bool sending;		/* nothing may arrive now */
	unsigned arrived;
	struct question waiting[WAITING];
	unsigned count;
};

struct client {
	int fd;
	struct framed framed;
	uint8_t memory[FRAMED_ROOM];
	bool ended;
};

static void answer(struct house *house, const struct question *question)
{
	size_t size;
	uint8_t *to = house->channel->ops->room(house->channel, &size);

	cr_assert_geq(size, LONGEST);
	memset(to, question->number & 0xff, question->answer);
	if (question->answer >= 2)
		bytes_put16(to, question->number);
	house->sending = true;
	house->channel->ops->send(house->channel, &question->peer,
				  question->answer);
	house->sending = false;
}

static void arrive(struct receiver *receiver, struct channel *channel,
		   const struct peer *peer, struct bytes message)
{
	struct house *house = (struct house *)receiver;
	struct question question = { .peer = *peer };

	cr_assert_not(house->sending, "arrives while another is answered");
	cr_assert_geq(message.len, 4);
	question.number = bytes_get16(message.at);
	question.answer = bytes_get16(message.at + 2);
	house->channel = channel;
	house->arrived++;
	if (!house->later) {
		answer(house, &question);
		return;
	}
	cr_assert_lt(house->count, WAITING);
	house->waiting[house->count++] = question;
}

/* Takes a question out, whichever, and answers it. */
static void answer_one(struct house *house, unsigned n)
{
	struct question question = house->waiting[n];

	cr_assert_lt(n, house->count);
	house->waiting[n] = house->waiting[--house->count];
	answer(house, &question);
}

static const struct tcp_options usual = {
	.connections = CLIENTS,
	.connections_per_client = CLIENTS,
	.waiting = 64,
	.idle_ms = 5000,
};

/* The kernel takes little at once, so that much has to wait in `pending`. */
static struct house *house_new(const struct tcp_options *options)
{
	struct house *house = calloc(1, sizeof(*house));
	struct address address;
	int little = 8192;

	house->receiver.arrive = arrive;
	uv_loop_init(&house->loop);
	clock_update(&house->clock);
	wheel_init(&house->wheel, clock_ms(&house->clock));
	house->tcp = tcp_new(options, &house->loop, &house->wheel,
			     &house->receiver);
	cr_assert_not_null(house->tcp);
	cr_assert_eq(address_parse(&address, "127.0.0.1", 0), 0);
	cr_assert_eq(listener_open(&house->listener, &address, false), 0);
	setsockopt(house->listener.tcp, SOL_SOCKET, SO_SNDBUF, &little,
		   sizeof(little));
	cr_assert_eq(tcp_listen(house->tcp, house->listener.tcp), 0);
	house->listener.tcp = -1;
	return house;
}

static void house_free(struct house *house)
{
	tcp_close(house->tcp);
	uv_run(&house->loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(&house->loop), 0, "a handle was left");
	cr_assert_eq(tcp_counts(house->tcp)->open, 0);
	cr_assert_eq(house->wheel.running, 0);
	tcp_free(house->tcp);
	listener_close(&house->listener);
	free(house);
}

static void turn(struct house *house)
{
	for (int i = 0; i < 3; i++)
		uv_run(&house->loop, UV_RUN_NOWAIT);
}

static void run_until(struct house *house, const uint64_t *count,
		      uint64_t wanted)
{
	for (unsigned i = 0; *count != wanted && i < PATIENCE; i++) {
		turn(house);
		if (*count != wanted)
			usleep(100);
	}
	cr_assert_eq(*count, wanted);
}

static struct client *dial(struct house *house, const char *from)
{
	struct client *client = calloc(1, sizeof(*client));
	const struct address *to = &house->listener.address;
	struct address address;
	int room = 4096;

	framed_init(&client->framed, client->memory, FRAMED_ROOM);
	client->fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	cr_assert_eq(address_parse(&address, from, 0), 0);
	cr_assert_eq(bind(client->fd, &address.any, address_size(&address)),
		     0);
	cr_assert_eq(connect(client->fd, &to->any, address_size(to)), 0);
	return client;
}

static void hang_up(struct client *client)
{
	close(client->fd);
	free(client);
}

/* With a RST: a FIN alone may be half a close. */
static void tear_down(struct client *client)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &linger,
		   sizeof(linger));
	hang_up(client);
}

static size_t put_query(uint8_t *at, unsigned number, size_t wanted)
{
	bytes_put16(at, 4);
	bytes_put16(at + 2, (uint16_t)number);
	bytes_put16(at + 4, (uint16_t)wanted);
	return 6;
}

static void say(struct client *client, unsigned number, size_t wanted)
{
	uint8_t at[6];
	size_t len = put_query(at, number, wanted);

	cr_assert_eq(send(client->fd, at, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* Reads what is there, at most `most`; true and a message when it is whole. */
static bool hear(struct client *client, struct bytes *message, size_t most)
{
	size_t room;
	uint8_t *to;
	ssize_t len;

	if (framed_next(&client->framed, message))
		return true;
	to = framed_room(&client->framed, &room);
	len = recv(client->fd, to, room < most ? room : most, MSG_DONTWAIT);
	if (len == 0 || (len < 0 && errno != EAGAIN))
		client->ended = true;
	if (len > 0)
		framed_filled(&client->framed, (size_t)len);
	return len > 0 && framed_next(&client->framed, message);
}

/* The next answer: its number, checked to be whole; -1: the end, or none. */
static int must_hear(struct house *house, struct client *client, size_t len)
{
	struct bytes message;

	for (unsigned i = 0; i < PATIENCE && !client->ended; i++) {
		turn(house);
		if (!hear(client, &message, SIZE_MAX)) {
			usleep(i > 20 ? 200 : 0);
			continue;
		}
		cr_assert_eq(message.len, len);
		for (size_t at = 2; at < len; at++)
			cr_assert_eq(message.at[at], message.at[1]);
		return bytes_get16(message.at);
	}
	return -1;
}

static void must_end(struct house *house, struct client *client)
{
	struct bytes message;

	for (unsigned i = 0; i < PATIENCE && !client->ended; i++) {
		turn(house);
		cr_assert_not(hear(client, &message, SIZE_MAX));
		usleep(i > 20 ? 200 : 0);
	}
	cr_assert(client->ended);
}

Test(tcp, answers_what_is_pipelined)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");
	uint8_t at[6 * 500];
	size_t len = 0;

	for (unsigned n = 0; n < 500; n++)
		len += put_query(at + len, n, 100);
	cr_assert_eq(send(client->fd, at, len, 0), (ssize_t)len);
	for (int n = 0; n < 500; n++)
		cr_assert_eq(must_hear(house, client, 100), n);
	cr_assert_eq(tcp_counts(house->tcp)->received, 500);
	cr_assert_eq(tcp_counts(house->tcp)->sent, 500);
	hang_up(client);
	house_free(house);
}

Test(tcp, answers_out_of_order)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");

	house->later = true;
	for (unsigned n = 0; n < 20; n++)
		say(client, n, 50 + n);
	run_until(house, &tcp_counts(house->tcp)->received, 20);
	for (unsigned n = 20; n-- > 0;) {
		answer_one(house, n);
		cr_assert_eq(must_hear(house, client, 50 + n), (int)n);
	}
	hang_up(client);
	house_free(house);
}

Test(tcp, understands_who_writes_byte_by_byte)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");
	uint8_t at[60];
	size_t len = 0;
	int yes = 1;

	setsockopt(client->fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &yes,
		   sizeof(yes));
	for (unsigned n = 0; n < 10; n++)
		len += put_query(at + len, n, 10);
	for (size_t i = 0; i < len; i++) {
		cr_assert_eq(send(client->fd, at + i, 1, 0), 1);
		turn(house);
	}
	for (int n = 0; n < 10; n++)
		cr_assert_eq(must_hear(house, client, 10), n);
	hang_up(client);
	house_free(house);
}

Test(tcp, takes_no_more_at_once_than_may_wait)
{
	struct tcp_options options = usual;
	struct house *house;
	struct client *client;

	options.waiting = 3;
	house = house_new(&options);
	house->later = true;
	client = dial(house, "127.0.0.1");
	for (unsigned n = 0; n < 50; n++)
		say(client, n, 10);
	for (int n = 0; n < 50; n++) {
		uint64_t wanted = n + 3 < 50 ? (uint64_t)n + 3 : 50;

		run_until(house, &tcp_counts(house->tcp)->received, wanted);
		turn(house);
		cr_assert_eq(house->arrived, wanted);
		answer_one(house, 0);
		cr_assert_geq(must_hear(house, client, 10), 0);
	}
	hang_up(client);
	house_free(house);
}

/* Thousands of queries in one packet: the stack must not grow with them. */
Test(tcp, goes_on_from_the_loop_and_not_from_inside_an_answer)
{
	struct tcp_options options = usual;
	static uint8_t at[6 * 10000];
	struct house *house;
	struct client *client;
	size_t len = 0;

	options.waiting = 1;
	house = house_new(&options);
	house->later = true;
	client = dial(house, "127.0.0.1");
	for (unsigned n = 0; n < 10000; n++)
		len += put_query(at + len, n, 2);
	cr_assert_eq(send(client->fd, at, len, 0), (ssize_t)len);
	run_until(house, &tcp_counts(house->tcp)->received, 1);
	house->later = false;
	answer_one(house, 0);
	for (int n = 0; n < 10000; n++)
		cr_assert_eq(must_hear(house, client, 2), n);
	hang_up(client);
	house_free(house);
}

Test(tcp, a_slow_reader_gets_everything)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");
	struct bytes message;
	unsigned heard = 0;

	for (unsigned n = 0; n < 40; n++)
		say(client, n, LONGEST);
	for (unsigned i = 0; i < 2000000 && heard < 40; i++) {
		uv_run(&house->loop, UV_RUN_NOWAIT);
		if (!hear(client, &message, 3000))
			continue;
		cr_assert_eq(message.len, LONGEST);
		cr_assert_eq(bytes_get16(message.at), heard);
		cr_assert_eq(message.at[LONGEST - 1], heard & 0xff);
		heard++;
	}
	cr_assert_eq(heard, 40);
	cr_assert_eq(house->arrived, 40);
	hang_up(client);
	house_free(house);
}

/*
 * Always some answers pending, never more than there is room for, so that
 * they go round the circle they wait in several times.
 */
Test(tcp, a_slow_reader_gets_answers_as_they_come)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");
	uint64_t random = SAMPLE_SEED;
	size_t pending = 0, wanted[60];
	struct bytes message;
	unsigned heard = 0;

	house->later = true;
	for (unsigned n = 0; n < 60; n++) {
		wanted[n] = 20000 + sample_below(&random, 25000);
		say(client, n, wanted[n]);
	}
	run_until(house, &tcp_counts(house->tcp)->received, 60);
	for (unsigned i = 0; i < 2000000 && heard < 60; i++) {
		if (house->count > 0 && pending < 80000) {
			pending += 2 + house->waiting[0].answer;
			answer_one(house, 0);
		}
		uv_run(&house->loop, UV_RUN_NOWAIT);
		if (!hear(client, &message, 3000))
			continue;
		cr_assert_eq(message.len, wanted[bytes_get16(message.at)]);
		for (size_t at = 2; at < message.len; at++)
			cr_assert_eq(message.at[at], message.at[1]);
		pending -= 2 + message.len;
		heard++;
	}
	cr_assert_eq(heard, 60);
	hang_up(client);
	house_free(house);
}

/* It is held back first; what was asked before may still be too much. */
Test(tcp, closes_who_does_not_read)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");

	house->later = true;
	for (unsigned n = 0; n < 64; n++)
		say(client, n, LONGEST);
	run_until(house, &tcp_counts(house->tcp)->received, 64);
	while (house->count > 0)
		answer_one(house, 0);
	run_until(house, &tcp_counts(house->tcp)->open, 0);
	cr_assert_lt(tcp_counts(house->tcp)->sent, 64 + 1);
	hang_up(client);
	house_free(house);
}

Test(tcp, does_not_take_more_from_who_does_not_read)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");

	for (unsigned n = 0; n < 1000; n++)
		say(client, n, LONGEST);
	for (unsigned i = 0; i < 200; i++)
		turn(house);
	cr_assert_eq(tcp_counts(house->tcp)->open, 1);
	cr_assert_lt(house->arrived, 200);
	wheel_turn(&house->wheel, clock_ms(&house->clock) + 60000);
	run_until(house, &tcp_counts(house->tcp)->open, 0);
	hang_up(client);
	house_free(house);
}

Test(tcp, answers_who_has_closed_its_half)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");

	house->later = true;
	for (unsigned n = 0; n < 5; n++)
		say(client, n, 30);
	shutdown(client->fd, SHUT_WR);
	run_until(house, &tcp_counts(house->tcp)->received, 5);
	turn(house);
	for (int n = 5; n-- > 0;) {
		answer_one(house, (unsigned)n);
		cr_assert_eq(must_hear(house, client, 30), n);
	}
	must_end(house, client);
	run_until(house, &tcp_counts(house->tcp)->open, 0);
	hang_up(client);
	house_free(house);
}

/* More than may wait, and then the end: those in the buffer count too. */
Test(tcp, answers_all_of_who_has_closed_its_half)
{
	struct tcp_options options = usual;
	struct house *house;
	struct client *client;

	options.waiting = 2;
	house = house_new(&options);
	house->later = true;
	client = dial(house, "127.0.0.1");
	for (unsigned n = 0; n < 30; n++)
		say(client, n, 30);
	shutdown(client->fd, SHUT_WR);
	for (int n = 0; n < 30; n++) {
		run_until(house, &tcp_counts(house->tcp)->received,
			  n + 2 < 30 ? (uint64_t)n + 2 : 30);
		answer_one(house, 0);
		cr_assert_geq(must_hear(house, client, 30), 0);
	}
	must_end(house, client);
	hang_up(client);
	house_free(house);
}

Test(tcp, closes_at_once_who_asked_nothing_and_ended)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");

	send(client->fd, "\0\4half", 4, 0);
	shutdown(client->fd, SHUT_WR);
	must_end(house, client);
	hang_up(client);
	house_free(house);
}

Test(tcp, an_unanswered_query_is_forgotten)
{
	struct tcp_options options = usual;
	struct house *house;
	struct client *client;

	options.waiting = 1;
	house = house_new(&options);
	client = dial(house, "127.0.0.1");
	say(client, 1, 0);
	say(client, 2, 0);
	say(client, 3, 40);
	cr_assert_eq(must_hear(house, client, 40), 3);
	cr_assert_eq(tcp_counts(house->tcp)->sent, 1);
	hang_up(client);
	house_free(house);
}

Test(tcp, refuses_who_is_over_a_limit)
{
	struct tcp_options options = usual;
	struct client *clients[5];
	struct house *house;

	options.connections = 3;
	options.connections_per_client = 2;
	house = house_new(&options);
	for (int i = 0; i < 3; i++)
		clients[i] = dial(house, "127.0.0.1");
	run_until(house, &tcp_counts(house->tcp)->refused, 1);
	must_end(house, clients[2]);
	clients[3] = dial(house, "127.0.0.2");
	run_until(house, &tcp_counts(house->tcp)->open, 3);
	clients[4] = dial(house, "127.0.0.3");
	must_end(house, clients[4]);
	cr_assert_eq(tcp_counts(house->tcp)->refused, 2);
	cr_assert_eq(tcp_counts(house->tcp)->accepted, 3);
	hang_up(clients[0]);
	run_until(house, &tcp_counts(house->tcp)->open, 2);
	hang_up(clients[4]);
	clients[4] = dial(house, "127.0.0.3");
	say(clients[4], 7, 20);
	cr_assert_eq(must_hear(house, clients[4], 20), 7);
	for (int i = 1; i < 5; i++)
		hang_up(clients[i]);
	house_free(house);
}

Test(tcp, does_not_answer_the_next_in_the_same_place)
{
	struct tcp_options options = usual;
	struct house *house;
	struct client *client;

	options.connections = 1;
	house = house_new(&options);
	house->later = true;
	client = dial(house, "127.0.0.1");
	say(client, 1, 20);
	run_until(house, &tcp_counts(house->tcp)->received, 1);
	tear_down(client);
	run_until(house, &tcp_counts(house->tcp)->open, 0);
	client = dial(house, "127.0.0.1");
	say(client, 2, 20);
	say(client, 3, 20);
	run_until(house, &tcp_counts(house->tcp)->received, 3);
	cr_assert_eq(house->waiting[0].number, 1);
	cr_assert_eq(house->waiting[0].peer.connection,
		     house->waiting[1].peer.connection);
	for (unsigned n = 3; n-- > 0;)
		answer_one(house, 0);
	cr_assert_eq(must_hear(house, client, 20), 3);
	cr_assert_eq(must_hear(house, client, 20), 2);
	cr_assert_eq(tcp_counts(house->tcp)->sent, 2);
	hang_up(client);
	house_free(house);
}

/* The clock of the connections is the machine's; the wheel is turned ahead. */
static void let_pass(struct house *house, uint64_t ms)
{
	clock_update(&house->clock);
	wheel_turn(&house->wheel, clock_ms(&house->clock) + ms);
	turn(house);
}

Test(tcp, closes_who_is_idle)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");

	say(client, 1, 20);
	cr_assert_eq(must_hear(house, client, 20), 1);
	let_pass(house, usual.idle_ms - 1000);
	cr_assert_eq(tcp_counts(house->tcp)->open, 1);
	let_pass(house, usual.idle_ms + WHEEL_TICK);
	must_end(house, client);
	hang_up(client);
	house_free(house);
}

Test(tcp, a_byte_now_and_then_is_idle)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");

	run_until(house, &tcp_counts(house->tcp)->open, 1);
	usleep(20000);
	send(client->fd, "\0", 1, 0);
	turn(house);
	let_pass(house, usual.idle_ms - 10);
	must_end(house, client);
	hang_up(client);
	house_free(house);
}

Test(tcp, who_waits_for_an_answer_is_not_idle)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");

	house->later = true;
	say(client, 1, 20);
	run_until(house, &tcp_counts(house->tcp)->received, 1);
	for (unsigned i = 0; i < 3; i++)
		let_pass(house, usual.idle_ms + 1000);
	cr_assert_eq(tcp_counts(house->tcp)->open, 1);
	answer_one(house, 0);
	cr_assert_eq(must_hear(house, client, 20), 1);
	hang_up(client);
	house_free(house);
}

/* As many descriptors as are open now. */
static void use_up_descriptors(struct rlimit *before)
{
	struct rlimit none;
	int free_one = dup(0);

	cr_assert_eq(getrlimit(RLIMIT_NOFILE, before), 0);
	none = *before;
	none.rlim_cur = (rlim_t)free_one;
	close(free_one);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
}

/* The door stays ready all the while: it must not be asked in a circle. */
Test(tcp, waits_for_descriptors)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");
	struct rlimit before;

	use_up_descriptors(&before);
	turn(house);
	cr_assert_eq(tcp_counts(house->tcp)->accepted, 0);
	cr_assert_eq(house->wheel.running, 1);
	setrlimit(RLIMIT_NOFILE, &before);
	turn(house);
	cr_assert_eq(tcp_counts(house->tcp)->accepted, 0, "not at once");
	let_pass(house, 300);
	say(client, 1, 20);
	cr_assert_eq(must_hear(house, client, 20), 1);
	hang_up(client);
	house_free(house);
}

Test(tcp, closes_while_it_waits_for_descriptors)
{
	struct house *house = house_new(&usual);
	struct client *client = dial(house, "127.0.0.1");
	struct rlimit before;

	use_up_descriptors(&before);
	turn(house);
	setrlimit(RLIMIT_NOFILE, &before);
	cr_assert_eq(house->wheel.running, 1);
	house_free(house);
	hang_up(client);
}

Test(tcp, drains)
{
	struct house *house = house_new(&usual);
	struct client *idle = dial(house, "127.0.0.1");
	struct client *busy = dial(house, "127.0.0.1");

	house->later = true;
	say(busy, 1, LONGEST);
	say(busy, 2, 10);
	run_until(house, &tcp_counts(house->tcp)->received, 2);
	tcp_drain(house->tcp);
	must_end(house, idle);
	say(busy, 3, 10);
	turn(house);
	cr_assert_eq(house->arrived, 2);
	answer_one(house, 0);
	cr_assert_eq(must_hear(house, busy, LONGEST), 1);
	answer_one(house, 0);
	cr_assert_eq(must_hear(house, busy, 10), 2);
	run_until(house, &tcp_counts(house->tcp)->open, 0);
	hang_up(idle);
	hang_up(busy);
	house_free(house);
}

Test(tcp, closes_in_the_middle_of_everything)
{
	struct house *house = house_new(&usual);
	struct client *clients[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = dial(house, "127.0.0.1");
		for (unsigned n = 0; n < 10; n++)
			say(clients[i], n, i % 2 ? LONGEST : 10);
	}
	run_until(house, &tcp_counts(house->tcp)->open, CLIENTS);
	house->later = true;
	house_free(house);
	for (int i = 0; i < CLIENTS; i++)
		hang_up(clients[i]);
}

/* One client of the random test: what it has sent and what it has heard. */
struct talk {
	struct client *client;
	uint8_t out[6 * 300];
	size_t len, sent;
	bool heard[300];
	unsigned count;
};

static void talk_on(struct talk *talk, uint64_t *random)
{
	size_t most = 1 + sample_below(random, 40);
	struct bytes message;
	ssize_t len;

	if (most > talk->len - talk->sent)
		most = talk->len - talk->sent;
	len = send(talk->client->fd, talk->out + talk->sent, most,
		   MSG_DONTWAIT);
	if (len > 0)
		talk->sent += (size_t)len;
	while (hear(talk->client, &message,
		    1 + sample_below(random, 20000))) {
		unsigned number = bytes_get16(message.at);

		cr_assert_lt(number, 300);
		cr_assert_not(talk->heard[number], "answered twice");
		talk->heard[number] = true;
		talk->count++;
	}
	cr_assert_not(talk->client->ended);
}

Test(tcp, loses_nothing_and_repeats_nothing)
{
	struct house *house = house_new(&usual);
	struct talk *talks = calloc(CLIENTS, sizeof(*talks));
	uint64_t random = SAMPLE_SEED;
	unsigned heard = 0;

	house->later = true;
	for (int i = 0; i < CLIENTS; i++) {
		talks[i].client = dial(house, "127.0.0.1");
		for (unsigned n = 0; n < 300; n++)
			talks[i].len += put_query(
				talks[i].out + talks[i].len, n,
				2 + sample_below(&random, 3000));
	}
	for (unsigned i = 0; i < 400000 && heard < 300 * CLIENTS; i++) {
		talk_on(&talks[sample_below(&random, CLIENTS)], &random);
		uv_run(&house->loop, UV_RUN_NOWAIT);
		if (house->count > 0 && sample_below(&random, 2))
			answer_one(house,
				   sample_below(&random, house->count));
		heard = 0;
		for (int t = 0; t < CLIENTS; t++)
			heard += talks[t].count;
	}
	cr_assert_eq(heard, 300 * CLIENTS, "seed %d", SAMPLE_SEED);
	for (int i = 0; i < CLIENTS; i++)
		hang_up(talks[i].client);
	free(talks);
	house_free(house);
}
