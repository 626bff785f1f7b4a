/*
 * Sources: what belongs to a folder, and what is shown of a URL.
 */
#include "subscribe/source.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"
#include "folder.h"

static char folder[32], words[256];
static struct source_parts parts;
static struct text trouble;

static void setup(void)
{
	folder_make(folder);
	text_init(&trouble, words, sizeof(words));
}

static void teardown(void)
{
	source_release(&parts);
	folder_drop(folder);
}

TestSuite(source, .init = setup, .fini = teardown);

Test(source, a_folder_is_its_lists_in_order)
{
	static const char *const files[] = {
		"b.txt", "a.list", "C.hosts", "d.conf", "e.rpz", "f.zone",
		"10", "README", "9", ".hidden", ".txt", "x.minisig",
		"b.txt~", "b.txt.orig", "z.TXT", "deep.txt/inner.txt",
	};
	static const char *const wanted[] = {
		"10", "9", "C.hosts", "README", "a.list", "b.txt", "d.conf",
		"e.rpz", "f.zone",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		folder_write(folder, files[i], "x");
	cr_assert_eq(source_expand(&parts, folder, &trouble), 0, "%s", words);
	cr_assert_eq(parts.count, sizeof(wanted) / sizeof(*wanted));
	for (unsigned i = 0; i < parts.count; i++) {
		cr_expect_str_eq(strrchr(parts.at[i].where, '/') + 1,
				 wanted[i]);
		cr_expect_not(parts.at[i].remote);
	}
}

Test(source, files_and_urls_are_themselves)
{
	static const char *const sources[] = {
		"/no/such/file", "relative.txt", "http://list.test/x",
		"HTTPS://list.test/a?b#c",
	};

	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		cr_assert_eq(source_expand(&parts, sources[i], &trouble), 0);
	cr_assert_eq(parts.count, 4);
	for (unsigned i = 0; i < parts.count; i++) {
		cr_expect_str_eq(parts.at[i].where, sources[i]);
		cr_expect_eq(parts.at[i].remote, i >= 2);
	}
}

Test(source, what_cannot_be_one)
{
	static const char *const bad[] = {
		"ftp://list.test/x", "file:///etc/passwd", "a\nb", "a\x1e",
		"http://list.test/a\r\nb", "\x7f",
	};
	char long_one[SOURCE_WHERE + 1] = "";

	memset(long_one, 'a', SOURCE_WHERE);
	cr_expect_lt(source_expand(&parts, long_one, &trouble), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		text_init(&trouble, words, sizeof(words));
		cr_expect_lt(source_expand(&parts, bad[i], &trouble), 0);
		cr_expect_str_not_empty(words);
	}
	cr_expect_eq(parts.count, 0);
}

Test(source, an_empty_folder_is_said_to_be_empty)
{
	cr_expect_lt(source_expand(&parts, folder, &trouble), 0);
	cr_expect_not_null(strstr(words, "no list is in the folder"));
}

Test(source, a_folder_of_too_many_files)
{
	char name[16];

	for (int i = 0; i <= SOURCE_PARTS; i++) {
		snprintf(name, sizeof(name), "%d.txt", i);
		folder_write(folder, name, "");
	}
	cr_expect_lt(source_expand(&parts, folder, &trouble), 0);
	cr_expect_eq(parts.count, SOURCE_PARTS);
}

Test(source, passwords_are_not_shown)
{
	static const char *const rows[][2] = {
		{ "https://me:secret@list.test/x", "https://list.test/x" },
		{ "http://me:se@cret@list.test", "http://list.test" },
		{ "http://me@list.test?a@b", "http://list.test?a@b" },
		{ "http://list.test/a@b", "http://list.test/a@b" },
		{ "/srv/me@home/list", "/srv/me@home/list" },
		{ "http://list.test/\x1b[1m", "http://list.test/\\027[1m" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		text_init(&trouble, words, sizeof(words));
		source_print(rows[i][0], &trouble);
		cr_expect_str_eq(words, rows[i][1]);
	}
}
