/*
 * The disk in all its moods: full, slow to be given back, replaced under us.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <time.h>

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
	char disk[96];

	snprintf(disk, sizeof(disk), "%s/disk", fixture.folder);
	umount(disk);
	fixture_remove(&fixture);
}

TestSuite(sqlite, .init = set_up, .fini = tear_down, .timeout = 60);

static void fill(struct ring *ring, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct entry entry = fixture_query("some.name.example", i);

		fixture_put(ring, &entry);
	}
}

static int64_t rows(void)
{
	return fixture_number(&fixture, "SELECT " FIXTURE_ROWS);
}

static uint64_t size_of(struct writer *writer, bool log)
{
	struct writer_size size;

	writer->ops->measure(writer, &size);
	return log ? size.wal : size.database;
}

/* Files may not grow any more; afterwards they may. */
static int store_with_limit(struct writer *writer, struct ring *ring)
{
	struct rlimit old, tight;
	int error;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tight = old;
	tight.rlim_cur = 1000;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
	error = fixture_store(writer, ring);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	return error;
}

Test(sqlite, a_file_that_cannot_grow)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 8192);
	fill(&ring, 100);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fill(&ring, 8000);
	cr_assert_lt(store_with_limit(writer, &ring), 0);
	cr_assert_str_neq(writer->words, "");
	cr_assert_lt(store_with_limit(writer, &ring), 0);
	cr_assert_eq(ring_head(&ring) - ring_tail(&ring), 8000);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(rows(), 8100);
	cr_assert_eq(fixture_files(&fixture, "*damaged*"), 0);
	writer->ops->close(writer);
	ring_close(&ring);
}

/* Each time another upstream and another image, and an hour later. */
static void fill_anew(struct ring *ring, unsigned count, unsigned time)
{
	for (unsigned i = 0; i < count; i++) {
		struct entry entry = fixture_query("some.name.example", i);

		entry.wall += time * 3600000000;
		entry.mono += time * 1000000;
		entry.image = 1 + time;
		entry.upstream.raw[3] = (uint8_t)(1 + time);
		entry.upstream.port = 53;
		entry.upstream.len = 4;
		fixture_put(ring, &entry);
	}
}

/*
 * The first commit that fails has seen an upstream, an image and a step of
 * the clock that are then not in the database.
 */
Test(sqlite, a_disk_that_is_full)
{
	struct writer *writer;
	struct ring ring;
	char disk[96], words[64];
	unsigned times = 0;
	int error = 0;

	snprintf(disk, sizeof(disk), "%s/disk", fixture.folder);
	mkdir(disk, 0755);
	if (mount("tmpfs", disk, "tmpfs", 0, "size=1m") != 0)
		cr_skip_test("needs to mount a small disk");
	snprintf(fixture.database, sizeof(fixture.database), "%s/journal.db",
		 disk);
	writer = fixture_writer(&fixture);
	fixture_ring(&fixture, &ring, 0, 8192);
	for (; times < 20 && error == 0; times++) {
		fill_anew(&ring, 2000, times);
		error = fixture_store(writer, &ring);
	}
	cr_assert_eq(error, -ENOSPC, "%d %s", error, writer->words);
	cr_assert_eq(ring_head(&ring) - ring_tail(&ring), 2000);
	cr_assert_eq(mount("tmpfs", disk, "tmpfs", MS_REMOUNT, "size=16m"),
		     0);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(rows(), 2000 * times);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail JOIN "
		"upstream ON upstream.id = upstream JOIN image ON image.id = "
		"image WHERE address = '0.0.0.' || serial"), 2000 * times);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM clock"),
		     times);
	fixture_ask(&fixture, "PRAGMA integrity_check", words, sizeof(words));
	cr_assert_str_eq(words, "ok");
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(sqlite, a_folder_that_comes_later)
{
	struct writer *writer;
	struct ring ring;

	snprintf(fixture.database, sizeof(fixture.database),
		 "%s/later/journal.db", fixture.folder);
	writer = fixture_writer(&fixture);
	fixture_ring(&fixture, &ring, 0, 16);
	fill(&ring, 3);
	cr_assert_eq(fixture_store(writer, &ring), -ENOENT);
	cr_assert_str_eq(writer->words, error_words(-ENOENT));
	snprintf(fixture.database, sizeof(fixture.database), "%s/later",
		 fixture.folder);
	mkdir(fixture.database, 0755);
	strcat(fixture.database, "/journal.db");
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(rows(), 3);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(sqlite, a_file_deleted_under_us_is_made_anew)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 64);
	fill(&ring, 20);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(unlink(fixture.database), 0);
	fill(&ring, 20);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(rows(), 20);
	writer->ops->close(writer);
	ring_close(&ring);
}

/* The table of rings begins at a page that is none of its own. */
Test(sqlite, damage_while_running_begins_a_new_one)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 64);
	fill(&ring, 20);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fixture_run(&fixture, "PRAGMA writable_schema = ON; UPDATE "
		    "sqlite_schema SET rootpage = 2 WHERE name = 'ring';"
		    "PRAGMA schema_version = 1000");
	fill(&ring, 10);
	cr_assert_eq(fixture_store(writer, &ring), ERROR_DAMAGED);
	cr_assert_eq(fixture_files(&fixture, "journal.db.damaged-*[0-9]"), 1);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(rows(), 30);
	writer->ops->close(writer);
	ring_close(&ring);
}

/* A disk that damages everything is not filled with what it damaged. */
Test(sqlite, a_second_damage_soon_after_is_waited_out)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 64);
	fill(&ring, 1);
	fixture_run(&fixture, "DROP TABLE tail");
	cr_assert_eq(fixture_store(writer, &ring), ERROR_DAMAGED);
	fixture_run(&fixture, "DROP TABLE tail");
	cr_assert_eq(fixture_store(writer, &ring), ERROR_DATABASE);
	cr_assert_lt(fixture_store(writer, &ring), 0);
	cr_assert_eq(fixture_files(&fixture, "journal.db.damaged-*[0-9]"), 1);
	cr_assert_eq(ring_tail(&ring), 0);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(sqlite, somebody_else_writes)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;
	sqlite3 *db;

	fixture_ring(&fixture, &ring, 0, 64);
	fill(&ring, 5);
	cr_assert_eq(sqlite3_open(fixture.database, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), 0);
	cr_assert_eq(fixture_store(writer, &ring), ERROR_BUSY);
	cr_assert_eq(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), 0);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(rows(), 5);
	sqlite3_close(db);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(sqlite, deleted_rows_do_not_lend_their_numbers)
{
	struct writer *writer = fixture_writer(&fixture);
	struct writer_size size;
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 64);
	fill(&ring, 5);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fixture_run(&fixture, "DELETE FROM tail; DELETE FROM clock");
	fill(&ring, 1);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT number FROM tail"), 7);
	writer->ops->measure(writer, &size);
	cr_assert_eq(size.last_row, 7);
	writer->ops->close(writer);
	writer = fixture_writer(&fixture);
	writer->ops->measure(writer, &size);
	cr_assert_eq(size.last_row, 7);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(sqlite, the_log_is_taken_back)
{
	struct writer *writer = fixture_writer(&fixture);
	uint64_t most = 0;
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 8192);
	for (int i = 0; i < 200; i++) {
		fill(&ring, 1500);
		cr_assert_eq(fixture_store(writer, &ring), 0);
		if (size_of(writer, true) > most)
			most = size_of(writer, true);
	}
	cr_assert_lt(most, 6 << 20, "%llu", (unsigned long long)most);
	cr_assert_gt(size_of(writer, false), 1 << 20);
	writer->ops->close(writer);
	ring_close(&ring);
}

struct reading {
	const char *path;
	atomic_bool enough;
	atomic_uint count;
};

static bool take(void *context, const struct reader_row *row)
{
	(void)row;
	++*(atomic_uint *)context;
	return true;
}

static void *read_all_the_time(void *context)
{
	struct reader_filter filter = { .verdict = -1, .last = 3000 };
	struct reading *reading = context;
	struct reader *reader;

	if (reader_open(&reader, reading->path) < 0)
		return NULL;
	while (!reading->enough)
		reader_rows(reader, &filter, take, &reading->count);
	reader_close(reader);
	return NULL;
}

/* They always have some page of the log in use, one or the other. */
Test(sqlite, the_log_is_taken_back_under_readers)
{
	enum { READERS = 3 };
	struct writer *writer = fixture_writer(&fixture);
	struct reading reading = { .path = fixture.database };
	struct timespec pause = { .tv_nsec = 5000000 };
	pthread_t threads[READERS];
	uint64_t most = 0;
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 8192);
	for (int i = 0; i < READERS; i++)
		pthread_create(&threads[i], NULL, read_all_the_time, &reading);
	for (int i = 0; i < 100; i++) {
		fill(&ring, 2048);
		cr_assert_eq(fixture_store(writer, &ring), 0);
		if (size_of(writer, true) > most)
			most = size_of(writer, true);
		nanosleep(&pause, NULL);
	}
	reading.enough = true;
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	cr_assert_lt(most, 8 << 20, "%llu", (unsigned long long)most);
	cr_assert_gt(reading.count, 0);
	writer->ops->close(writer);
	ring_close(&ring);
}

static struct writer_image *image_of(uint32_t serial, const char *list)
{
	struct writer_image *image;

	image = calloc(1, sizeof(*image) + 2 * sizeof(image->lists[0]));
	image->serial = serial;
	image->time = 1700000000;
	image->list_count = 2;
	snprintf(image->lists[1].name, sizeof(image->lists[1].name), "%s",
		 list);
	image->lists[1].version = 77;
	image->inputs[0] = (uint8_t)list[0];
	return image;
}

static void expect_lists(const char *lists)
{
	char text[128];

	fixture_ask(&fixture, "SELECT group_concat(coalesce(list, '-')) FROM "
		    "(SELECT list FROM query ORDER BY number)", text,
		    sizeof(text));
	cr_assert_str_eq(text, lists);
}

/* A household that starts over has image 1 again, made of other lists. */
Test(sqlite, a_serial_that_comes_again_is_another_image)
{
	struct writer_image *one = image_of(1, "one"), *two = image_of(1, "2");
	struct writer *writer = fixture_writer(&fixture);
	struct entry entry = fixture_query("example", 1);
	struct ring ring;

	entry.image = 1;
	entry.list = 1;
	fixture_ring(&fixture, &ring, 0, 64);
	cr_assert_eq(writer->ops->note_image(writer, one), 0);
	cr_assert_eq(writer->ops->note_image(writer, one), 0);
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(writer->ops->note_image(writer, two), 0);
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	writer->ops->close(writer);
	writer = fixture_writer(&fixture);
	fixture_put(&ring, &entry);
	entry.image = 5;
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	expect_lists("one,2,2,-");
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM image"),
		     3);
	writer->ops->close(writer);
	ring_close(&ring);
	free(one);
	free(two);
}

Test(sqlite, the_null_writer_keeps_nothing_and_never_fails)
{
	struct writer *writer = writer_null();
	struct writer_size size;

	cr_assert_eq(writer->ops->store(writer, NULL, 0), 0);
	cr_assert_eq(writer->ops->note_image(writer, NULL), 0);
	cr_assert_eq(writer->ops->forget(writer), 0);
	writer->ops->measure(writer, &size);
	cr_assert_eq(size.rows, 0);
	writer->ops->close(writer);
}
