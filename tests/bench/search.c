/*
 * How long a search over a long journal takes until its first page is there.
 *
 *	search HOMEBOUND CONFIGURATION DATABASE [--bars]
 *
 * DATABASE is what tests/bench/year has made, in the state folder that
 * CONFIGURATION names.  Each search is a process of its own, HOMEBOUND log,
 * from its start to its end; it is cold when not a page of the database is in
 * memory, as mincore says, and warm the best of three times later.  What the
 * disk keeps in a memory of its own is not known here, so the bytes that were
 * read are printed, too.
 *
 * The bars are for one device or one name; where both are asked for, or other
 * commands, there is none.  With --bars the exit code is 1 when one is missed,
 * with --sizes only the bar of memory counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "journal/database.h"
#include "tenants.h"

enum {
	WORDS = 12, WARM = 3, NAME = 256, PAGE = 4096, MEMORY_MB = 64,
	LONG = 5,		/* seconds: not done again */
};

#define COLD_S 1.0
#define WARM_S 0.1

/* MANY: so many that only the full size has it. */
enum { ANY = -1, MANY = -2 };

/* In place of COMMON stands the name that is asked for most. */
#define COMMON "COMMON"

static const struct search {
	const char *what;
	const char *words[WORDS - 3];	/* behind -c CONFIGURATION */
	bool bars;			/* those of time, too */
	long rows;			/* below a heading, or: */
} searches[] = {
	{ "the newest", { "log" }, true, 50 },
	{ "a device that asks always", { "log", "--device", "pc-1" },
	  true, 50 },
	{ "a quiet one with many addresses", { "log", "--device", "fridge" },
	  true, 50 },
	{ "a device that was there for a while",
	  { "log", "--device", TENANTS_GUEST }, true, 50 },
	{ "a common name", { "log", "--name", COMMON }, true, 50 },
	{ "a name that was asked once", { "log", "--name", TENANTS_ONCE },
	  true, 1 },
	{ "all below a name", { "log", "--name", "example.net" }, true, 50 },
	{ "a name that was never asked",
	  { "log", "--name", "never.example.info" }, true, 0 },
	{ "that device and a common name",
	  { "log", "--device", TENANTS_GUEST, "--name", COMMON }, true, 50 },
	{ "a device, and a name others ask",
	  { "log", "--device", "meter", "--name", COMMON }, false, ANY },
	{ "a verdict there never was", { "log", "--verdict", "denied" },
	  false, 0 },
	{ "30 days as JSON", { "log", "--since", "30d", "--json" }, false,
	  MANY },
	{ "review of a day", { "review", "--since", "24h" }, false, ANY },
	{ "all devices", { "device" }, false, ANY },
};

enum { SEARCHES = sizeof(searches) / sizeof(searches[0]) };

struct cost {
	double seconds, memory, read;	/* MB */
	long lines;
};

static const char *homebound, *configuration, *database;
static char common[NAME];
static bool missed, sizes_alone;

static _Noreturn void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(2);
}

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* --- cold --- */

static size_t resident(int fd, size_t len)
{
	size_t pages = (len + PAGE - 1) / PAGE, count = 0;
	void *at = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
	unsigned char *in = malloc(pages);

	if (at == MAP_FAILED || in == NULL || mincore(at, len, in) != 0)
		die(database, -errno);
	for (size_t i = 0; i < pages; i++)
		count += in[i] & 1;
	munmap(at, len);
	free(in);
	return count;
}

/* False: some of it stays in memory, whatever is said. */
static bool drop(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	bool gone = true;

	if (fd < 0 || fstat(fd, &status) != 0)
		die(path, -errno);
	fdatasync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (status.st_size > 0)
		gone = resident(fd, (size_t)status.st_size) == 0;
	close(fd);
	return gone;
}

static void make_cold(void)
{
	char wal[512];

	snprintf(wal, sizeof(wal), "%s-wal", database);
	if (!drop(database) || (access(wal, F_OK) == 0 && !drop(wal)))
		printf("  (not all of it is cold)\n");
}

/* --- a process --- */

static void spell(const struct search *search, char *words[WORDS])
{
	unsigned count = 0;

	words[count++] = (char *)(uintptr_t)homebound;
	for (unsigned i = 0; search->words[i] != NULL; i++)
		words[count++] = strcmp(search->words[i], COMMON) == 0
				 ? common
				 : (char *)(uintptr_t)search->words[i];
	words[count++] = (char *)(uintptr_t)"-c";
	words[count++] = (char *)(uintptr_t)configuration;
	words[count] = NULL;
}

static pid_t start(char *words[WORDS], int *out)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	int both[2], error;
	pid_t child;

	if (pipe2(both, O_CLOEXEC) != 0)
		die("pipe", -errno);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, both[1], STDOUT_FILENO);
	error = posix_spawn(&child, homebound, &actions, NULL, words,
			    environ);
	if (error != 0)
		die(homebound, -error);
	posix_spawn_file_actions_destroy(&actions);
	close(both[1]);
	*out = both[0];
	return child;
}

static long count_lines(int fd)
{
	static char room[1 << 16];
	long lines = 0;
	ssize_t len;

	while ((len = read(fd, room, sizeof(room))) > 0)
		for (ssize_t i = 0; i < len; i++)
			lines += room[i] == '\n';
	close(fd);
	return lines;
}

static struct cost run(const struct search *search)
{
	char *words[WORDS];
	struct rusage usage;
	struct cost cost;
	int out, status;
	pid_t child;

	spell(search, words);
	cost.seconds = now();
	child = start(words, &out);
	cost.lines = count_lines(out);
	if (wait4(child, &status, 0, &usage) != child || status != 0)
		die(search->what, ERROR_DATABASE);
	cost.seconds = now() - cost.seconds;
	cost.memory = (double)usage.ru_maxrss * 1024 / 1e6;
	cost.read = (double)usage.ru_inblock * 512 / 1e6;
	return cost;
}

/* --- what is printed --- */

static const char *judge(double value, double bar)
{
	bool over = bar > 0 && value > bar;

	missed |= over;
	return over ? "!" : " ";
}

static double bar_of(const struct search *search, double bar)
{
	return search->bars && !sizes_alone ? bar : 0;
}

/* The best of some; what is no search is not waited for more than once. */
static struct cost run_warm(const struct search *search)
{
	unsigned times = search->bars && !sizes_alone ? WARM : 1;
	struct cost best = run(search), again;

	for (unsigned i = 1; i < times; i++) {
		again = run(search);
		best = again.seconds < best.seconds ? again : best;
	}
	return best;
}

static void measure(const struct search *search)
{
	struct cost cold, warm = { .seconds = 0 };
	long rows;

	make_cold();
	cold = run(search);
	if (cold.seconds < LONG)
		warm = run_warm(search);
	rows = cold.lines - (search->rows > 0);
	printf("%-36s %8ld %8.3f%s %7.1f %8.3f%s %7.1f%s\n", search->what,
	       rows, cold.seconds, judge(cold.seconds, bar_of(search, COLD_S)),
	       cold.read, warm.seconds,
	       judge(warm.seconds, bar_of(search, WARM_S)), cold.memory,
	       judge(cold.memory, MEMORY_MB));
	if (search->rows >= 0 && rows != search->rows) {
		printf("  there should be %ld rows\n", search->rows);
		missed = true;
	}
	fflush(stdout);
}

static void find_common(void)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;
	int error = database_open_reader(&db, database);

	if (error < 0)
		die(database, error);
	if (sqlite3_prepare_v2(db, "SELECT name FROM ledger GROUP BY name"
			       " ORDER BY sum(count) DESC LIMIT 1", -1, &stmt,
			       NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		die(sqlite3_errmsg(db), ERROR_DATABASE);
	snprintf(common, sizeof(common), "%s",
		 (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	bool bars = argc == 5 && strcmp(argv[4], "--bars") == 0;

	sizes_alone = argc == 5 && strcmp(argv[4], "--sizes") == 0;
	if (argc != 4 && !bars && !sizes_alone) {
		fprintf(stderr, "usage: %s HOMEBOUND CONFIGURATION DATABASE "
			"[--bars | --sizes]\n", argv[0]);
		return 2;
	}
	homebound = argv[1];
	configuration = argv[2];
	database = argv[3];
	find_common();
	printf("%-36s %8s %8s  %7s %8s  %7s\n%-36s %8s %7.1f   %7s %7.1f   "
	       "%6.0f\n", "", "lines", "cold, s", "MB read", "warm, s", "MB",
	       "at most", "", COLD_S, "", WARM_S, (double)MEMORY_MB);
	for (unsigned i = 0; i < SEARCHES; i++)
		if (!sizes_alone || searches[i].rows != MANY)
			measure(&searches[i]);
	return (bars || sizes_alone) && missed;
}
