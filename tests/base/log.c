/*
 * Whose eyes a line is for is found out once in a process: each test is a
 * process of its own, gives stderr another end first, and then looks there.
 */
#include "base/log.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static int far_end;

static void use_pipe(void)
{
	int ends[2];

	unsetenv("JOURNAL_STREAM");
	cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	far_end = ends[0];
}

/* What has arrived, as one string. */
static const char *arrived(void)
{
	static char buffer[8192];
	ssize_t len = read(far_end, buffer, sizeof(buffer) - 1);

	buffer[len > 0 ? len : 0] = '\0';
	return buffer;
}

Test(log, a_file_gets_plain_words, .init = use_pipe)
{
	log_warning("disk is %d %% full", 91);
	cr_assert_str_eq(arrived(), "warning: disk is 91 % full\n");
}

Test(log, levels_above_are_not_written, .init = use_pipe)
{
	log_debug("one");
	log_info("two");
	cr_assert_str_eq(arrived(), "info: two\n");
	log_level = LOG_LEVEL_ERROR;
	log_warning("three");
	log_error("four");
	cr_assert_str_eq(arrived(), "error: four\n");
	log_level = LOG_LEVEL_DEBUG;
	log_debug("five");
	cr_assert_str_eq(arrived(), "debug: five\n");
}

static void name_stream(unsigned long long inode_more)
{
	char name[64];
	struct stat status;

	cr_assert_eq(fstat(STDERR_FILENO, &status), 0);
	snprintf(name, sizeof(name), "%llu:%llu",
		 (unsigned long long)status.st_dev,
		 (unsigned long long)status.st_ino + inode_more);
	setenv("JOURNAL_STREAM", name, 1);
}

Test(log, systemd_gets_priorities, .init = use_pipe)
{
	name_stream(0);
	log_level = LOG_LEVEL_DEBUG;
	log_error("a");
	log_warning("b");
	log_notice("c");
	log_info("d");
	log_debug("e");
	cr_assert_str_eq(arrived(), "<3>a\n<4>b\n<5>c\n<6>d\n<7>e\n");
}

Test(log, a_stream_of_somebody_else_changes_nothing, .init = use_pipe)
{
	name_stream(1);
	log_info("a");
	cr_assert_str_eq(arrived(), "info: a\n");
}

Test(log, a_long_line_is_cut_and_says_so, .init = use_pipe)
{
	char *many = malloc(5000);
	const char *line;

	memset(many, 'x', 4999);
	many[4999] = '\0';
	log_info("%s", many);
	free(many);
	line = arrived();
	cr_assert_eq(strlen(line), 1024, "%zu", strlen(line));
	cr_assert_str_eq(line + 1019, "x...\n");
}

Test(log, a_line_cannot_be_two, .init = use_pipe)
{
	log_info("honest\r\nerror: forged\n");
	cr_assert_str_eq(arrived(), "info: honest  error: forged \n");
}

Test(log, errno_is_left_alone, .init = use_pipe)
{
	close(STDERR_FILENO);
	errno = ENOENT;
	log_info("to nobody");
	cr_assert_eq(errno, ENOENT);
}

static void use_terminal(void)
{
	int other_end;

	unsetenv("JOURNAL_STREAM");
	unsetenv("NO_COLOR");
	far_end = posix_openpt(O_RDWR | O_NOCTTY);
	if (far_end < 0)
		cr_skip_test("there are no terminals here");
	cr_assert(grantpt(far_end) == 0 && unlockpt(far_end) == 0);
	other_end = open(ptsname(far_end), O_RDWR | O_NOCTTY);
	cr_assert(other_end >= 0);
	dup2(other_end, STDERR_FILENO);
}

Test(log, a_terminal_gets_colours, .init = use_terminal)
{
	log_error("a");
	cr_assert_str_eq(arrived(), "\033[1;31merror:\033[0m a\r\n");
}

Test(log, no_color_is_heard, .init = use_terminal)
{
	setenv("NO_COLOR", "1", 1);
	log_error("a");
	cr_assert_str_eq(arrived(), "error: a\r\n");
}

Test(log, parses_levels)
{
	enum log_level level = LOG_LEVEL_INFO;

	cr_assert_eq(log_level_parse("debug", &level), 0);
	cr_assert_eq(level, LOG_LEVEL_DEBUG);
	cr_assert_eq(log_level_parse("error", &level), 0);
	cr_assert_eq(level, LOG_LEVEL_ERROR);
	cr_assert_eq(log_level_parse("Error", &level), ERROR_MALFORMED);
	cr_assert_eq(log_level_parse("", &level), ERROR_MALFORMED);
	cr_assert_eq(log_level_parse("warnings", &level), ERROR_MALFORMED);
	cr_assert_eq(level, LOG_LEVEL_ERROR);
}
