/*
 * What an image costs: to make, to open, to ask.
 *
 *	image NAMES [LOOKUPS]
 *
 * NAMES is a list of names, one a line (tests/bench/names).  Times are
 * processor time of this process, user and system.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "dns/record.h"
#include "policy/build.h"
#include "policy/policy.h"
#include "subscribe/format.h"

static double processor_time(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double most_resident(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss * 1024 / 1e6;
}

/* Megabytes of this process that are in memory now. */
static double resident(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	long pages = 0, all;

	if (statm && fscanf(statm, "%ld %ld", &all, &pages) != 2)
		pages = 0;
	if (statm)
		fclose(statm);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(1);
}

static int add(void *context, const struct name *name, bool exact,
	       uint32_t line)
{
	return build_rule(context, name, exact, line);
}

static void compile(const char *names, const char *path)
{
	static const struct image_list list = { .name = "bench" };
	struct build *build = build_new();
	struct format_sink sink = { add, build };
	struct format_counts counts;
	uint8_t digest[32], *at;
	double start = processor_time(), before = start;
	size_t len;
	int error = file_read(names, SIZE_MAX / 4, &at, &len);

	if (error < 0)
		die(names, error);
	record_digest(at, len, digest);
	printf("read and digest   %7.3f s\n", processor_time() - before);
	before = processor_time();
	build_list(build, &list);
	error = format_read_domains(bytes_of(at, len), true, &sink, &counts);
	if (error < 0)
		die("reading", error);
	printf("parse             %7.3f s   %" PRIu64 " rules, %.1f MB "
	       "resident with the text\n", processor_time() - before,
	       counts.rules, resident());
	before = processor_time();
	error = build_write(build, path, 1, digest);
	if (error < 0)
		die(path, error);
	printf("write             %7.3f s   %.1f MB resident\n",
	       processor_time() - before, resident());
	printf("compile           %7.3f s   %.1f MB at most\n",
	       processor_time() - start, most_resident());
	build_free(build);
	free(at);
}

/* Another name of five labels each time, none of them listed. */
static void make_up(struct name *name, uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	for (unsigned label = 1; label < 4; label++)
		for (unsigned i = 0; i < 4; i++)
			name->wire[name->label[label] + 1 + i] =
				(uint8_t)('a' + (*random >> (label * 16 +
							     i * 4) & 15));
}

static void judge(const struct policy *policy, unsigned long lookups)
{
	uint64_t random = 0x9e3779b97f4a7c15;
	unsigned long sunk = 0;
	struct verdict verdict;
	struct name name;
	double before = processor_time();

	if (name_parse(&name, bytes_of_string("www.0000.00000000."
					      "00000000.example")) < 0)
		die("name", ERROR_MALFORMED);
	for (unsigned long i = 0; i < lookups; i++) {
		make_up(&name, &random);
		policy_judge(policy, &name, &verdict);
		sunk += verdict.kind == VERDICT_SINK;
	}
	printf("judge, not listed %7.1f ns  %lu of %lu sunk\n",
	       (processor_time() - before) / (double)lookups * 1e9, sunk,
	       lookups);
}

static struct policy *open_policy(const char *path)
{
	struct house_list list = { "bench", ACTION_SINK };
	struct house house = { .lists = &list, .list_count = 1 };
	double before = processor_time(), memory = resident();
	struct image *image;
	struct policy *policy;
	int error = image_open(&image, path);
	struct stat status;

	if (error < 0 || stat(path, &status) != 0)
		die(path, error);
	printf("open              %7.3f s   %.1f MB became resident\n",
	       processor_time() - before, resident() - memory);
	printf("file              %7.1f bytes a name, %" PRIu64 " names\n",
	       (double)status.st_size / (double)image_names(image),
	       image_names(image));
	policy = policy_new(image, house_new(&house));
	if (!policy)
		die("policy", -ENOMEM);
	return policy;
}

int main(int argc, char **argv)
{
	char path[] = "/tmp/image-bench-XXXXXX";
	struct policy *policy;
	int fd;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s NAMES [LOOKUPS]\n", argv[0]);
		return 2;
	}
	fd = mkstemp(path);
	if (fd < 0)
		die(path, -errno);
	close(fd);
	compile(argv[1], path);
	policy = open_policy(path);
	judge(policy, argc > 2 ? strtoul(argv[2], NULL, 10) : 5000000);
	policy_free(policy);
	unlink(path);
	return 0;
}
