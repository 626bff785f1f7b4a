/*
 * The names of lists are as the journal has them, and what would be sunk now
 * is what the daemon would sink now.
 */
#include "review/listed.h"

#include "../policy/made.h"
#include "base/address.h"
#include "past.h"

static struct past past;
static struct made made;
static struct policy *policy;
static struct listed *listed;

static void set_up(void)
{
	past_make(&past);
	made_init(&made);
}

static void tear_down(void)
{
	listed_close(listed);
	policy_free(policy);
	made_release(&made);
	past_remove(&past);
}

TestSuite(listed, .init = set_up, .fini = tear_down, .timeout = 60);

static void open_listed(const char *sql)
{
	past_end(&past, sql);
	cr_assert_eq(database_open_reader(&past.db, past.database), 0);
	cr_assert_eq(listed_open(&listed, past.db, policy), 0);
}

static void make_policy(void)
{
	struct house_list lists[] = {
		{ "old", ACTION_NULL }, { "new", ACTION_NXDOMAIN },
		{ "seen", ACTION_OBSERVE },
	};
	const struct house model = { .lists = lists, .list_count = 3 };
	struct image_list list = { .version = 1 };

	for (unsigned i = 0; i < 3; i++) {
		strcpy(list.name, lists[i].name);
		list.time = 100 + i * 100;
		build_list(made.build, &list);
		made_rule(&made, i == 0 ? "a.example" : i == 1 ? "b.example"
			  : "c.example", false, 1);
	}
	policy = policy_new(made_open(&made), house_new(&model));
	cr_assert_not_null(policy);
}

Test(listed, lists_have_the_names_of_their_image)
{
	open_listed("INSERT INTO image_list (image, list, name) VALUES"
		    " (1, 0, 'ads'), (2, 0, 'trackers'), (3, 0, NULL)");
	for (unsigned again = 0; again < 2; again++) {
		cr_expect_str_eq(listed_name(listed, 1, 0), "ads");
		cr_expect_str_eq(listed_name(listed, 2, 0), "trackers");
		cr_expect_null(listed_name(listed, 3, 0));
		cr_expect_null(listed_name(listed, 1, 1));
		cr_expect_str_eq(listed_name(listed, 1, VERDICT_OWN_LIST),
				 "household");
	}
}

/* What was given stays, however many come after it. */
Test(listed, many_images)
{
	const char *first;

	open_listed("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1"
		    " FROM n WHERE i < 999) INSERT INTO image_list (image,"
		    " list, name) SELECT i, 0, 'list-' || i FROM n");
	first = listed_name(listed, 7, 0);
	for (unsigned i = 0; i < 1000; i++) {
		const char *name = listed_name(listed, i, 0);
		char expected[32];

		snprintf(expected, sizeof(expected), "list-%u", i);
		cr_assert_str_eq(name, expected);
	}
	cr_expect_str_eq(first, "list-7");
}

Test(listed, a_name_that_is_too_long_is_cut)
{
	open_listed("INSERT INTO image_list (image, list, name) VALUES"
		    " (1, 0, replace(hex(zeroblob(500)), '0', 'x'))");
	cr_expect_eq(strlen(listed_name(listed, 1, 0)), IMAGE_LIST_NAME - 1);
}

Test(listed, now_is_what_would_be_sunk)
{
	struct listed_answer answer;

	make_policy();
	open_listed(NULL);
	cr_assert(listed_now(listed, bytes_of_string("x.b.example"), NULL,
			     &answer));
	cr_expect_str_eq(answer.list, "new");
	cr_expect_eq(answer.since, 200);
	cr_expect(answer.by_name);
	cr_expect_not(listed_now(listed, bytes_of_string("c.example"), NULL,
				 &answer), "it is only observed");
	cr_expect_not(listed_now(listed, bytes_of_string("d.example"), NULL,
				 &answer));
	cr_expect_not(listed_now(listed, bytes_of_string("no..name"), NULL,
				 &answer));
	cr_expect_eq(listed_changed(listed), 300);
}

Test(listed, without_a_policy_nothing_is_known)
{
	struct listed_answer answer;

	open_listed(NULL);
	cr_expect_not(listed_now(listed, bytes_of_string("a.example"), NULL,
				 &answer));
	cr_expect_eq(listed_changed(listed), 0);
}
