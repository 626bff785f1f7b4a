/*
 * The thread: when it commits, when it sleeps, what it does while the disk
 * says no.
 */
#include "journal/journal.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "../policy/plain.h"
#include "ask.h"
#include "fixture.h"
#include "policy/build.h"
#include "policy/image.h"

enum { MS = 1000000 };

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

TestSuite(journal, .init = set_up, .fini = tear_down, .timeout = 60);

static struct journal *start(uint32_t commit_ms)
{
	struct journal_options options = {
		.enabled = true,
		.path = fixture.database,
		.rings = fixture.rings,
		.workers = 2,
		.slots = 64,
		.commit_ms = commit_ms,
		.group = (gid_t)-1,
	};
	struct journal *journal;

	cr_assert_eq(journal_open(&journal, &options), 0);
	cr_assert_eq(journal_start(journal), 0);
	return journal;
}

static void publish(struct journal *journal, unsigned worker, unsigned count)
{
	struct entry entry = fixture_query("example", 1);

	for (unsigned i = 0; i < count; i++)
		fixture_put(journal_ring(journal, worker), &entry);
	journal_nudge(journal, worker);
}

static void pause_ms(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * MS };

	nanosleep(&time, NULL);
}

static uint64_t now_ms(void)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return clock_ms(&clock);
}

static struct journal_counts count(struct journal *journal)
{
	struct journal_counts counts;

	journal_count(journal, &counts);
	return counts;
}

/* How long until so many rows are stored; it ends the test if never. */
static uint64_t wait_for_rows(struct journal *journal, uint64_t rows)
{
	uint64_t from = now_ms();

	while (count(journal).rows < rows)
		pause_ms(1);
	return now_ms() - from;
}

struct answer {
	atomic_bool there;
	int error;
	int64_t last_row;
};

static void take_answer(void *context, int error, int64_t last_row)
{
	struct answer *answer = context;

	answer->error = error;
	answer->last_row = last_row;
	answer->there = true;
}

static struct answer commit(struct journal *journal)
{
	struct answer answer = { 0 };

	journal_commit(journal, take_answer, &answer);
	while (!answer.there)
		pause_ms(1);
	return answer;
}

Test(journal, a_commit_comes_when_the_first_entry_is_due)
{
	struct journal *journal = start(300);
	uint64_t waited;

	for (int round = 0; round < 2; round++) {
		uint64_t before = count(journal).commits;

		publish(journal, 0, 1);
		publish(journal, 1, 2);
		waited = wait_for_rows(journal, 3 * ((uint64_t)round + 1));
		cr_assert_geq(waited, 280, "%llu", (unsigned long long)waited);
		cr_assert_lt(waited, 3000, "%llu", (unsigned long long)waited);
		cr_assert_eq(count(journal).commits, before + 1);
	}
	cr_assert_eq(count(journal).waiting, 0);
	journal_close(journal);
}

Test(journal, a_ring_a_quarter_full_is_not_left_waiting)
{
	struct journal *journal = start(60000);
	uint64_t waited;

	for (unsigned round = 1; round <= 20; round++) {
		publish(journal, round % 2, 17);
		waited = wait_for_rows(journal, 17 * round);
		cr_assert_lt(waited, 3000, "%llu", (unsigned long long)waited);
	}
	cr_assert_eq(count(journal).lost, 0);
	journal_close(journal);
}

Test(journal, a_commit_on_request_stores_what_was_published)
{
	struct journal *journal = start(60000);
	struct answer answer;

	for (unsigned i = 1; i <= 10; i++) {
		publish(journal, 0, 1);
		answer = commit(journal);
		cr_assert_eq(answer.error, 0);
		cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM "
					    "tail"), i);
		cr_assert_eq(answer.last_row, fixture_number(&fixture,
			     "SELECT max(number) FROM tail"));
	}
	cr_assert_eq(commit(journal).last_row, answer.last_row);
	journal_close(journal);
}

Test(journal, many_may_ask_at_once)
{
	struct journal *journal = start(60000);
	struct answer answers[100] = { 0 };

	publish(journal, 0, 5);
	for (int i = 0; i < 100; i++)
		journal_commit(journal, take_answer, &answers[i]);
	for (int i = 0; i < 100; i++) {
		while (!answers[i].there)
			pause_ms(1);
		cr_assert_eq(answers[i].error, 0);
	}
	cr_assert_eq(count(journal).rows, 5);
	journal_close(journal);
}

Test(journal, closing_stores_what_is_left)
{
	struct journal *journal = start(60000);

	publish(journal, 0, 10);
	publish(journal, 1, 5);
	journal_close(journal);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail"),
		     15);
	cr_assert_eq(fixture_files(&fixture, "rings/ring.*"), 0);
}

/* The line of a file of the thread that begins so, or "". */
static void ask_thread(const char *thread, const char *file,
		       const char *begin, char line[128])
{
	char path[320];
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/self/task/%s/%s", thread, file);
	stream = fopen(path, "r");
	cr_assert_not_null(stream);
	do {
		if (fgets(line, 128, stream) == NULL)
			line[0] = '\0';
	} while (line[0] != '\0' && strncmp(line, begin, strlen(begin)) != 0);
	fclose(stream);
}

/* How often the journal's thread has gone to sleep. */
static unsigned long sleeps(void)
{
	static const char voluntary[] = "voluntary_ctxt_switches:";
	DIR *folder = opendir("/proc/self/task");
	unsigned long sum = 0, found = 0;
	struct dirent *entry;
	char line[128];

	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		ask_thread(entry->d_name, "comm", "", line);
		if (strcmp(line, "journal\n") != 0)
			continue;
		ask_thread(entry->d_name, "status", voluntary, line);
		sum += strtoul(line + strlen(voluntary), NULL, 10);
		found++;
	}
	closedir(folder);
	cr_assert_eq(found, 1);
	return sum;
}

Test(journal, nobody_wakes_when_nothing_happens)
{
	struct journal *journal = start(20);
	unsigned long before;

	publish(journal, 0, 1);
	wait_for_rows(journal, 1);
	pause_ms(1300);
	before = sleeps();
	for (int i = 0; i < 700; i++) {
		journal_nudge(journal, 0);
		pause_ms(1);
	}
	cr_assert_eq(sleeps(), before);
	publish(journal, 1, 1);
	cr_assert_lt(wait_for_rows(journal, 2), 3000);
	journal_close(journal);
}

struct flood {
	struct journal *journal;
	unsigned worker, queries;
};

static void *publish_all(void *context)
{
	const struct flood *flood = context;
	struct ring *ring = journal_ring(flood->journal, flood->worker);
	struct entry entry = fixture_query("flood.example", 1);

	for (unsigned i = 0; i < flood->queries; i++) {
		entry.wall++;
		entry.mono++;
		entry.line = i + 1;
		fixture_put(ring, &entry);
		journal_nudge(flood->journal, flood->worker);
	}
	return NULL;
}

Test(journal, a_flood_is_in_rows_and_gaps)
{
	enum { QUERIES = 30000 };
	struct journal *journal = start(10);
	struct journal_counts counts;
	struct flood floods[2];
	pthread_t threads[2];

	for (unsigned i = 0; i < 2; i++) {
		floods[i] = (struct flood){ journal, i, QUERIES };
		pthread_create(&threads[i], NULL, publish_all, &floods[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	cr_assert_eq(commit(journal).error, 0);
	counts = count(journal);
	cr_assert_eq(counts.rows + counts.lost, 2 * QUERIES);
	journal_close(journal);
	cr_assert_eq(fixture_number(&fixture, "SELECT (SELECT count(*) FROM "
		"tail) + (SELECT coalesce(sum(count), 0) FROM gap)"),
		2 * QUERIES);
}

/* Lines on stderr while something runs. */
struct capture {
	int saved;
	char path[160];
};

static void capture_begin(struct capture *capture)
{
	int fd;

	snprintf(capture->path, sizeof(capture->path), "%s/stderr",
		 fixture.folder);
	capture->saved = dup(STDERR_FILENO);
	fd = open(capture->path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static unsigned capture_end(struct capture *capture, const char *word)
{
	FILE *file = fopen(capture->path, "r");
	char line[1024];
	unsigned found = 0;

	dup2(capture->saved, STDERR_FILENO);
	while (fgets(line, sizeof(line), file) != NULL)
		found += strstr(line, word) != NULL;
	fclose(file);
	return found;
}

/* A folder in the way of the database: nothing can be opened. */
Test(journal, a_disk_that_says_no_is_logged_once_and_tried_again)
{
	struct capture capture;
	struct journal *journal;
	uint64_t waited;

	log_level = LOG_LEVEL_NOTICE;
	capture_begin(&capture);
	mkdir(fixture.database, 0755);
	journal = start(10);
	publish(journal, 0, 40);
	for (int i = 0; i < 5; i++)
		cr_assert_lt(commit(journal).error, 0);
	cr_assert_lt(count(journal).error, 0);
	cr_assert_eq(count(journal).waiting, 40);
	publish(journal, 0, 40);
	cr_assert_eq(count(journal).lost, 16);
	rmdir(fixture.database);
	cr_assert_eq(commit(journal).error, 0);
	waited = wait_for_rows(journal, 64);
	cr_assert_lt(waited, 3000);
	publish(journal, 0, 1);
	cr_assert_eq(commit(journal).error, 0);
	cr_assert_eq(count(journal).error, 0);
	journal_close(journal);
	cr_assert_eq(capture_end(&capture, "cannot store"), 1);
	cr_assert_eq(capture_end(&capture, "stores again"), 1);
	cr_assert_eq(fixture_number(&fixture, "SELECT sum(count) FROM gap"),
		     16);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail"),
		     65);
}

Test(journal, it_tries_again_by_itself)
{
	struct journal *journal;

	log_level = LOG_LEVEL_ERROR;
	mkdir(fixture.database, 0755);
	journal = start(10);
	publish(journal, 0, 10);
	while (count(journal).error == 0)
		pause_ms(1);
	rmdir(fixture.database);
	cr_assert_lt(wait_for_rows(journal, 10), 10000);
	journal_close(journal);
}

static struct image *image_of(uint32_t serial)
{
	struct image_list list = { .name = "trackers", .version = 12 };
	struct build *build = build_new();
	uint8_t inputs[32] = { 1 };
	struct image *image;
	struct name name;
	char path[160];

	snprintf(path, sizeof(path), "%s/image", fixture.folder);
	cr_assert_eq(build_list(build, &list), 0);
	name_parse(&name, bytes_of_string("tracker.example"));
	cr_assert_eq(plain_rule(build, &name, false, 1), 0);
	cr_assert_eq(plain_write(build, path, serial, inputs), 0);
	build_free(build);
	cr_assert_eq(image_open(&image, path), 0);
	return image;
}

static void publish_sunk(struct journal *journal, uint32_t serial)
{
	struct entry entry = fixture_query("tracker.example", 1);

	entry.image = serial;
	entry.list = 0;
	entry.line = 1;
	fixture_put(journal_ring(journal, 0), &entry);
	journal_nudge(journal, 0);
}

Test(journal, lists_are_written_down_before_an_image_is_used)
{
	struct image *image = image_of(3);
	struct journal *journal = start(60000);

	cr_assert_eq(journal_note_image(journal, image), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT version FROM image_list "
				    "WHERE name = 'trackers'"), 12);
	cr_assert_eq(journal_note_image(journal, image), 0);
	image_close(image);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM image"),
		     1);
	journal_close(journal);
}

Test(journal, a_new_database_knows_the_lists_too)
{
	struct image *image = image_of(3);
	struct journal *journal = start(60000);

	cr_assert_eq(journal_note_image(journal, image), 0);
	image_close(image);
	fixture_run(&fixture, "DROP TABLE tail");
	publish_sunk(journal, 3);
	cr_assert_eq(commit(journal).error, 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT version FROM query "
				    "WHERE list = 'trackers'"), 12);
	journal_close(journal);
}

Test(journal, lists_that_could_not_be_written_are_written_later)
{
	struct image *image = image_of(4);
	struct journal *journal;

	mkdir(fixture.database, 0755);
	journal = start(60000);
	cr_assert_lt(journal_note_image(journal, image), 0);
	image_close(image);
	publish_sunk(journal, 4);
	rmdir(fixture.database);
	cr_assert_eq(commit(journal).error, 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT version FROM query "
				    "WHERE list = 'trackers'"), 12);
	journal_close(journal);
}

Test(journal, noting_before_the_thread_runs)
{
	struct image *image = image_of(4);
	struct journal_options options = {
		.enabled = true, .path = fixture.database,
		.rings = fixture.rings, .workers = 1, .slots = 64,
		.commit_ms = 10, .group = (gid_t)-1,
	};
	struct journal *journal;

	cr_assert_eq(journal_open(&journal, &options), 0);
	cr_assert_eq(journal_note_image(journal, image), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT serial FROM image"), 4);
	image_close(image);
	journal_close(journal);
}

Test(journal, one_that_is_switched_off_keeps_nothing)
{
	struct journal_options options = { .enabled = false };
	struct answer answer = { 0 };
	struct journal *journal;

	cr_assert_eq(journal_open(&journal, &options), 0);
	cr_assert_eq(journal_start(journal), 0);
	cr_assert_null(journal_ring(journal, 0));
	journal_nudge(journal, 0);
	journal_commit(journal, take_answer, &answer);
	cr_assert(answer.there);
	cr_assert_eq(answer.error, 0);
	cr_assert_not(count(journal).enabled);
	journal_close(journal);
}
