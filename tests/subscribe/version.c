/*
 * The line of a version: numbers that are numbers, and sources for people.
 */
#include "subscribe/version.h"

#include <criterion/criterion.h>

#include "subscribe/field.h"

#define DIGEST	"0123456789abcdef0123456789abcdef" \
		"0123456789abcdef0123456789abcdef"

static void print(const struct list_version *version, char line[1024])
{
	FILE *file = fmemopen(line, 1024, "w");

	cr_assert_not_null(file);
	version_print(version, file);
	cr_assert_eq(fclose(file), 0);
	line[strcspn(line, "\n")] = '\0';
}

Test(version, lines)
{
	static const char *const good[] = {
		"1 2 " DIGEST " 3 4",
		"18446744073709551609 0 " DIGEST " 0 0 /srv/a list.txt",
		"7 2 " DIGEST " 3 4 https://a.test/x /srv/b \\027",
	};
	struct list_version version;
	char line[1024];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		cr_assert(version_parse(&version, good[i]), "%s", good[i]);
		print(&version, line);
		cr_expect_str_eq(line, good[i]);
	}
}

Test(version, sources_are_for_people)
{
	struct list_version version = { .serial = 1 };

	version_add_source(&version, "https://me:secret@a.test/x");
	version_add_source(&version, "/srv/b\n9 9");
	cr_expect_str_eq(version.sources, "https://a.test/x /srv/b\\0109 9");
}

Test(version, many_sources_are_cut)
{
	struct list_version version = { .serial = 1 }, again;
	char line[1024];

	for (int i = 0; i < 100; i++)
		version_add_source(&version, "https://list.test/some/path");
	cr_expect_lt(strlen(version.sources), VERSION_SOURCES);
	print(&version, line);
	cr_assert(version_parse(&again, line));
	cr_expect_str_eq(again.sources, version.sources);
}

Test(version, numbers)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
		const char *rest;
	} rows[] = {
		{ "0", true, 0, "" }, { "12 x", true, 12, "x" },
		{ "007 ", true, 7, "" },
		{ "1844674407370955160 ", true, 1844674407370955160u, "" },
		{ "18446744073709551616", false, 0, "18446744073709551616" },
		{ "", false, 0, "" }, { " 1", false, 0, " 1" },
		{ "-1", false, 0, "-1" }, { "1x", false, 0, "1x" },
		{ "+1", false, 0, "+1" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *line = rows[i].text;
		uint64_t value = 0;

		cr_expect_eq(field_number(&line, &value), rows[i].good, "%s",
			     rows[i].text);
		cr_expect_eq(value, rows[i].value, "%s", rows[i].text);
		cr_expect_str_eq(line, rows[i].rest);
	}
}

Test(version, digests)
{
	static const char *const bad[] = {
		"", "01", DIGEST "0", DIGEST "\n", " " DIGEST, "g" DIGEST,
	};
	const char *line = DIGEST " x";
	char words[FIELD_DIGEST];
	uint8_t digest[32];

	cr_assert(field_digest(&line, digest));
	cr_expect_str_eq(line, "x");
	cr_expect_eq(digest[1], 0x23);
	cr_expect_str_eq(field_digest_words(digest, words), DIGEST);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		line = bad[i];
		cr_expect_not(field_digest(&line, digest), "%s", bad[i]);
		cr_expect_eq(line, bad[i]);
	}
}
