/*
 * What the journal costs: processor time of all threads, user and system, for
 * a query.
 *
 *	journal [FOLDER [RATE [SECONDS [WORKERS]]]]
 *
 * FOLDER gets the database (and is where the disk is measured), the rings go
 * to /dev/shm.  First the writer alone, as fast as it goes and for a few sizes
 * of a commit, with names that were seen before, with names that are all new
 * (in the limit of new names of 256 devices, then far beyond it), and a day of
 * a household; then what a worker pays; then a journal at a steady rate, from
 * which what the same workers cost without one is taken off.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/entry.h"
#include "base/error.h"
#include "base/ring.h"
#include "dns/name.h"
#include "journal/journal.h"
#include "journal/writer.h"
#include "policy/verdict.h"

enum {
	MODELS = 4096, SLOTS = 32768, ROWS = 1000000, TURN_NS = 1000000,
	MAX_WORKERS = 64, DAY_ROWS = 300000, DAY_COMMITS = 8640,
	NEW_ROWS = 200000,	/* 781 a device: under LEDGER_NEW_NAMES */
};

#define START ((uint64_t)1700000000 * 1000000)

static struct entry models[MODELS];
static bool new_names;
static char database[512], rings[64];

static void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(1);
}

static double seconds_of(clockid_t id)
{
	struct timespec at;

	clock_gettime(id, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double processor_time(void)
{
	return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static void make_name(struct entry *entry, unsigned i)
{
	static const char *const tops[] = {
		"example.com", "cdn.example.net", "telemetry.example.org",
		"api.vendor.example", "example.co.uk",
	};
	struct name name;
	char text[64];

	snprintf(text, sizeof(text), "%s%u.%s", i % 3 ? "host" : "edge-eu",
		 i * 7919 % 1000, tops[i % 5]);
	if (name_parse(&name, bytes_of_string(text)) < 0)
		die(text, ERROR_MALFORMED);
	memcpy(entry->name, name.wire, name.len);
	entry->name_len = name.len;
}

/* A household: most from the cache, a fifth sunk, a fifth forwarded. */
static void make_models(void)
{
	for (unsigned i = 0; i < MODELS; i++) {
		struct entry *entry = &models[i];

		*entry = (struct entry){
			.image = 7, .list = ENTRY_NO_LIST, .qclass = 1,
			.qtype = i % 3 ? 1 : 28, .kind = ENTRY_QUERY,
			.transport = ENTRY_UDP, .source = ENTRY_FROM_CACHE,
			.answered = 1, .duration = i % 90,
			.client = { .raw = { 192, 168, 1, (uint8_t)i },
				    .len = 4 },
		};
		if (i % 5 == 0) {
			entry->source = ENTRY_FROM_POLICY;
			entry->verdict = VERDICT_SINK;
			entry->action = ACTION_NULL;
			entry->list = 2;
			entry->line = i * 31 + 1;
		} else if (i % 5 == 1) {
			entry->source = ENTRY_FROM_UPSTREAM;
			entry->upstream = (struct entry_address){
				.raw = { 9, 9, 9, 9 }, .port = 53, .len = 4,
			};
			entry->duration = 10000 + i;
		}
		make_name(entry, i);
	}
}

static void remove_files(void)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char path[600];

	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", database, suffix[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/ring", rings);
	unlink(path);
	snprintf(path, sizeof(path), "%s/lock", rings);
	unlink(path);
	rmdir(rings);
}

/* A name nobody has asked for: eight digits before one of a model. */
static void make_new(struct entry *entry, uint64_t number)
{
	const struct entry *model = &models[number % MODELS];
	char label[10];

	snprintf(label, sizeof(label), "%c%08x", 8,
		 (unsigned)(number * 2654435761u));
	memcpy(entry->name, label, 9);
	memcpy(entry->name + 9, model->name, model->name_len);
	entry->name_len = (uint8_t)(model->name_len + 9);
}

/* What a worker does for a query, but that it has the entry already. */
static bool publish(struct ring *ring, uint64_t number, uint64_t wall)
{
	uint64_t first;
	struct entry *entry;

	if (!ring_claim(ring, 1, wall, &first))
		return false;
	entry = ring_slot(ring, first);
	memcpy(entry, &models[number % MODELS], offsetof(struct entry, name) +
	       models[number % MODELS].name_len);
	entry->wall = wall;
	entry->mono = wall - START + 1000000;
	if (new_names)
		make_new(entry, number);
	ring_publish(ring, first, 1);
	return true;
}

struct bench {
	const char *what;
	unsigned rows, commit;	/* so many, so many a commit */
	uint64_t pace;		/* microseconds from one to the next */
	bool new_names;
};

/* Some rows are in when it begins: what is new to a file is not counted. */
static double store_all(const struct bench *bench, struct writer *writer,
			struct ring *ring)
{
	struct writer_source source = { .ring = ring };
	uint64_t number = 0;
	double used = 0, before;
	int error = 0;

	new_names = bench->new_names;
	while (number < bench->rows && error == 0) {
		for (unsigned i = 0; i < bench->commit; i++, number++)
			publish(ring, number, START + number * bench->pace);
		source.until = ring_head(ring);
		before = processor_time();
		error = writer->ops->store(writer, &source, 1);
		used += processor_time() - before;
		ring_free_until(ring, source.until);
		source.from = source.until;
	}
	new_names = false;
	if (error < 0)
		die(writer->words, error);
	return used * 1e6 / (double)number;
}

static void bench_writer(const struct bench *bench)
{
	struct writer_sqlite_options options = { .path = database,
						 .group = -1 };
	struct writer_size size;
	struct writer *writer;
	struct ring ring;
	char path[80];
	double us;
	int error;

	remove_files();
	mkdir(rings, 0700);
	snprintf(path, sizeof(path), "%s/ring", rings);
	error = ring_open(&ring, path, SLOTS);
	if (error == 0)
		error = writer_sqlite(&writer, &options);
	if (error < 0)
		die(path, error);
	us = store_all(bench, writer, &ring);
	writer->ops->measure(writer, &size);
	printf("%-14s %5u rows a commit  %6.3f us a row, %5.1f bytes (%4.1f in "
	       "blocks), %5.1f written\n", bench->what, bench->commit, us,
	       (double)size.database / (double)bench->rows,
	       (double)size.block_bytes / (double)(size.sealed_rows + 1),
	       (double)size.written / (double)bench->rows);
	writer->ops->close(writer);
	ring_close(&ring);
}

struct worker {
	struct journal *journal;	/* NULL: only the same turns */
	unsigned number, rate, seconds;
	uint64_t published, lost;
	double used;
};

/* A turn a millisecond, as under load, with what has come meanwhile. */
static void *work(void *context)
{
	struct worker *worker = context;
	struct ring *ring = worker->journal != NULL ?
		journal_ring(worker->journal, worker->number) : NULL;
	struct timespec next;
	uint64_t number = 0;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (unsigned turn = 0; turn < worker->seconds * 1000; turn++) {
		uint64_t due = (uint64_t)(turn + 1) * worker->rate / 1000;

		for (; number < due && ring != NULL; number++)
			worker->lost += !publish(ring, number,
						  START + number);
		if (ring != NULL)
			journal_nudge(worker->journal, worker->number);
		next.tv_nsec += TURN_NS;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	worker->published = number;
	worker->used = seconds_of(CLOCK_THREAD_CPUTIME_ID);
	return NULL;
}

/* Processor time of everything while the workers work. */
static double run_workers(struct worker *workers, unsigned count)
{
	pthread_t threads[MAX_WORKERS];
	double before = processor_time();

	for (unsigned i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, work, &workers[i]);
	for (unsigned i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return processor_time() - before;
}

static void bench_rate(unsigned rate, unsigned seconds, unsigned count)
{
	struct journal_options options = {
		.enabled = true, .path = database, .rings = rings,
		.workers = count, .slots = SLOTS, .commit_ms = 10000,
		.group = (gid_t)-1,
	};
	struct worker workers[MAX_WORKERS] = { 0 };
	struct journal_counts counts;
	struct journal *journal;
	uint64_t published = 0, lost = 0;
	double alone, with, used = 0;
	int error;

	for (unsigned i = 0; i < count; i++)
		workers[i] = (struct worker){ NULL, i, rate / count, seconds,
					      0, 0, 0 };
	alone = run_workers(workers, count);
	remove_files();
	error = journal_open(&journal, &options);
	if (error == 0)
		error = journal_start(journal);
	if (error < 0)
		die(rings, error);
	for (unsigned i = 0; i < count; i++)
		workers[i].journal = journal;
	with = run_workers(workers, count);
	journal_count(journal, &counts);
	for (unsigned i = 0; i < count; i++) {
		published += workers[i].published;
		lost += workers[i].lost;
		used += workers[i].used;
	}
	printf("%u queries/s, %u workers, %u s: %.3f us a query in all (of it "
	       "%.3f in the workers), %llu lost, %llu commits, log %.1f MB\n",
	       rate, count, seconds, (with - alone) * 1e6 / (double)published,
	       (used - alone) * 1e6 / (double)published,
	       (unsigned long long)lost, (unsigned long long)counts.commits,
	       (double)counts.wal_bytes / 1e6);
	journal_close(journal);
}

static void bench_nudge(void)
{
	struct journal_options options = {
		.enabled = true, .path = database, .rings = rings,
		.workers = 1, .slots = SLOTS, .commit_ms = 60000,
		.group = (gid_t)-1,
	};
	enum { TURNS = 100000000, ENTRIES = 4000 };
	struct journal *journal;
	double before;

	remove_files();
	if (journal_open(&journal, &options) < 0)
		exit(1);
	before = processor_time();
	for (unsigned i = 0; i < ENTRIES; i++)
		publish(journal_ring(journal, 0), i, START + i);
	printf("an entry into the ring       %6.1f ns\n",
	       (processor_time() - before) * 1e9 / ENTRIES);
	before = processor_time();
	for (unsigned i = 0; i < TURNS; i++)
		journal_nudge(journal, 0);
	printf("a nudge with nothing due     %6.2f ns\n",
	       (processor_time() - before) * 1e9 / TURNS);
	journal_close(journal);
}

int main(int argc, char **argv)
{
	static const struct bench benches[] = {
		{ "seen before", ROWS, 256, 100, false },
		{ "seen before", ROWS, 1024, 100, false },
		{ "seen before", ROWS, 4096, 25, false },
		{ "seen before", ROWS, SLOTS / 2, 25, false },
		{ "new names", NEW_ROWS, 4096, 25, true },
		{ "new names", NEW_ROWS, SLOTS / 2, 25, true },
		{ "over the limit", ROWS, SLOTS / 2, 25, true },
		{ "a day", DAY_ROWS, DAY_ROWS / DAY_COMMITS,
		  (uint64_t)86400 * 1000000 / DAY_ROWS, false },
	};
	unsigned rate = argc > 2 ? (unsigned)atoi(argv[2]) : 40000;
	unsigned seconds = argc > 3 ? (unsigned)atoi(argv[3]) : 5;
	unsigned workers = argc > 4 ? (unsigned)atoi(argv[4]) : 2;

	if (workers == 0 || workers > MAX_WORKERS || seconds == 0) {
		fprintf(stderr, "usage: journal [FOLDER [RATE [SECONDS "
			"[WORKERS]]]]\n");
		return 2;
	}
	snprintf(database, sizeof(database), "%s/bench-journal-%d.db",
		 argc > 1 ? argv[1] : "/tmp", (int)getpid());
	snprintf(rings, sizeof(rings), "/dev/shm/bench-journal-%d",
		 (int)getpid());
	make_models();
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++)
		bench_writer(&benches[i]);
	bench_nudge();
	bench_rate(rate, seconds, workers);
	remove_files();
	return 0;
}
