/*
 * With a real kernel: a network of our own, with two ends of a cable and the
 * neighbours that ip(8) puts there.
 */
#include "device/neighbour.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/address.h"
#include "base/mac.h"
#include "message.h"

enum { PATIENCE = 10000, MANY = 3000 };

static unsigned changes;

static void count_change(void *context)
{
	cr_assert_eq(context, &changes);
	changes++;
}

static bool run(const char *command)
{
	return system(command) == 0;
}

/* The kernel counts neighbours over all networks: a test takes few. */
static bool enter(void)
{
	if (unshare(CLONE_NEWNET) != 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return false;
	return run("PATH=$PATH:/usr/sbin:/sbin\n"
		   "exec 2>/dev/null\n"
		   "ip link add d0 type veth peer name d1 &&\n"
		   "ip link set d0 up && ip link set d1 up &&\n"
		   "ip addr add 192.0.2.250/24 dev d0 &&\n"
		   "ip -6 addr add 2001:db8::250/64 dev d0 nodad");
}

static void skip(void)
{
	cr_skip_test("a network of its own may not be had, or there is no ip");
}

/* ip neigh WORDS dev d0 */
static void ip(const char *words)
{
	char command[256];

	snprintf(command, sizeof(command), "PATH=$PATH:/usr/sbin:/sbin ip "
		 "neigh %s dev d0", words);
	cr_assert(run(command), "%s", command);
}

static int behind(const struct neighbours *neighbours, const char *text)
{
	struct address address = message_address(text);
	struct mac mac;

	return neighbours_mac(neighbours, &address, &mac) ? mac.at[5] : -1;
}

static unsigned count_of(const struct neighbours *neighbours, uint8_t last)
{
	struct mac mac = message_mac(last);
	struct address at[8];

	return neighbours_of(neighbours, &mac, at, 8);
}

static void run_until(uv_loop_t *loop, unsigned wanted)
{
	for (unsigned i = 0; changes < wanted && i < PATIENCE; i++) {
		uv_run(loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	cr_assert_eq(changes, wanted);
}

static void run_for(uv_loop_t *loop, unsigned ms)
{
	for (unsigned i = 0; i < ms; i++) {
		uv_run(loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
}

static void close_all(struct neighbours *neighbours, uv_loop_t *loop)
{
	neighbours_unwatch(neighbours);
	uv_run(loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(loop), 0, "a handle was left");
}

Test(neighbour, one_look)
{
	struct neighbours *neighbours;

	if (!enter())
		skip();
	ip("add 192.0.2.1 lladdr 02:00:5e:00:00:01 nud stale");
	ip("add 2001:db8::1 lladdr 02:00:5e:00:00:01 nud reachable");
	ip("add 192.0.2.2 lladdr 02:00:5e:00:00:02 nud permanent");
	ip("add 192.0.2.3 lladdr 02:00:5e:00:00:03 nud noarp");
	ip("add 192.0.2.4 lladdr 02:00:5e:00:00:04 nud failed");
	neighbours = neighbours_read();
	cr_assert_not_null(neighbours);
	cr_assert_eq(behind(neighbours, "192.0.2.1"), 1);
	cr_assert_eq(behind(neighbours, "2001:db8::1"), 1);
	cr_assert_eq(behind(neighbours, "192.0.2.2"), 2);
	cr_assert_eq(behind(neighbours, "192.0.2.3"), -1, "noarp");
	cr_assert_eq(behind(neighbours, "192.0.2.4"), -1, "failed");
	cr_assert_eq(behind(neighbours, "192.0.2.250"), -1, "we ourselves");
	cr_assert_eq(count_of(neighbours, 1), 2);
	neighbours_free(neighbours);
}

Test(neighbour, a_table_of_many_datagrams)
{
	struct neighbours *neighbours;

	if (!enter() ||
	    !run("PATH=$PATH:/usr/sbin:/sbin\n"
		 "for a in 1 2 3; do for b in $(seq 1 200); do\n"
		 "echo neigh add 10.0.$a.$b lladdr 02:00:5e:00:00:09 dev d0 "
		 "nud permanent\n"
		 "done; done | ip -batch - 2>/dev/null"))
		skip();
	neighbours = neighbours_read();
	for (unsigned i = 0; i < 600; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.0.%u.%u", i / 200 + 1,
			 i % 200 + 1);
		cr_assert_eq(behind(neighbours, text), 9, "%s", text);
	}
	neighbours_free(neighbours);
}

Test(neighbour, hears_of_those_that_come_move_and_go)
{
	struct neighbours *neighbours;
	uv_loop_t loop;

	if (!enter())
		skip();
	ip("add 192.0.2.1 lladdr 02:00:5e:00:00:01 nud stale");
	uv_loop_init(&loop);
	neighbours = neighbours_watch(&loop, count_change, &changes);
	cr_assert_not_null(neighbours);
	cr_assert_eq(behind(neighbours, "192.0.2.1"), 1, "known at once");
	run_for(&loop, 300);
	cr_assert_eq(changes, 0, "and not told of");
	ip("add 192.0.2.2 lladdr 02:00:5e:00:00:02 nud reachable");
	ip("add 2001:db8::2 lladdr 02:00:5e:00:00:02 nud stale");
	run_until(&loop, 1);
	cr_assert_eq(count_of(neighbours, 2), 2);
	ip("replace 192.0.2.2 lladdr 02:00:5e:00:00:03 nud reachable");
	run_until(&loop, 2);
	cr_assert_eq(count_of(neighbours, 2), 1);
	cr_assert_eq(count_of(neighbours, 3), 1);
	ip("del 192.0.2.2");
	ip("replace 192.0.2.1 lladdr 02:00:5e:00:00:01 nud permanent");
	run_for(&loop, 1500);
	cr_assert_eq(changes, 2, "nobody is new");
	cr_assert_eq(count_of(neighbours, 3), 1, "gone, but known");
	ip("add 192.0.2.2 lladdr 02:00:5e:00:00:02 nud stale");
	run_until(&loop, 3);
	cr_assert_eq(count_of(neighbours, 3), 0);
	close_all(neighbours, &loop);
}

Test(neighbour, tells_at_most_once_a_second)
{
	struct neighbours *neighbours;
	uint64_t began;
	uv_loop_t loop;

	if (!enter())
		skip();
	uv_loop_init(&loop);
	neighbours = neighbours_watch(&loop, count_change, &changes);
	began = uv_hrtime();
	for (unsigned i = 1; uv_hrtime() - began < 2500000000; i++) {
		char words[96];

		snprintf(words, sizeof(words), "replace 192.0.2.1 lladdr "
			 "02:00:5e:00:00:%02x nud stale", i % 200 + 1);
		ip(words);
		run_for(&loop, 10);
	}
	cr_assert_geq(changes, 2, "not only when all is quiet");
	cr_assert_leq(changes, 3);
	close_all(neighbours, &loop);
}

/* More news than the socket has room for, while nobody listens. */
Test(neighbour, looks_again_when_news_were_lost)
{
	struct neighbours *neighbours;
	char command[512];
	uv_loop_t loop;

	if (!enter())
		skip();
	uv_loop_init(&loop);
	neighbours = neighbours_watch(&loop, count_change, &changes);
	ip("add 192.0.2.5 lladdr 02:00:5e:00:00:05 nud stale");
	run_until(&loop, 1);
	snprintf(command, sizeof(command), "PATH=$PATH:/usr/sbin:/sbin\n"
		 "{ for i in $(seq %d); do\n"
		 "echo neigh replace 192.0.2.1 lladdr 02:00:5e:00:01:$(printf "
		 "%%02x $((i %% 200))) dev d0 nud stale\n"
		 "done\n"
		 "echo neigh del 192.0.2.5 dev d0\n"
		 "echo neigh add 192.0.2.6 lladdr 02:00:5e:00:00:06 dev d0\n"
		 "} | ip -batch -", MANY);
	cr_assert(run(command));
	for (unsigned i = 0; behind(neighbours, "192.0.2.6") < 0; i++) {
		cr_assert_lt(i, PATIENCE);
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	cr_assert_eq(behind(neighbours, "192.0.2.5"), 5);
	run_for(&loop, 1200);
	changes = 0;
	ip("add 192.0.2.7 lladdr 02:00:5e:00:00:07 nud stale");
	run_until(&loop, 1);
	cr_assert_eq(behind(neighbours, "192.0.2.7"), 7, "it still listens");
	close_all(neighbours, &loop);
}

struct leaver {
	struct neighbours *neighbours;
	unsigned calls;
};

static void leave(void *context)
{
	struct leaver *leaver = context;

	leaver->calls++;
	neighbours_unwatch(leaver->neighbours);
}

Test(neighbour, may_be_told_to_go_from_its_own_call)
{
	struct leaver leaver = { NULL, 0 };
	uv_loop_t loop;

	if (!enter())
		skip();
	uv_loop_init(&loop);
	leaver.neighbours = neighbours_watch(&loop, leave, &leaver);
	ip("add 192.0.2.1 lladdr 02:00:5e:00:00:01 nud stale");
	uv_run(&loop, UV_RUN_DEFAULT);
	cr_assert_eq(leaver.calls, 1);
	cr_assert_eq(uv_loop_close(&loop), 0, "a handle was left");
}

Test(neighbour, going_without_having_come)
{
	neighbours_unwatch(NULL);
	neighbours_free(NULL);
}
