/*
 * watch: what the parts of `homebound watch` share: watch.c reads on and
 * ends, watch_keys.c does what keys say, watch_screen.c shows.
 */
#ifndef COMMANDS_WATCH_H
#define COMMANDS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "commands/trail.h"
#include "commands/watch_screen.h"

struct known;

enum { WATCH_ANSWER = 256 };

/* What a key has asked for and waits for an answer. */
enum watch_ask { WATCH_ASKS_NOTHING, WATCH_ASKS_LABEL, WATCH_ASKS_BLOCK };

struct watch {
	struct trail trail;
	struct known *known;
	const char *device;		/* as it was written */
	bool has_keys;			/* a terminal; else plain lines */
	struct watch_screen screen;
	int64_t after;			/* the last row that was read */
	unsigned news;			/* rows that were not judged yet */
	uint64_t window;		/* of the comparison */
	int64_t last_mark;		/* its id */
	unsigned marks;			/* made since it was started */

	enum watch_ask ask;
	uint64_t asked_at;		/* the moment to be marked */
	char answer[WATCH_ANSWER];	/* typed so far */
	char name[NAME_TEXT];		/* to be blocked */
};

/* Does what the key says; false: leave. */
bool watch_keys_take(struct watch *watch, int key);

#endif
