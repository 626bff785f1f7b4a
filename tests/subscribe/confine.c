/*
 * Confined: what it may do goes on, everything else fails.
 */
#include "subscribe/confine.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* What the child says with its exit code. */
enum { GOOD, ABSENT = 77 };

static int file;		/* open in the child, with "abc" in it */

static int enter(void)
{
	int error = confine_enter();

	return error == ERROR_ABSENT ? ABSENT : error < 0 ? 100 : GOOD;
}

static void expect_child(int (*child)(void), const char *what)
{
	int status;
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		int code = enter();

		_exit(code ? code : child());
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status), "%s: signal %d", what,
		  WTERMSIG(status));
	if (WEXITSTATUS(status) == ABSENT)
		cr_skip_test("this kernel has no filter of system calls");
	cr_expect_eq(WEXITSTATUS(status), GOOD, "%s: step %d", what,
		     WEXITSTATUS(status));
}

static void setup(void)
{
	FILE *stream = tmpfile();

	cr_assert_not_null(stream);
	file = dup(fileno(stream));
	fclose(stream);
	cr_assert_eq(write(file, "abc", 3), 3);
}

static void teardown(void)
{
	close(file);
}

TestSuite(confine, .init = setup, .fini = teardown);

static bool is_denied(long result)
{
	return result < 0 && errno == EPERM;
}

static int try_files(void)
{
	struct stat status;

	if (!is_denied(open("/dev/null", O_RDONLY)))
		return 1;
	if (!is_denied(open("/tmp", O_RDWR | O_TMPFILE, 0600)))
		return 2;
	if (!is_denied(unlink("/nonexistent")))
		return 3;
	if (!is_denied(rename("/nonexistent", "/nonexistent2")))
		return 4;
	if (!is_denied(mkdir("/tmp/confine", 0700)))
		return 5;
	return fstat(file, &status) == 0 ? GOOD : 6;
}

Test(confine, it_can_open_no_file)
{
	expect_child(try_files, "files");
}

static int try_network(void)
{
	int pair[2];

	if (!is_denied(socket(AF_INET, SOCK_DGRAM, 0)))
		return 1;
	if (!is_denied(socket(AF_INET6, SOCK_STREAM, 0)))
		return 2;
	if (!is_denied(socket(AF_UNIX, SOCK_STREAM, 0)))
		return 3;
	return is_denied(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) ? GOOD : 4;
}

Test(confine, it_can_reach_no_network)
{
	expect_child(try_network, "network");
}

static int try_programs(void)
{
	char *const words[] = { "true", NULL };
	pid_t pid;

	if (!is_denied(execv("/bin/true", words)))
		return 1;
	pid = fork();
	if (pid == 0)
		_exit(GOOD);
	if (!is_denied(pid))
		return 2;
	return is_denied(syscall(SYS_kill, getppid(), 0)) ? GOOD : 3;
}

Test(confine, it_can_start_no_program_and_signal_none)
{
	expect_child(try_programs, "programs");
}

static int try_work(void)
{
	char *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *text, *more, got[4] = "";

	if (memory == MAP_FAILED || munmap(memory, 1 << 20) != 0)
		return 1;
	text = mmap(NULL, 3, PROT_READ, MAP_SHARED, file, 0);
	if (text == MAP_FAILED || memcmp(text, "abc", 3) != 0)
		return 2;
	if (pread(file, got, 3, 0) != 3 || strcmp(got, "abc") != 0)
		return 3;
	if (write(file, "def", 3) != 3 || fsync(file) != 0)
		return 4;
	if (ftruncate(file, 2) != 0 || lseek(file, 0, SEEK_END) != 2)
		return 5;
	more = malloc(8 << 20);
	if (!more || !memset(more, 1, 8 << 20))
		return 6;
	more = realloc(more, 32 << 20);
	free(more);
	return more && close(file) == 0 ? GOOD : 7;
}

Test(confine, it_can_compute_and_use_what_is_open)
{
	expect_child(try_work, "work");
}

static int try_to_leave(void)
{
	return is_denied(syscall(SYS_prctl, 22, 0, 0, 0, 0)) &&
	       is_denied(syscall(SYS_ptrace, 0, 0, 0, 0)) ? GOOD : 1;
}

Test(confine, there_is_no_way_back)
{
	expect_child(try_to_leave, "leaving");
}
