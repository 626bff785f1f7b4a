/*
 * noted: when somebody looked at the journal last, so that the next time can
 * begin there: "review", "digest".
 */
#ifndef COMMANDS_NOTED_H
#define COMMANDS_NOTED_H

#include <stdint.h>

struct settings;

/*
 * By the daemon where one runs, else here, as who may write the journal.
 * `time` in microseconds.  0 or an exit code (then it was said).
 */
int noted_put(const struct settings *settings, const char *what,
	      uint64_t time);

#endif
