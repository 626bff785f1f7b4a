/*
 * Kept versions: what a power cut, a person and a bad disk can do to them.
 */
#include "subscribe/shelf.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "dns/record.h"
#include "folder.h"

static char state[32];

static void setup(void)
{
	folder_make(state);
}

static void teardown(void)
{
	folder_drop(state);
}

TestSuite(shelf, .init = setup, .fini = teardown);

static struct list_version version_of(uint64_t serial, const char *text)
{
	struct list_version version = {
		.serial = serial, .time = 1700000000 + serial,
		.bytes = strlen(text), .rules = serial * 2,
	};

	record_digest(text, strlen(text), version.digest);
	return version;
}

static int put(uint64_t serial, const char *text)
{
	struct list_version version = version_of(serial, text);
	struct shelf shelf;
	int error = shelf_open(&shelf, state, "one");

	cr_assert_eq(error, 0);
	error = shelf_put(&shelf, &version, bytes_of_string(text));
	shelf_release(&shelf);
	return error;
}

static int read_back(uint64_t serial, char text[64])
{
	struct shelf shelf;
	uint8_t *at;
	size_t len;
	int error = shelf_open(&shelf, state, "one");

	cr_assert_eq(error, 0);
	error = shelf_read(&shelf, serial, &at, &len);
	shelf_release(&shelf);
	if (error < 0)
		cr_assert_null(at);
	else
		snprintf(text, 64, "%.*s", (int)len, (char *)at);
	free(at);
	return error;
}

Test(shelf, names_are_no_paths)
{
	char long_name[IMAGE_LIST_NAME + 1] = "";
	const char *const bad[] = {
		"", ".", "..", "../x", "a/b", ".a", "A", "a b", "a\n",
		"\xc3\xa9", long_name,
	};
	struct shelf shelf;

	memset(long_name, 'a', IMAGE_LIST_NAME);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_eq(shelf_open(&shelf, state, bad[i]),
			     ERROR_MALFORMED, "%s", bad[i]);
	cr_assert_eq(shelf_open(&shelf, state, "a.b_c-1"), 0);
	cr_expect_null(shelf_newest(&shelf));
	shelf_release(&shelf);
}

Test(shelf, gives_back_what_was_put)
{
	struct list_version wanted = version_of(2, "two");
	const struct list_version *newest;
	struct shelf shelf;
	char text[64];

	cr_assert_eq(put(1, "one"), 0);
	cr_assert_eq(put(2, "two"), 0);
	cr_assert_eq(shelf_open(&shelf, state, "one"), 0);
	newest = shelf_newest(&shelf);
	cr_assert_not_null(newest);
	cr_expect_arr_eq(newest, &wanted, sizeof(wanted));
	cr_expect_eq(shelf.count, 2);
	shelf_release(&shelf);
	cr_assert_eq(read_back(1, text), 0);
	cr_expect_str_eq(text, "one");
	cr_assert_eq(read_back(2, text), 0);
	cr_expect_str_eq(text, "two");
	cr_expect_eq(read_back(3, text), ERROR_ABSENT);
}

Test(shelf, keeps_ten)
{
	char text[64], path[128];
	struct shelf shelf;

	for (uint64_t serial = 1; serial <= 13; serial++) {
		snprintf(text, sizeof(text), "text %d", (int)serial);
		cr_assert_eq(put(serial, text), 0);
	}
	cr_assert_eq(shelf_open(&shelf, state, "one"), 0);
	cr_expect_eq(shelf.count, SHELF_VERSIONS);
	cr_expect_eq(shelf.at[0].serial, 4);
	cr_expect_eq(shelf_newest(&shelf)->serial, 13);
	shelf_release(&shelf);
	cr_expect_eq(read_back(3, text), ERROR_ABSENT);
	cr_expect_eq(read_back(4, text), 0);
	snprintf(path, sizeof(path), "%s/lists/one/3.txt", state);
	cr_expect_neq(access(path, F_OK), 0, "the text of 3 is still there");
	snprintf(path, sizeof(path), "%s/lists/one/4.txt", state);
	cr_expect_eq(access(path, F_OK), 0);
}

Test(shelf, a_text_that_changed_is_damaged)
{
	char text[64];

	cr_assert_eq(put(1, "one"), 0);
	cr_assert_eq(put(2, "two"), 0);
	folder_write(state, "lists/one/1.txt", "onX");
	cr_expect_eq(read_back(1, text), ERROR_DAMAGED);
	cr_expect_eq(read_back(2, text), 0);
	folder_remove(state, "lists/one/2.txt");
	cr_expect_eq(read_back(2, text), ERROR_ABSENT);
}

Test(shelf, lines_that_are_none_are_passed_over)
{
	static const char digest[] =
		"0123456789abcdef0123456789abcdef0123456789abcdef"
		"0123456789abcdef";
	struct shelf shelf;
	char index[2048];

	snprintf(index, sizeof(index),
		 "\nrubbish\n1 2 %s 4 5\n1 2 %s 4 5\n0 2 %s 4 5\n"
		 "2 2 %.63s 4 5\n3 2 %.63sx 4 5\n7 2 %s 4\n5 2 %s 4 6\n"
		 "4 2 %s 4 6\n9 2", digest, digest, digest, digest, digest,
		 digest, digest, digest);
	folder_write(state, "lists/one/index", index);
	cr_assert_eq(shelf_open(&shelf, state, "one"), 0);
	cr_assert_eq(shelf.count, 2);
	cr_expect_eq(shelf.at[0].serial, 1);
	cr_expect_eq(shelf.at[1].serial, 5);
	cr_expect_eq(shelf.at[1].rules, 6);
	shelf_release(&shelf);
}

Test(shelf, texts_are_not_for_everybody)
{
	struct stat status;
	char path[128];

	cr_assert_eq(put(1, "one"), 0);
	snprintf(path, sizeof(path), "%s/lists/one/1.txt", state);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0640);
	snprintf(path, sizeof(path), "%s/lists/one", state);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0750);
}
