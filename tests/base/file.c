#include "base/file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static char folder[] = "/tmp/homebound-file-XXXXXX";

static void enter_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	umask(027);
}

static void leave_folder(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(file, .init = enter_folder, .fini = leave_folder);

static void write_plain(const char *path, const char *words)
{
	FILE *stream = fopen(path, "w");

	cr_assert_not_null(stream);
	fputs(words, stream);
	fclose(stream);
}

static void assert_holds(const char *path, const char *words)
{
	uint8_t *at;
	size_t len;

	cr_assert_eq(file_read(path, 4096, &at, &len), 0, "%s", path);
	cr_assert_str_eq((char *)at, words);
	cr_assert_eq(len, strlen(words));
	free(at);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

Test(file, map_shows_the_file)
{
	struct file_map map;

	write_plain("one", "hello");
	cr_assert_eq(file_map_open(&map, "one"), 0);
	cr_assert_eq(map.len, 5);
	cr_assert_eq(memcmp(map.at, "hello", 5), 0);
	file_map_close(&map);
	cr_assert_eq(map.len, 0);
}

Test(file, map_of_an_empty_file_is_empty)
{
	struct file_map map;

	write_plain("empty", "");
	cr_assert_eq(file_map_open(&map, "empty"), 0);
	cr_assert_eq(map.len, 0);
	cr_assert_not_null(map.at);
	file_map_close(&map);
}

Test(file, map_wants_a_file)
{
	struct file_map map;

	cr_assert_eq(mkfifo("pipe", 0600), 0);
	cr_assert_eq(file_map_open(&map, "absent"), -ENOENT);
	cr_assert_eq(file_map_open(&map, "."), ERROR_FOREIGN);
	cr_assert_eq(file_map_open(&map, "pipe"), ERROR_FOREIGN);
	file_map_close(&map);
}

Test(file, read_takes_all_up_to_the_limit)
{
	uint8_t *at;
	size_t len;

	write_plain("ten", "0123456789");
	cr_assert_eq(file_read("ten", 10, &at, &len), 0);
	cr_assert_str_eq((char *)at, "0123456789");
	cr_assert_eq(len, 10);
	free(at);
	cr_assert_eq(file_read("ten", 9, &at, &len), ERROR_FULL);
	cr_assert_null(at);
	cr_assert_eq(file_read("ten", 0, &at, &len), ERROR_FULL);
	write_plain("empty", "");
	cr_assert_eq(file_read("empty", 0, &at, &len), 0);
	cr_assert_eq(len, 0);
	cr_assert_eq(at[0], '\0');
	free(at);
	cr_assert_eq(file_read("absent", 10, &at, &len), -ENOENT);
	cr_assert_eq(file_read(".", 10, &at, &len), -EISDIR);
}

Test(file, read_needs_no_size)
{
	char path[32];
	uint8_t *at;
	size_t len;
	int ends[2];
	char *words = malloc(20001);

	memset(words, 'x', 20000);
	words[20000] = '\0';
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], words, 20000), 20000);
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	cr_assert_eq(file_read(path, 20000, &at, &len), 0);
	cr_assert_eq(len, 20000);
	cr_assert_str_eq((char *)at, words);
	free(at);
	free(words);
	cr_assert_eq(file_read("/proc/self/stat", 65536, &at, &len), 0);
	cr_assert(len > 0);
	free(at);
}

Test(file, the_old_one_stays_until_the_commit)
{
	struct file_replacement new;
	struct stat status;

	write_plain("list", "old");
	cr_assert_eq(file_replace(&new, "list", 0664), 0);
	fputs("new", new.stream);
	fflush(new.stream);
	assert_holds("list", "old");
	cr_assert_eq(file_replace_commit(&new), 0);
	assert_holds("list", "new");
	cr_assert_eq(stat("list", &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0664);
	cr_assert_not(is_there("list.new"));
}

Test(file, an_abort_leaves_nothing)
{
	struct file_replacement new;

	write_plain("list", "old");
	cr_assert_eq(file_replace(&new, "list", 0600), 0);
	fputs("new", new.stream);
	file_replace_abort(&new);
	assert_holds("list", "old");
	cr_assert_not(is_there("list.new"));
	file_replace_abort(&new);
}

Test(file, two_writers_are_kept_apart)
{
	struct file_replacement one, other;

	cr_assert_eq(file_replace(&one, "list", 0600), 0);
	fputs("one", one.stream);
	cr_assert_eq(file_replace(&other, "list", 0600), ERROR_BUSY);
	cr_assert(is_there("list.new"));
	cr_assert_eq(file_replace_commit(&one), 0);
	cr_assert_eq(file_replace(&other, "list", 0600), 0);
	fputs("other", other.stream);
	cr_assert_eq(file_replace_commit(&other), 0);
	assert_holds("list", "other");
}

Test(file, what_a_kill_left_is_taken_over)
{
	struct file_replacement new;
	struct stat status;

	write_plain("list.new", "half of something much longer");
	chmod("list.new", 0644);
	cr_assert_eq(file_replace(&new, "list", 0600), 0);
	fputs("whole", new.stream);
	cr_assert_eq(file_replace_commit(&new), 0);
	assert_holds("list", "whole");
	cr_assert_eq(stat("list", &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0600);
}

Test(file, a_link_is_not_followed)
{
	struct file_replacement new;

	write_plain("precious", "keep");
	cr_assert_eq(symlink("precious", "list.new"), 0);
	cr_assert_eq(file_replace(&new, "list", 0600), -ELOOP);
	assert_holds("precious", "keep");
	cr_assert_eq(file_replace(&new, "no/such/list", 0600), -ENOENT);
}

/* A limit of the file's size stands for a disk that is full. */
Test(file, a_full_disk_keeps_the_old_one)
{
	struct file_replacement new;
	struct rlimit limit = { 1000, RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	write_plain("list", "old");
	cr_assert_eq(file_replace(&new, "list", 0600), 0);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 0; i < 10000; i++)
		fputs("new", new.stream);
	cr_assert_lt(file_replace_commit(&new), 0);
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_holds("list", "old");
	cr_assert_not(is_there("list.new"));
}

static void assert_folder(const char *path, mode_t mode)
{
	struct stat status;

	cr_assert_eq(stat(path, &status), 0, "%s", path);
	cr_assert(S_ISDIR(status.st_mode));
	cr_assert_eq(status.st_mode & 07777, mode, "%s: %o", path,
		     status.st_mode & 07777);
}

Test(file, folders_are_made_from_the_top)
{
	char path[sizeof(folder) + 16];

	cr_assert_eq(file_make_folder("a/b//c", 0777), 0);
	assert_folder("a", 0750);
	assert_folder("a/b", 0750);
	assert_folder("a/b/c", 0777);
	cr_assert_eq(file_make_folder("a/d/", 0700), 0);
	assert_folder("a/d", 0700);
	snprintf(path, sizeof(path), "%s/e/f", folder);
	cr_assert_eq(file_make_folder(path, 0711), 0);
	assert_folder("e/f", 0711);
	cr_assert_eq(file_make_folder("/", 0700), 0);
}

Test(file, a_folder_that_is_there_is_left_as_it_is)
{
	cr_assert_eq(mkdir("a", 0700), 0);
	cr_assert_eq(file_make_folder("a", 0755), 0);
	assert_folder("a", 0700);
	cr_assert_eq(symlink("a", "b"), 0);
	cr_assert_eq(file_make_folder("b/c", 0755), 0);
	assert_folder("a/c", 0755);
}

Test(file, a_file_is_no_folder)
{
	write_plain("a", "");
	cr_assert_eq(file_make_folder("a", 0755), -ENOTDIR);
	cr_assert_eq(file_make_folder("a/b", 0755), -ENOTDIR);
	cr_assert_eq(file_make_folder("", 0755), -ENOENT);
	cr_assert_eq(symlink("nowhere", "b"), 0);
	cr_assert_lt(file_make_folder("b", 0755), 0);
}
