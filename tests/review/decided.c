/*
 * What was decided of a name is decided of what is below it, unless something
 * nearer was.
 */
#include "review/decided.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "past.h"

static struct past past;
static struct decided *decided;

static void set_up(void)
{
	past_make(&past);
}

static void tear_down(void)
{
	decided_free(decided);
	past_remove(&past);
}

TestSuite(decided, .init = set_up, .fini = tear_down, .timeout = 60);

static void load(const char *sql)
{
	past_end(&past, sql);
	cr_assert_eq(database_open_reader(&past.db, past.database), 0);
	cr_assert_eq(decided_load(&decided, past.db), 0);
}

static const char *find(const char *name)
{
	const struct decision *found = decided_find(decided,
						    bytes_of_string(name));

	return found ? found->verdict : "";
}

Test(decided, the_nearest_counts)
{
	load("INSERT INTO decision VALUES"
	     " ('vendor.example', 'fine', 'the scales', 1),"
	     " ('t.vendor.example', 'watch', NULL, 2),"
	     " ('vendor.example.org', 'block', NULL, 3)");
	cr_expect_str_eq(find("vendor.example"), "fine");
	cr_expect_str_eq(find("a.b.vendor.example"), "fine");
	cr_expect_str_eq(find("t.vendor.example"), "watch");
	cr_expect_str_eq(find("x.t.vendor.example"), "watch");
	cr_expect_str_eq(find("vendor.example.org"), "block");
	cr_expect_str_eq(find("example"), "");
	cr_expect_str_eq(find("avendor.example"), "");
	cr_expect_str_eq(find("vendor.exampl"), "");
	cr_expect_str_eq(find(""), "");
	cr_expect_str_eq(decided_find(decided, bytes_of_string(
		"vendor.example"))->note, "the scales");
	cr_expect_null(decided_find(decided, bytes_of_string(
		"t.vendor.example"))->note);
}

/* Or what is sent to somebody else is hidden behind what is fine. */
Test(decided, a_dot_in_a_label_leads_nowhere)
{
	load("INSERT INTO decision VALUES"
	     " ('vendor.example', 'fine', NULL, 1)");
	cr_expect_str_eq(find("stolen\\.vendor.example"), "");
	cr_expect_str_eq(find("x.stolen\\.vendor.example"), "");
	cr_expect_str_eq(find("back\\\\.vendor.example"), "fine");
	cr_expect_str_eq(find("cut\\"), "");
}

Test(decided, nothing_is_decided)
{
	load(NULL);
	cr_expect_str_eq(find("vendor.example"), "");
}

/* A file that was made by somebody else. */
Test(decided, rubbish_is_bounded)
{
	past_end(&past, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT"
		 " i + 1 FROM n WHERE i < 70000) INSERT INTO decision SELECT"
		 " i || '.example', 'fine', NULL, 0 FROM n");
	cr_assert_eq(database_open_reader(&past.db, past.database), 0);
	cr_expect_lt(decided_load(&decided, past.db), 0);
	cr_expect_null(decided);
}
