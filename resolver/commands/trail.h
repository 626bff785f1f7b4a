/*
 * trail: what the journal has of one device, or of the whole house, for the
 * commands that look back at it.
 */
#ifndef COMMANDS_TRAIL_H
#define COMMANDS_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "journal/reader.h"
#include "review/compare.h"

struct command_call;
struct devices;
struct settings;
struct sqlite3;

struct trail {
	const char *command;		/* its name, for what is complained */
	struct settings *settings;
	char path[4096];		/* of the database */
	struct sqlite3 *db;		/* for reading */
	struct reader *reader;
	struct devices *devices;	/* as they were when it was opened */
	struct reader_filter whose;	/* rows of the device; else of all */
	int64_t device;			/* 0: all, or one that is only an
					   address */
	char words[256];		/* the device; "": all */
	char asked[32];			/* for the filter */
};

/*
 * Reads the configuration, lets the daemon store what it has, opens; says
 * what is wrong.  0, or an exit code.  Close it in any case.
 */
int trail_open(struct trail *trail, const struct command_call *call);
void trail_close(struct trail *trail);

/* From now on only this device; by its words, or by its id.  As above. */
int trail_follow(struct trail *trail, const char *device);
void trail_follow_id(struct trail *trail, int64_t device);

/* Its rows, for compare_run; context is the trail. */
extern const struct compare_source trail_source;

/* The journal's first row: microseconds; 0: there is none. */
uint64_t trail_begin(struct trail *trail);

#endif
