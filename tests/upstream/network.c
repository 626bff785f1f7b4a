/*
 * The real carrier: loopback sockets on ports that the kernel chose, a server
 * played in the same loop, and the kernel's own errors.
 */
#include "upstream/network.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/wheel.h"
#include "dns/message.h"
#include "transport/framed.h"
#include "upstream/carrier.h"
#include "upstream/upstream.h"

enum { PATIENCE_MS = 8000, NAMES = 100 };

/* What the played server does with a question. */
enum manner { ANSWER, TRUNCATE, SILENT, SCATTER, LONG, HANG_UP };

struct server {
	struct address address;
	enum manner manner;
	int udp;
	uv_poll_t udp_poll;
	uv_tcp_t tcp;
	unsigned asked, asked_tcp;
	unsigned ports;			/* different ones that asked */
	uint16_t port[4096];
};

struct bench {
	uv_loop_t loop;
	uv_check_t check;
	uv_prepare_t prepare;
	uv_timer_t tick;
	struct wheel wheel;
	struct clock clock;
	struct upstream *upstream;
	struct server servers[2];
	unsigned told, failed, truncated;
	size_t longest;
};

struct ear {
	struct waiter waiter;		/* first */
	struct bench *bench;
	unsigned told;
	int error;
};

static void note_port(struct server *server, uint16_t port)
{
	for (unsigned i = 0; i < server->ports; i++)
		if (server->port[i] == port)
			return;
	server->port[server->ports++] = port;
}

static void answer_udp(struct server *server, uint8_t *at, size_t len,
		       const struct address *to)
{
	unsigned copies = server->manner == SCATTER ? 3 : 1;

	at[2] |= 0x80;
	if (server->manner == TRUNCATE || server->manner == HANG_UP)
		at[2] |= FLAG_TC >> 8;
	for (unsigned i = 0; i < copies; i++) {
		at[0] ^= (uint8_t)(copies - 1 - i);
		sendto(server->udp, at, len, 0, &to->any, address_size(to));
		at[0] ^= (uint8_t)(copies - 1 - i);
	}
}

/* More than we offered to take, to any id. */
static const uint8_t too_long[5000];

static void udp_readable(uv_poll_t *poll, int status, int events)
{
	struct server *server = poll->data;
	struct address from;
	socklen_t size;
	uint8_t at[512];
	ssize_t len;

	(void)status;
	(void)events;
	for (;;) {
		size = sizeof(from);
		len = recvfrom(server->udp, at, sizeof(at), MSG_DONTWAIT,
			       &from.any, &size);
		if (len < 0)
			return;
		server->asked++;
		note_port(server, address_port(&from));
		if (server->manner == LONG)
			sendto(server->udp, too_long, sizeof(too_long), 0,
			       &from.any, size);
		if (server->manner != SILENT)
			answer_udp(server, at, (size_t)len, &from);
	}
}

/* An answer to something else, and one as long as can be. */
struct visit {
	uv_tcp_t tcp;			/* first */
	uv_write_t writes[2];
	struct server *server;
	uint8_t question[2 + 512];
	size_t len;
	uint8_t out[2 * FRAMED_ROOM];
};

static void visit_free(uv_handle_t *handle)
{
	free(handle);
}

static void visit_end(struct visit *visit)
{
	if (!uv_is_closing((uv_handle_t *)&visit->tcp))
		uv_close((uv_handle_t *)&visit->tcp, visit_free);
}

static size_t write_longest(const struct visit *visit, uint8_t *out)
{
	struct bytes question = bytes_of(visit->question + 2, visit->len - 2);
	int end = name_skip(question, MESSAGE_HEADER);

	cr_assert_gt(end, 0);
	bytes_put16(out, 12);
	out += 2 + 12;
	bytes_put16(out, MESSAGE_MAX);
	out += 2;
	memcpy(out, question.at, (size_t)end + 4);
	out[2] |= 0x80;
	bytes_put16(out + 6, 1);
	bytes_put16(out + 10, 0);
	memcpy(out + end + 4, "\300\14\0\20\0\1\0\0\0\74", 10);
	bytes_put16(out + end + 14, (uint16_t)(MESSAGE_MAX - end - 16));
	return 2 + 12 + 2 + MESSAGE_MAX;
}

static void visit_written(uv_write_t *write, int status)
{
	struct visit *visit = write->data;

	if (status < 0 || write == &visit->writes[1])
		visit_end(visit);
}

static void visit_answer(struct visit *visit)
{
	unsigned len = (unsigned)write_longest(visit, visit->out);
	uv_buf_t parts[2] = {
		uv_buf_init((char *)visit->out, 40),
		uv_buf_init((char *)visit->out + 40, len - 40),
	};

	visit->server->asked_tcp++;
	for (unsigned i = 0; i < 2; i++) {
		visit->writes[i].data = visit;
		uv_write(&visit->writes[i], (uv_stream_t *)&visit->tcp,
			 &parts[i], 1, visit_written);
	}
}

static void visit_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct visit *visit = (struct visit *)handle;

	(void)suggested;
	*buffer = uv_buf_init((char *)visit->question + visit->len,
			      (unsigned)(sizeof(visit->question) -
					 visit->len));
}

static void visit_read(uv_stream_t *stream, ssize_t len,
		       const uv_buf_t *buffer)
{
	struct visit *visit = (struct visit *)stream;

	(void)buffer;
	if (len < 0) {
		visit_end(visit);
		return;
	}
	visit->len += (size_t)len;
	if (visit->len <= 2 ||
	    visit->len < 2u + bytes_get16(visit->question))
		return;
	if (visit->server->manner == HANG_UP)
		visit_end(visit);
	else
		visit_answer(visit);
}

static void visit_begin(uv_stream_t *listening, int status)
{
	struct server *server = listening->data;
	struct visit *visit = calloc(1, sizeof(*visit));

	cr_assert_eq(status, 0);
	uv_tcp_init(listening->loop, &visit->tcp);
	visit->server = server;
	cr_assert_eq(uv_accept(listening, (uv_stream_t *)&visit->tcp), 0);
	uv_read_start((uv_stream_t *)&visit->tcp, visit_room, visit_read);
}

static void server_open(struct bench *bench, struct server *server)
{
	socklen_t len = sizeof(server->address);

	cr_assert_eq(address_parse(&server->address, "127.0.0.1", 0), 0);
	server->udp = socket(AF_INET, SOCK_DGRAM, 0);
	cr_assert_eq(bind(server->udp, &server->address.any, len), 0);
	getsockname(server->udp, &server->address.any, &len);
	uv_poll_init(&bench->loop, &server->udp_poll, server->udp);
	uv_tcp_init(&bench->loop, &server->tcp);
	cr_assert_eq(uv_tcp_bind(&server->tcp, &server->address.any, 0), 0);
	server->udp_poll.data = server->tcp.data = server;
	uv_poll_start(&server->udp_poll, UV_READABLE, udp_readable);
	cr_assert_eq(uv_listen((uv_stream_t *)&server->tcp, 16, visit_begin),
		     0);
}

static void turn_ends(uv_prepare_t *prepare)
{
	struct bench *bench = prepare->data;

	upstream_flush(bench->upstream);
}

static void turn_begins(uv_check_t *check)
{
	clock_update(&((struct bench *)check->data)->clock);
}

static void ticks(uv_timer_t *timer)
{
	struct bench *bench = timer->data;

	clock_update(&bench->clock);
	wheel_turn(&bench->wheel, clock_ms(&bench->clock));
}

static struct bench *bench_new(unsigned servers)
{
	static const struct upstream_options options = {
		.flights = 512, .sockets = 8, .streams = 4,
		.deadline_ms = 3000, .payload = 1232,
	};
	struct bench *bench = calloc(1, sizeof(*bench));
	struct address addresses[2];

	uv_loop_init(&bench->loop);
	clock_update(&bench->clock);
	wheel_init(&bench->wheel, clock_ms(&bench->clock));
	bench->upstream = upstream_new(&options, &bench->loop, &bench->wheel,
				       &bench->clock);
	cr_assert_not_null(bench->upstream);
	for (unsigned i = 0; i < servers; i++) {
		server_open(bench, &bench->servers[i]);
		addresses[i] = bench->servers[i].address;
	}
	cr_assert_eq(upstream_serve(bench->upstream, addresses, servers), 0);
	uv_prepare_init(&bench->loop, &bench->prepare);
	uv_check_init(&bench->loop, &bench->check);
	uv_timer_init(&bench->loop, &bench->tick);
	bench->prepare.data = bench->check.data = bench->tick.data = bench;
	uv_prepare_start(&bench->prepare, turn_ends);
	uv_check_start(&bench->check, turn_begins);
	uv_timer_start(&bench->tick, ticks, WHEEL_TICK, WHEEL_TICK);
	return bench;
}

static void close_one(void *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

/* Only the handles of this file: others have to be closed by now. */
static void bench_free(struct bench *bench, unsigned servers)
{
	upstream_close(bench->upstream);
	close_one(&bench->prepare);
	close_one(&bench->check);
	close_one(&bench->tick);
	for (unsigned i = 0; i < servers; i++) {
		close_one(&bench->servers[i].udp_poll);
		close_one(&bench->servers[i].tcp);
	}
	for (unsigned i = 0; i < 1000 && uv_loop_alive(&bench->loop); i++) {
		uv_run(&bench->loop, UV_RUN_NOWAIT);
		usleep(100);
	}
	cr_assert_eq(uv_loop_close(&bench->loop), 0, "a handle was left");
	upstream_free(bench->upstream);
	for (unsigned i = 0; i < servers; i++)
		close(bench->servers[i].udp);
	free(bench);
}

static void told(struct waiter *waiter, struct reply *reply)
{
	struct ear *ear = (struct ear *)waiter;
	struct bench *bench = ear->bench;

	ear->told++;
	ear->error = reply->error;
	bench->told++;
	bench->failed += reply->error != 0;
	if (reply->error != 0)
		return;
	bench->truncated += (reply->at[2] & FLAG_TC >> 8) != 0;
	if (reply->len > bench->longest)
		bench->longest = reply->len;
}

static void ask(struct bench *bench, struct ear *ear, unsigned n)
{
	struct question question = { .type = TYPE_A, .class = CLASS_IN };
	char name[32];

	snprintf(name, sizeof(name), "n%u.example", n);
	cr_assert_eq(name_parse(&question.name, bytes_of_string(name)), 0);
	ear->waiter.answer = told;
	ear->bench = bench;
	cr_assert_eq(upstream_ask(bench->upstream, &question, &ear->waiter),
		     0);
}

static void run_until(struct bench *bench, unsigned count)
{
	uint64_t end = clock_ms(&bench->clock) + PATIENCE_MS;

	while (bench->told < count && clock_ms(&bench->clock) < end)
		uv_run(&bench->loop, UV_RUN_ONCE);
	cr_assert_geq(bench->told, count);
}

Test(network, answers_come_back_in_batches)
{
	struct bench *bench = bench_new(1);
	struct ear ears[NAMES] = { { .told = 0 } };

	for (unsigned n = 0; n < NAMES; n++)
		ask(bench, &ears[n], n);
	run_until(bench, NAMES);
	cr_assert_eq(bench->failed, 0);
	cr_assert_eq(bench->servers[0].asked, NAMES);
	cr_assert_eq(bench->servers[0].ports, 1, "one turn, one port");
	bench_free(bench, 1);
}

Test(network, each_turn_draws_a_port)
{
	struct bench *bench = bench_new(1);
	struct ear ears[64] = { { .told = 0 } };

	for (unsigned n = 0; n < 64; n++) {
		ask(bench, &ears[n], n);
		run_until(bench, n + 1);
	}
	cr_assert_eq(bench->failed, 0);
	cr_assert_geq(bench->servers[0].ports, 4);
	cr_assert_leq(bench->servers[0].ports, 8);
	bench_free(bench, 1);
}

/* Ports are given up while answers are still on their way to them. */
Test(network, worn_ports_are_renewed_and_nothing_is_lost)
{
	struct bench *bench = bench_new(1);
	struct ear *ears = calloc(40000, sizeof(*ears));
	unsigned asked = 0;

	while (asked < 40000) {
		for (unsigned n = 0; n < 100; n++, asked++)
			ask(bench, &ears[asked], asked);
		run_until(bench, asked > 200 ? asked - 200 : 0);
	}
	run_until(bench, 40000);
	cr_assert_eq(bench->failed, 0);
	cr_assert_gt(bench->servers[0].ports, 16);
	free(ears);
	bench_free(bench, 1);
}

Test(network, strangers_in_between_are_counted_and_nothing_else)
{
	struct bench *bench = bench_new(1);
	struct ear ears[20] = { { .told = 0 } };
	struct upstream_row row;

	bench->servers[0].manner = SCATTER;
	for (unsigned n = 0; n < 20; n++)
		ask(bench, &ears[n], n);
	run_until(bench, 20);
	cr_assert_eq(bench->failed, 0);
	cr_assert_eq(upstream_rows(bench->upstream, &row, 1), 1);
	cr_assert_geq(row.mismatched, 20);
	cr_assert_eq(row.answered, 20);
	bench_free(bench, 1);
}

Test(network, truncated_answers_are_fetched_whole)
{
	struct bench *bench = bench_new(1);
	struct ear ears[20] = { { .told = 0 } };

	bench->servers[0].manner = TRUNCATE;
	for (unsigned n = 0; n < 4; n++)
		ask(bench, &ears[n], n);
	run_until(bench, 4);
	cr_assert_eq(bench->failed, 0);
	cr_assert_eq(bench->truncated, 0);
	cr_assert_eq(bench->longest, MESSAGE_MAX);
	for (unsigned n = 4; n < 20; n++)
		ask(bench, &ears[n], n);
	run_until(bench, 20);
	cr_assert_eq(bench->failed, 0);
	cr_assert_eq(bench->servers[0].asked_tcp + bench->truncated, 20,
		     "without a stream: as it came");
	cr_assert_gt(bench->truncated, 0);
	bench_free(bench, 1);
}

static void hang_up_tcp(struct server *server)
{
	uv_close((uv_handle_t *)&server->tcp, NULL);
}

static void hang_up(struct server *server)
{
	uv_close((uv_handle_t *)&server->udp_poll, NULL);
	close(server->udp);
	server->udp = -1;
	hang_up_tcp(server);
}

/* The kernel says so by ICMP, and libuv by stopping to watch the socket. */
Test(network, a_server_that_is_gone_costs_no_timeout)
{
	struct bench *bench = bench_new(2);
	struct ear ears[64] = { { .told = 0 } };
	struct upstream_row rows[2];
	uint64_t start = clock_ms(&bench->clock);

	hang_up(&bench->servers[0]);
	for (unsigned n = 0; n < 64; n++)
		ask(bench, &ears[n], n);
	run_until(bench, 64);
	cr_assert_eq(bench->failed, 0);
	cr_assert_lt(clock_ms(&bench->clock) - start, 350);
	cr_assert_eq(upstream_rows(bench->upstream, rows, 2), 2);
	cr_assert_not(rows[0].up);
	cr_assert(rows[1].up);
	bench_free(bench, 2);
}

Test(network, a_stream_that_is_refused_leads_to_the_next)
{
	struct bench *bench = bench_new(2);
	struct ear ear = { .told = 0 };

	bench->servers[0].manner = TRUNCATE;
	hang_up_tcp(&bench->servers[0]);
	ask(bench, &ear, 1);
	run_until(bench, 1);
	cr_assert_eq(bench->failed, 0);
	cr_assert_eq(bench->servers[1].asked, 1);
	bench_free(bench, 2);
}

Test(network, nobody_there_is_said_long_before_the_deadline)
{
	struct bench *bench = bench_new(2);
	struct ear ear = { .told = 0 };
	uint64_t start = clock_ms(&bench->clock);

	hang_up(&bench->servers[0]);
	hang_up(&bench->servers[1]);
	ask(bench, &ear, 1);
	run_until(bench, 1);
	cr_assert_eq(ear.error, ERROR_UNREACHABLE);
	cr_assert_lt(clock_ms(&bench->clock) - start, 2000);
	bench_free(bench, 2);
}

Test(network, closes_with_everything_still_out)
{
	struct bench *bench = bench_new(2);
	struct ear ears[100] = { { .told = 0 } };

	bench->servers[0].manner = SILENT;
	bench->servers[1].manner = TRUNCATE;
	for (unsigned n = 0; n < 100; n++)
		ask(bench, &ears[n], n);
	for (unsigned n = 0; n < 40; n++)
		uv_run(&bench->loop, UV_RUN_ONCE);
	bench_free(bench, 2);
	for (unsigned n = 0; n < 100; n++)
		cr_assert_eq(ears[n].told, 1);
}

Test(network, a_server_that_cannot_be_reached_at_all)
{
	struct bench *bench = bench_new(1);
	struct address servers[2];
	struct ear ear = { .told = 0 };

	/* Connecting to 255.255.255.255 is refused without SO_BROADCAST. */
	cr_assert_eq(address_parse(&servers[0], "255.255.255.255", 53), 0);
	servers[1] = bench->servers[0].address;
	cr_assert_eq(upstream_serve(bench->upstream, servers, 2), 0);
	ask(bench, &ear, 1);
	run_until(bench, 1);
	cr_assert_eq(ear.error, 0);
	bench_free(bench, 1);
}

static void dial_up(struct bench *bench, struct server *server)
{
	server->udp = socket(AF_INET, SOCK_DGRAM, 0);
	cr_assert_eq(bind(server->udp, &server->address.any,
			  address_size(&server->address)), 0);
	uv_poll_init(&bench->loop, &server->udp_poll, server->udp);
	uv_poll_start(&server->udp_poll, UV_READABLE, udp_readable);
}

/* libuv must be made to watch a port again that has had an error. */
Test(network, a_port_is_as_good_after_an_error_as_before)
{
	struct bench *bench = bench_new(1);
	struct server *server = &bench->servers[0];
	struct ear ears[101] = { { .told = 0 } };
	struct upstream_row row;

	uv_close((uv_handle_t *)&server->udp_poll, NULL);
	close(server->udp);
	for (unsigned n = 0; n < 60; n++) {
		ask(bench, &ears[n], n);
		uv_run(&bench->loop, UV_RUN_ONCE);
	}
	run_until(bench, 60);
	dial_up(bench, server);
	for (unsigned n = 60; n < 100; n++) {
		ask(bench, &ears[n], n);
		run_until(bench, n + 1);
		cr_assert_eq(ears[n].error, 0);
	}
	upstream_rows(bench->upstream, &row, 1);
	cr_assert_eq(row.timeouts, 0);
	cr_assert_eq(row.answered, 40);
	bench_free(bench, 1);
}

/* Closed with a question in the queue, which must not leave by another. */
Test(network, a_server_may_leave_before_its_questions_have)
{
	struct bench *bench = bench_new(2);
	struct upstream_row row;
	struct ear ears[2] = { { .told = 0 } };

	cr_assert_eq(upstream_serve(bench->upstream,
				    &bench->servers[0].address, 1), 0);
	ask(bench, &ears[0], 0);
	cr_assert_eq(upstream_serve(bench->upstream,
				    &bench->servers[1].address, 1), 0);
	upstream_flush(bench->upstream);
	upstream_rows(bench->upstream, &row, 1);
	cr_assert(row.up, "an error of the one before");
	ask(bench, &ears[1], 1);
	run_until(bench, 2);
	cr_assert_eq(bench->failed, 0);
	cr_assert_eq(bench->servers[0].asked, 0);
	cr_assert_eq(bench->servers[1].asked, 2);
	bench_free(bench, 2);
}

static unsigned drain(int fd)
{
	uint8_t at[512];
	unsigned count = 0;

	while (recv(fd, at, sizeof(at), MSG_DONTWAIT) > 0)
		count++;
	return count;
}

/* Sending itself may tell of the error: the next server is asked at once. */
/* A busy kernel delivers a moment later, also from us to us. */
static unsigned drain_until(int fd, unsigned wanted)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	unsigned count = drain(fd);

	while (count < wanted && poll(&ready, 1, 2000) > 0)
		count += drain(fd);
	return count;
}

Test(network, a_flush_sends_what_its_own_errors_lead_to)
{
	struct bench *bench = bench_new(2);
	struct ear ears[64] = { { .told = 0 } };
	struct upstream_row rows[2];
	unsigned heard = 0;

	close(bench->servers[0].udp);
	uv_close((uv_handle_t *)&bench->servers[0].udp_poll, NULL);
	bench->servers[0].udp = -1;
	for (unsigned n = 0; n < 64; n++) {
		ask(bench, &ears[n], n);
		upstream_flush(bench->upstream);
		upstream_rows(bench->upstream, rows, 2);
		heard += drain_until(bench->servers[1].udp,
				     (unsigned)rows[1].asked - heard);
		cr_assert_eq(rows[1].asked, heard);
	}
	cr_assert_gt(heard, 0);
	bench_free(bench, 2);
}

Test(network, a_stream_that_is_hung_up_leads_to_the_next)
{
	struct bench *bench = bench_new(2);
	struct ear ear = { .told = 0 };
	uint64_t start = clock_ms(&bench->clock);

	bench->servers[0].manner = HANG_UP;
	ask(bench, &ear, 1);
	run_until(bench, 1);
	cr_assert_eq(bench->failed, 0);
	cr_assert_lt(clock_ms(&bench->clock) - start, 900, "at once");
	cr_assert_eq(bench->servers[1].asked, 1);
	bench_free(bench, 2);
}

Test(network, what_is_longer_than_we_offered_is_passed_over)
{
	struct bench *bench = bench_new(1);
	struct ear ears[20] = { { .told = 0 } };
	struct upstream_row row;

	bench->servers[0].manner = LONG;
	for (unsigned n = 0; n < 20; n++)
		ask(bench, &ears[n], n);
	run_until(bench, 20);
	cr_assert_eq(bench->failed, 0);
	upstream_rows(bench->upstream, &row, 1);
	cr_assert_eq(row.mismatched, 0);
	bench_free(bench, 1);
}

/* Fewer ports are worse than many, but better than no answer. */
Test(network, makes_do_with_the_ports_it_has)
{
	struct bench *bench = bench_new(1);
	struct ear ears[40] = { { .told = 0 } };
	struct rlimit before, none;
	int free_one;

	ask(bench, &ears[0], 0);
	run_until(bench, 1);
	free_one = dup(0);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)free_one;
	close(free_one);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (unsigned n = 1; n < 40; n++) {
		ask(bench, &ears[n], n);
		run_until(bench, n + 1);
	}
	setrlimit(RLIMIT_NOFILE, &before);
	cr_assert_eq(bench->failed, 0);
	cr_assert_eq(bench->servers[0].ports, 1);
	bench_free(bench, 1);
}

/* The carrier alone: what it tells, and when. */
struct owner {
	struct carrier_owner owner;	/* first */
	struct carrier *carrier;
	unsigned failed;
	int error;
};

static void note_failed(struct carrier_owner *self, struct lane *lane,
			int error)
{
	struct owner *owner = (struct owner *)self;

	owner->failed++;
	owner->error = error;
	lane->waiting = NULL;
	owner->carrier->ops->idle(owner->carrier, lane);
}

/* Connecting to a broadcast address is refused at once. */
Test(network, what_fails_in_sending_is_told_by_the_flush)
{
	const struct upstream_options options = { .sockets = 1, .streams = 1 };
	struct owner owner = { .owner.failed = note_failed };
	struct address address;
	struct lane *lane;
	uv_loop_t loop;
	int error = 0;

	uv_loop_init(&loop);
	owner.carrier = network_new(&options, &loop);
	owner.carrier->owner = &owner.owner;
	address_parse(&address, "255.255.255.255", 53);
	owner.carrier->ops->serve(owner.carrier, 0, &address);
	lane = owner.carrier->ops->lane(owner.carrier, 0, true, &error);
	cr_assert_not_null(lane);
	cr_assert_null(owner.carrier->ops->lane(owner.carrier, 0, true,
						&error));
	cr_assert_eq(error, ERROR_FULL);
	memset(owner.carrier->ops->room(owner.carrier, lane), 0, 20);
	owner.carrier->ops->send(owner.carrier, lane, 20);
	cr_assert_eq(owner.failed, 0);
	owner.carrier->ops->flush(owner.carrier);
	cr_assert_eq(owner.failed, 1);
	cr_assert_lt(owner.error, 0);
	owner.carrier->ops->close(owner.carrier);
	uv_run(&loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(&loop), 0);
	owner.carrier->ops->free(owner.carrier);
}
