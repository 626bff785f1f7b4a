/*
 * What a year of a household costs on the disk.
 *
 *	year FOLDER [DAYS [END]] [--bars]
 *
 * Makes FOLDER/journal.db of DAYS days (366) of the household's trace that end
 * at END (seconds since 1970; now), by the way that rows go in a house: entries
 * in a ring, commits, the tail, blocks of 16,384 rows, the ledger; counts by
 * the hour for each day that is over; devices as they come and go (tenants.h);
 * a new version of the lists every 250,000 rows.  The kernel's clock is the
 * trace's for as long (clock_gettime below), so that what is done every half
 * hour or once a day is.  Only the commits are larger than a quiet house has
 * them, or it would take a year's worth of syncs.
 *
 * With --bars the exit code is 1 when a bar is missed.  Sizes do not depend on
 * the machine, times do.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/entry.h"
#include "base/error.h"
#include "base/file.h"
#include "dns/name.h"
#include "household.h"
#include "journal/database.h"
#include "journal/writer.h"
#include "tenants.h"

enum {
	DAYS = 366, SLOTS = 4096, COMMIT = 4000, LISTS = 3,
	ROW_BYTES = 10, MEMORY_MB = 64,		/* bars */
};

#define SECOND UINT64_C(1000000)
#define DAY (86400 * SECOND)
#define LOOK (DAY / 12)		/* who is where */

/* Microseconds since 1970, and since the machine was started; 0: as it is. */
static struct {
	uint64_t wall, mono;
} trace_clock;

struct year {
	char database[512], ring_path[64];
	uint64_t start, end;
	struct household_trace *trace;
	struct tenants tenants;
	struct writer *writer;
	struct ring ring;
	struct writer_source source;
	struct row row;			/* the next */
	uint64_t rows, looked;
	uint32_t image;			/* noted last */
	double storing;			/* processor time */
};

static _Noreturn void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(2);
}

/* In place of the C library's, for all that is linked here. */
int clock_gettime(clockid_t id, struct timespec *at)
{
	uint64_t time = id == CLOCK_REALTIME ? trace_clock.wall :
			id == CLOCK_BOOTTIME ? trace_clock.mono : 0;

	if (time == 0)
		return (int)syscall(SYS_clock_gettime, id, at);
	at->tv_sec = (time_t)(time / SECOND);
	at->tv_nsec = (long)(time % SECOND) * 1000;
	return 0;
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

/* --- bars --- */

static bool missed;

static void print(const char *what, double value, double bar)
{
	bool over = bar > 0 && value > bar;

	printf("%-34s %12.3f", what, value);
	if (bar > 0)
		printf("   at most %.0f%s", bar, over ? "   MISSED" : "");
	printf("\n");
	missed |= over;
}

/* --- rows --- */

static void next_row(struct year *year)
{
	household_trace_next(year->trace, &year->row);
	tenants_move(&year->tenants, &year->row);
}

static void put_name(struct entry *entry, struct bytes text)
{
	struct name name;

	if (name_parse(&name, text) < 0)
		die("name", ERROR_MALFORMED);
	memcpy(entry->name, name.wire, name.len);
	entry->name_len = name.len;
}

static struct entry_address upstream_of(const struct row *row)
{
	if (row->upstream == 0)
		return (struct entry_address){ .len = 0 };
	return (struct entry_address){
		.raw = { 192, 0, 2, (uint8_t)row->upstream },
		.port = 53, .len = 4,
	};
}

/* The machine was started with the year. */
static void set_clock(const struct year *year, uint64_t time)
{
	trace_clock.wall = time;
	trace_clock.mono = time - year->start + SECOND;
}

static void fill(const struct year *year, struct entry *entry)
{
	const struct row *row = &year->row;

	*entry = (struct entry){
		.wall = trace_clock.wall, .mono = trace_clock.mono,
		.image = row->image, .line = row->line,
		.duration = row->duration, .ttl = row->ttl,
		.client = { .len = row->client_len },
		.upstream = upstream_of(row), .list = row->list,
		.qtype = row->type, .qclass = row->class,
		.rcode = row->rcode, .kind = ENTRY_QUERY,
		.transport = row->transport, .verdict = row->verdict,
		.action = row->action, .source = row->source,
		.answered = row->answered,
	};
	memcpy(entry->client.raw, row->client, row->client_len);
	put_name(entry, row->name);
}

static void publish(struct year *year)
{
	uint64_t first;

	if (!ring_claim(&year->ring, 1, year->row.time, &first))
		die("ring", ERROR_FULL);
	set_clock(year, year->row.time);
	fill(year, ring_slot(&year->ring, first));
	ring_publish(&year->ring, first, 1);
}

static void store(struct year *year)
{
	double before = processor_time();
	int error;

	year->source.until = ring_head(&year->ring);
	error = year->writer->ops->store(year->writer, &year->source, 1);
	if (error < 0)
		die(year->writer->words, error);
	ring_free_until(&year->ring, year->source.until);
	year->source.from = year->source.until;
	year->storing += processor_time() - before;
}

/* --- what happens besides --- */

/* The lists are as they were a day ago but for their version. */
static void note_image(struct year *year, uint32_t serial)
{
	static const char *const names[LISTS] = { "ads", "telemetry", "tv" };
	struct writer_image *image =
		calloc(1, sizeof(*image) + LISTS * sizeof(image->lists[0]));
	int error;

	if (image == NULL)
		die("image", -ENOMEM);
	image->serial = serial;
	image->time = year->row.time / SECOND;
	image->rules = 120000 * LISTS;
	memcpy(image->inputs, &serial, sizeof(serial));
	image->list_count = LISTS;
	for (unsigned i = 0; i < LISTS; i++) {
		strcpy(image->lists[i].name, names[i]);
		image->lists[i].version = serial;
		image->lists[i].time = image->time;
		image->lists[i].rules = 120000;
		memcpy(image->lists[i].digest, &serial, sizeof(serial));
	}
	error = year->writer->ops->note_image(year->writer, image);
	if (error < 0)
		die(year->writer->words, error);
	free(image);
	year->image = serial;
}

static int note_devices(sqlite3 *db, void *context)
{
	struct year *year = context;
	struct devices_sighting at[TENANTS_SIGHTINGS];
	unsigned count = tenants_look(&year->tenants, year->looked, at);
	struct devices *devices;
	int rc = devices_load(&devices, db);

	for (unsigned i = 0; i < count && rc == SQLITE_OK; i++)
		rc = devices_note(devices, db, &at[i]);
	devices_free(devices);
	return rc;
}

static void look_around(struct year *year, uint64_t time)
{
	int error;

	set_clock(year, time);
	store(year);
	year->looked = time;
	error = year->writer->ops->edit(year->writer, note_devices, year);
	if (error < 0)
		die(year->writer->words, error);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rday %" PRIu64 " of %" PRIu64 " ",
			(time - year->start) / DAY + 1,
			(year->end - year->start) / DAY);
}

/* --- the year --- */

static void live(struct year *year)
{
	uint64_t look = year->start;

	for (next_row(year); year->row.time < year->end; next_row(year)) {
		for (; year->row.time >= look; look += LOOK)
			look_around(year, look);
		if (year->row.image != year->image)
			note_image(year, year->row.image);
		publish(year);
		if (++year->rows % COMMIT == 0)
			store(year);
	}
	look_around(year, year->end);
}

static void remove_files(const struct year *year)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char path[520];

	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", year->database,
			 suffix[i]);
		unlink(path);
	}
	unlink(year->ring_path);
}

static void begin(struct year *year)
{
	struct writer_sqlite_options options = {
		.path = year->database, .group = -1,
	};
	int error;

	year->trace = household_trace_new(1, year->start);
	year->tenants = (struct tenants){
		.start = year->start, .length = year->end - year->start,
	};
	snprintf(year->ring_path, sizeof(year->ring_path),
		 "/dev/shm/bench-year-%d", (int)getpid());
	remove_files(year);
	set_clock(year, year->start);
	error = ring_open(&year->ring, year->ring_path, SLOTS);
	if (error < 0 || year->trace == NULL)
		die(year->ring_path, error < 0 ? error : -ENOMEM);
	year->source.ring = &year->ring;
	error = writer_sqlite(&year->writer, &options);
	if (error < 0)
		die(year->database, error);
}

static void end(struct year *year)
{
	double before = processor_time();

	year->writer->ops->close(year->writer);
	year->storing += processor_time() - before;
	ring_close(&year->ring);
	unlink(year->ring_path);
	household_trace_free(year->trace);
}

/* --- what came of it --- */

static double file_size(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		die(path, -errno);
	return (double)status.st_size;
}

/* Tables with their indexes, and what is left over. */
static void print_tables(sqlite3 *db, double rows)
{
	static const char sql[] =
		"SELECT coalesce(tbl_name, s.name), sum(pgsize) AS size"
		" FROM dbstat AS s LEFT JOIN sqlite_schema AS m"
		" ON m.name = s.name WHERE aggregate = TRUE"
		" GROUP BY 1 HAVING size > 100000 ORDER BY size DESC";
	sqlite3_stmt *stmt;
	char what[64];

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
		printf("  by table: SQLite was built without dbstat\n");
		return;
	}
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		snprintf(what, sizeof(what), "  %s",
			 (const char *)sqlite3_column_text(stmt, 0));
		print(what, (double)sqlite3_column_int64(stmt, 1) / rows, 0);
	}
	sqlite3_finalize(stmt);
}

static double ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	sqlite3_int64 value = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK ||
	    database_ask(stmt, &value) != SQLITE_OK)
		die(sqlite3_errmsg(db), ERROR_DATABASE);
	sqlite3_finalize(stmt);
	return (double)value;
}

static void print_file(const struct year *year)
{
	double rows = (double)year->rows, size = file_size(year->database);
	sqlite3 *db;
	int error = database_open_reader(&db, year->database);

	if (error < 0)
		die(year->database, error);
	if (ask(db, "SELECT (SELECT sum(rows) FROM block) +"
		" (SELECT count(*) FROM tail)") != rows)
		die("rows are missing", ERROR_DAMAGED);
	print("database, MB", size / 1e6, 0);
	print("database, bytes a row", size / rows, ROW_BYTES);
	print_tables(db, rows);
	print("  free", ask(db, "PRAGMA freelist_count") * DATABASE_PAGE / rows,
	      0);
	print("blocks", ask(db, "SELECT count(*) FROM block"), 0);
	print("names in the ledger", ask(db, "SELECT count(*) FROM ledger"), 0);
	sqlite3_close(db);
}

static void print_cost(const struct year *year, double seconds, double memory)
{
	double rows = (double)year->rows;

	print("rows", rows, 0);
	print("days", (double)(year->end - year->start) / (double)DAY, 0);
	print("seconds", seconds, 0);
	print("storing, us of processor a row", year->storing / rows * 1e6, 0);
	print("peak memory, MB", memory, MEMORY_MB);
}

static void make(struct year *year)
{
	double before = seconds_of(CLOCK_MONOTONIC), seconds;
	struct rusage usage;

	begin(year);
	live(year);
	end(year);
	trace_clock.wall = trace_clock.mono = 0;
	seconds = seconds_of(CLOCK_MONOTONIC) - before;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%20s\r", "");
	getrusage(RUSAGE_SELF, &usage);
	print_cost(year, seconds, (double)usage.ru_maxrss * 1024 / 1e6);
	print_file(year);
}

int main(int argc, char **argv)
{
	bool bars = argc > 2 && strcmp(argv[argc - 1], "--bars") == 0;
	struct year year = { .end = (uint64_t)time(NULL) * SECOND };
	uint64_t days = DAYS;

	argc -= bars;
	if (argc > 2)
		days = strtoull(argv[2], NULL, 10);
	if (argc > 3)
		year.end = strtoull(argv[3], NULL, 10) * SECOND;
	if (argc < 2 || argc > 4 || days == 0 || days > 3660 ||
	    year.end / DAY <= days) {
		fprintf(stderr, "usage: %s FOLDER [DAYS [END]] [--bars]\n",
			argv[0]);
		return 2;
	}
	year.start = year.end - days * DAY;
	if (file_make_folder(argv[1], 0755) < 0)
		die(argv[1], -errno);
	snprintf(year.database, sizeof(year.database), "%s/journal.db",
		 argv[1]);
	make(&year);
	return bars && missed;
}
