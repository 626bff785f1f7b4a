/*
 * Runs the tests of one program, each in a process of its own: what it does
 * to its memory, its files or its life is no other's business.
 *
 *	parent   fork, wait, one line of TAP
 *	child    init of the suite, of the test; the test; fini, backwards
 *
 * An assertion that fails goes back to the child's beginning, so that fini
 * can tidy up.  Whatever else ends the child (a signal, a sanitizer that is
 * not content) is a failure too.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PASSED = 0, FAILED = 1, SKIPPED = 77 };

/* Sanitizers slow everything down. */
enum { PATIENCE = 10 };

static struct plain_test *tests;
static const struct plain_test *current, *suite;	/* in the child */
static sigjmp_buf beginning;
static pthread_t runner;
static atomic_int outcome;

void plain_add(struct plain_test *test)
{
	struct plain_test **end = &tests;

	while (*end)
		end = &(*end)->next;
	*end = test;
}

/* A thread of the test's own has no way back: the process ends. */
__attribute__((noreturn))
static void leave(void)
{
	fflush(stdout);
	if (!pthread_equal(pthread_self(), runner))
		_exit(outcome);
	siglongjmp(beginning, 1);
}

void plain_fail(struct plain_place place, const char *claim,
		const char *format, ...)
{
	va_list args;

	outcome = FAILED;
	printf("%s:%d: %s:", place.file, place.line, claim);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	if (place.fatal)
		leave();
}

void plain_skip(const char *format, ...)
{
	va_list args;

	if (outcome == PASSED)
		outcome = SKIPPED;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	leave();
}

static const struct plain_test *find_suite(const char *name)
{
	static const struct plain_test none;

	for (const struct plain_test *test = tests; test; test = test->next)
		if (!test->run && strcmp(test->suite, name) == 0)
			return test;
	return &none;
}

static void call(void (*function)(void))
{
	if (function)
		function();
}

static void run(void)
{
	double timeout = current->options.timeout;

	if (timeout == 0)
		timeout = suite->options.timeout;
	alarm((unsigned)(timeout * PATIENCE));
	runner = pthread_self();
	if (sigsetjmp(beginning, 1) == 0) {
		call(suite->options.init);
		call(current->options.init);
		current->run();
	}
	if (sigsetjmp(beginning, 1) == 0) {
		call(current->options.fini);
		call(suite->options.fini);
	}
	exit(outcome);
}

static int run_apart(const struct plain_test *test)
{
	int status;
	pid_t child;

	fflush(NULL);
	current = test;
	suite = find_suite(test->suite);
	child = fork();
	if (child == 0)
		run();
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return FAILED;
	if (WIFSIGNALED(status))
		printf("%s::%s: %s\n", test->suite, test->name,
		       strsignal(WTERMSIG(status)));
	return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* One line of TAP; what became of it. */
static int tell(const struct plain_test *test, FILE *tap)
{
	double start = now();
	int result = run_apart(test);
	bool good = result == PASSED || result == SKIPPED;

	if (!good)
		printf("[FAIL] %s::%s\n", test->suite, test->name);
	fprintf(tap, "%s - %s::%s%s (%.2fs)\n", good ? "ok" : "not ok",
		test->suite, test->name, result == SKIPPED ? " # SKIP" : "",
		now() - start);
	return result;
}

static FILE *open_tap(const char *path)
{
	FILE *tap = fopen(path, "w");
	unsigned count = 0;

	if (!tap) {
		perror(path);
		exit(FAILED);
	}
	for (const struct plain_test *test = tests; test; test = test->next)
		count += test->run != NULL;
	fprintf(tap, "1..%u\n", count);
	return tap;
}

static bool is_wanted(const struct plain_test *test, const char *only)
{
	return test->run && (!only || strcmp(test->suite, only) == 0);
}

/* usage: PROGRAM [--tap=FILE] [SUITE] */
int main(int argc, char **argv)
{
	const char *path = "/dev/null", *only = NULL;
	unsigned passed = 0, failed = 0;
	FILE *tap;

	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--tap=", 6) == 0)
			path = argv[i] + 6;
		else
			only = argv[i];
	tap = open_tap(path);
	for (const struct plain_test *test = tests; test; test = test->next) {
		int result = SKIPPED;

		if (is_wanted(test, only))
			result = tell(test, tap);
		passed += result == PASSED;
		failed += result != PASSED && result != SKIPPED;
	}
	fclose(tap);
	printf("[====] Synthesis: Tested: %u | Passing: %u | Failing: %u\n",
	       passed + failed, passed, failed);
	return failed ? FAILED : PASSED;
}
