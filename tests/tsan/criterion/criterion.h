/*
 * Stands in for Criterion under ThreadSanitizer.
 *
 * Criterion maps an arena at an address of its own choice that a sanitized
 * process may not use, and dies before the first test.  This is as much of
 * its interface as our tests need: each test runs in a process of its own,
 * and a test that ends badly, or with a report of the sanitizer, has failed.
 *
 * All in one header, so that no test says more than #include: what is shared
 * by the files of a program is weak.
 */
#ifndef STAND_IN_CRITERION_H
#define STAND_IN_CRITERION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A check without words of its own has an empty format. */
#pragma GCC diagnostic ignored "-Wformat-zero-length"

enum { STAND_IN_SKIPPED = 77 };

struct stand_in {
	const char *suite, *name;
	void (*run)(void);		/* NULL: a suite */
	void (*init)(void), (*fini)(void);
	double timeout;
	int signal, exit_code;
	bool disabled;
	const char *description;
	struct stand_in *next;
};

__attribute__((weak)) struct stand_in *stand_in_all;

__attribute__((weak)) void stand_in_add(struct stand_in *one);
void stand_in_add(struct stand_in *one)
{
	one->next = stand_in_all;
	stand_in_all = one;
}

#define STAND_IN_ADD(id, ...)						\
	static struct stand_in stand_in_##id = { __VA_ARGS__ };	\
	__attribute__((constructor)) static void stand_in_add_##id(void) \
	{								\
		stand_in_add(&stand_in_##id);				\
	}

#define Test(suite_, name_, ...)					\
	static void test_##suite_##_##name_(void);			\
	STAND_IN_ADD(suite_##_##name_, .suite = #suite_, .name = #name_, \
		     .run = test_##suite_##_##name_, __VA_ARGS__)	\
	static void test_##suite_##_##name_(void)

#define TestSuite(suite_, ...)						\
	STAND_IN_ADD(suite_##suite_, .suite = #suite_, __VA_ARGS__)	\
	struct stand_in

#define STAND_IN_CHECK(holds, words, ...)				\
	do {								\
		if (!(holds)) {						\
			fprintf(stderr, "%s:%d: %s: ", __FILE__,	\
				__LINE__, words);			\
			fprintf(stderr, "" __VA_ARGS__);		\
			fprintf(stderr, "\n");				\
			_exit(1);					\
		}							\
	} while (0)

#define cr_assert(x, ...) STAND_IN_CHECK(x, #x, __VA_ARGS__)
#define cr_assert_not(x, ...) STAND_IN_CHECK(!(x), "not " #x, __VA_ARGS__)
#define cr_assert_null(x, ...) STAND_IN_CHECK((x) == NULL, #x, __VA_ARGS__)
#define cr_assert_not_null(x, ...) STAND_IN_CHECK((x) != NULL, #x, __VA_ARGS__)
#define cr_assert_eq(a, b, ...)						\
	STAND_IN_CHECK((a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_assert_neq(a, b, ...)					\
	STAND_IN_CHECK((a) != (b), #a " != " #b, __VA_ARGS__)
#define cr_assert_lt(a, b, ...)						\
	STAND_IN_CHECK((a) < (b), #a " < " #b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...)					\
	STAND_IN_CHECK((a) <= (b), #a " <= " #b, __VA_ARGS__)
#define cr_assert_gt(a, b, ...)						\
	STAND_IN_CHECK((a) > (b), #a " > " #b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...)					\
	STAND_IN_CHECK((a) >= (b), #a " >= " #b, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...)					\
	STAND_IN_CHECK(strcmp(a, b) == 0, #a " is " #b, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...)					\
	STAND_IN_CHECK(strcmp(a, b) != 0, #a " is not " #b, __VA_ARGS__)
#define cr_log_info(...) ((void)0)
#define cr_skip_test(...) _exit(STAND_IN_SKIPPED)

__attribute__((weak)) int stand_in_run(const struct stand_in *test);
int stand_in_run(const struct stand_in *test)
{
	const struct stand_in *suite = stand_in_all;
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();

	if (child != 0)
		return waitpid(child, &status, 0) == child ? status : -1;
	while (suite != NULL &&
	       (suite->run != NULL || strcmp(suite->suite, test->suite) != 0))
		suite = suite->next;
	if (suite != NULL && suite->init != NULL)
		suite->init();
	if (test->init != NULL)
		test->init();
	test->run();
	if (test->fini != NULL)
		test->fini();
	if (suite != NULL && suite->fini != NULL)
		suite->fini();
	exit(0);
}

/* --tap=FILE as Criterion has it; any other word is a suite. */
__attribute__((weak)) int main(int argc, char **argv)
{
	const struct stand_in *test;
	const char *suite = NULL;
	FILE *tap = stdout;
	unsigned failed = 0;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--tap=", 6) == 0)
			tap = fopen(argv[i] + 6, "w");
		else
			suite = argv[i];
	}
	for (test = stand_in_all; tap && test; test = test->next) {
		int status;

		if (!test->run || test->disabled ||
		    (suite && strcmp(suite, test->suite) != 0))
			continue;
		status = stand_in_run(test);
		failed += status != 0 &&
			  status != STAND_IN_SKIPPED << 8;
		fprintf(tap, "%sok - %s::%s%s\n",
			status == 0 || status == STAND_IN_SKIPPED << 8
			? "" : "not ", test->suite, test->name,
			status == STAND_IN_SKIPPED << 8 ? " # SKIP" : "");
	}
	return failed > 0;
}

#endif
