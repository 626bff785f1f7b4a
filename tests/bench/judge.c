/*
 * What deciding costs, the names spread over 1 list and over 60.
 *
 *	judge NAMES
 *
 * NAMES is a list of names, one a line (tests/bench/names): every second one
 * is listed, in one list after the other.  Figures are processor time of
 * policy_judge for a name, the walk over the names with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "policy/build.h"
#include "policy/policy.h"
#include "policy/rule.h"

enum { NAMES = 200000, ROUNDS = 10, LISTS = 60 };

static struct name names[NAMES];
static unsigned name_count;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(1);
}

static void read_names(const char *path)
{
	char line[512];
	FILE *file = fopen(path, "r");

	if (!file)
		die(path, ERROR_ABSENT);
	while (name_count < NAMES && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (name_parse(&names[name_count], bytes_of_string(line)) == 0)
			name_count++;
	}
	fclose(file);
	if (name_count < 2)
		die(path, ERROR_TRUNCATED);
}

static void list_name(char name[IMAGE_LIST_NAME], unsigned number)
{
	snprintf(name, IMAGE_LIST_NAME, "list%u", number);
}

/* Every second name; rules of one list stand together, as in real life. */
static int fill(struct build *build, unsigned lists)
{
	struct image_list list = { .version = 1 };
	int error = 0;

	for (unsigned i = 0; i < lists && error == 0; i++) {
		list_name(list.name, i);
		error = build_list(build, &list) < 0 ? ERROR_FULL : 0;
		for (unsigned n = 2 * i; n < name_count && error == 0;
		     n += 2 * lists) {
			struct rule rule = {
				.scope = RULE_SUBTREE, .line = n + 1,
				.name = names[n],
			};

			error = build_rule(build, &rule, bytes_of(NULL, 0));
		}
	}
	return error;
}

static struct image *make_image(unsigned lists)
{
	static const uint8_t inputs[32];
	char path[] = "/tmp/homebound-judge-XXXXXX";
	struct build *build = build_new();
	int fd = mkstemp(path), error = fd < 0 || !build ? -1 : 0;
	struct image *image = NULL;

	if (error == 0)
		error = fill(build, lists);
	if (error == 0)
		error = build_write(build, fd, 1, inputs);
	if (error == 0)
		error = image_open(&image, path);
	unlink(path);
	if (error < 0)
		die(path, error);
	build_free(build);
	close(fd);
	return image;
}

static struct policy *make_policy(unsigned lists)
{
	struct house_list all[LISTS];
	struct house model = { .lists = all, .list_count = lists };
	struct policy *policy;

	for (unsigned i = 0; i < lists; i++) {
		list_name(all[i].name, i);
		all[i].action = ACTION_SINK;
	}
	policy = policy_new(make_image(lists), house_new(&model));
	if (!policy)
		die("policy", -1);
	return policy;
}

/* Nanoseconds a name, of those that are listed (first 0) or not (1). */
static double measure(const struct policy *policy, unsigned first)
{
	struct policy_question question = { .type = 1 };
	struct verdict verdict;
	unsigned sunk = 0, count = 0;
	double begun = now();

	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned n = first; n < name_count; n += 2) {
			question.name = &names[n];
			policy_judge(policy, &question, &verdict);
			sunk += verdict.kind == VERDICT_SINK;
			count++;
		}
	}
	if (first == 0 && sunk != count)
		die("a listed name was not sunk", ERROR_DAMAGED);
	return (now() - begun) / count;
}

static void report(unsigned lists)
{
	struct policy *policy = make_policy(lists);
	double listed = measure(policy, 0), unlisted = measure(policy, 1);

	printf("%4u list%s  listed %6.1f ns  unlisted %6.1f ns\n", lists,
	       lists == 1 ? " " : "s", listed, unlisted);
	policy_free(policy);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s NAMES\n", argv[0]);
		return 2;
	}
	read_names(argv[1]);
	report(1);
	report(LISTS);
	report(1);
	report(LISTS);
	return 0;
}
