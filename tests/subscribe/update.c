/*
 * Updates: a bad source never costs a good list.
 */
#include "subscribe/update.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "base/error.h"
#include "followed.h"
#include "subscribe/format.h"
#include "subscribe/memory.h"
#include "subscribe/spool.h"

static char folder[32], source[64], other[64];

static void setup(void)
{
	folder_make(folder);
	snprintf(source, sizeof(source), "%s/source", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
}

static void teardown(void)
{
	folder_drop(folder);
}

TestSuite(update, .init = setup, .fini = teardown);

/* The list "one" with one source. */
static struct outcome update_as(struct list_options options, bool force)
{
	char *sources[] = { source };

	strcpy(options.name, "one");
	options.sources = sources;
	options.source_count = 1;
	if (options.keep == 0)
		options.keep = SHELF_KEEP;
	return followed(&options, folder, force);
}

static struct outcome update(void)
{
	return update_as((struct list_options){ 0 }, false);
}

static struct outcome update_with(const char *text)
{
	folder_write(folder, "source", text);
	return update();
}

static const struct list_version *newest(struct shelf *shelf)
{
	cr_assert_eq(shelf_open(shelf, folder, "one"), 0);
	return shelf_newest(shelf);
}

static void expect_text(uint64_t serial, const char *text)
{
	FILE *file = tmpfile();
	struct file_map map;
	struct shelf shelf;

	newest(&shelf);
	cr_assert_eq(shelf_extract(&shelf, serial, fileno(file)), 0);
	cr_assert_eq(spool_map(fileno(file), &map), 0);
	cr_expect(map.len == strlen(text) && !memcmp(map.at, text, map.len));
	file_map_close(&map);
	shelf_release(&shelf);
	fclose(file);
}

Test(update, a_good_source_becomes_a_version)
{
	struct outcome outcome = update_with("a.com\nb.com\n??\n");
	const struct list_version *last;
	struct shelf shelf;

	cr_assert_eq(outcome.error, 0);
	cr_expect(outcome.report.changed);
	cr_expect_not(outcome.report.refused || outcome.report.held);
	cr_expect_str_eq(outcome.report.trouble, "");
	cr_expect_eq(outcome.report.version.serial, 1);
	cr_expect_eq(outcome.report.version.rules, 2);
	cr_expect_eq(outcome.report.rules, 2);
	cr_expect_eq(outcome.report.rejected, 1);
	cr_expect_eq(outcome.report.first_rejected, 3);
	cr_expect_eq(outcome.report.format, LIST_FORMAT_DOMAINS);
	cr_assert_eq(outcome.lists, 1);
	cr_expect_str_eq(outcome.list.name, "one");
	cr_expect_eq(outcome.list.version, 1);
	cr_expect_eq(outcome.list.rules, 2);
	cr_expect_eq(outcome.list.rejected, 1);
	last = newest(&shelf);
	cr_assert_not_null(last);
	cr_expect_eq(last->serial, 1);
	cr_expect_eq(last->bytes, 15);
	cr_expect_eq(last->rules, 2);
	cr_expect_str_eq(last->sources, source);
	cr_expect_arr_eq(last->digest, outcome.list.digest, 32);
	shelf_release(&shelf);
	expect_text(1, "a.com\nb.com\n??\n");
}

Test(update, serials_rise_with_the_text_and_only_with_it)
{
	cr_expect_eq(update_with("a.com\n").report.version.serial, 1);
	cr_expect_not(update_with("a.com\n").report.changed);
	cr_expect_eq(update_with("a.com\n").report.version.serial, 1);
	cr_expect_eq(update_with("b.com\n").report.version.serial, 2);
	cr_expect_eq(update_with("a.com\n").report.version.serial, 3);
}

Test(update, rubbish_is_refused_and_keeps_the_last_good_version)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "<!doctype html>\n<p>a.com\n", "HTML" },
		{ "\n \n", "nothing in it" },
		{ "# only remarks\n", "there is no rule in it" },
		{ "404: Not Found\n", "none of its 1 lines is a rule" },
		{ "x y z ?\n?!\n", "none of its 2 lines is a rule" },
	};
	struct outcome outcome;

	update_with("a.com\nb.com\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		outcome = update_with(rows[i].text);
		cr_assert_eq(outcome.error, 0);
		cr_expect(outcome.report.refused, "row %zu", i);
		cr_expect_not(outcome.report.changed, "row %zu", i);
		cr_expect_not_null(strstr(outcome.report.trouble,
					  rows[i].words), "row %zu: %s", i,
				   outcome.report.trouble);
		cr_expect_eq(outcome.report.version.serial, 1);
		cr_expect_eq(outcome.report.rules, 2);
		cr_expect_eq(outcome.list.version, 1);
		cr_expect_eq(outcome.list.rules, 2);
	}
}

Test(update, an_empty_source_keeps_it_too)
{
	struct outcome outcome;

	update_with("a.com\nb.com\n");
	outcome = update_with("");
	cr_assert_eq(outcome.error, 0);
	cr_expect_str_neq(outcome.report.trouble, "");
	cr_expect_eq(outcome.list.rules, 2);
}

Test(update, what_was_refused_is_remembered_as_a_failure)
{
	struct memory memory;

	update_with("a.com\n");
	update_with("<html>");
	cr_assert_eq(memory_read(&memory, folder, "one"), 0);
	cr_expect_not_null(strstr(memory.trouble, "HTML"), "%s",
			   memory.trouble);
	cr_expect_geq(memory.failures, 1);
	memory_release(&memory);
	update_with("a.com\nb.com\n");
	cr_assert_eq(memory_read(&memory, folder, "one"), 0);
	cr_expect_str_eq(memory.trouble, "");
	cr_expect_eq(memory.failures, 0);
	memory_release(&memory);
}

Test(update, what_lost_half_of_its_rules_is_taken_by_force_alone)
{
	struct outcome outcome;

	update_with("a.com\nb.com\nc.com\nd.com\ne.com\n");
	outcome = update_with("a.com\nb.com\n");
	cr_assert_eq(outcome.error, 0);
	cr_expect(outcome.report.refused);
	cr_expect_not_null(strstr(outcome.report.trouble, "2 rules, under "
				  "half of the 5 of version 1"), "%s",
			   outcome.report.trouble);
	cr_expect_not_null(strstr(outcome.report.trouble,
				  "lists update --force one"));
	cr_expect_eq(outcome.list.rules, 5);
	outcome = update_as((struct list_options){ 0 }, true);
	cr_assert_eq(outcome.error, 0);
	cr_expect_not(outcome.report.refused);
	cr_expect_eq(outcome.report.version.serial, 2);
	cr_expect_eq(outcome.list.rules, 2);
	cr_expect_eq(update_with("a.com\n").report.version.serial, 3,
		     "half of them is not under half of them");
}

Test(update, force_does_not_take_rubbish)
{
	struct outcome outcome;

	update_with("a.com\n");
	folder_write(folder, "source", "<html>");
	outcome = update_as((struct list_options){ 0 }, true);
	cr_expect(outcome.report.refused);
	cr_expect_eq(outcome.list.rules, 1);
}

Test(update, a_source_that_cannot_be_read_keeps_the_version)
{
	struct outcome outcome;

	update_with("a.com\n");
	folder_remove(folder, "source");
	outcome = update();
	cr_assert_eq(outcome.error, 0);
	cr_expect_not_null(strstr(outcome.report.trouble, "source"), "%s",
			   outcome.report.trouble);
	cr_expect_eq(outcome.list.rules, 1);
	cr_expect_eq(outcome.report.version.serial, 1);
	cr_assert_eq(mkfifo(source, 0600), 0);
	outcome = update();
	cr_expect_str_neq(outcome.report.trouble, "");
	cr_expect_eq(outcome.list.rules, 1);
}

Test(update, a_list_that_was_never_good_is_not_in_the_image)
{
	struct outcome outcome = update_with("<html>");
	struct shelf shelf;

	cr_assert_eq(outcome.error, 0);
	cr_expect_eq(outcome.lists, 0);
	cr_expect_eq(outcome.report.version.serial, 0);
	cr_expect_str_neq(outcome.report.trouble, "");
	cr_expect_null(newest(&shelf));
	shelf_release(&shelf);
}

static void damage(uint64_t serial)
{
	char name[64];

	snprintf(name, sizeof(name), "lists/one/%" PRIu64 ".zst", serial);
	folder_write(folder, name, "c.com\n");
}

Test(update, a_damaged_version_gives_way_to_the_one_before)
{
	struct outcome outcome;

	update_with("a.com\n");
	update_with("a.com\nb.com\n");
	damage(2);
	outcome = update_with("<html>");
	cr_assert_eq(outcome.error, 0);
	cr_expect_eq(outcome.list.version, 1);
	cr_expect_eq(outcome.list.rules, 1);
	cr_expect_eq(outcome.report.version.serial, 1);
	cr_expect_eq(update_with("d.com\n").report.version.serial, 3);
}

Test(update, when_all_versions_are_damaged_there_is_no_list)
{
	struct outcome outcome;

	update_with("a.com\n");
	damage(1);
	outcome = update_with("<html>");
	cr_assert_eq(outcome.error, 0);
	cr_expect_eq(outcome.lists, 0);
	cr_expect_eq(outcome.report.version.serial, 0);
}

/* --- held --- */

Test(update, a_list_that_is_held_stays_where_it_is)
{
	struct outcome outcome;

	update_with("a.com\n");
	update_with("a.com\nb.com\n");
	cr_assert_eq(update_hold(folder, "one", 1), 0);
	cr_expect_eq(update_held(folder, "one"), 1);
	outcome = update_with("a.com\nb.com\nc.com\n");
	cr_assert_eq(outcome.error, 0);
	cr_expect(outcome.report.held);
	cr_expect_not(outcome.report.changed);
	cr_expect_eq(outcome.report.version.serial, 1);
	cr_expect_eq(outcome.list.rules, 1);
	cr_assert_eq(update_hold(folder, "one", 0), 0);
	cr_expect_eq(update_held(folder, "one"), 0);
	outcome = update();
	cr_expect_not(outcome.report.held);
	cr_expect_eq(outcome.report.version.serial, 3);
	cr_expect_eq(outcome.list.rules, 3);
}

Test(update, held_at_a_version_that_is_gone_it_moves)
{
	struct outcome outcome;

	update_with("a.com\n");
	cr_assert_eq(update_hold(folder, "one", 9), 0);
	outcome = update_with("a.com\nb.com\n");
	cr_expect_not(outcome.report.held);
	cr_expect_eq(outcome.report.version.serial, 2);
	folder_write(folder, "lists/one/held", "rubbish");
	cr_expect_eq(update_held(folder, "one"), 0);
	cr_assert_eq(update_hold(folder, "one", 0), 0);
	cr_expect_eq(update_hold(folder, "one", 0), 0, "twice is no error");
	cr_expect_eq(update_hold(folder, "../one", 1), ERROR_MALFORMED);
	cr_expect_eq(update_held(folder, "../one"), 0);
}

/* --- options --- */

Test(update, options_say_how_it_is_read)
{
	struct list_options hosts = { .format = LIST_FORMAT_HOSTS };
	struct list_options crypt = { .format = LIST_FORMAT_DNSCRYPT };

	folder_write(folder, "source", "0.0.0.0 a.com b.com\nc.com\n");
	cr_expect_eq(update().report.rules, 3);
	cr_expect_eq(update_as(hosts, false).report.rules, 3);
	cr_expect_eq(update_as(crypt, false).report.rules, 1);
}

Test(update, as_many_versions_are_kept_as_the_list_says)
{
	struct list_options two = { .keep = 2 };
	struct shelf shelf;

	for (int i = 0; i < 4; i++) {
		char text[32];

		snprintf(text, sizeof(text), "n%d.com\n", i);
		folder_write(folder, "source", text);
		cr_assert_eq(update_as(two, false).error, 0);
	}
	cr_expect_eq(newest(&shelf)->serial, 4);
	cr_expect_eq(shelf.count, 2);
	shelf_release(&shelf);
}

Test(update, several_sources_are_one_list)
{
	char *sources[] = { source, other };
	struct list_options options = {
		.name = "one", .sources = sources, .source_count = 2,
		.keep = SHELF_KEEP,
	};
	struct outcome outcome;

	folder_write(folder, "source", "a.com\nb.com\n");
	folder_write(folder, "other", "||c.com^\n@@||d.com^\n");
	outcome = followed(&options, folder, false);
	cr_assert_eq(outcome.error, 0);
	cr_expect_eq(outcome.list.rules, 4);
	folder_write(folder, "other", "<html>");
	outcome = followed(&options, folder, false);
	cr_expect(outcome.report.refused, "one bad part, a bad list");
	cr_expect_eq(outcome.list.rules, 4);
	folder_remove(folder, "other");
	outcome = followed(&options, folder, false);
	cr_expect_not_null(strstr(outcome.report.trouble, "other"));
	cr_expect_eq(outcome.list.rules, 4);
}

Test(update, a_bad_name_is_an_error)
{
	char *sources[] = { source };
	struct list_options options = {
		.name = "../x", .sources = sources, .source_count = 1,
	};

	folder_write(folder, "source", "a.com\n");
	cr_expect_eq(followed(&options, folder, false).error,
		     ERROR_MALFORMED);
}

/* A version that cannot be kept could not be told from the next one. */
Test(update, a_version_that_cannot_be_kept_is_an_error)
{
	folder_write(folder, "lists", "a file where the folder should be");
	cr_expect_lt(update_with("a.com\n").error, 0);
}

/* --- what goes into the digest --- */

static void digest(const struct list_options *options, uint8_t sum[32])
{
	const struct fetch_options how = { 0 };
	struct update_report report;
	struct update update;

	cr_assert_eq(update_open(&update, options, folder, &report), 0);
	cr_assert_eq(update_fetch(&update, &how), 0);
	update_choose(&update);
	update_digest(&update, sum);
	update_close(&update);
}

Test(update, the_digest_changes_with_what_would_be_read)
{
	char *sources[] = { source };
	struct list_options options = {
		.name = "one", .sources = sources, .source_count = 1,
	};
	uint8_t first[32], again[32];

	folder_write(folder, "source", "a.com\n");
	digest(&options, first);
	digest(&options, again);
	cr_expect_arr_eq(first, again, 32);
	options.action = 3;
	options.line = 9;
	digest(&options, again);
	cr_expect_arr_eq(first, again, 32, "neither action nor line");
	options.subdomains = LIST_SUBDOMAINS_YES;
	digest(&options, again);
	cr_expect_arr_neq(first, again, 32, "how names are read");
	options.subdomains = LIST_SUBDOMAINS_AUTO;
	options.format = LIST_FORMAT_HOSTS;
	digest(&options, again);
	cr_expect_arr_neq(first, again, 32, "the format");
	options.format = LIST_FORMAT_AUTO;
	folder_write(folder, "source", "a.comm\n");
	digest(&options, again);
	cr_expect_arr_neq(first, again, 32, "the text");
	strcpy(options.name, "two");
	digest(&options, first);
	cr_expect_arr_neq(first, again, 32, "the name");
}
