/*
 * What is told of a day is what happened in it: who, whom, how often, since
 * when; and what cannot be known is not told.
 */
#include "review/summary.h"

#include <math.h>

#include "../policy/made.h"
#include "past.h"

static struct past past;

static void set_up(void)
{
	past_make(&past);
}

static void tear_down(void)
{
	past_remove(&past);
}

TestSuite(summary, .init = set_up, .fini = tear_down, .timeout = 120);

/* --- counting --- */

Test(summary, counts_by_device_and_receiver)
{
	past_ask(&past, PAST_HOUR, 2, "a.vendor.example");
	past_ask_sunk(&past, PAST_HOUR - 1, 2, "B.Vendor.Example");
	past_ask(&past, PAST_HOUR - 2, 3, "a.vendor.example");
	past_sum(&past);
	cr_assert_eq(past.house->device_count, 2);
	cr_expect_eq(past.house->asking, 2);
	cr_expect_eq(past.house->count, 3);
	cr_expect_eq(past.house->sunk, 1);
	cr_expect_not(past.house->cut);
	cr_expect_eq(past_receiver(&past, "vendor.example")->count, 2);
	cr_expect_eq(past_receiver(&past, "vendor.example")->sunk, 1);
	cr_expect_eq(past_receiver(&past, "vendor.example")->passed, 1);
	cr_expect_eq(past_receiver(&past, "vendor.example")->first,
		     PAST_NOW - PAST_HOUR * PAST_SECOND);
	cr_expect_eq(past_receiver(&past, "vendor.example")->name_count, 2);
	cr_expect_not_null(past_name(past_receiver(&past, "vendor.example"),
				     "b.vendor.example"));
}

Test(summary, an_empty_journal_is_one)
{
	past_sum(&past);
	cr_expect_eq(past.house->device_count, 0);
	cr_expect_eq(past.house->count, 0);
	cr_expect_eq(past.house->gap_total, 0);
}

Test(summary, only_the_window_counts)
{
	past_ask(&past, PAST_DAY + 1, 2, "old.example");
	past_ask(&past, PAST_DAY, 2, "a.example");
	past_ask(&past, 1, 2, "a.example");
	past_ask(&past, 0, 2, "late.example");
	past_sum(&past);
	cr_expect_eq(past.house->count, 2);
	cr_expect_null(past_receiver(&past, "old.example"));
	cr_expect_null(past_receiver(&past, "late.example"));
}

Test(summary, of_one_device)
{
	past_ask(&past, PAST_HOUR, 2, "a.example");
	past_ask(&past, PAST_HOUR - 1, 3, "b.example");
	past_sum(&past);
	past.options.device = past_device(&past, "192.168.0.3")->id;
	past_sum(&past);
	cr_assert_eq(past.house->device_count, 1);
	cr_expect_str_eq(past.house->devices[0].name, "192.168.0.3");
	cr_expect_str_eq(past.house->devices[0].receivers[0].receiver,
			 "b.example");
}

Test(summary, what_tells_most_stands_first)
{
	for (unsigned i = 0; i < 30; i++)
		past_ask(&past, PAST_DAY - i * 977, 3, "www.example");
	for (unsigned i = 0; i < 5; i++)
		past_ask_sunk(&past, 5000 - i * i * 67, 2,
			      "telemetry.vendor.example");
	past_ask(&past, 100, 2, "a.other.example");
	past_sum(&past);
	cr_expect_str_eq(past.house->devices[0].name, "192.168.0.2");
	cr_expect_str_eq(past.house->devices[0].receivers[0].receiver,
			 "vendor.example");
}

/* --- new --- */

Test(summary, new_is_what_was_never_asked_for_before)
{
	past_ask(&past, 3 * PAST_DAY, 2, "www.known.example");
	past_ask(&past, 3 * PAST_DAY - 1, 3, "www.new.example");
	past_ask(&past, PAST_HOUR, 2, "www.known.example");
	past_ask(&past, PAST_HOUR - 1, 2, "other.known.example");
	past_ask(&past, PAST_HOUR - 2, 2, "www.new.example");
	past_sum(&past);
	cr_expect_not(past_receiver(&past, "known.example")->new);
	cr_expect_not(past_name(past_receiver(&past, "known.example"),
				"www.known.example")->new);
	cr_expect(past_name(past_receiver(&past, "known.example"),
			    "other.known.example")->new);
	cr_expect(past_receiver(&past, "new.example")->new,
		  "that another device knows it is another matter");
	cr_expect_eq(past_name(past_receiver(&past, "known.example"),
			       "www.known.example")->ever_count, 2);
	cr_expect_not(past_device(&past, "192.168.0.2")->new);
}

Test(summary, new_since_the_last_review)
{
	past_ask(&past, 3 * PAST_HOUR, 2, "before.example");
	past_ask(&past, PAST_HOUR, 2, "after.example");
	past.options.last_review = PAST_NOW - 2 * PAST_HOUR * PAST_SECOND;
	past_sum(&past);
	cr_expect_not(past_receiver(&past, "before.example")
		      ->new_since_review);
	cr_expect(past_receiver(&past, "after.example")->new_since_review);
	cr_expect(past_device(&past, "192.168.0.2")->new);
}

/* The neighbour table does not know it, and nothing is sealed yet. */
Test(summary, what_a_client_asked_before_is_not_new_to_it)
{
	past.fresh = true;
	past_ask(&past, 3 * PAST_DAY, 2, "www.known.example");
	past_ask(&past, PAST_HOUR, 2, "www.known.example");
	past_ask(&past, PAST_HOUR, 2, "www.new.example");
	past_sum(&past);
	cr_expect_eq(past_device(&past, "192.168.0.2")->id, 0);
	cr_expect_not(past_receiver(&past, "known.example")->new);
	cr_expect(past_receiver(&past, "new.example")->new);
}

/* In the ledger a flood of names is one line; any of them may be in it. */
Test(summary, what_was_counted_together_is_not_called_new)
{
	past_ask(&past, 3 * PAST_DAY, 2, "www.other.example");
	past_ask(&past, PAST_HOUR, 2, "one.flood.example");
	past_ask(&past, PAST_HOUR - 1, 2, "one.late.example");
	past_end(&past, "INSERT INTO ledger_more VALUES ((SELECT device FROM"
		 " ledger LIMIT 1), 'flood.example', 1, 2, 5000, 0, 5000),"
		 " ((SELECT device FROM ledger LIMIT 1), 'late.example',"
		 " 1700000000000000 - 1000000, 1700000000000000, 1, 0, 1)");
	past_sum(&past);
	cr_expect_not(past_receiver(&past, "flood.example")->new);
	cr_expect_not(past_receiver(&past, "flood.example")->names[0].new);
	cr_expect(past_receiver(&past, "late.example")->new);
	cr_expect(past_receiver(&past, "late.example")->names[0].new);
}

Test(summary, after_more_receivers_than_are_counted_none_is_called_new)
{
	past_ask(&past, 3 * PAST_DAY, 2, "www.other.example");
	past_ask(&past, PAST_HOUR, 2, "www.new.example");
	past_end(&past, "INSERT INTO ledger_more VALUES ((SELECT device FROM"
		 " ledger LIMIT 1), '*', 1, 2, 5000, 0, 5000)");
	past_sum(&past);
	cr_expect_not(past_receiver(&past, "new.example")->new);
	cr_expect_not(past_receiver(&past, "new.example")->names[0].new);
}

Test(summary, a_device_that_asks_for_new_names_all_the_time_is_restless)
{
	char name[32];

	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "www.site-%u.example", i);
		past_ask(&past, 2 * PAST_DAY - i, 2, name);
	}
	past_ask(&past, 2 * PAST_DAY - 100, 3, "a.example");
	past_ask(&past, PAST_HOUR, 2, "b.example");
	past_ask(&past, PAST_HOUR, 3, "b.example");
	past_sum(&past);
	cr_expect(past_device(&past, "192.168.0.2")->restless);
	cr_expect_not(past_device(&past, "192.168.0.3")->restless);
}

/* --- what is missing --- */

Test(summary, gaps_of_the_window_are_told)
{
	past_ask(&past, PAST_HOUR, 2, "a.example");
	past_end(&past, "INSERT INTO gap (number, from_time, until_time,"
		 " count, reason) VALUES"
		 " (900, 1699990000000000, 1699990060000000, 12, 'full'),"
		 " (901, 1699980000000000, 1699980060000000, 0, 'x''y'),"
		 " (902, 1600000000000000, 1600000000000001, 99, 'full'),"
		 " (903, 1700000000000001, 1700000000000002, 99, 'full'),"
		 " (904, 1699995000000000, 1699995060000000, -5, NULL)");
	past_sum(&past);
	cr_assert_eq(past.house->gap_count, 3);
	cr_expect_eq(past.house->gap_total, 3);
	cr_expect_eq(past.house->lost, 12);
	cr_expect_eq(past.house->gaps[0].from, 1699980000000000,
		     "in the order of time");
	cr_expect_str_eq(past.house->gaps[0].reason, "unknown",
			 "a file says what it wants");
	cr_expect_str_eq(past.house->gaps[1].reason, "full");
	cr_expect_eq(past.house->gaps[2].count, 0);
}

Test(summary, more_gaps_than_are_kept_are_counted)
{
	past_end(&past, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT"
		 " i + 1 FROM n WHERE i < 5000) INSERT INTO gap SELECT i,"
		 " 1699990000000000 + i, 1699990000000000 + i, 2, 'full'"
		 " FROM n");
	past_sum(&past);
	cr_expect_eq(past.house->gap_count, SUMMARY_GAPS);
	cr_expect_eq(past.house->gap_total, 5000);
	cr_expect_eq(past.house->lost, 10000);
}

Test(summary, a_damaged_block_is_a_gap)
{
	for (unsigned i = 0; i < 20000; i++)
		past_ask(&past, PAST_DAY - i, 2, "a.example");
	past_end(&past, "UPDATE block_data SET data = zeroblob(length(data))"
		 " WHERE number = (SELECT min(number) FROM block_data)");
	past_sum(&past);
	cr_assert_eq(past.house->gap_total, 1);
	cr_expect_str_eq(past.house->gaps[0].reason, "damaged");
	cr_expect_eq(past.house->gaps[0].count + past.house->count, 20000,
		     "what is not counted is missed");
}

/* --- decisions --- */

static void decide(const char *sql)
{
	char all[512];

	snprintf(all, sizeof(all), "INSERT INTO decision VALUES %s", sql);
	past_ask_sunk(&past, 100, 2, "a.vendor.example");
	past_ask(&past, 99, 2, "b.vendor.example");
	past_ask(&past, 98, 2, "www.other.example");
	past_end(&past, all);
	past_sum(&past);
}

Test(summary, what_is_fine_is_folded)
{
	decide("('vendor.example', 'fine', 'ours', 1)");
	cr_expect_null(past_receiver(&past, "vendor.example"));
	cr_expect_not_null(past_receiver(&past, "other.example"));
	cr_expect_eq(past_device(&past, "192.168.0.2")->folded, 1);
	cr_expect_eq(past.house->count, 3, "but not what was asked");
	past.options.folded = false;
	past_sum(&past);
	cr_expect_str_eq(past_receiver(&past, "vendor.example")->decision,
			 "fine");
	cr_expect_str_eq(past_receiver(&past, "vendor.example")->note,
			 "ours");
	cr_expect_eq(past_device(&past, "192.168.0.2")->folded, 0);
}

Test(summary, when_each_name_is_fine_all_of_it_is)
{
	decide("('a.vendor.example', 'fine', NULL, 1),"
	       " ('b.vendor.example', 'fine', NULL, 1)");
	cr_expect_null(past_receiver(&past, "vendor.example"));
}

Test(summary, one_fine_name_does_not_hide_another)
{
	decide("('b.vendor.example', 'fine', NULL, 1)");
	cr_expect_not_null(past_receiver(&past, "vendor.example"));
}

Test(summary, a_watched_name_is_not_hidden_by_its_receiver)
{
	decide("('vendor.example', 'fine', NULL, 1),"
	       " ('b.vendor.example', 'watch', NULL, 1)");
	cr_assert_not_null(past_receiver(&past, "vendor.example"));
	cr_expect(past_receiver(&past, "vendor.example")->watched);
}

Test(summary, what_is_watched_stands_first)
{
	decide("('other.example', 'watch', NULL, 1)");
	cr_expect_str_eq(past_device(&past, "192.168.0.2")
			 ->receivers[0].receiver, "other.example");
}

/* --- rhythm --- */

static uint64_t random_state;

static unsigned draw(unsigned below)
{
	random_state = random_state * UINT64_C(6364136223846793005) +
		       UINT64_C(1442695040888963407);
	return (unsigned)(random_state >> 33) % below;
}

Test(summary, a_beacon_is_regular)
{
	for (unsigned ago = PAST_DAY - 10; ago > 300; ago -= 300)
		past_ask(&past, ago - draw(6), 2, "beat.vendor.example");
	past_sum(&past);
	cr_assert(past_receiver(&past, "vendor.example")->has_rhythm);
	cr_expect_lt(fabs(past_receiver(&past, "vendor.example")
			  ->rhythm.period - 300), 2);
}

/* One name is, among others that a person asks for. */
Test(summary, a_beacon_is_found_among_the_names_of_its_receiver)
{
	const struct summary_receiver *receiver;
	char name[48];

	random_state = 7;
	for (unsigned ago = PAST_DAY - 10; ago > 60; ago -= 60) {
		if (draw(3) == 0) {
			snprintf(name, sizeof(name), "n%u.vendor.example",
				 draw(6));
			past_ask(&past, ago + draw(30), 2, name);
		}
		if (ago / 60 % 10 == 0)
			past_ask(&past, ago, 2, "beat.vendor.example");
	}
	past_sum(&past);
	receiver = past_receiver(&past, "vendor.example");
	cr_assert(receiver->has_rhythm);
	cr_expect_lt(fabs(receiver->rhythm.period - 600), 5);
	cr_assert_not_null(receiver->rhythm_name);
	cr_expect_str_eq(receiver->rhythm_name->name, "beat.vendor.example");
}

Test(summary, no_rhythm_is_claimed_of_few_or_of_chance)
{
	unsigned claimed = 0;
	char name[48];

	random_state = 3;
	for (unsigned ago = PAST_DAY - 1; ago > 20; ago -= 12) {
		snprintf(name, sizeof(name), "n%u.v%u.example", draw(3),
			 draw(40));
		past_ask(&past, ago + draw(11), 2, name);
		if (ago < 7 * 12 + 20)
			past_ask(&past, ago, 3, "seven.example");
	}
	past_sum(&past);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "v%u.example", i);
		claimed += past_receiver(&past, name)->has_rhythm;
	}
	cr_expect_eq(claimed, 0);
	cr_expect_not(past_device(&past, "192.168.0.3")->receivers[0]
		      .has_rhythm, "seven are too few");
}

/* --- silence --- */

struct hearing {
	int64_t device;
	uint64_t heard;
};

static uint64_t heard(void *context, int64_t device)
{
	const struct hearing *hearing = context;

	return hearing->device == device ? hearing->heard : 0;
}

static void listen_to(struct hearing *hearing, unsigned ago)
{
	past_sum(&past);
	hearing->device = 1;
	hearing->heard = PAST_NOW - ago * PAST_SECOND;
	past.options.heard = heard;
	past.options.context = hearing;
	past_sum(&past);
}

static uint64_t silent_since(void)
{
	const struct summary_device *device = past_device(&past,
							  "192.168.0.2");

	return device ? device->bypass.silent_since : 0;
}

static void hum(unsigned from, unsigned until)
{
	for (unsigned ago = from; ago > until; ago -= 120)
		past_ask(&past, ago, 2, "a.example");
}

Test(summary, silence_is_told_when_the_network_still_hears_the_device)
{
	struct hearing hearing;

	hum(PAST_DAY - 10, 10 * PAST_HOUR);
	listen_to(&hearing, PAST_HOUR);
	cr_expect_gt(silent_since(), 0);
	cr_expect_lt(silent_since(), PAST_NOW - 9 * PAST_HOUR * PAST_SECOND);
}

Test(summary, nobody_is_silent_whom_the_network_does_not_hear)
{
	struct hearing hearing;

	hum(PAST_DAY - 10, 10 * PAST_HOUR);
	listen_to(&hearing, 10 * PAST_HOUR - 60);
	cr_expect_eq(silent_since(), 0, "it may well be gone");
}

Test(summary, who_asks_is_not_silent)
{
	struct hearing hearing;

	hum(PAST_DAY - 10, PAST_HOUR);
	listen_to(&hearing, 60);
	cr_expect_eq(silent_since(), 0);
}

Test(summary, who_asks_seldom_is_not_silent)
{
	struct hearing hearing;

	for (unsigned ago = PAST_DAY - 1; ago > 8 * PAST_HOUR; ago -= 2700)
		past_ask(&past, ago, 2, "a.example");
	listen_to(&hearing, 60);
	cr_expect_eq(silent_since(), 0);
}

Test(summary, who_was_silent_all_the_time_is_there)
{
	struct hearing hearing;

	hum(3 * PAST_DAY, 2 * PAST_DAY);
	past_ask(&past, PAST_HOUR, 3, "a.example");
	listen_to(&hearing, PAST_HOUR);
	cr_expect_gt(silent_since(), 0);
	cr_expect_eq(past_device(&past, "192.168.0.2")->count, 0);
	cr_expect_eq(past_device(&past, "192.168.0.2")->first, 0);
	cr_expect_eq(past.house->asking, 1);
	cr_expect_eq(past.house->device_count, 2);
}

/* --- lists that came later --- */

static struct made made;
static bool had_it;
static unsigned asked;

static bool had(void *context, const char *list, uint64_t time,
		struct bytes name)
{
	(void)context, (void)name;
	asked++;
	cr_expect_str_eq(list, "trackers");
	cr_expect_eq(time, past.options.since / PAST_SECOND);
	return had_it;
}

static struct house *make_house(void)
{
	struct house_list lists[] = { { "trackers", ACTION_NULL } };
	uint8_t off[] = { ACTION_NONE }, on[] = { ACTION_NULL };
	struct house_group groups[] = {
		{ "default", on }, { "guests", off },
	};
	struct house_member members[] = {
		{ { AF_INET, 32, { 192, 168, 0, 9 } }, 1 },
	};
	const struct house model = {
		.lists = lists, .list_count = 1,
		.groups = groups, .group_count = 2,
		.members = members, .member_count = 1,
	};
	struct house *house = house_new(&model);

	cr_assert_not_null(house);
	return house;
}

/* A list that has tracker.example and what is below it, since `ago`. */
static struct policy *make_policy(unsigned ago)
{
	struct image_list list = {
		.name = "trackers", .version = 3,
		.time = PAST_NOW / PAST_SECOND - ago,
	};
	struct policy *policy;

	made_init(&made);
	cr_assert_eq(build_list(made.build, &list), 0);
	made_rule(&made, "tracker.example", false, 1);
	policy = policy_new(made_open(&made), make_house());
	cr_assert_not_null(policy);
	past.options.policy = policy;
	past.options.had = had;
	return policy;
}

static void drop_policy(struct policy *policy)
{
	summary_free(past.summary);
	past.summary = NULL;
	policy_free(policy);
	made_release(&made);
}

static void ask_before(void)
{
	for (unsigned i = 0; i < 14; i++)
		past_ask(&past, 5 * PAST_DAY - i, 2, "t.tracker.example");
	past_ask(&past, PAST_HOUR, 2, "a.example");
}

Test(summary, what_was_asked_before_a_list_named_it_is_told)
{
	struct policy *policy = make_policy(2 * PAST_HOUR);

	ask_before();
	past_sum(&past);
	cr_assert_not_null(past_receiver(&past, "tracker.example"));
	cr_expect_eq(past_receiver(&past, "tracker.example")->before_listed,
		     14);
	cr_expect_eq(past_receiver(&past, "tracker.example")->before_since,
		     PAST_NOW - 5 * PAST_DAY * PAST_SECOND);
	cr_expect_eq(past_receiver(&past, "tracker.example")->count, 0);
	cr_expect_eq(past_receiver(&past, "tracker.example")->first, 0);
	drop_policy(policy);
}

/* A list that is renewed every day names most of it every day. */
Test(summary, what_a_list_had_already_is_not_told_again)
{
	struct policy *policy = make_policy(2 * PAST_HOUR);

	had_it = true;
	ask_before();
	past_sum(&past);
	cr_expect_null(past_receiver(&past, "tracker.example"));
	cr_expect_eq(asked, 1, "only where it matters");
	drop_policy(policy);
}

Test(summary, also_of_a_device_that_asked_for_nothing)
{
	struct policy *policy = make_policy(2 * PAST_HOUR);

	past_ask(&past, 5 * PAST_DAY, 2, "t.tracker.example");
	past_sum(&past);
	cr_assert_not_null(past_receiver(&past, "tracker.example"));
	cr_expect_eq(past.house->asking, 0);
	cr_expect_eq(past_device(&past, "192.168.0.2")->bypass.silent_since,
		     0);
	drop_policy(policy);
}

Test(summary, what_was_sunk_before_is_not_told)
{
	struct policy *policy = make_policy(2 * PAST_HOUR);

	past_ask_sunk(&past, 6 * PAST_DAY, 2, "t.tracker.example");
	ask_before();
	past_sum(&past);
	cr_expect_null(past_receiver(&past, "tracker.example"));
	drop_policy(policy);
}

Test(summary, a_list_that_did_not_change_names_nothing_anew)
{
	struct policy *policy = make_policy(2 * PAST_DAY);

	ask_before();
	past_sum(&past);
	cr_expect_null(past_receiver(&past, "tracker.example"));
	cr_expect_eq(asked, 0);
	drop_policy(policy);
}

Test(summary, a_list_is_asked_for_the_group_of_the_device)
{
	struct policy *policy = make_policy(2 * PAST_HOUR);
	const struct summary_device *guest;

	past_ask(&past, 5 * PAST_DAY, 9, "t.tracker.example");
	past_ask(&past, 200, 9, "t.tracker.example");
	past_ask(&past, 100, 2, "t.tracker.example");
	past_sum(&past);
	guest = past_device(&past, "192.168.0.9");
	cr_expect_eq(guest->receivers[0].before_listed, 0);
	cr_expect_null(guest->receivers[0].names[0].list_now);
	cr_expect_str_eq(past_receiver(&past, "tracker.example")
			 ->names[0].list_now, "trackers");
	drop_policy(policy);
}
