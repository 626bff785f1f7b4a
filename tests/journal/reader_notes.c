/*
 * Notes between the rows, rows while they are written, and rows that somebody
 * else has written to harm who reads them.
 */
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "archive.h"
#include "ask.h"
#include "fixture.h"

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

TestSuite(reader_notes, .init = set_up, .fini = tear_down, .timeout = 60);

/* "r2 g3 s5 ...": the kinds and numbers, in the order they came. */
static bool write_row(void *context, const struct reader_row *row)
{
	text_put(context, "r%lld ", (long long)row->number);
	return true;
}

static bool write_note(void *context, const struct reader_note *note)
{
	text_put(context, "%c%lld ", note->step != 0 ? 's' : 'g',
		 (long long)note->number);
	return true;
}

static void expect(const struct reader_filter *filter, const char *records)
{
	char buffer[4096];
	struct text text;
	struct reader_taker taker = { write_row, write_note, &text };
	struct reader *reader;

	text_init(&text, buffer, sizeof(buffer));
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	cr_assert_geq(reader_records(reader, filter, &taker), 0);
	cr_assert_str_eq(buffer, records);
	reader_close(reader);
}

static const char some_records[] =
	"INSERT INTO tail (number, time, name) VALUES (2, 200, 'a'),"
	" (3, 300, 'b'), (6, 600, 'c'), (7, 700, 'd');"
	"INSERT INTO clock VALUES (1, 100, 100, 0, 'boot'),"
	" (5, 550, 500, 50, 'boot');"
	"INSERT INTO gap VALUES (4, 310, 490, 12, 'full'),"
	" (8, 650, 900, 0, 'damaged');";

static void make_records(void)
{
	struct writer *writer = fixture_writer(&fixture);

	fixture_run(&fixture, some_records);
	writer->ops->close(writer);
}

Test(reader_notes, they_stand_where_they_belong)
{
	static const struct {
		const char *what;
		struct reader_filter filter;
		const char *records;
	} rows[] = {
		{ "all", { .verdict = -1 }, "r2 r3 g4 s5 r6 r7 g8 " },
		{ "after", { .verdict = -1, .after = 4 }, "s5 r6 r7 g8 " },
		{ "since", { .verdict = -1, .since = 495 },
		  "s5 r6 r7 g8 " },
		{ "in a gap", { .verdict = -1, .since = 400, .until = 410 },
		  "g4 " },
		{ "until", { .verdict = -1, .until = 600 },
		  "r2 r3 g4 s5 r6 " },
		{ "last", { .verdict = -1, .last = 2 }, "r6 r7 g8 " },
		{ "last 3", { .verdict = -1, .last = 3 },
		  "r3 g4 s5 r6 r7 g8 " },
		{ "more than there are", { .verdict = -1, .last = 9 },
		  "r2 r3 g4 s5 r6 r7 g8 " },
		{ "a name", { .verdict = -1, .name = "c" }, "g4 s5 r6 g8 " },
		{ "a name, fewer than asked for",
		  { .verdict = -1, .name = "c", .last = 9 }, "g4 s5 r6 g8 " },
		{ "no such name", { .verdict = -1, .name = "z", .last = 9 },
		  "g4 s5 g8 " },
		{ "none", { .verdict = -1, .after = 8 }, "" },
	};

	make_records();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fprintf(stderr, "%s\n", rows[i].what);
		expect(&rows[i].filter, rows[i].records);
	}
}

/* Where its rows would have been; of the tail's, 3 and 4 are in one. */
Test(reader_notes, a_block_that_is_damaged)
{
	struct reader_filter all = { .verdict = -1 };
	struct reader_filter last = { .verdict = -1, .last = 1 };
	struct reader_filter more = { .verdict = -1, .last = 3 };
	struct reader_filter none = { .verdict = -1, .last = 3, .name = "x" };
	struct reader_filter later = { .verdict = -1, .since = 500 };
	struct reader_filter seen = { .verdict = -1, .after = 3 };
	sqlite3 *db;

	make_records();
	db = archive_open(&fixture);
	archive_seal(db, 2, 3);
	archive_run(db, "UPDATE block_data SET data = x'00'");
	sqlite3_close(db);
	expect(&all, "g2 g4 s5 r6 r7 g8 ");
	expect(&last, "r7 g8 ");
	expect(&more, "g2 g4 s5 r6 r7 g8 ");
	expect(&none, "g4 s5 g8 ");
	expect(&later, "s5 r6 r7 g8 ");
	expect(&seen, "g4 s5 r6 r7 g8 ");
}

static bool check_words(void *context, const struct reader_note *note)
{
	unsigned *count = context;

	cr_expect_str_eq(note->reason, READER_DAMAGED_BLOCK);
	cr_expect_eq(note->count, *count == 63 ? 2 * (100 - 63) : 2);
	cr_expect_eq(note->number, 1 + 2 * (int64_t)(*count)++);
	cr_expect_eq((int64_t)note->until,
		     *count == 64 ? 200 : note->number + 1);
	return true;
}

/* A hundred in a row: the last of those there is room for has the rest. */
Test(reader_notes, more_damaged_blocks_than_there_is_room_for)
{
	sqlite3 *db = archive_open(&fixture);
	struct reader_filter all = { .verdict = -1 };
	unsigned count = 0;
	struct reader_taker taker = { write_row, check_words, &count };
	struct reader *reader;

	archive_run(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
		    "i + 1 FROM n WHERE i < 200) INSERT INTO tail (number, "
		    "time, name) SELECT i, i, 'a' FROM n");
	for (int i = 1; i < 200; i += 2)
		archive_seal(db, i, i + 1);
	archive_run(db, "DELETE FROM block_data");
	sqlite3_close(db);
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	cr_assert_eq(reader_records(reader, &all, &taker), 64);
	cr_assert_eq(count, 64);
	reader_close(reader);
}

static bool count_note(void *context, const struct reader_note *note)
{
	unsigned *count = context;

	cr_assert_eq(note->number, ++*count);
	cr_assert_eq(note->count, 5);
	return true;
}

Test(reader_notes, more_than_a_page_of_them)
{
	struct writer *writer = fixture_writer(&fixture);
	struct reader_filter filter = { .verdict = 1, .name = "unused" };
	struct reader *reader;
	unsigned count = 0;

	fixture_run(&fixture, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
		    "SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO gap "
		    "SELECT i, i, i, 5, 'full' FROM n");
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	cr_assert_eq(reader_notes(reader, &filter, count_note, &count), 1000);
	cr_assert_eq(count, 1000);
	reader_close(reader);
	writer->ops->close(writer);
}

static bool check_harmless(void *context, const struct reader_row *row)
{
	const char *texts[] = { row->name, row->alias, row->upstream,
				row->list };

	for (unsigned i = 0; i < 4; i++)
		for (const char *at = texts[i]; at != NULL && *at; at++)
			cr_assert(*at >= ' ' && *at <= '~', "%u: %s", i,
				  texts[i]);
	++*(unsigned *)context;
	return true;
}

static bool check_note(void *context, const struct reader_note *note)
{
	(void)context;
	for (const char *at = note->reason; at != NULL && *at; at++)
		cr_assert(*at >= ' ' && *at <= '~');
	return true;
}

/* What no writer of ours has written. */
Test(reader_notes, rows_of_an_enemy)
{
	struct writer *writer = fixture_writer(&fixture);
	struct reader_filter filter = { .verdict = -1 };
	unsigned count = 0;
	struct reader_taker taker = { check_harmless, check_note, &count };
	struct reader *reader;

	fixture_run(&fixture, "INSERT INTO tail (number, time, client, name, "
		"alias, type, verdict, list, image, upstream) VALUES "
		"(-5, -1, x'01', char(27) || '[2J', char(7), -1, -1, 0, 1, 1),"
		"(2, 9223372036854775807, zeroblob(60000), char(10,13,0,9), "
		"char(155), 99999999999, 99999999999, 0, 1, 1),"
		"(3, 5, x'', '', printf('%.30000c', 'x'), NULL, NULL, NULL, "
		"NULL, NULL),"
		"(9223372036854775806, 1, NULL, NULL, NULL, 1, 1, 1, 1, 1);"
		"INSERT INTO image_list (image, list, name, version) VALUES "
		"(1, 0, char(27) || ']0;x' || char(7), -1);"
		"INSERT INTO upstream VALUES (1, char(27) || 'c');"
		"INSERT INTO gap VALUES (4, -9, 9, -9, char(27));"
		"INSERT INTO clock VALUES (5, -1, -1, -9223372036854775808, "
		"char(27))");
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	cr_assert_geq(reader_records(reader, &filter, &taker), 3);
	cr_assert_geq(count, 2);
	filter.since = 1;
	filter.until = UINT64_MAX;
	cr_assert_geq(reader_records(reader, &filter, &taker), 1);
	filter.last = 100;
	cr_assert_geq(reader_records(reader, &filter, &taker), 1);
	reader_close(reader);
	writer->ops->close(writer);
}

/* A row too large for anybody: an error and not a gigabyte. */
Test(reader_notes, a_row_of_a_gigabyte)
{
	struct writer *writer = fixture_writer(&fixture);
	struct reader_filter filter = { .verdict = -1 };
	unsigned count = 0;
	struct reader_taker taker = { check_harmless, check_note, &count };
	struct reader *reader;

	fixture_run(&fixture, "INSERT INTO tail (number, time, name) VALUES "
		    "(1, 1, printf('%.20000000c', 'x'))");
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	cr_assert_lt(reader_records(reader, &filter, &taker), 0);
	reader_close(reader);
	writer->ops->close(writer);
}

struct following {
	const char *path;
	int64_t seen;
	uint32_t next;		/* line of the next row */
};

static bool follow_row(void *context, const struct reader_row *row)
{
	struct following *following = context;

	following->seen = row->number;
	return row->line == following->next++;
}

/* Exit code: 0 when all rows came, in order and once. */
static int follow(const char *path, uint32_t rows)
{
	struct following following = { .path = path, .next = 1 };
	struct reader *reader;

	if (setgroups(0, NULL) != 0 || setgid(65534) != 0 ||
	    setuid(65534) != 0 || reader_open(&reader, path) < 0)
		return 1;
	while (following.next <= rows) {
		struct reader_filter filter = {
			.verdict = -1, .after = following.seen,
		};
		uint32_t before = following.next;
		int64_t count = reader_rows(reader, &filter, follow_row,
					    &following);

		if (count < 0)
			return 2;
		if (following.next - before != (uint32_t)count)
			return 3;
	}
	reader_close(reader);
	return 0;
}

/*
 * Somebody who may only read, and cannot tell the writer that he does, while
 * the log is begun anew again and again.
 */
Test(reader_notes, following_while_rows_are_written)
{
	enum { ROUNDS = 150, EACH = 500 };
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;
	uint32_t line = 0;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		cr_skip_test("needs another user to read as");
	cr_assert_eq(chmod(fixture.folder, 0755), 0);
	for (int i = 0; i < 3; i++) {
		static const char *const suffix[] = { "", "-wal", "-shm" };
		char path[160];

		snprintf(path, sizeof(path), "%s%s", fixture.database,
			 suffix[i]);
		cr_assert_eq(chmod(path, 0644), 0);
	}
	pid = fork();
	if (pid == 0)
		_exit(follow(fixture.database, ROUNDS * EACH));
	fixture_ring(&fixture, &ring, 0, 1024);
	for (int i = 0; i < ROUNDS; i++) {
		for (int j = 0; j < EACH; j++) {
			struct entry entry = fixture_query("follow", line);

			entry.line = ++line;
			fixture_put(&ring, &entry);
		}
		cr_assert_eq(fixture_store(writer, &ring), 0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status));
	cr_assert_eq(WEXITSTATUS(status), 0, "%d", WEXITSTATUS(status));
	writer->ops->close(writer);
	ring_close(&ring);
}
