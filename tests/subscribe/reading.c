/*
 * Reading: parts, lines, regular expressions and what is left out.
 */
#include "subscribe/reading.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "followed.h"
#include "policy/matcher.h"
#include "subscribe/format.h"
#include "subscribe/spool.h"

static char folder[32];
static struct build *build;

static void setup(void)
{
	folder_make(folder);
	build = build_new();
	cr_assert_not_null(build);
}

static void teardown(void)
{
	build_free(build);
	folder_drop(folder);
}

TestSuite(reading, .init = setup, .fini = teardown);

static const struct list_version version = { .serial = 7, .time = 9 };
static const struct list_options automatic = { .name = "one" };

/* Into the build, with so many regexes allowed. */
static struct reading read_with(const struct list_options *options,
				const char *text, uint64_t regexes)
{
	struct reading_budget budget = { regexes };
	struct reading reading = {
		.options = options, .build = build, .budget = &budget,
		.version = &version,
	};

	cr_assert_eq(reading_text(&reading, bytes_of_string(text)), 0);
	reading.budget = NULL;
	return reading;
}

static struct reading read_text(const char *text)
{
	return read_with(&automatic, text, FOLLOWED_REGEXES);
}

static struct outcome image(void)
{
	struct outcome outcome = { 0 };

	followed_image(&outcome, build, folder);
	return outcome;
}

static bool is_text(struct bytes part, const char *text)
{
	return part.len == strlen(text) && !memcmp(part.at, text, part.len);
}

Test(reading, parts_are_taken_off_one_by_one)
{
	struct bytes text = bytes_of_string("\x1e /a\na.com\n\x1e /b\nb\x1e"
					    "\n\x1e /c\n");

	cr_expect(is_text(reading_part(&text), "\x1e /a\na.com\n"));
	cr_expect(is_text(reading_part(&text), "\x1e /b\nb\x1e\n"),
		  "a separator stands at the beginning of a line");
	cr_expect(is_text(reading_part(&text), "\x1e /c\n"));
	cr_expect_eq(text.len, 0);
	text = bytes_of_string("a.com\n");
	cr_expect(is_text(reading_part(&text), "a.com\n"));
	cr_expect_eq(text.len, 0, "one part as it came");
	text = bytes_of_string("\x1e");
	cr_expect(is_text(reading_part(&text), "\x1e"));
	cr_expect_eq(text.len, 0);
}

Test(reading, each_part_has_a_format_of_its_own)
{
	struct reading reading = read_text(
		"\x1e /names\nplain.com\n"
		"\x1e /hosts\n0.0.0.0 host.com\n127.0.0.1 localhost\n"
		"\x1e /rules\n||tree.com^\n@@||ok.com^\n"
		"\x1e /pi\n(\\.|^)more\\.com$\n^x[0-9]+\\.com$\n");
	struct outcome outcome = image();

	cr_expect_eq(reading.rules, 6);
	cr_expect_eq(reading.rejected, 0, "line %u",
		     reading.first_rejected);
	cr_expect_eq(outcome.lists, 1, "of one list");
	cr_expect_eq(outcome.names, 5);
	cr_expect_eq(outcome.patterns, 1);
	cr_expect_eq(outcome.list.version, 7);
	cr_expect_eq(outcome.list.time, 9);
}


static bool take_line(void *context, const struct image_rule *rule)
{
	*(uint32_t *)context = rule->line;
	return true;
}

Test(reading, lines_are_counted_through)
{
	struct reading reading = read_text(
		"\x1e /a\na.com\n??\n\x1e /b\nb.com\n(\n\nc.com\n");
	struct image *made;
	struct name name;
	uint32_t line = 0;
	char path[64];

	cr_expect_eq(reading.rules, 3);
	cr_expect_eq(reading.rejected, 2);
	cr_expect_eq(reading.first_rejected, 3);
	image();
	snprintf(path, sizeof(path), "%s/image", folder);
	cr_assert_eq(image_open(&made, path), 0);
	cr_assert_eq(name_parse(&name, bytes_of_string("c.com")), 0);
	image_match(made, &name, take_line, &line);
	cr_expect_eq(line, 8);
	image_close(made);
}

/* The first was that of a bad pattern, whatever came before it. */
Test(reading, the_first_line_that_is_no_rule_is_the_first)
{
	struct list_options regexes = {
		.name = "one", .format = LIST_FORMAT_REGEX,
	};
	struct reading reading = read_with(&regexes, ";invert\n(\na[0-9]\n",
					   9);

	cr_expect_eq(reading.rejected, 2);
	cr_expect_eq(reading.first_rejected, 1);
	reading = read_with(&regexes, "(\n;invert\n", 9);
	cr_expect_eq(reading.first_rejected, 1);
	reading = read_with(&regexes, "\x1e /a\na[0-9]\n\x1e /b\n(\n", 9);
	cr_expect_eq(reading.first_rejected, 4);
}

Test(reading, counting_alone_needs_no_build)
{
	const struct reading_budget budget = { 1 };
	struct reading reading = {
		.options = &automatic, .budget = &budget,
	};

	cr_assert_eq(reading_text(&reading, bytes_of_string(
		"||a.com^\n/x[0-9]/\n/y[0-9]/\n||b.com^\n")), 0);
	cr_expect_eq(reading.rules, 3);
	cr_expect_eq(reading.surplus, 1);
}

Test(reading, a_text_without_a_rule_leaves_no_trace)
{
	struct reading reading = read_text("# nothing\n??\n");

	cr_expect_eq(reading.rules, 0);
	cr_expect_eq(image().lists, 0);
}

/* --- regular expressions --- */

Test(reading, a_regex_that_is_a_name_becomes_that_name)
{
	struct list_options regexes = {
		.name = "one", .format = LIST_FORMAT_REGEX,
	};
	struct reading reading = read_with(&regexes,
		"^exact\\.com$\n(\\.|^)tree\\.com$\n^(.+\\.)?more\\.com$\n"
		"^exact\\.org$;invert\n^real[0-9]\\.com$\n", 100);
	struct outcome outcome = image();

	cr_expect_eq(reading.rules, 5);
	cr_expect_eq(reading.regexes, 2, "an inverted one stays");
	cr_expect_eq(outcome.names, 3);
	cr_expect_eq(outcome.patterns, 2);
}

Test(reading, regexes_over_the_budget_are_left_out_and_counted)
{
	struct list_options regexes = {
		.name = "one", .format = LIST_FORMAT_REGEX,
	};
	struct reading reading = read_with(&regexes,
		"a[0-9]\nb[0-9]\n^name\\.com$\nc[0-9]\nd[0-9]\n", 2);
	struct outcome outcome = image();

	cr_expect_eq(reading.regexes, 2);
	cr_expect_eq(reading.surplus, 2);
	cr_expect_eq(reading.rules, 3);
	cr_expect_eq(outcome.patterns, 2);
	cr_expect_eq(outcome.names, 1, "names do not count");
}

Test(reading, what_does_not_compile_is_rejected)
{
	struct list_options regexes = {
		.name = "one", .format = LIST_FORMAT_REGEX,
	};
	struct reading reading = read_with(&regexes,
		"good[0-9]\nbad[0-9\n(?<x>a)(\nbetter[0-9]\n", 9);

	cr_expect_eq(reading.rules, 2);
	cr_expect_eq(reading.rejected, 2);
	cr_expect_eq(reading.first_rejected, 2);
	cr_expect_eq(image().patterns, 2);
}

/* --- what is left out --- */

Test(reading, what_a_forwarder_cannot_honour_is_left_out)
{
	struct list_options zone = {
		.name = "one", .format = LIST_FORMAT_RPZ,
	};
	struct reading reading = read_with(&zone,
		"$ORIGIN rpz.\n$TTL 60\n"
		"@ SOA a b 1 2 3 4 5\n"
		"bad.com CNAME .\n"
		"ns.bad.org.rpz-nsdname CNAME .\n"
		"32.1.2.0.192.rpz-nsip CNAME .\n", 9);

	cr_expect_eq(reading.rules, 1);
	cr_expect_eq(reading.left_out, 2);
	cr_expect_eq(reading.rejected, 0, "line %u",
		     reading.first_rejected);
}

Test(reading, forwarding_to_other_servers_is_left_out)
{
	struct list_options masq = {
		.name = "one", .format = LIST_FORMAT_DNSMASQ,
	};
	struct reading reading = read_with(&masq,
		"address=/bad.com/\nserver=/intra.example/192.168.1.1\n", 9);

	cr_expect_eq(reading.rules, 1);
	cr_expect_eq(reading.left_out, 1);
	cr_expect_eq(image().list.flags & IMAGE_LIST_NEAREST,
		     IMAGE_LIST_NEAREST);
}

/* --- large ones --- */

/* Its pages are given back on the way, and none of them too early. */
Test(reading, a_large_text_is_read_whole)
{
	struct reading_budget budget = { 0 };
	struct reading reading = {
		.options = &automatic, .build = build, .budget = &budget,
		.version = &version,
	};
	enum { NAMES = 600000 };
	struct file_map map;
	FILE *file = tmpfile();

	for (unsigned i = 0; i < NAMES; i++)
		fprintf(file, "name-%06u.example.com\n", i);
	fflush(file);
	cr_assert_eq(spool_map(fileno(file), &map), 0);
	cr_assert_eq(reading_text(&reading, bytes_of(map.at, map.len)), 0);
	cr_expect_eq(reading.rules, NAMES);
	cr_expect_eq(reading.rejected, 0);
	cr_expect_eq(image().names, NAMES);
	file_map_close(&map);
	fclose(file);
}
