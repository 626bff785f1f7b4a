/*
 * Marks and decisions in a database, also in one that somebody else wrote.
 */
#include "journal/marks.h"

#include "ask.h"
#include "fixture.h"
#include "journal/database.h"
#include "journal/decisions.h"

static struct fixture fixture;
static sqlite3 *db;

static void set_up(void)
{
	struct database_options options = { .path = fixture.database };
	char words[256];

	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	options.group = -1;
	options.words = words;
	options.room = sizeof(words);
	cr_assert_eq(database_open(&db, &options), SQLITE_OK);
}

static void tear_down(void)
{
	sqlite3_close(db);
	fixture_remove(&fixture);
}

TestSuite(marks, .init = set_up, .fini = tear_down, .timeout = 60);

static int64_t put(uint64_t time, const char *label, int64_t device)
{
	struct mark mark = {
		.time = time, .label = label, .device = device,
		.mode = "sink",
	};

	cr_assert_eq(marks_put(db, &mark), SQLITE_OK);
	return mark.id;
}

static bool write_down(void *context, const struct mark *mark)
{
	text_put(context, "%lld:%llu:%s:%lld:%s ", (long long)mark->id,
		 (unsigned long long)mark->time, mark->label,
		 (long long)mark->device, mark->mode);
	return true;
}

static void expect(const struct marks_filter *filter, const char *expected)
{
	char buffer[1024];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	cr_assert_eq(marks_each(db, filter, write_down, &text), 0);
	cr_expect_str_eq(buffer, expected);
}

Test(marks, come_in_order_of_time)
{
	const struct marks_filter all = { 0 };

	put(300, "late", 0);
	put(100, "early", 7);
	expect(&all, "2:100:early:7:sink 1:300:late:0:sink ");
}

Test(marks, are_filtered)
{
	put(100, "Plugged in", 7);
	put(200, "unplugged", 0);
	put(300, "plugged IN", 8);
	expect(&(struct marks_filter){ .label = "plugged in" },
	       "1:100:Plugged in:7:sink 3:300:plugged IN:8:sink ");
	expect(&(struct marks_filter){ .since = 200 },
	       "2:200:unplugged:0:sink 3:300:plugged IN:8:sink ");
	expect(&(struct marks_filter){ .until = 200 },
	       "1:100:Plugged in:7:sink ");
	expect(&(struct marks_filter){ .device = 7 },
	       "1:100:Plugged in:7:sink 2:200:unplugged:0:sink ");
	expect(&(struct marks_filter){ .label = "' OR 1" }, "");
}

Test(marks, are_dropped_by_number_or_the_last)
{
	put(300, "one", 0);
	put(100, "two", 0);
	put(200, "three", 0);
	cr_expect_eq(marks_drop(db, 0), SQLITE_OK);
	expect(&(struct marks_filter){ 0 },
	       "2:100:two:0:sink 1:300:one:0:sink ");
	cr_expect_eq(marks_drop(db, 9), SQLITE_NOTFOUND);
	cr_expect_eq(marks_drop(db, 1), SQLITE_OK);
	cr_expect_eq(marks_drop(db, 0), SQLITE_OK);
	cr_expect_eq(marks_drop(db, 0), SQLITE_NOTFOUND);
}

static bool stop(void *context, const struct mark *mark)
{
	(void)mark;
	++*(unsigned *)context;
	return false;
}

Test(marks, each_can_stop)
{
	unsigned count = 0;

	put(100, "a", 0);
	put(200, "b", 0);
	cr_expect_eq(marks_each(db, &(struct marks_filter){ 0 }, stop,
				&count), 0);
	cr_expect_eq(count, 1);
}

Test(marks, of_strangers_do_no_harm)
{
	fixture_run(&fixture, "INSERT INTO mark (time, label) VALUES "
		    "(-5, 'before 1970'), (9223372036854775807, ''), "
		    "(50, char(0) || 'x')");
	expect(&(struct marks_filter){ 0 },
	       "3:50::0: 2:9223372036854775807::0: ");
}

static bool write_decision(void *context, const struct decision *one)
{
	text_put(context, "%s=%s(%s) ", one->name, one->verdict,
		 one->note != NULL ? one->note : "-");
	return true;
}

static void decide(const char *name, const char *verdict, const char *note)
{
	struct decision decision = { name, verdict, note, 5 };

	cr_assert_eq(decisions_put(db, &decision), SQLITE_OK);
}

Test(marks, the_last_decision_of_a_name_counts)
{
	char buffer[256];
	struct text text;

	decide("b.example", "fine", NULL);
	decide("a.example", "watch", "why");
	decide("b.example", "block", NULL);
	text_init(&text, buffer, sizeof(buffer));
	cr_assert_eq(decisions_each(db, write_decision, &text), 0);
	cr_expect_str_eq(buffer, "a.example=watch(why) b.example=block(-) ");
	cr_expect_eq(decisions_drop(db, "a.example"), SQLITE_OK);
	cr_expect_eq(decisions_drop(db, "a.example"), SQLITE_NOTFOUND);
}
