/*
 * Kept versions: what a power cut, a person and a bad disk can do to them.
 */
#include "subscribe/shelf.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/sha256.h"
#include "folder.h"
#include "policy/image.h"

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

	sha256_of(text, strlen(text), version.digest);
	return version;
}

static int put_into(struct shelf *shelf, const struct list_version *version,
		    const char *text)
{
	FILE *file = tmpfile();
	int error;

	cr_assert_not_null(file);
	fputs(text, file);
	fflush(file);
	error = shelf_put(shelf, version, fileno(file));
	fclose(file);
	return error;
}

static int put(uint64_t serial, const char *text)
{
	struct list_version version = version_of(serial, text);
	struct shelf shelf;
	int error = shelf_open(&shelf, state, "one");

	cr_assert_eq(error, 0);
	error = put_into(&shelf, &version, text);
	shelf_release(&shelf);
	return error;
}

/* Into a file that has something else in it. */
static int read_back(uint64_t serial, char text[64])
{
	FILE *file = tmpfile();
	struct shelf shelf;
	int error = shelf_open(&shelf, state, "one");
	ssize_t len;

	cr_assert_not_null(file);
	cr_assert_eq(error, 0);
	fputs("what was here before", file);
	fflush(file);
	error = shelf_extract(&shelf, serial, fileno(file));
	shelf_release(&shelf);
	len = pread(fileno(file), text, 63, 0);
	cr_assert_geq(len, 0);
	text[len] = '\0';
	if (error < 0)
		cr_expect_eq(len, 0, "something was left");
	fclose(file);
	return error;
}

static bool is_there(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/lists/one/%s", state, name);
	return access(path, F_OK) == 0;
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
	cr_expect_eq(shelf_find(&shelf, 1), &shelf.at[0]);
	cr_expect_null(shelf_find(&shelf, 3));
	shelf_release(&shelf);
	cr_assert_eq(read_back(1, text), 0);
	cr_expect_str_eq(text, "one");
	cr_assert_eq(read_back(2, text), 0);
	cr_expect_str_eq(text, "two");
	cr_expect_eq(read_back(3, text), ERROR_ABSENT);
}

Test(shelf, keeps_ten)
{
	char text[64];
	struct shelf shelf;

	for (uint64_t serial = 1; serial <= 13; serial++) {
		snprintf(text, sizeof(text), "text %d", (int)serial);
		cr_assert_eq(put(serial, text), 0);
	}
	cr_assert_eq(shelf_open(&shelf, state, "one"), 0);
	cr_expect_eq(shelf.count, SHELF_KEEP);
	cr_expect_eq(shelf.at[0].serial, 4);
	cr_expect_eq(shelf_newest(&shelf)->serial, 13);
	shelf_release(&shelf);
	cr_expect_eq(read_back(3, text), ERROR_ABSENT);
	cr_expect_eq(read_back(4, text), 0);
	cr_expect_not(is_there("3.zst"), "the text of 3 is still there");
	cr_expect(is_there("4.zst"));
}

Test(shelf, keeps_as_many_as_it_is_told)
{
	struct list_version version = version_of(6, "six");
	struct shelf shelf;
	char text[64];

	for (uint64_t serial = 1; serial <= 5; serial++)
		cr_assert_eq(put(serial, "text"), 0);
	cr_assert_eq(shelf_open(&shelf, state, "one"), 0);
	shelf.keep = 2;
	cr_assert_eq(put_into(&shelf, &version, "six"), 0);
	cr_expect_eq(shelf.count, 2);
	shelf_release(&shelf);
	cr_expect_eq(read_back(4, text), ERROR_ABSENT);
	cr_expect_eq(read_back(5, text), 0);
	cr_expect_eq(read_back(6, text), 0);
	cr_expect_not(is_there("1.zst"));
	cr_expect_not(is_there("4.zst"));
}

Test(shelf, a_text_that_changed_is_damaged)
{
	char text[64];

	cr_assert_eq(put(1, "one"), 0);
	cr_assert_eq(put(2, "two"), 0);
	cr_assert_eq(put(3, "three"), 0);
	folder_write(state, "lists/one/3.zst", "three");
	cr_expect_eq(read_back(3, text), ERROR_DAMAGED);
	folder_write(state, "lists/one/3.zst", "");
	cr_expect_eq(read_back(3, text), ERROR_DAMAGED);
	cr_expect_eq(read_back(2, text), 0);
	folder_remove(state, "lists/one/2.zst");
	cr_expect_eq(read_back(2, text), ERROR_ABSENT);
	cr_expect_eq(read_back(1, text), 0);
	cr_expect_str_eq(text, "one");
}

/* A whole frame, but of another text. */
Test(shelf, a_text_of_another_version_is_damage)
{
	char from[128], to[128], text[64];

	cr_assert_eq(put(1, "one"), 0);
	cr_assert_eq(put(2, "two"), 0);
	snprintf(from, sizeof(from), "%s/lists/one/1.zst", state);
	snprintf(to, sizeof(to), "%s/lists/one/2.zst", state);
	cr_assert_eq(rename(from, to), 0);
	cr_expect_eq(read_back(2, text), ERROR_DAMAGED);
}

static void put_large(const char *text, size_t len, struct shelf *shelf)
{
	struct list_version version = { .serial = 1, .bytes = len };
	FILE *file = tmpfile();

	cr_assert_not_null(file);
	sha256_of(text, len, version.digest);
	cr_assert_eq(fwrite(text, 1, len, file), len);
	fflush(file);
	cr_assert_eq(shelf_open(shelf, state, "one"), 0);
	cr_assert_eq(shelf_put(shelf, &version, fileno(file)), 0);
	fclose(file);
}

/* Larger than any buffer on the way, at all lengths around their ends. */
Test(shelf, large_texts_come_back_whole)
{
	enum { LARGE = 3 * 65536 + 2 };
	char *text = malloc(LARGE);
	unsigned dice = 1;

	cr_assert_not_null(text);
	for (size_t i = 0; i < LARGE; i++) {
		dice = dice * 1103515245 + 12345;
		text[i] = (char)(dice >> 16);
	}
	for (size_t len = LARGE - 4; len <= LARGE; len++) {
		FILE *file = tmpfile();
		char *again = malloc(LARGE);
		struct shelf shelf;

		folder_make(state);
		put_large(text, len, &shelf);
		cr_expect_eq(shelf_extract(&shelf, 1, fileno(file)), 0);
		cr_expect_eq(pread(fileno(file), again, LARGE, 0),
			     (ssize_t)len);
		cr_expect_arr_eq(again, text, len);
		shelf_release(&shelf);
		fclose(file);
		free(again);
		folder_drop(state);
	}
	folder_make(state);
	free(text);
}

/* A frame that unpacks to more than the index says ends there. */
Test(shelf, a_bomb_is_damage)
{
	enum { LARGE = 4 << 20 };
	char *text = calloc(1, LARGE);
	struct shelf shelf;
	FILE *file = tmpfile();

	put_large(text, LARGE, &shelf);
	shelf.at[0].bytes = 1000;
	cr_expect_eq(shelf_extract(&shelf, 1, fileno(file)), ERROR_DAMAGED);
	fseek(file, 0, SEEK_END);
	cr_expect_eq(ftell(file), 0);
	shelf_release(&shelf);
	fclose(file);
	free(text);
}

Test(shelf, texts_of_the_earlier_layout_are_read)
{
	struct list_version version = version_of(1, "one");
	char index[512], text[64];
	FILE *file = fmemopen(index, sizeof(index), "w");

	version_print(&version, file);
	fclose(file);
	folder_write(state, "lists/one/index", index);
	folder_write(state, "lists/one/1.txt", "one");
	cr_assert_eq(read_back(1, text), 0);
	cr_expect_str_eq(text, "one");
	folder_write(state, "lists/one/1.txt", "onX");
	cr_expect_eq(read_back(1, text), ERROR_DAMAGED);
	folder_write(state, "lists/one/1.txt", "one and more");
	cr_expect_eq(read_back(1, text), ERROR_DAMAGED);
	cr_assert_eq(put(2, "two"), 0);
	cr_expect(is_there("1.txt"));
	for (uint64_t serial = 3; serial <= 11; serial++)
		cr_assert_eq(put(serial, "text"), 0);
	cr_expect_not(is_there("1.txt"));
}

Test(shelf, serials_only_rise)
{
	cr_assert_eq(put(5, "five"), 0);
	cr_expect_eq(put(5, "five"), ERROR_MALFORMED);
	cr_expect_eq(put(4, "four"), ERROR_MALFORMED);
	cr_expect_eq(put(0, "none"), ERROR_MALFORMED);
	cr_expect_eq(put(6, "six"), 0);
}

/* Killed after the text and before the index. */
Test(shelf, a_text_without_a_line_is_replaced)
{
	char text[64];

	cr_assert_eq(put(1, "one"), 0);
	folder_write(state, "lists/one/2.zst", "half");
	folder_write(state, "lists/one/2.zst.new", "half of a half");
	folder_write(state, "lists/one/index.new", "1 2 3");
	cr_expect_eq(read_back(2, text), ERROR_ABSENT);
	cr_expect_eq(read_back(1, text), 0);
	cr_assert_eq(put(2, "two"), 0);
	cr_expect_eq(read_back(2, text), 0);
	cr_expect_not(is_there("2.zst.new"));
}

/* Killed after the index and before what is too old was removed. */
Test(shelf, what_is_not_in_the_index_goes)
{
	static const char *const others[] = {
		"memory", "0.zst", "x7.zst", "7.zst.bak", "7",
	};

	folder_write(state, "lists/one/7.zst", "old");
	folder_write(state, "lists/one/8.txt", "old");
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		char name[64];

		snprintf(name, sizeof(name), "lists/one/%s", others[i]);
		folder_write(state, name, "of somebody else");
	}
	cr_assert_eq(put(9, "nine"), 0);
	cr_expect_not(is_there("7.zst"));
	cr_expect_not(is_there("8.txt"));
	cr_expect(is_there("9.zst"));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_expect(is_there(others[i]), "%s", others[i]);
}

/* Wherever the kill comes, all that the index names can be read. */
Test(shelf, a_kill_at_any_time_leaves_a_good_index, .timeout = 60)
{
	for (unsigned i = 0; i < 60; i++) {
		char text[64];
		struct shelf shelf;
		pid_t child = fork();

		cr_assert_geq(child, 0);
		if (child == 0) {
			for (uint64_t serial = 1000 * i + 1;; serial++)
				put(serial, "some text");
		}
		usleep(1000 + 377 * i);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		cr_assert_eq(shelf_open(&shelf, state, "one"), 0);
		for (unsigned j = 0; j < shelf.count; j++)
			cr_expect_eq(read_back(shelf.at[j].serial, text), 0);
		shelf_release(&shelf);
	}
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
		 "4 2 %s 4 6\n-9 2 %s 4 6\n9 2", digest, digest, digest, digest,
		 digest, digest, digest, digest, digest);
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
	snprintf(path, sizeof(path), "%s/lists/one/1.zst", state);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0640);
	snprintf(path, sizeof(path), "%s/lists/one", state);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0750);
}
