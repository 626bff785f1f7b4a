/*
 * Whatever is asked for, and however much: it is counted, and memory is
 * bounded.
 */
#include "review/gather.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/entry.h"
#include "journal/row.h"
#include "policy/verdict.h"

#define SECOND UINT64_C(1000000)
#define HOUR (3600 * SECOND)
#define SINCE (20000 * 24 * HOUR)
#define UNTIL (SINCE + 24 * HOUR)

static struct gather gather;

static void set_up(void)
{
	setenv("TZ", "UTC0", 1);
	gather_init(&gather, SINCE, UNTIL);
}

static void tear_down(void)
{
	gather_release(&gather);
}

TestSuite(gather, .init = set_up, .fini = tear_down, .timeout = 120);

static struct row row_of(uint64_t time, const char *name)
{
	return (struct row){
		.time = time, .name = bytes_of_string(name),
		.client = { 10, 0, 0, 2 }, .client_len = 4, .type = 1,
		.class = 1, .list = ROW_NO_LIST,
	};
}

static void ask(int64_t device, const char *name)
{
	struct row row = row_of(SINCE + HOUR, name);

	cr_assert_eq(gather_add(&gather, device, &row), 0);
}

static const struct gather_receiver *receiver(uint32_t device,
					      const char *name)
{
	uint32_t at = gather_find_receiver(&gather, device,
					   bytes_of_string(name));

	return at != GATHER_NONE ? gather_receiver(&gather, at) : NULL;
}

Test(gather, a_receiver_is_what_somebody_registered)
{
	ask(1, "a.b.example.co.uk");
	ask(1, "Example.CO.UK");
	ask(1, "one.github.io");
	ask(1, "two.github.io");
	cr_expect_eq(gather.receivers.count, 3);
	cr_expect_eq(receiver(0, "example.co.uk")->count, 2);
	cr_expect_eq(receiver(0, "example.co.uk")->name_count, 2);
	cr_expect_eq(receiver(0, "one.github.io")->count, 1,
		     "who has a name below a private suffix is somebody");
}

Test(gather, the_same_name_of_another_device_is_another)
{
	ask(1, "www.example.com");
	ask(2, "www.example.com");
	ask(2, "WWW.example.com");
	cr_expect_eq(gather.devices.count, 2);
	cr_expect_eq(receiver(0, "example.com")->count, 1);
	cr_expect_eq(receiver(1, "example.com")->count, 2);
	cr_expect_eq(gather_name(&gather,
				 receiver(1, "example.com")->names)->count, 2,
		     "case is no difference");
}

Test(gather, a_client_that_is_no_device_stands_for_itself)
{
	struct address client;
	struct row row = row_of(SINCE, "a.example");

	cr_assert_eq(gather_add(&gather, 0, &row), 0);
	row.client[3] = 3;
	cr_assert_eq(gather_add(&gather, 0, &row), 0);
	row.client_len = 16;
	cr_assert_eq(gather_add(&gather, 0, &row), 0);
	row.client_len = 0;
	cr_assert_eq(gather_add(&gather, 0, &row), 0);
	cr_assert_eq(gather_add(&gather, 0, &row), 0);
	cr_expect_eq(gather.devices.count, 4);
	cr_expect(gather_client(gather_device(&gather, 0), &client));
	cr_expect_not(gather_client(gather_device(&gather, 3), &client));
	cr_expect_eq(gather_device(&gather, 3)->count, 2);
}

Test(gather, what_has_no_name_is_counted)
{
	ask(1, "");
	ask(1, "a.example");
	cr_expect_eq(gather_device(&gather, 0)->count, 2);
	cr_expect_eq(gather_device(&gather, 0)->nameless, 1);
	cr_expect_eq(gather.receivers.count, 1);
}

Test(gather, hostile_names_are_names)
{
	static const char *const names[] = {
		".", "..", "\\", "\\.", "a\\.b.example.com", "\\000.example",
		"$(reboot).example", "'\"<script>.example", "a..b",
		"\xff\xfe.example", "\033[2J.example",
	};
	char longest[3000];

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ask(1, names[i]);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ask(1, longest);
	ask(1, longest);
	cr_expect_eq(gather_device(&gather, 0)->count,
		     sizeof(names) / sizeof(names[0]) + 2);
	cr_expect_eq(gather.names.count,
		     sizeof(names) / sizeof(names[0]) + 1);
	cr_expect_not(gather.cut);
}

Test(gather, every_question_is_in_one_slot)
{
	const struct gather_device *device;
	uint64_t all = 0, sunk = 0;

	for (unsigned i = 0; i <= 1000; i++) {
		struct row row = row_of(SINCE + i * (UNTIL - SINCE) / 1000,
					"a.example");

		row.verdict = i % 4 == 0 ? VERDICT_SINK : VERDICT_PASS;
		cr_assert_eq(gather_add(&gather, 1, &row), 0);
	}
	device = gather_device(&gather, 0);
	for (unsigned i = 0; i < SUMMARY_SLOTS; i++) {
		all += device->slots[i];
		sunk += device->slots_sunk[i];
		cr_expect_geq(device->slots[i], 20, "slot %u", i);
		cr_expect_leq(device->slots[i], 22, "slot %u", i);
	}
	cr_expect_eq(all, 1001);
	cr_expect_eq(sunk, 251);
	cr_expect_eq(device->sunk, 251);
}

Test(gather, a_time_outside_is_at_the_edge)
{
	struct row row = row_of(0, "a.example");

	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	row.time = UINT64_MAX;
	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	cr_expect_eq(gather_device(&gather, 0)->slots[0], 1);
	cr_expect_eq(gather_device(&gather, 0)->slots[SUMMARY_SLOTS - 1], 1);
}

Test(gather, a_window_of_nothing_does_not_divide)
{
	struct row row = row_of(SINCE, "a.example");

	gather.until = gather.since;
	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	row.time++;
	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	cr_expect_eq(gather_device(&gather, 0)->count, 2);
}

Test(gather, nights_are_local)
{
	struct row row = row_of(SINCE + 5 * HOUR, "a.example");

	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	row.time += HOUR;
	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	cr_expect_eq(receiver(0, "a.example")->night, 1);
}

/* As the ledger has it, or what is new could not be told from what is sunk. */
Test(gather, what_a_rule_rewrote_is_not_sunk)
{
	struct row row = row_of(SINCE, "a.example");

	row.verdict = VERDICT_REWRITE;
	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	row.verdict = VERDICT_OBSERVE;
	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	cr_expect_eq(receiver(0, "a.example")->sunk, 0);
	cr_expect_eq(receiver(0, "a.example")->observed, 1);
}

Test(gather, the_list_that_decided_last_is_kept)
{
	struct row row = row_of(SINCE, "a.example");
	const struct gather_name *name;

	row.verdict = VERDICT_OBSERVE;
	row.image = 3;
	row.list = 1;
	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	row.verdict = VERDICT_PASS;
	row.list = ROW_NO_LIST;
	cr_assert_eq(gather_add(&gather, 1, &row), 0);
	name = gather_name(&gather, receiver(0, "a.example")->names);
	cr_expect_eq(name->list, 1);
	cr_expect_eq(name->image, 3);
	cr_expect_eq(name->verdict, VERDICT_OBSERVE);
}

Test(gather, who_may_go_round_is_noted)
{
	ask(1, "use-application-dns.net");
	ask(1, "abc.dns.nextdns.io");
	ask(1, "dns.google");
	cr_expect_eq(gather_device(&gather, 0)->canaries, 1);
	cr_expect_eq(gather_device(&gather, 0)->resolvers, 2);
	cr_expect_str_eq(gather_device(&gather, 0)->resolver, "dns.google");
}

/* --- bounds --- */

Test(gather, clients_beyond_the_bound_are_others)
{
	struct row row = row_of(SINCE, "a.example");
	const struct gather_device *last;

	for (unsigned i = 0; i < SUMMARY_DEVICES + 500; i++) {
		row.client[2] = (uint8_t)(i >> 8);
		row.client[3] = (uint8_t)i;
		cr_assert_eq(gather_add(&gather, 0, &row), 0);
	}
	cr_expect_eq(gather.devices.count, SUMMARY_DEVICES);
	cr_expect(gather.cut);
	last = gather_device(&gather, SUMMARY_DEVICES - 1);
	cr_expect(last->others);
	cr_expect_eq(last->count, 501);
}

Test(gather, devices_beyond_the_bound_are_others)
{
	for (int64_t i = 1; i <= SUMMARY_DEVICES + 10; i++)
		ask(i, "a.example");
	cr_expect_eq(gather.devices.count, SUMMARY_DEVICES);
	cr_expect_eq(gather_device(&gather, SUMMARY_DEVICES - 1)->id, 0);
	cr_expect_eq(gather_find_device(&gather, SUMMARY_DEVICES + 5),
		     GATHER_NONE);
}

Test(gather, receivers_beyond_the_bound_count_for_their_device)
{
	char name[32];

	for (unsigned i = 0; i < SUMMARY_RECEIVERS + 100; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		ask(1, name);
	}
	cr_expect_eq(gather.receivers.count, SUMMARY_RECEIVERS);
	cr_expect_eq(gather_device(&gather, 0)->count,
		     SUMMARY_RECEIVERS + 100);
	cr_expect(gather.cut);
	ask(1, "n5.example");
	cr_expect_eq(receiver(0, "n5.example")->count, 2,
		     "those that are there go on");
}

Test(gather, names_beyond_the_bound_count_for_their_receiver)
{
	const struct gather_receiver *all;
	char name[48];

	for (unsigned i = 0; i < SUMMARY_NAMES + 100; i++) {
		snprintf(name, sizeof(name), "n%u.tunnel.example", i);
		ask(1, name);
	}
	all = receiver(0, "tunnel.example");
	cr_expect_eq(gather.names.count, SUMMARY_NAMES);
	cr_expect_eq(all->count, SUMMARY_NAMES + 100);
	cr_expect_eq(all->name_count, SUMMARY_NAMES);
	cr_expect_eq(all->more_names, 100);
	cr_expect(gather.cut);
}

/* Or what a rhythm is claimed of would be half a window and its silence. */
Test(gather, a_rhythm_is_of_the_time_whose_events_are_kept)
{
	const struct gather_receiver *all;

	for (unsigned i = 0; i < 70000; i++) {
		struct row row = row_of(SINCE + i * SECOND, "a.example");

		cr_assert_eq(gather_add(&gather, 1, &row), 0);
	}
	all = receiver(0, "a.example");
	cr_expect_eq(all->count, 70000);
	cr_expect_eq(all->event_count, 65536);
	cr_expect_eq(all->events_end, SINCE + 65536 * SECOND);
	cr_expect_eq(all->events[65535].time, SINCE + 65535 * SECOND);
	cr_expect_not(gather.cut, "all of it is counted");
}
