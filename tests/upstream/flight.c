/* Whom a question goes to, when, and how it ends. */
#include <criterion/criterion.h>

#include "upstream/inflight.h"
#include "upstream/remote.h"

#include "fake.h"

static const struct upstream_options options = {
	.flights = 64,
	.deadline_ms = 5000,
	.payload = 1232,
};

Test(flight, silence_leads_to_the_next_server)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	fake_pass(&fake, REMOTE_WAIT_UNKNOWN_MS - WHEEL_TICK);
	cr_assert_eq(fake.count, 1, "too early");
	fake_pass(&fake, 2 * WHEEL_TICK);
	cr_assert_eq(fake.count, 2);
	cr_assert_eq(fake_sent(&fake, 1)->server, 1);
	cr_assert_eq(fake_row(&fake, 0).timeouts, 1);
	fake_answer(&fake, 1, RCODE_NOERROR);
	cr_assert_eq(ear.told, 1);
	cr_assert_not(fake_answer(&fake, 0, RCODE_NOERROR));
	fake_release(&fake);
}

Test(flight, a_late_answer_is_still_an_answer)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	fake_pass(&fake, 1000);
	cr_assert_geq(fake.count, 2);
	cr_assert(fake_answer(&fake, 0, RCODE_NOERROR));
	cr_assert_eq(ear.told, 1);
	cr_assert(fake_is_from(&ear, "192.0.2.1"));
	cr_assert_not(fake_answer(&fake, 1, RCODE_NOERROR));
	fake_pass(&fake, 10000);
	cr_assert_eq(ear.told, 1);
	fake_release(&fake);
}

Test(flight, ends_at_the_deadline_with_few_questions_asked)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	fake_pass(&fake, 4900);
	cr_assert_eq(ear.told, 0);
	fake_pass(&fake, 200);
	cr_assert_eq(ear.told, 1);
	cr_assert_eq(ear.error, ERROR_TIMEOUT);
	cr_assert_leq(fake.count, FLIGHT_TRIES);
	cr_assert_geq(fake.count, 4);
	for (unsigned i = 0; i < FAKE_SERVERS; i++) {
		cr_assert_eq(fake_row(&fake, i).timeouts, 1, "once each");
		cr_assert(fake_row(&fake, i).up, "after one question");
	}
	fake_pass(&fake, 20000);
	cr_assert_eq(ear.told, 1);
	fake_release(&fake);
}

/* A server that answers in 20 ms is not waited for as one not known yet. */
Test(flight, waits_as_long_as_the_server_usually_takes)
{
	struct fake_ear ears[9] = { { .told = 0 } };
	struct fake fake;
	char name[16];

	fake_init(&fake, &options);
	for (unsigned i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		fake_ask(&fake, name, TYPE_A, &ears[i]);
		fake_pass(&fake, 20);
		fake_answer(&fake, i, RCODE_NOERROR);
	}
	cr_assert_eq(fake_row(&fake, 0).round_trip_us, 20000);
	fake_ask(&fake, "last.example", TYPE_A, &ears[8]);
	fake_pass(&fake, REMOTE_WAIT_MIN_MS + WHEEL_TICK);
	cr_assert_eq(fake.count, 10);
	fake_release(&fake);
}

Test(flight, a_refused_lane_leads_on_at_once)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	fake_fail(&fake, 0, -ECONNREFUSED);
	cr_assert_eq(fake.count, 2);
	cr_assert_eq(fake_sent(&fake, 1)->server, 1);
	cr_assert_not(fake_row(&fake, 0).up);
	cr_assert_eq(fake_row(&fake, 0).timeouts, 0);
	fake_answer(&fake, 1, RCODE_NOERROR);
	cr_assert_eq(ear.told, 1);
	fake_release(&fake);
}

/* Twice each, with a pause, for a server that is just being restarted. */
Test(flight, ends_early_when_all_refuse)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;
	unsigned failed = 0;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	for (unsigned ms = 0; ear.told == 0 && ms < 5000; ms += WHEEL_TICK) {
		while (failed < fake.count)
			fake_fail(&fake, failed++, -ECONNREFUSED);
		fake_pass(&fake, WHEEL_TICK);
	}
	cr_assert_eq(ear.told, 1);
	cr_assert_eq(ear.error, ERROR_UNREACHABLE);
	cr_assert_eq(fake.count, 4);
	cr_assert_lt(clock_ms(&fake.clock), FAKE_START_MS + 2500u);
	fake_release(&fake);
}

Test(flight, one_lane_that_fails_takes_all_that_is_on_it_along)
{
	struct fake_ear ears[20] = { { .told = 0 } };
	struct fake fake;
	char name[16];

	fake_init(&fake, &options);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		fake_ask(&fake, name, TYPE_A, &ears[i]);
		cr_assert_eq(fake_sent(&fake, i)->lane,
			     fake_sent(&fake, 0)->lane);
	}
	fake_fail(&fake, 0, -ECONNREFUSED);
	cr_assert_eq(fake.count, 40);
	for (unsigned i = 20; i < 40; i++) {
		cr_assert_eq(fake_sent(&fake, i)->server, 1);
		fake_answer(&fake, i, RCODE_NOERROR);
	}
	for (unsigned i = 0; i < 20; i++)
		cr_assert_eq(ears[i].told, 1);
	fake_release(&fake);
}

/* Within one turn the second question goes by the lane of the first. */
Test(flight, a_lane_may_fail_a_question_twice_at_once)
{
	struct address server = fake_address("192.0.2.1");
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init_alone(&fake, &options);
	cr_assert_eq(upstream_serve(fake.upstream, &server, 1), 0);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	fake.clock.mono += 500000;
	wheel_turn(&fake.wheel, clock_ms(&fake.clock));
	cr_assert_eq(fake.count, 2);
	cr_assert_eq(fake_sent(&fake, 0)->lane, fake_sent(&fake, 1)->lane);
	fake_fail(&fake, 0, -ECONNREFUSED);
	cr_assert_eq(ear.told, 1);
	cr_assert_eq(ear.error, ERROR_UNREACHABLE);
	fake_release(&fake);
}

Test(flight, a_server_without_a_way_to_it_is_passed_over)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake.refuse[0] = -ENETUNREACH;
	cr_assert_eq(fake_ask(&fake, "www.example", TYPE_A, &ear), 0);
	cr_assert_eq(fake_sent(&fake, 0)->server, 1);
	cr_assert_not(fake_row(&fake, 0).up);
	fake_answer(&fake, 0, RCODE_NOERROR);
	fake.refuse[1] = -ENETUNREACH;
	cr_assert_eq(fake_ask(&fake, "www.example", TYPE_A, &ear),
		     ERROR_UNREACHABLE);
	cr_assert_eq(ear.told, 1, "by return, and not also by call");
	cr_assert_eq(upstream_flying(fake.upstream), 0);
	fake_release(&fake);
}

Test(flight, no_descriptors_left_is_no_fault_of_the_server)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake.refuse[0] = fake.refuse[1] = -EMFILE;
	cr_assert_eq(fake_ask(&fake, "www.example", TYPE_A, &ear),
		     ERROR_UNREACHABLE);
	cr_assert(fake_row(&fake, 0).up);
	cr_assert(fake_row(&fake, 1).up);
	fake_release(&fake);
}

/* Asks a name of its own and leaves the first server's question unanswered. */
static void leave_unanswered(struct fake *fake, struct fake_ear *ear,
			     unsigned number)
{
	unsigned asked = fake->count;
	char name[16];

	snprintf(name, sizeof(name), "n%u.example", number);
	cr_assert_eq(fake_ask(fake, name, TYPE_A, ear), 0);
	while (fake_sent(fake, fake->count - 1)->server == 0)
		fake_pass(fake, WHEEL_TICK);
	fake_answer(fake, fake->count - 1, RCODE_NOERROR);
	cr_assert_gt(fake->count, asked);
}

Test(flight, a_silent_server_goes_down_and_is_asked_last)
{
	struct fake_ear ears[REMOTE_STRIKES + 1] = { { .told = 0 } };
	struct fake fake;

	fake_init(&fake, &options);
	for (unsigned i = 0; i < REMOTE_STRIKES; i++) {
		cr_assert(fake_row(&fake, 0).up);
		leave_unanswered(&fake, &ears[i], i);
	}
	cr_assert_not(fake_row(&fake, 0).up);
	fake.count = 0;
	fake_ask(&fake, "last.example", TYPE_A, &ears[REMOTE_STRIKES]);
	cr_assert_eq(fake.count, 1);
	cr_assert_eq(fake_sent(&fake, 0)->server, 1);
	fake_answer(&fake, 0, RCODE_NOERROR);
	fake_release(&fake);
}

Test(flight, a_server_that_is_down_is_probed_and_comes_back)
{
	struct fake_ear ears[3] = { { .told = 0 } };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "one.example", TYPE_A, &ears[0]);
	fake_fail(&fake, 0, -ECONNREFUSED);
	fake_answer(&fake, 1, RCODE_NOERROR);
	fake_pass(&fake, REMOTE_PROBE_MS);
	fake.count = 0;
	fake_ask(&fake, "two.example", TYPE_A, &ears[1]);
	cr_assert_eq(fake.count, 2, "the question, and the probe");
	cr_assert_eq(fake_sent(&fake, 0)->server, 1);
	cr_assert_eq(fake_sent(&fake, 1)->server, 0);
	fake_answer(&fake, 1, RCODE_NOERROR);
	cr_assert_eq(ears[1].told, 1, "a probe's answer is an answer");
	cr_assert(fake_row(&fake, 0).up);
	fake.count = 0;
	fake_ask(&fake, "three.example", TYPE_A, &ears[2]);
	cr_assert_eq(fake.count, 1);
	cr_assert_eq(fake_sent(&fake, 0)->server, 0);
	fake_release(&fake);
}

Test(flight, probes_become_rare)
{
	struct fake_ear ears[600] = { { .told = 0 } };
	unsigned probes = 0;
	struct fake fake;
	char name[16];

	fake_init(&fake, &options);
	fake_ask(&fake, "first.example", TYPE_A, &ears[0]);
	fake_fail(&fake, 0, -ECONNREFUSED);
	fake_answer(&fake, 1, RCODE_NOERROR);
	for (unsigned i = 1; i < 600; i++) {
		fake.count = 0;
		snprintf(name, sizeof(name), "n%u.example", i);
		fake_ask(&fake, name, TYPE_A, &ears[i]);
		probes += fake.count - 1;
		fake_answer(&fake, 0, RCODE_NOERROR);
		fake_pass(&fake, 200);
	}
	/* 2 minutes: after 1, 2, 4, 8, 16 and then each 30 seconds. */
	cr_assert_geq(probes, 6);
	cr_assert_leq(probes, 9);
	fake_release(&fake);
}

/* A probe that is refused must not end a question that others may answer. */
Test(flight, an_excuse_from_a_probe_does_not_count)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "one.example", TYPE_A, &ear);
	fake_fail(&fake, 0, -ECONNREFUSED);
	fake_answer(&fake, 1, RCODE_NOERROR);
	fake_pass(&fake, REMOTE_PROBE_MS);
	fake.count = 0;
	ear.told = 0;
	fake_ask(&fake, "two.example", TYPE_A, &ear);
	cr_assert_eq(fake.count, 2);
	fake_answer(&fake, 1, RCODE_SERVFAIL);
	cr_assert_eq(ear.told, 0);
	fake_answer(&fake, 0, RCODE_NOERROR);
	cr_assert_eq(ear.told, 1);
	cr_assert_eq(ear.rcode, RCODE_NOERROR);
	fake_release(&fake);
}

/* The zone is broken, not the server, which answers others all the time. */
Test(flight, one_slow_name_does_not_bring_a_server_down)
{
	struct fake_ear slow = { .told = 0 }, quick = { .told = 0 };
	struct fake fake;
	char name[16];
	unsigned n = 0;

	fake_init(&fake, &options);
	for (unsigned round = 0; round < 4; round++) {
		fake_ask(&fake, "slow.example", TYPE_A, &slow);
		while (slow.told == round) {
			snprintf(name, sizeof(name), "n%u.example", n++);
			fake_ask(&fake, name, TYPE_A, &quick);
			fake_pass(&fake, WHEEL_TICK);
			for (unsigned i = 0; i < fake.count; i++)
				if (fake_sent(&fake, i)->at[13] == 'n')
					fake_answer(&fake, i, RCODE_NOERROR);
			fake_pass(&fake, 84);
		}
		fake.count = 0;
	}
	cr_assert_eq(slow.error, ERROR_TIMEOUT);
	cr_assert(fake_row(&fake, 0).up);
	fake_release(&fake);
}
