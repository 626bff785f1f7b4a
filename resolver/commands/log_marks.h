/*
 * log_marks: marks in their place among the rows that `log` shows: before the
 * first row that is later.
 */
#ifndef COMMANDS_LOG_MARKS_H
#define COMMANDS_LOG_MARKS_H

#include <stdbool.h>
#include <stdint.h>

struct mark;
struct print;

struct log_marks {
	struct mark *at;		/* in order of time; labels are ours */
	unsigned count, room, next;
	int64_t known;			/* the highest number that was read */
};

/*
 * Those of that time that were not read before, of the database at `path`;
 * 0: open.
 */
void log_marks_read(struct log_marks *marks, const char *path, uint64_t since,
		    uint64_t until);
void log_marks_release(struct log_marks *marks);

/* Shows those before a moment; false, and errno, as print_row. */
bool log_marks_show(struct log_marks *marks, uint64_t before,
		    struct print *print);

/* Those before a moment are not wanted. */
void log_marks_skip(struct log_marks *marks, uint64_t before);

#endif
