/*
 * A line is put together on the stack and leaves in one write, so that lines
 * of several threads do not mix; nothing is locked and nothing allocated.
 *
 * Whose eyes a line is for is found out once: a person's at a terminal (the
 * level in colour), systemd's (a priority such as "<4>"), or a file's.
 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 1024 };

enum log_level log_level = LOG_LEVEL_INFO;

static const struct level {
	const char *word, *colour;
	char priority;			/* sd-daemon(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", "\033[1;31m", '3' },
	[LOG_LEVEL_WARNING] = { "warning", "\033[33m", '4' },
	[LOG_LEVEL_NOTICE] = { "notice", "\033[1m", '5' },
	[LOG_LEVEL_INFO] = { "info", "\033[32m", '6' },
	[LOG_LEVEL_DEBUG] = { "debug", "\033[2m", '7' },
};

static enum { PLAIN, COLOUR, PRIORITY } dress;
static pthread_once_t dressed = PTHREAD_ONCE_INIT;

/*
 * The variable is inherited by children whose stderr goes elsewhere: it
 * names the stream it is about by device and inode, see systemd.exec(5).
 */
static bool is_journal_stream(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat status;

	return stream != NULL &&
	       sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &status) == 0 &&
	       status.st_dev == (dev_t)device &&
	       status.st_ino == (ino_t)inode;
}

static void choose_dress(void)
{
	const char *no_colour = getenv("NO_COLOR");
	bool colour = no_colour == NULL || *no_colour == '\0';

	if (is_journal_stream())
		dress = PRIORITY;
	else if (colour && isatty(STDERR_FILENO))
		dress = COLOUR;
}

int log_level_parse(const char *word, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(word, levels[i].word) == 0) {
			*level = (enum log_level)i;
			return 0;
		}
	}
	return ERROR_MALFORMED;
}

static void put_level(struct text *line, const struct level *level)
{
	if (dress == PRIORITY)
		text_put(line, "<%c>", level->priority);
	else if (dress == COLOUR)
		text_put(line, "%s%s:\033[0m ", level->colour, level->word);
	else
		text_put(line, "%s: ", level->word);
}

/* A line is one line: a line end inside would forge another. */
static void end_line(struct text *line)
{
	if (line->cut)
		memcpy(line->at + line->len - 3, "...", 3);
	for (size_t i = 0; i < line->len; i++)
		if (line->at[i] == '\n' || line->at[i] == '\r')
			line->at[i] = ' ';
	line->at[line->len++] = '\n';
}

void log_line(enum log_level level, const char *format, ...)
{
	char buffer[LINE_MAX_BYTES];
	int saved = errno;
	struct text line;
	va_list args;

	if (level > log_level)
		return;
	pthread_once(&dressed, choose_dress);
	text_init(&line, buffer, sizeof(buffer));
	put_level(&line, &levels[level]);
	va_start(args, format);
	text_put_list(&line, format, args);
	va_end(args);
	end_line(&line);
	while (write(STDERR_FILENO, line.at, line.len) < 0 && errno == EINTR)
		;
	errno = saved;
}
