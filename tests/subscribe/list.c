/*
 * Updates: a bad source never costs a good list.
 */
#include "subscribe/list.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "base/error.h"
#include "folder.h"
#include "policy/build.h"
#include "subscribe/format.h"

static char folder[32];
static char source[64];

static void setup(void)
{
	folder_make(folder);
	snprintf(source, sizeof(source), "%s/source", folder);
}

static void teardown(void)
{
	folder_drop(folder);
}

TestSuite(list, .init = setup, .fini = teardown);

static const uint8_t none[32];

/* What one update gave; the image has at most this one list. */
struct outcome {
	int error;
	struct list_report report;
	unsigned lists;
	struct image_list list;
};

static struct outcome update(unsigned format, unsigned subdomains)
{
	struct list_options options = {
		.name = "one", .source = source, .format = (uint8_t)format,
		.subdomains = (uint8_t)subdomains,
	};
	struct build *build = build_new();
	struct outcome outcome = { 0 };
	struct image *image;
	char path[64];

	outcome.error = list_update(&options, folder, build, &outcome.report);
	snprintf(path, sizeof(path), "%s/image", folder);
	cr_assert_eq(build_write(build, path, 1, none), 0);
	cr_assert_eq(image_open(&image, path), 0);
	outcome.lists = image_lists(image);
	if (outcome.lists)
		outcome.list = *image_list(image, 0);
	image_close(image);
	build_free(build);
	return outcome;
}

static struct outcome update_with(const char *text)
{
	folder_write(folder, "source", text);
	return update(LIST_FORMAT_AUTO, LIST_SUBDOMAINS_AUTO);
}

Test(list, words)
{
	cr_expect_eq(list_format_parse("auto"), LIST_FORMAT_AUTO);
	cr_expect_eq(list_format_parse("hosts"), LIST_FORMAT_HOSTS);
	cr_expect_eq(list_format_parse("domains"), LIST_FORMAT_DOMAINS);
	cr_expect_eq(list_format_parse("rpz"), ERROR_MALFORMED);
	cr_expect_eq(list_subdomains_parse("yes"), LIST_SUBDOMAINS_YES);
	cr_expect_eq(list_subdomains_parse("no"), LIST_SUBDOMAINS_NO);
	cr_expect_eq(list_subdomains_parse(""), ERROR_MALFORMED);
	cr_expect_str_eq(list_format_words(LIST_FORMAT_HOSTS), "hosts");
}

Test(list, a_good_source_becomes_a_version)
{
	struct list_version last;
	struct outcome outcome;
	struct list_text text;

	outcome = update_with("a.com\nb.com\n??\n");
	cr_assert_eq(outcome.error, 0);
	cr_expect(outcome.report.changed);
	cr_expect_str_eq(outcome.report.trouble, "");
	cr_expect_eq(outcome.report.version.serial, 1);
	cr_expect_eq(outcome.report.version.rules, 2);
	cr_expect_eq(outcome.report.rules, 2);
	cr_expect_eq(outcome.report.rejected, 1);
	cr_expect_eq(outcome.report.first_rejected, 3);
	cr_assert_eq(outcome.lists, 1);
	cr_expect_str_eq(outcome.list.name, "one");
	cr_expect_eq(outcome.list.version, 1);
	cr_expect_eq(outcome.list.rules, 2);
	cr_expect_eq(outcome.list.rejected, 1);
	cr_assert_eq(list_last_version(folder, "one", &last), 0);
	cr_expect_eq(last.serial, 1);
	cr_expect_eq(last.bytes, 15);
	cr_expect_arr_eq(last.digest, outcome.list.digest, 32);
	cr_assert_eq(list_version_read(folder, "one", 1, &text), 0);
	cr_expect(text.len == 15 &&
		  !memcmp(text.at, "a.com\nb.com\n??\n", 15));
	free(text.at);
}

Test(list, serials_rise_with_the_text_and_only_with_it)
{
	cr_expect_eq(update_with("a.com\n").report.version.serial, 1);
	cr_expect_not(update_with("a.com\n").report.changed);
	cr_expect_eq(update_with("a.com\n").report.version.serial, 1);
	cr_expect_eq(update_with("b.com\n").report.version.serial, 2);
	cr_expect_eq(update_with("a.com\n").report.version.serial, 3);
}

Test(list, rubbish_keeps_the_last_good_version)
{
	static const char *const rubbish[] = {
		"", "\n \n", "<!doctype html>\n<p>a.com\n", "# only remarks\n",
		"404: Not Found\n",
	};
	struct outcome outcome;

	update_with("a.com\nb.com\n");
	for (size_t i = 0; i < sizeof(rubbish) / sizeof(*rubbish); i++) {
		outcome = update_with(rubbish[i]);
		cr_assert_eq(outcome.error, 0);
		cr_expect_str_neq(outcome.report.trouble, "", "row %zu", i);
		cr_expect_not(outcome.report.changed);
		cr_expect_eq(outcome.report.version.serial, 1);
		cr_expect_eq(outcome.report.rules, 2);
		cr_expect_eq(outcome.list.version, 1);
		cr_expect_eq(outcome.list.rules, 2);
	}
}

Test(list, a_source_that_cannot_be_read_keeps_it_too)
{
	struct outcome outcome;

	update_with("a.com\n");
	folder_remove(folder, "source");
	outcome = update(LIST_FORMAT_AUTO, LIST_SUBDOMAINS_AUTO);
	cr_assert_eq(outcome.error, 0);
	cr_expect_not_null(strstr(outcome.report.trouble, "source"));
	cr_expect_eq(outcome.list.rules, 1);
	cr_assert_eq(mkdir(source, 0700), 0);
	outcome = update(LIST_FORMAT_AUTO, LIST_SUBDOMAINS_AUTO);
	cr_expect_not_null(strstr(outcome.report.trouble, "not a file"));
	cr_expect_eq(outcome.list.rules, 1);
	cr_assert_eq(rmdir(source), 0);
	cr_assert_eq(mkfifo(source, 0600), 0);
	outcome = update(LIST_FORMAT_AUTO, LIST_SUBDOMAINS_AUTO);
	cr_expect_not_null(strstr(outcome.report.trouble, "not a file"));
}

Test(list, the_trouble_is_that_of_the_source)
{
	struct outcome outcome;

	update_with("a.com\n");
	folder_remove(folder, "source");
	outcome = update(LIST_FORMAT_HOSTS, LIST_SUBDOMAINS_AUTO);
	cr_assert_eq(outcome.error, 0);
	cr_expect_eq(outcome.lists, 0);
	cr_expect_not_null(strstr(outcome.report.trouble, "source"));
}

Test(list, that_was_never_good_is_not_in_the_image)
{
	struct outcome outcome = update_with("<html>");
	struct list_version last;

	cr_assert_eq(outcome.error, 0);
	cr_expect_eq(outcome.lists, 0);
	cr_expect_eq(outcome.report.version.serial, 0);
	cr_expect_str_neq(outcome.report.trouble, "");
	cr_assert_eq(list_last_version(folder, "one", &last), 0);
	cr_expect_eq(last.serial, 0);
}

Test(list, a_damaged_version_gives_way_to_the_one_before)
{
	struct outcome outcome;

	update_with("a.com\n");
	update_with("a.com\nb.com\n");
	folder_write(folder, "lists/one/2.txt", "c.com\n");
	outcome = update_with("<html>");
	cr_assert_eq(outcome.error, 0);
	cr_expect_eq(outcome.list.version, 1);
	cr_expect_eq(outcome.list.rules, 1);
	cr_expect_eq(update_with("d.com\n").report.version.serial, 3);
}

Test(list, options_say_how_it_is_read)
{
	folder_write(folder, "source", "0.0.0.0 a.com b.com\nc.com\n");
	cr_expect_eq(update(LIST_FORMAT_AUTO, 0).report.rules, 2);
	cr_expect_eq(update(LIST_FORMAT_HOSTS, 0).report.rules, 2);
	cr_expect_eq(update(LIST_FORMAT_DOMAINS, 0).report.rules, 1);
	folder_write(folder, "source", "com\n");
	cr_expect_eq(update(LIST_FORMAT_DOMAINS, LIST_SUBDOMAINS_YES)
		     .report.rules, 1);
	folder_write(folder, "source", "# (without subdomains)\norg\n");
	cr_expect_eq(update(LIST_FORMAT_DOMAINS, LIST_SUBDOMAINS_AUTO)
		     .report.version.serial, 3);
}

Test(list, a_bad_name_is_an_error)
{
	struct list_options options = { .name = "../x", .source = source };
	struct build *build = build_new();
	struct list_report report;
	struct list_version last;
	struct list_text text;

	cr_expect_eq(list_update(&options, folder, build, &report),
		     ERROR_MALFORMED);
	cr_expect_eq(list_last_version(folder, "../x", &last),
		     ERROR_MALFORMED);
	cr_expect_eq(list_version_read(folder, "../x", 1, &text),
		     ERROR_MALFORMED);
	build_free(build);
}

/* A version that cannot be kept could not be told from the next one. */
Test(list, a_version_that_cannot_be_kept_is_an_error)
{
	folder_write(folder, "lists", "a file where the folder should be");
	cr_expect_lt(update_with("a.com\n").error, 0);
}

Test(list, inputs_change_with_what_is_read)
{
	struct list_options lists[2] = {
		{ .name = "one", .source = source },
		{ .name = "two", .source = source },
	};
	uint8_t first[32], other[32];

	folder_write(folder, "source", "a.com\n");
	list_inputs(lists, 2, folder, first);
	list_inputs(lists, 2, folder, other);
	cr_expect_arr_eq(first, other, 32);
	lists[0].action = 3;
	lists[0].line = 9;
	list_inputs(lists, 2, folder, other);
	cr_expect_arr_eq(first, other, 32, "neither action nor line");
	list_inputs(lists, 1, folder, other);
	cr_expect_arr_neq(first, other, 32, "a list less");
	list_inputs(lists, 2, "/elsewhere", other);
	cr_expect_arr_neq(first, other, 32, "another state");
	lists[1].subdomains = LIST_SUBDOMAINS_YES;
	list_inputs(lists, 2, folder, other);
	cr_expect_arr_neq(first, other, 32, "an option");
	lists[1].subdomains = LIST_SUBDOMAINS_AUTO;
	folder_write(folder, "source", "a.comm\n");
	list_inputs(lists, 2, folder, other);
	cr_expect_arr_neq(first, other, 32, "another size");
	folder_remove(folder, "source");
	list_inputs(lists, 2, folder, first);
	cr_expect_arr_neq(first, other, 32, "no source");
}
