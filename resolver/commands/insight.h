/*
 * insight: the journal of a household, and what is known besides it: what its
 * lists say and said, what policy would do now, who is on the network.  For
 * the commands that sum it up.
 */
#ifndef COMMANDS_INSIGHT_H
#define COMMANDS_INSIGHT_H

#include "journal/edit.h"

#include "review/summary.h"

struct about;
struct devices;
struct formerly;
struct neighbours;
struct settings;
struct why;

struct insight {
	const struct settings *settings;
	sqlite3 *db;			/* for reading */
	struct devices *devices;
	struct about *about;
	struct formerly *formerly;
	struct neighbours *neighbours;
	struct why *why;
};

/*
 * Lets the daemon store what it has, and opens; says what is wrong.  0, or an
 * exit code.  Close it in any case.
 */
int insight_open(struct insight *insight, const struct settings *settings);
void insight_close(struct insight *insight);

/* Everything of the options that is not asked for: no times, no device. */
void insight_fill(struct insight *insight, struct summary_options *options);

/* When somebody did that last (commands_note), in microseconds; 0: never. */
uint64_t insight_noted(const struct insight *insight, const char *what);

#endif
