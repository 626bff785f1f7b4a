/*
 * Who may read the file, and what becomes of one that is damaged.
 */
#include "journal/database.h"

#include <errno.h>
#include <grp.h>
#include <sys/wait.h>
#include <time.h>

#include "ask.h"
#include "fixture.h"

enum { NOBODY = 65534, GROUP = 54321 };

static struct fixture fixture;

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
}

static void tear_down(void)
{
	fixture_remove(&fixture);
}

TestSuite(database, .init = set_up, .fini = tear_down, .timeout = 60);

static void put_rows(unsigned count)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 9, 1024);
	for (unsigned i = 0; i < count; i++) {
		char name[32];
		struct entry entry;

		snprintf(name, sizeof(name), "name-%u.example", i);
		entry = fixture_query(name, i);
		fixture_put(&ring, &entry);
		if (i % 256 == 255 || i + 1 == count)
			fixture_store(writer, &ring);
	}
	writer->ops->close(writer);
	ring_close(&ring);
}

static void expect_file(const char *suffix, gid_t group)
{
	char path[160];
	struct stat status;

	snprintf(path, sizeof(path), "%s%s", fixture.database, suffix);
	cr_assert_eq(stat(path, &status), 0, "%s", path);
	cr_assert_eq(status.st_mode & 0777, 0640, "%s: %o", path,
		     status.st_mode);
	cr_assert_eq(status.st_gid, group, "%s: %u", path, status.st_gid);
}

Test(database, files_are_0640_whatever_the_umask)
{
	struct writer *writer;

	umask(0);
	writer = fixture_writer(&fixture);
	expect_file("", getegid());
	expect_file("-wal", getegid());
	expect_file("-shm", getegid());
	writer->ops->close(writer);
	umask(077);
	writer = fixture_writer(&fixture);
	expect_file("", getegid());
	writer->ops->close(writer);
	expect_file("-wal", getegid());
	expect_file("-shm", getegid());
}

static bool count_row(void *context, const struct reader_row *row)
{
	(void)row;
	++*(unsigned *)context;
	return true;
}

/* In a process of its own that is nobody, with one group: the exit code. */
static int read_as(gid_t group, unsigned rows)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct reader_filter filter = { .verdict = -1 };
		struct reader *reader;
		unsigned count = 0;
		int error;

		if (setgroups(0, NULL) != 0 || setgid(group) != 0 ||
		    setuid(NOBODY) != 0)
			_exit(100);
		error = reader_open(&reader, fixture.database);
		if (error < 0)
			_exit(error == -EACCES ? 13 : 1);
		if (reader_rows(reader, &filter, count_row, &count) != rows)
			_exit(2);
		reader_close(reader);
		_exit(count == rows ? 0 : 3);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/*
 * Step by step, since what a reader without the right to write finds beside
 * the database is another thing each time.
 */
Test(database, the_group_may_read_at_any_time)
{
	struct writer_sqlite_options options = {
		.path = fixture.database, .group = GROUP,
	};
	struct entry entry = fixture_query("example", 1);
	struct writer *writer;
	struct ring ring;

	if (geteuid() != 0)
		cr_skip_test("needs another user to read as");
	cr_assert_eq(chmod(fixture.folder, 0755), 0);
	fixture_ring(&fixture, &ring, 0, 16);
	cr_assert_eq(writer_sqlite(&writer, &options), 0);
	expect_file("-wal", GROUP);
	cr_assert_eq(read_as(GROUP, 0), 0, "nothing in it");
	for (unsigned i = 1; i <= 3; i++) {
		fixture_put(&ring, &entry);
		cr_assert_eq(fixture_store(writer, &ring), 0);
		cr_assert_eq(read_as(GROUP, i), 0, "%u rows: %d", i,
			     read_as(GROUP, i));
	}
	writer->ops->close(writer);
	cr_assert_eq(read_as(GROUP, 3), 0, "after the end");
	cr_assert_eq(writer_sqlite(&writer, &options), 0);
	cr_assert_eq(read_as(GROUP, 3), 0, "after a restart");
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(read_as(GROUP, 4), 0, "and a row");
	cr_assert_eq(read_as(GROUP + 1, 4), 13, "another group");
	expect_file("", GROUP);
	expect_file("-shm", GROUP);
	writer->ops->close(writer);
	ring_close(&ring);
}

/* The daemon was killed: a log that nobody has taken back. */
Test(database, the_group_may_read_after_a_kill)
{
	struct writer_sqlite_options options = {
		.path = fixture.database, .group = GROUP,
	};
	int status;
	pid_t pid;

	if (geteuid() != 0)
		cr_skip_test("needs another user to read as");
	cr_assert_eq(chmod(fixture.folder, 0755), 0);
	pid = fork();
	if (pid == 0) {
		struct entry entry = fixture_query("example", 1);
		struct writer *writer;
		struct ring ring;

		fixture_ring(&fixture, &ring, 0, 16);
		writer_sqlite(&writer, &options);
		for (int i = 0; i < 5; i++) {
			fixture_put(&ring, &entry);
			fixture_store(writer, &ring);
		}
		kill(getpid(), SIGKILL);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSIGNALED(status));
	cr_assert_eq(read_as(GROUP, 5), 0);
}

Test(database, a_copy_alone_can_be_read)
{
	char copy[160], wal[176];

	if (geteuid() != 0)
		cr_skip_test("needs another user to read as");
	put_rows(10);
	cr_assert_eq(chmod(fixture.folder, 0755), 0);
	snprintf(copy, sizeof(copy), "%s-wal", fixture.database);
	unlink(copy);
	snprintf(wal, sizeof(wal), "%s-shm", fixture.database);
	unlink(wal);
	cr_assert_eq(chmod(fixture.database, 0644), 0);
	cr_assert_eq(read_as(GROUP, 10), 0);
	cr_assert_eq(fixture_files(&fixture, "journal.db-*"), 0);
}

Test(database, reading_says_what_is_wrong)
{
	struct reader *reader;

	cr_assert_eq(reader_open(&reader, fixture.database), -ENOENT);
	close(open(fixture.database, O_WRONLY | O_CREAT, 0600));
	cr_assert_eq(reader_open(&reader, fixture.database), ERROR_ABSENT);
	fixture_run(&fixture, "CREATE TABLE x(y)");
	cr_assert_eq(reader_open(&reader, fixture.database), ERROR_FOREIGN);
	cr_assert_eq(truncate(fixture.database, 0), 0);
	fixture_run(&fixture, "PRAGMA application_id = 0x68626e64;"
		    "PRAGMA user_version = 99");
	cr_assert_eq(reader_open(&reader, fixture.database), ERROR_FOREIGN);
}

Test(database, a_path_with_odd_characters)
{
	struct reader *reader;
	struct writer *writer;

	snprintf(fixture.database, sizeof(fixture.database),
		 "%s/a?mode=rwc#b%%41 c.db", fixture.folder);
	writer = fixture_writer(&fixture);
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	reader_close(reader);
	writer->ops->close(writer);
	cr_assert_eq(fixture_files(&fixture, "a*c.db"), 1);
}

Test(database, rubbish_is_set_aside_with_what_is_beside_it)
{
	struct writer *writer;
	FILE *file;

	put_rows(3);
	file = fopen(fixture.database, "w");
	for (int i = 0; i < 8192; i++)
		fputc('x', file);
	fclose(file);
	writer = fixture_writer(&fixture);
	cr_assert_str_eq(writer->words, "");
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail"), 0);
	cr_assert_eq(fixture_files(&fixture, "journal.db.damaged-*[0-9]"), 1);
	cr_assert_eq(fixture_files(&fixture, "journal.db.damaged-*-wal"), 1);
	writer->ops->close(writer);
}

Test(database, two_set_aside_in_one_second)
{
	for (int i = 0; i < 3; i++) {
		put_rows(1);
		cr_assert_eq(database_set_aside(fixture.database), 0);
	}
	cr_assert_eq(fixture_files(&fixture, "journal.db.damaged-*-shm"), 3);
	cr_assert_eq(fixture_files(&fixture, "journal.db"), 0);
}

static void damage(uint64_t *seed, unsigned bytes)
{
	int fd = open(fixture.database, O_RDWR);
	struct stat status;

	cr_assert_geq(fd, 0);
	fstat(fd, &status);
	for (unsigned i = 0; i < bytes; i++) {
		uint64_t at = fixture_random(seed) % (uint64_t)status.st_size;
		uint8_t byte = (uint8_t)fixture_random(seed);

		/* Half of it where the structure is. */
		if (i % 2 == 0)
			at %= 8192;
		cr_assert_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
	}
	close(fd);
}

static bool look_at_row(void *context, const struct reader_row *row)
{
	size_t len = row->name != NULL ? strlen(row->name) : 0;

	for (size_t i = 0; i < len; i++)
		cr_assert(row->name[i] >= ' ' && row->name[i] <= '~');
	++*(unsigned *)context;
	return true;
}

/*
 * Whatever is wrong with the file, the writer stores or begins a new one, or
 * says that it cannot (numbers of another version), and the reader ends.
 */
Test(database, damage_at_random_is_survived)
{
	uint64_t seed = 31;
	unsigned set_aside, stored = 0;

	/* It has much to complain about. */
	cr_assert_not_null(freopen("/dev/null", "w", stderr));

	for (int round = 0; round < 40; round++) {
		struct entry entry = fixture_query("after.example", 1);
		struct reader_filter filter = { .verdict = -1 };
		unsigned count = 0;
		struct reader *reader;
		struct writer *writer;
		struct ring ring;
		int error;

		unlink(fixture.database);
		put_rows(600);
		damage(&seed, 1 + (unsigned)round);
		if (reader_open(&reader, fixture.database) == 0) {
			reader_rows(reader, &filter, look_at_row, &count);
			reader_close(reader);
		}
		writer = fixture_writer(&fixture);
		fixture_ring(&fixture, &ring, 0, 16);
		fixture_put(&ring, &entry);
		error = fixture_store(writer, &ring);
		if (error == ERROR_DAMAGED)
			error = fixture_store(writer, &ring);
		cr_assert(error == 0 || error == ERROR_FOREIGN, "%d: %d",
			  round, error);
		stored += error == 0;
		writer->ops->close(writer);
		unlink(ring.path);
		ring_close(&ring);
	}
	set_aside = fixture_files(&fixture, "journal.db.damaged-*[0-9]");
	cr_assert_gt(set_aside, 10, "%u", set_aside);
	cr_assert_gt(stored, 30, "%u", stored);
}
