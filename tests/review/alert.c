/*
 * A household is told what it wants to be told, in a sentence that does no
 * harm; and is not told what is usual.
 */
#include "review/alert.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "review/summary.h"

#define SECOND UINT64_C(1000000)
#define DAY (86400 * SECOND)
#define NOW (UINT64_C(1700000000) * SECOND)

static struct summary_receiver receivers[4];
static struct summary_device device;
static struct summary_gap gaps[2];
static struct summary_house house;
static struct alert_options options;
static struct alert found[8];
static unsigned count, most;

static bool keep(void *context, const struct alert *alert)
{
	(void)context;
	cr_assert_lt(count, 8);
	found[count++] = *alert;
	return count < most;
}

static void set_up(void)
{
	setenv("TZ", "UTC0", 1);
	most = 8;
	options = (struct alert_options){
		.receivers = true, .gaps = true, .burst = 50,
		.learn = 7 * 86400,
	};
	receivers[0] = (struct summary_receiver){
		.receiver = "vendor.example", .count = 3, .passed = 3,
		.first = NOW - 60 * SECOND, .last = NOW, .new = true,
	};
	device = (struct summary_device){
		.id = 1, .name = "tv", .count = 3, .first = NOW - 60 * SECOND,
		.known_since = NOW - 30 * DAY, .receivers = receivers,
		.receiver_count = 1,
	};
	house = (struct summary_house){
		.devices = &device, .device_count = 1, .gaps = gaps,
	};
}

TestSuite(alert, .init = set_up, .timeout = 60);

static void find(void)
{
	const struct alert_finder finder = {
		.options = &options, .each = keep,
	};

	count = 0;
	alert_find(&house, &finder);
}

Test(alert, a_new_receiver_is_told)
{
	find();
	cr_assert_eq(count, 1);
	cr_expect_eq(found[0].kind, ALERT_RECEIVER);
	cr_expect_str_eq(found[0].device, "tv");
	cr_expect_str_eq(found[0].about, "vendor.example");
	cr_expect_eq(found[0].time, NOW);
	cr_expect_str_eq(found[0].words, "tv asked for vendor.example, for "
			 "the first time (3 questions, passed).");
	receivers[0].sunk = 1;
	find();
	cr_expect_str_eq(found[0].words, "tv asked for vendor.example, for "
			 "the first time (3 questions, 1 of them sunk).");
	receivers[0].count = receivers[0].sunk = 1;
	find();
	cr_expect_str_eq(found[0].words, "tv asked for vendor.example, for "
			 "the first time (1 question, sunk).");
}

Test(alert, what_is_known_is_not)
{
	receivers[0].new = false;
	find();
	cr_expect_eq(count, 0);
}

Test(alert, who_does_not_want_it_is_not_told)
{
	options.receivers = false;
	find();
	cr_expect_eq(count, 0);
}

/* For a new device everything is new. */
Test(alert, a_device_is_learnt_first)
{
	device.known_since = NOW - 6 * DAY;
	find();
	cr_expect_eq(count, 0);
	device.known_since = NOW - 8 * DAY;
	find();
	cr_expect_eq(count, 1);
	device.known_since = 0;
	find();
	cr_expect_eq(count, 0, "nobody knows since when");
	device.known_since = NOW + DAY;
	find();
	cr_expect_eq(count, 0, "a clock was wrong");
}

Test(alert, who_asks_for_new_ones_all_the_time_tells_nothing)
{
	device.restless = true;
	find();
	cr_expect_eq(count, 0);
	options.learn = 0;
	find();
	cr_expect_eq(count, 1, "unless all of it is wanted");
}

Test(alert, a_burst_is_told)
{
	receivers[0].new = false;
	receivers[0].count = 70;
	receivers[0].sunk = 49;
	receivers[0].first = NOW - 185 * SECOND;
	find();
	cr_expect_eq(count, 0);
	receivers[0].sunk = 50;
	find();
	cr_assert_eq(count, 1);
	cr_expect_eq(found[0].kind, ALERT_BURST);
	cr_expect_eq(found[0].count, 50);
	cr_expect_str_eq(found[0].words, "tv tried to reach vendor.example: "
			 "50 sunk questions within 3 min 5 s.");
	options.burst = 0;
	find();
	cr_expect_eq(count, 0);
}

Test(alert, a_gap_is_told)
{
	device.receiver_count = 0;
	gaps[0] = (struct summary_gap){ NOW - 9 * SECOND, NOW, 1, "full" };
	house.gap_count = house.gap_total = 1;
	house.lost = 1;
	find();
	cr_assert_eq(count, 1);
	cr_expect_eq(found[0].kind, ALERT_GAP);
	cr_expect_str_eq(found[0].words, "The journal has lost 1 question, "
			 "the last at 2023-11-14 22:13:20 (full).");
	house.lost = 0;
	find();
	cr_expect_str_eq(found[0].words, "The journal has lost an unknown "
			 "number of questions, the last at "
			 "2023-11-14 22:13:20 (full).");
	options.gaps = false;
	find();
	cr_expect_eq(count, 0);
}

Test(alert, finding_ends_when_nobody_listens)
{
	receivers[1] = receivers[0];
	device.receiver_count = 2;
	most = 1;
	find();
	cr_expect_eq(count, 1);
}

Test(alert, of_a_list)
{
	struct alert alert;

	alert_of_list(&alert, &(struct alert_late){
		"trackers", "404 Not Found", 1699990000 }, NOW);
	cr_expect_eq(alert.kind, ALERT_LIST);
	cr_expect_str_eq(alert.about, "trackers");
	cr_expect_str_eq(alert.words, "The list trackers has not been brought "
			 "up to date: it was due at 2023-11-14 19:26:40 (404 "
			 "Not Found).");
	alert_of_list(&alert, &(struct alert_late){ "trackers", "", 0 }, NOW);
	cr_expect_str_eq(alert.words, "The list trackers could never be had.");
}

Test(alert, a_sentence_is_one_line_and_harmless)
{
	struct alert alert;

	device.name = "t\nv\033[2J";
	receivers[0].receiver = "$(reboot)\n\\000.example";
	find();
	alert_of_list(&alert, &(struct alert_late){
		"x\n", "\033[31m\r\n.\r\n", 0 }, NOW);
	cr_assert_eq(count, 1);
	for (const char *at = found[0].words; *at; at++)
		cr_expect(*at >= ' ' && *at <= '~');
	for (const char *at = alert.words; *at; at++)
		cr_expect(*at >= ' ' && *at <= '~');
}

Test(alert, names_stay_as_they_are_known)
{
	device.name = "Küchenradio";
	receivers[0].receiver = "a\\010b.example";
	find();
	cr_expect_str_eq(found[0].device, "Küchenradio");
	cr_expect_str_eq(found[0].about, "a\\010b.example",
			 "it is escaped once");
}

Test(alert, text_that_is_too_long_is_cut)
{
	static char name[5000];

	memset(name, 'x', sizeof(name) - 1);
	device.name = name;
	receivers[0].receiver = name;
	find();
	cr_expect_eq(strlen(found[0].device), ALERT_DEVICE - 1);
	cr_expect_eq(strlen(found[0].about), ALERT_ABOUT - 1);
	cr_expect_lt(strlen(found[0].words), ALERT_WORDS);
}

Test(alert, kinds_have_words_and_back)
{
	for (int i = 0; i < ALERT_KINDS; i++) {
		const char *words = alert_kind_words((enum alert_kind)i);

		cr_expect_eq(alert_kind_parse(words), i);
	}
	cr_expect_eq(alert_kind_parse("nothing"), -1);
	cr_expect_eq(alert_kind_parse(""), -1);
}
