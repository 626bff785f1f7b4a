/*
 * log: what the program says while it works, a line at a time, on stderr.
 *
 * On a terminal a line has a colour (unless NO_COLOR is set); under systemd
 * (JOURNAL_STREAM names our stderr) it has a priority prefix, see
 * sd-daemon(3).  For any thread; a line is one write, at most 1 KB, and what
 * is cut ends with three dots.  On the way of a query only log_debug is
 * allowed.  What comes from strangers goes through text_put_hostile before it
 * gets here.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* Lines above this are not written; LOG_LEVEL_INFO at start. */
extern enum log_level log_level;

/* "error", "warning", "notice", "info", "debug"; or ERROR_MALFORMED. */
int log_level_parse(const char *word, enum log_level *level);

__attribute__((format(printf, 2, 3)))
void log_line(enum log_level level, const char *format, ...);

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
