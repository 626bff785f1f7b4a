/*
 * What goes with a mark is told from what a device asks for anyway, on made
 * traces of which the truth is known; and what cannot be said is not.
 */
#include "review/compare.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "journal/row.h"
#include "policy/verdict.h"

enum { ROWS = 20000 };

#define SECOND ((uint64_t)1000000)
#define MINUTE (60 * SECOND)
#define DAY (1440 * MINUTE)
#define START (20000 * DAY)		/* some day in 2024 */
#define NOON (START + DAY / 2)

/* A journal in memory. */
static struct {
	struct made {
		uint64_t time;
		char name[64];
		bool sunk, other;	/* of another device */
	} rows[ROWS];
	unsigned count, asked;
	int error;
} journal;

static uint64_t marks[8];
static struct compare_span gaps[4];
static struct compare_question question;
static struct compare *compare;

static void put(uint64_t time, const char *name)
{
	struct made *made = &journal.rows[journal.count++];

	cr_assert_lt(journal.count, ROWS);
	*made = (struct made){ .time = time };
	strncpy(made->name, name, sizeof(made->name) - 1);
}

static void put_sunk(uint64_t time, const char *name)
{
	put(time, name);
	journal.rows[journal.count - 1].sunk = true;
}

static int rows(void *context, const struct compare_span *span,
		bool (*each)(void *context, const struct row *row),
		void *each_context)
{
	(void)context;
	journal.asked++;
	for (unsigned i = 0; i < journal.count; i++) {
		const struct made *made = &journal.rows[i];
		struct row row = {
			.time = made->time,
			.name = bytes_of_string(made->name),
			.verdict = made->sunk ? VERDICT_SINK : VERDICT_PASS,
		};

		if (made->time < span->since || made->time >= span->until ||
		    made->other)
			continue;
		if (!each(each_context, &row))
			break;
	}
	return journal.error;
}

static int ran(void *context, const struct compare_span *span)
{
	(void)context;
	for (unsigned i = 0; i < journal.count; i++)
		if (journal.rows[i].time >= span->since &&
		    journal.rows[i].time < span->until)
			return 1;
	return 0;
}

static const struct compare_source source = { rows, ran, NULL };

static void set_up(void)
{
	memset(&journal, 0, sizeof(journal));
	question = (struct compare_question){
		.marks = marks, .others = marks, .gaps = gaps,
		.begin = START, .now = START + 2 * DAY,
		.window = MINUTE, .controls = 8,
	};
}

static void tear_down(void)
{
	compare_free(compare);
	compare = NULL;
}

TestSuite(compare, .init = set_up, .fini = tear_down, .timeout = 60);

static void mark(uint64_t time)
{
	marks[question.mark_count++] = time;
	question.other_count = question.mark_count;
}

/* Something that goes on all day, every so often. */
static void hum(const char *name, uint64_t every)
{
	for (uint64_t at = START; at < question.now; at += every)
		put(at, name);
}

static void look(void)
{
	compare_free(compare);
	compare = NULL;
	cr_assert_eq(compare_run(&compare, &question, &source), 0);
}

static const struct compare_name *name(const char *wanted)
{
	for (unsigned i = 0; i < compare->name_count; i++)
		if (strcmp(compare->names[i].name, wanted) == 0)
			return &compare->names[i];
	return NULL;
}

/* Three times: a burst at once, another 20 s later, among what always is. */
static void tell_the_story(void)
{
	hum("time.example", 5 * MINUTE);
	hum("mail.example", 20 * SECOND);
	for (unsigned i = 0; i < 3; i++) {
		uint64_t at = NOON + i * 20 * MINUTE + 7 * SECOND;

		mark(at);
		put_sunk(at + (1 + i) * SECOND, "Upload.Meter.example");
		put_sunk(at + (20 + i) * SECOND, "upload.meter.example");
		put(at + 2 * SECOND, "www.meter.example");
	}
}

Test(compare, what_follows_a_mark_stands_first)
{
	const struct compare_name *upload;

	tell_the_story();
	look();
	cr_expect_eq(compare->marks, 3);
	cr_expect_eq(compare->controls, 24);
	upload = &compare->names[0];
	cr_assert(upload->telling);
	cr_assert(compare->names[1].telling);
	upload = name("upload.meter.example");
	cr_assert_not_null(upload, "a name is one, whatever its case");
	cr_expect_eq(upload->kind, COMPARE_ONLY_AFTER);
	cr_expect_eq(upload->after, 3);
	cr_expect_eq(upload->otherwise, 0);
	cr_expect_eq(upload->asked_after, 6);
	cr_expect_eq(upload->sunk, 6);
	cr_expect_eq(upload->first_least, SECOND);
	cr_expect_eq(upload->first, 2 * SECOND);
	cr_expect_eq(upload->first_most, 3 * SECOND);
	/* All 3 of 27 windows are those of the marks: one in C(27, 3). */
	cr_expect_lt(fabs(upload->chance - 1 / 2925.0), 1e-9);
	cr_expect_eq(name("www.meter.example")->sunk, 0);
}

Test(compare, what_is_always_asked_is_not_laid_to_the_mark)
{
	tell_the_story();
	look();
	cr_expect_eq(name("mail.example")->kind, COMPARE_SAME);
	cr_expect_eq(name("mail.example")->otherwise, 24);
	cr_expect_not(name("mail.example")->telling);
	cr_expect(isfinite(name("mail.example")->chance));
	cr_expect_not(name("time.example")->telling);
}

Test(compare, one_mark_proves_nothing)
{
	hum("mail.example", 20 * SECOND);
	mark(NOON);
	put(NOON + SECOND, "once.example");
	look();
	cr_expect_eq(compare->controls, 8);
	cr_expect_eq(name("once.example")->kind, COMPARE_ONLY_AFTER);
	cr_expect_lt(fabs(name("once.example")->chance - 1 / 9.0), 1e-9);
	cr_expect_not(name("once.example")->telling);
}

Test(compare, half_of_the_controls_are_other_days)
{
	hum("mail.example", 20 * SECOND);
	question.now = START + 2 * DAY;
	mark(NOON);
	question.controls = 2;
	look();
	cr_expect_eq(compare->other_days, 1);
	cr_expect_eq(compare->controls, 2);
	/* The day after is the only other one: the rest is from before. */
	question.controls = 8;
	look();
	cr_expect_eq(compare->other_days, 1);
	cr_expect_eq(compare->controls, 8);
}

Test(compare, a_name_that_is_missing_after_a_mark_is_told_too)
{
	mark(NOON);
	mark(NOON + 10 * MINUTE);
	for (uint64_t at = START; at < question.now; at += 10 * SECOND)
		if ((at < NOON || at >= NOON + MINUTE) &&
		    (at < NOON + 10 * MINUTE || at >= NOON + 11 * MINUTE))
			put(at, "stops.example");
	look();
	cr_expect_eq(name("stops.example")->kind, COMPARE_ONLY_OTHERWISE);
	cr_expect_eq(name("stops.example")->after, 0);
	cr_expect_eq(compare->marks, 2);
	cr_expect_lt(name("stops.example")->chance, 0.01);
}

Test(compare, a_rate_that_changes_is_told)
{
	hum("busy.example", 30 * SECOND);
	mark(NOON);
	for (unsigned i = 1; i < 20; i++)
		put(NOON + i * SECOND, "busy.example");
	look();
	cr_expect_eq(name("busy.example")->kind, COMPARE_MORE);
	cr_expect_lt(fabs(name("busy.example")->chance - 1), 1e-9,
		     "it is in all windows: the test cannot tell");
}

Test(compare, a_window_with_a_gap_is_left_out)
{
	hum("mail.example", 20 * SECOND);
	mark(NOON);
	mark(NOON + 5 * MINUTE);
	/* Of one moment, in the second window and before the first. */
	gaps[0] = (struct compare_span){ NOON + 5 * MINUTE + 1,
					 NOON + 5 * MINUTE + 1 };
	gaps[1] = (struct compare_span){ NOON - 1, NOON - 1 };
	question.gap_count = 2;
	look();
	cr_expect_eq(compare->marks, 1);
	cr_expect_eq(compare->marks_left[COMPARE_LEFT_GAP], 1);
	cr_expect_eq(compare->controls_left[COMPARE_LEFT_GAP], 1);
	cr_expect_eq(compare->controls, 8, "others are taken instead");
}

Test(compare, no_control_lies_in_the_window_of_a_mark)
{
	static uint64_t others[3];

	hum("mail.example", 20 * SECOND);
	mark(NOON);
	others[0] = NOON;
	others[1] = NOON - 90 * SECOND;		/* meets two before */
	others[2] = NOON + DAY + MINUTE / 2;	/* and the other day */
	question.others = others;
	question.other_count = 3;
	for (unsigned i = 0; i < 20; i++)
		put(NOON - 80 * SECOND + i, "other.example");
	look();
	cr_expect_eq(compare->controls_left[COMPARE_LEFT_MARK], 3);
	cr_expect_eq(compare->controls, 8);
	cr_expect_null(name("other.example"));
}

Test(compare, a_device_that_was_off_is_no_control)
{
	hum("mail.example", 20 * SECOND);
	for (unsigned i = 0; i < journal.count; i++)
		journal.rows[i].other = journal.rows[i].time < NOON ||
					journal.rows[i].time >= NOON + MINUTE;
	mark(NOON);
	put(NOON - 20 * MINUTE, "awake.example");
	look();
	cr_expect_eq(compare->controls_left[COMPARE_LEFT_SILENT], 1,
		     "the other day others asked, and it did not");
	cr_expect_eq(compare->controls, 8, "it was on just before");
	cr_expect_eq(compare->controls_left[COMPARE_LEFT_OFF], 0);
}

Test(compare, a_journal_that_did_not_run_is_no_control)
{
	mark(NOON);
	put(NOON + SECOND, "a.example");
	put(NOON - MINUTE / 2, "a.example");
	look();
	cr_expect_eq(compare->controls_left[COMPARE_LEFT_OFF], 1);
	cr_expect_eq(compare->controls_left[COMPARE_LEFT_SILENT], 0);
}

Test(compare, nothing_is_taken_from_before_the_journal)
{
	mark(NOON);
	question.begin = NOON - 3 * MINUTE;
	question.now = NOON + DAY / 2;
	put(NOON - MINUTE / 2, "a.example");
	put(NOON + SECOND, "a.example");
	look();
	cr_expect_eq(compare->controls, 3);
	cr_expect_eq(compare->other_days, 0);
}

Test(compare, a_window_that_is_not_over_is_left_out)
{
	hum("mail.example", 20 * SECOND);
	mark(NOON);
	question.now = NOON + MINUTE / 2;
	look();
	cr_expect_eq(compare->marks, 0);
	cr_expect_eq(compare->marks_left[COMPARE_LEFT_EARLY], 1);
	cr_expect_eq(compare->controls, 0);
	cr_expect_eq(compare->name_count, 0);
}

Test(compare, marks_on_top_of_one_another_count_once)
{
	hum("mail.example", 20 * SECOND);
	mark(NOON);
	mark(NOON + 10 * SECOND);
	look();
	cr_expect_eq(compare->marks, 1);
	cr_expect_eq(compare->marks_left[COMPARE_LEFT_MARK], 1);
}

Test(compare, without_controls_nothing_is_telling)
{
	question.controls = 0;
	mark(NOON);
	put(NOON + SECOND, "a.example");
	look();
	cr_expect_eq(compare->controls, 0);
	cr_expect_eq(name("a.example")->chance, 1);
	cr_expect_not(name("a.example")->telling);
}

Test(compare, names_without_end_are_only_counted)
{
	char text[64];

	mark(NOON);
	for (unsigned i = 0; i < COMPARE_NAMES + 100; i++) {
		snprintf(text, sizeof(text), "n%u.example", i);
		put(NOON + i, text);
	}
	look();
	cr_expect_eq(compare->name_count, COMPARE_NAMES);
	cr_expect_eq(compare->names_beyond, 100);
}

Test(compare, an_error_of_the_source_is_given)
{
	mark(NOON);
	put(NOON + SECOND, "a.example");
	journal.error = -EIO;
	cr_expect_eq(compare_run(&compare, &question, &source), -EIO);
}

Test(compare, what_makes_no_sense_is_refused)
{
	cr_expect_eq(compare_run(&compare, &question, &source),
		     ERROR_MALFORMED, "no mark");
	mark(NOON);
	question.window = 0;
	cr_expect_eq(compare_run(&compare, &question, &source),
		     ERROR_MALFORMED);
	question.window = MINUTE;
	question.controls = COMPARE_CONTROLS + 1;
	cr_expect_eq(compare_run(&compare, &question, &source),
		     ERROR_MALFORMED);
}

/* Names that have nothing to do with marks: how many are called telling. */
Test(compare, chance_is_not_called_telling)
{
	uint64_t seed = 88172645463325252u;
	unsigned false_ones = 0, looked = 0;

	for (unsigned run = 0; run < 40; run++) {
		journal.count = 0;
		question.mark_count = 0;
		for (unsigned i = 0; i < 4; i++)
			mark(NOON + i * 30 * MINUTE);
		for (unsigned i = 0; i < 4000; i++) {
			char text[64];

			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			snprintf(text, sizeof(text), "n%u.example",
				 (unsigned)(seed % 200));
			put(NOON - 60 * MINUTE + (seed >> 20) %
			    (200 * MINUTE), text);
		}
		look();
		for (unsigned i = 0; i < compare->name_count; i++)
			false_ones += compare->names[i].telling;
		looked += compare->name_count;
	}
	printf("telling by chance: %u of %u names in 40 runs\n", false_ones,
	       looked);
	cr_expect_gt(looked, 1000);
	cr_expect_leq(false_ones, 4, "%u in 40 runs", false_ones);
}
