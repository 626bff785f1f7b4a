/*
 * What an image costs: to make, to keep, to ask.
 *
 *	image NAMES [--bars | --sizes]
 *
 * NAMES is a list of names, one a line (tests/bench/names), each kept with
 * its line number and its text.  Compiling is measured in processes of its
 * own, so that their peak of memory is theirs.  With --bars the exit code is
 * 1 when one of the bars is missed; with --sizes only those of the file count,
 * which are the same on every machine, and nothing is timed.
 *
 * "Evicted" is a look-up after a walk through more memory than the caches
 * hold and one look-up of another name: the program is in the caches, the
 * image is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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
#include "base/file.h"
#include "base/sha256.h"
#include "policy/build.h"
#include "policy/layout.h"
#include "policy/rule.h"
#include "subscribe/host.h"
#include "subscribe/line.h"

enum {
	PIECE = 1 << 20,		/* of the text, dropped when read */
	EVICT = 160 << 20, LINE = 64,
	LOOKUPS = 3000000, SAMPLE = 200000, ROUNDS = 300,
	READS = 5, BATCH = 64,
};

static _Noreturn void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(2);
}

static double processor_time(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* --- bars --- */

static bool sizes_alone, missed;

/* A bar that depends on the machine, or on how many names there are. */
static double if_measured(double bar)
{
	return sizes_alone ? 0 : bar;
}

static void print(const char *what, double value, double bar)
{
	bool over = bar > 0 && value > bar;

	printf("%-34s %10.2f", what, value);
	if (bar > 0)
		printf("   at most %.0f%s", bar, over ? "   MISSED" : "");
	printf("\n");
	missed |= over;
}

/* --- compiling, in a process of its own --- */

struct cost {
	double seconds, bytes;
};

static struct cost cost_of(void (*work)(const char *names, const char *path),
			   const char *names, const char *path)
{
	struct rusage usage;
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		work(names, path);
		_exit(0);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child ||
	    status != 0)
		die("a process", -ECHILD);
	return (struct cost){
		(double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
		1e6, (double)usage.ru_maxrss * 1024,
	};
}

static void digest(const char *names, const char *path)
{
	uint8_t sum[SHA256_SIZE];
	struct file_map map;
	int error = file_map_open(&map, names);

	(void)path;
	if (error < 0)
		die(names, error);
	sha256_of(map.at, map.len, sum);
}

static void add_line(struct build *build, struct bytes line, uint32_t number)
{
	struct rule rule;
	int error;

	memset(&rule, 0, offsetof(struct rule, name));
	rule.pattern = rule.answer = bytes_of(NULL, 0);
	rule.scope = RULE_SUBTREE;
	rule.line = number;
	rule.text = line;
	if (host_parse(&rule.name, line, true) != NULL)
		return;
	error = build_rule(build, &rule, bytes_of(NULL, 0));
	if (error < 0)
		die("rule", error);
}

/* What was read goes out of memory, as the compiler has it. */
static void add_all(struct build *build, struct file_map *map)
{
	struct line_walk walk;
	struct bytes line;
	size_t dropped = 0;

	line_walk(&walk, bytes_of(map->at, map->len));
	while (line_next(&walk, &line)) {
		size_t at = (size_t)(walk.rest.at - map->at);

		if (at >= dropped + 2 * PIECE) {
			madvise((void *)(uintptr_t)(map->at + dropped), PIECE,
				MADV_DONTNEED);
			dropped += PIECE;
		}
		if (!line_is_remark(line))
			add_line(build, line, walk.number);
	}
}

static void compile(const char *names, const char *path)
{
	static const struct image_list list = { .name = "bench" };
	static const uint8_t inputs[SHA256_SIZE];
	struct build *build = build_new();
	struct file_map map;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int error = file_map_open(&map, names);
	double start = processor_time();

	if (error < 0 || fd < 0 || !build)
		die(names, error < 0 ? error : -errno);
	build_list(build, &list);
	add_all(build, &map);
	print("  of it, reading and keeping, s", processor_time() - start, 0);
	start = processor_time();
	error = build_write(build, fd, 1, inputs);
	if (error < 0)
		die(path, error);
	print("  of it, sorting and writing, s", processor_time() - start, 0);
	fflush(stdout);
}

/* --- names --- */

static uint64_t state = 0x9e3779b97f4a7c15;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Another name of five labels each time, none of them listed. */
static void make_up(struct name *name)
{
	uint64_t random = random64();

	for (unsigned label = 1; label < 4; label++)
		for (unsigned i = 0; i < 4; i++)
			name->wire[name->label[label] + 1 + i] =
				(uint8_t)('a' + (random >> (label * 16 +
							    i * 4) & 15));
}

static struct name unlisted(void)
{
	struct name name;

	if (name_parse(&name, bytes_of_string("www.0000.00000000."
					      "00000000.example")) < 0)
		die("name", ERROR_MALFORMED);
	return name;
}

/* Names of the list, from all over it; how many. */
static size_t sample(const char *names, struct name *at)
{
	struct line_walk walk;
	struct file_map map;
	struct bytes line;
	size_t count = 0, from;

	if (file_map_open(&map, names) < 0)
		die(names, -errno);
	while (count < SAMPLE && map.len > 0) {
		from = random64() % map.len;
		line_walk(&walk, bytes_of(map.at + from, map.len - from));
		if (line_next(&walk, &line) && line_next(&walk, &line) &&
		    host_parse(&at[count], line, true) == NULL)
			count++;
	}
	file_map_close(&map);
	return count;
}

/* --- asking --- */

static bool note(void *context, const struct image_rule *rule)
{
	unsigned long *found = context;

	*found += rule->covers;
	return true;
}

static unsigned long ask(const struct image *image, const struct name *name)
{
	unsigned long found = 0;

	image_match(image, name, note, &found);
	return found;
}

static double loop_unlisted(const struct image *image)
{
	struct name name = unlisted();
	unsigned long found = 0;
	double before = processor_time();

	for (unsigned long i = 0; i < LOOKUPS; i++) {
		make_up(&name);
		found += ask(image, &name);
	}
	if (found)
		printf("%lu names were listed after all\n", found);
	return (processor_time() - before) / LOOKUPS * 1e9;
}

static double loop_listed(const struct image *image, const char *names)
{
	struct name *at = calloc(SAMPLE, sizeof(*at));
	unsigned long found = 0;
	size_t count;
	double before;

	if (!at)
		die("names", -ENOMEM);
	count = sample(names, at);
	before = processor_time();
	for (size_t i = 0; i < count; i++)
		found += ask(image, &at[i]);
	before = (processor_time() - before) / (double)count * 1e9;
	if (found < count) {
		printf("%lu of %zu names were found\n", found, count);
		missed = true;
	}
	free(at);
	return before;
}

/* --- with nothing in the caches --- */

static uint8_t *room(size_t len)
{
	uint8_t *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("room", -errno);
	madvise(at, len, MADV_NOHUGEPAGE);
	memset(at, 1, len);
	return at;
}

static void evict(void)
{
	static uint8_t *at;

	if (!at)
		at = room(EVICT);
	for (size_t i = 0; i < EVICT; i += LINE)
		(void)((volatile uint8_t *)at)[i];
}

static int by_value(const void *one, const void *other)
{
	const double *a = one, *b = other;

	return *a < *b ? -1 : *a > *b;
}

static double median(double *at, size_t count)
{
	qsort(at, count, sizeof(*at), by_value);
	return at[count / 2];
}

static double clock_cost(void)
{
	double times[ROUNDS], before;

	for (unsigned i = 0; i < ROUNDS; i++) {
		before = wall_ns();
		times[i] = wall_ns() - before;
	}
	return median(times, ROUNDS);
}

static double evicted(const struct image *image)
{
	struct name name = unlisted();
	double times[ROUNDS], before;

	for (unsigned i = 0; i < ROUNDS; i++) {
		evict();
		make_up(&name);
		ask(image, &name);
		make_up(&name);
		before = wall_ns();
		ask(image, &name);
		times[i] = wall_ns() - before;
	}
	return median(times, ROUNDS) - clock_cost();
}

/* Many names, one after the other: for each its share. */
static double evicted_batch(const struct image *image)
{
	struct name *names = calloc(BATCH, sizeof(*names));
	double times[ROUNDS], before;

	if (!names)
		die("names", -ENOMEM);
	for (unsigned i = 0; i < ROUNDS; i++) {
		for (unsigned j = 0; j < BATCH; j++) {
			names[j] = unlisted();
			make_up(&names[j]);
		}
		evict();
		before = wall_ns();
		for (unsigned j = 0; j < BATCH; j++)
			ask(image, &names[j]);
		times[i] = (wall_ns() - before) / BATCH;
	}
	free(names);
	return median(times, ROUNDS);
}

/* What a look-up cannot do without: reads that do not wait for each other. */
static double bare_reads(size_t len)
{
	volatile uint8_t *at = room(len);
	double times[ROUNDS], before;
	size_t places[READS];
	unsigned sum = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		for (unsigned j = 0; j < READS; j++)
			places[j] = random64() % len;
		evict();
		sum += at[random64() % len];
		before = wall_ns();
		for (unsigned j = 0; j < READS; j++)
			sum += at[places[j]];
		times[i] = wall_ns() - before;
	}
	if (sum == 0)
		printf("nothing was read\n");
	return median(times, ROUNDS) - clock_cost();
}

/* --- all --- */

static struct layout_header header_of(const char *path)
{
	struct layout_header header;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, &header, sizeof(header)) != sizeof(header))
		die(path, -errno);
	close(fd);
	return header;
}

static void measure_file(const char *names, const char *path)
{
	struct cost text = cost_of(digest, names, path);
	struct cost work = cost_of(compile, names, path);
	struct layout_header header = header_of(path);
	struct stat status;
	double count = (double)header.names;

	if (stat(path, &status) != 0)
		die(path, -errno);
	print("names", count, 0);
	print("file, bytes a name", (double)status.st_size / count, 32);
	print("  records",
	      (double)header.part[LAYOUT_RECORDS].len / count, 0);
	print("  references",
	      (double)header.part[LAYOUT_REFERENCES].len / count, 0);
	print("index, bytes a name",
	      (double)header.part[LAYOUT_INDEX].len / count, 12);
	print("compile, us a name",
	      (text.seconds + work.seconds) / count * 1e6, if_measured(1));
	print("  of it, the digest of the text",
	      text.seconds / count * 1e6, 0);
	print("compile, peak bytes a name", work.bytes / count,
	      if_measured(64));
	print("compile, peak MB", work.bytes / 1e6, 0);
}

static void measure_asking(const char *names, const char *path)
{
	double ours, bare;
	struct layout_header header = header_of(path);
	struct image *image;
	double before = processor_time();
	int error = image_open(&image, path);

	if (error < 0)
		die(path, error);
	print("open, ms", (processor_time() - before) * 1e3, 0);
	loop_listed(image, names);
	if (!sizes_alone) {
		print("look-up, listed, ns", loop_listed(image, names), 0);
		loop_unlisted(image);
		print("look-up, not listed, ns", loop_unlisted(image), 250);
		ours = evicted(image);
		bare = bare_reads(header.part[LAYOUT_INDEX].len);
		print("look-up, not listed, evicted, ns", ours, 450);
		print("  five bare reads, evicted, ns", bare, 0);
		print("  the one in terms of the other", ours / bare, 0);
		print("  a name of 64, all evicted once, ns",
		      evicted_batch(image), 0);
	}
	image_close(image);
}

int main(int argc, char **argv)
{
	char path[] = "/tmp/image-bench-XXXXXX";
	bool bars = argc == 3 && strcmp(argv[2], "--bars") == 0;
	int fd;

	sizes_alone = argc == 3 && strcmp(argv[2], "--sizes") == 0;
	if (argc != 2 && !bars && !sizes_alone) {
		fprintf(stderr, "usage: %s NAMES [--bars | --sizes]\n",
			argv[0]);
		return 2;
	}
	fd = mkstemp(path);
	if (fd < 0)
		die(path, -errno);
	close(fd);
	measure_file(argv[1], path);
	measure_asking(argv[1], path);
	unlink(path);
	return (bars || sizes_alone) && missed;
}
