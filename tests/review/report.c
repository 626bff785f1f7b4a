/*
 * What a report counts, and that it stays small.
 */
#include "review/report.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "journal/reader.h"
#include "policy/verdict.h"

enum { SECOND = 1000000 };

#define BEGIN ((uint64_t)1795000000 * SECOND)
#define END (BEGIN + (uint64_t)86400 * SECOND)

static struct report *report;

static void set_up(void)
{
	report = report_new(BEGIN, END);
	cr_assert_not_null(report);
}

static void tear_down(void)
{
	report_free(report);
}

TestSuite(report, .init = set_up, .fini = tear_down, .timeout = 60);

static void add(uint64_t second, int64_t device, const char *name,
		unsigned verdict)
{
	struct reader_row row = {
		.time = BEGIN + second * SECOND, .name = name,
		.verdict = verdict,
	};

	cr_assert(report_add(report, device, &row));
}

static const struct report_group *group(unsigned at, unsigned expected)
{
	const struct report_group *const *groups;
	unsigned count;

	groups = report_groups(report, &count);
	cr_assert_eq(count, expected, "%u groups", count);
	return groups[at];
}

Test(report, counts_by_device_and_receiver)
{
	add(1, 1, "a.example.org", VERDICT_PASS);
	add(2, 1, "B.Example.ORG", VERDICT_PASS);
	add(3, 2, "a.example.org", VERDICT_PASS);
	add(4, 2, "www.sunk.example", VERDICT_SINK);
	cr_expect_str_eq(group(0, 3)->receiver, "sunk.example");
	cr_expect_eq(group(1, 3)->questions, 2);
	cr_expect_str_eq(group(1, 3)->names[1].name, "b.example.org");
	cr_expect_eq(report_sum(report).questions, 4);
	cr_expect_eq(report_sum(report).sunk, 1);
}

Test(report, questions_at_once_are_one_attempt)
{
	for (unsigned i = 0; i < 4; i++)
		add(100 + i * 4, 1, "a.example", VERDICT_PASS);
	add(1000, 1, "a.example", VERDICT_PASS);
	cr_expect_eq(group(0, 1)->attempts, 2);
	cr_expect_eq(group(0, 1)->gaps[report_gap_of(900ull * SECOND)], 1);
}

/* A clock that was set back is no attempt of its own kind. */
Test(report, a_time_that_goes_back_is_no_gap)
{
	add(1000, 1, "a.example", VERDICT_PASS);
	add(10, 1, "a.example", VERDICT_PASS);
	for (unsigned i = 0; i < REPORT_GAPS; i++)
		cr_expect_eq(group(0, 1)->gaps[i], 0);
	cr_expect_eq(group(0, 1)->first, BEGIN + 10ull * SECOND);
	cr_expect_eq(group(0, 1)->last, BEGIN + 1000ull * SECOND);
}

Test(report, a_timeline_has_its_ends)
{
	struct reader_row row = { .name = "a.example" };
	const uint64_t times[] = { 0, BEGIN, END - 1, END, UINT64_MAX };

	for (unsigned i = 0; i < 5; i++) {
		row.time = times[i];
		cr_assert(report_add(report, 1, &row));
	}
	cr_expect_eq(group(0, 1)->when[0], 2);
	cr_expect_eq(group(0, 1)->when[REPORT_BUCKETS - 1], 3);
}

Test(report, gaps_rise_evenly)
{
	for (unsigned i = 0; i < REPORT_GAPS; i++) {
		cr_expect_eq(report_gap_of(report_gap_at(i)), i, "%u", i);
		if (i > 0)
			cr_expect_eq(report_gap_of(report_gap_at(i) - 1),
				     i - 1, "%u", i);
	}
	cr_expect_eq(report_gap_of(0), 0);
	cr_expect_eq(report_gap_of(UINT64_MAX), REPORT_GAPS - 1);
}

Test(report, a_flood_of_names_is_counted_and_not_kept)
{
	char name[64];

	for (unsigned i = 0; i < 3 * REPORT_GROUPS; i++) {
		snprintf(name, sizeof(name), "x%u.example", i);
		add(i, 1 + i, name, VERDICT_PASS);
	}
	group(0, REPORT_GROUPS);
	cr_expect_eq(report_sum(report).beyond, 2 * REPORT_GROUPS);
	cr_expect_eq(report_sum(report).questions, 3 * REPORT_GROUPS);
}

Test(report, only_some_names_of_a_receiver_are_kept)
{
	char name[64];

	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "x%u.a.example", i);
		add(i, 1, name, VERDICT_PASS);
	}
	cr_expect_eq(group(0, 1)->more, 100 - REPORT_NAMES);
}

Test(report, a_name_of_any_length_is_one)
{
	static char name[20000];

	memset(name, 'a', sizeof(name) - 1);
	add(1, 1, name, VERDICT_PASS);
	add(2, 1, "", VERDICT_PASS);
	add(3, 1, "\x1b[2J<b>.example", VERDICT_PASS);
	group(0, 3);
}

Test(report, devices_are_each_named_once)
{
	const int64_t ids[] = { 5, 0, 3, 5, 9, 3, -2 };
	const int64_t expected[] = { -2, 3, 5, 9 };
	const int64_t *devices;
	unsigned count;

	for (unsigned i = 0; i < 7; i++)
		add(i, ids[i], "a.example", VERDICT_PASS);
	devices = report_devices(report, &count);
	cr_assert_eq(count, 4);
	cr_expect_eq(memcmp(devices, expected, sizeof(expected)), 0);
}
