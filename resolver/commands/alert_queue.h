/*
 * alert_queue: alerts that are not delivered yet, a file each in STATE/alerts,
 * so that a restart or a line that is down loses none; and what else has to be
 * remembered about alerts.
 *
 * One process at a time; all of it is the daemon's user's.
 */
#ifndef COMMANDS_ALERT_QUEUE_H
#define COMMANDS_ALERT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "review/alert.h"

enum {
	ALERT_QUEUE_MOST = 200, ALERT_QUEUE_PATH = 4096,
	ALERT_QUEUE_TEXT = 49152,	/* bytes of waiting.text */
	ALERT_QUEUE_TOLD = 1000,	/* that are remembered */
};

struct alert_queue {
	char folder[ALERT_QUEUE_PATH];
	int lock;
	bool told_read, told_changed;
	unsigned told_count;
	struct alert_told {
		uint64_t hash, time;
	} told[ALERT_QUEUE_TOLD];	/* the oldest first */
};

/* What is known of one that waits. */
struct alert_waiting {
	struct alert alert;
	uint32_t sent;		/* a bit for each way it has gone already */
	uint32_t tries;
	uint64_t next;		/* seconds since 1970: not before then */
	uint64_t put;		/* when it was queued */
	const char *text;	/* more than alert.words can say; or NULL */
};

/*
 * 0, -errno, or ERROR_BUSY: another process delivers right now; `wait` waits
 * for it.  Close it in any case.
 */
int alert_queue_open(struct alert_queue *queue, const char *state, bool wait);
void alert_queue_close(struct alert_queue *queue);

/* ERROR_FULL: ALERT_QUEUE_MOST wait already, or the text is too long. */
int alert_queue_put(struct alert_queue *queue,
		    const struct alert_waiting *waiting);

/*
 * Each in the order they were put; `each` may change *waiting but its text,
 * and says whether it is to be kept so (true) or is over.  How many are left,
 * or an error.  A file that is damaged is dropped, and named in the log.
 */
int alert_queue_each(struct alert_queue *queue,
		     bool (*each)(void *context,
				  struct alert_waiting *waiting),
		     void *context);

/*
 * Was this told within the `seconds` before `now` (since 1970)?  If not, it is
 * remembered as told now, on the disk when the queue is closed.  Alerts are
 * the same when their kind, device and what they are about are.
 */
bool alert_queue_was_told(struct alert_queue *queue,
			  const struct alert *alert, uint64_t now,
			  uint32_t seconds);

/* A number that is remembered by a name; 0: never. */
uint64_t alert_queue_number(const struct alert_queue *queue,
			    const char *name);
int alert_queue_set_number(const struct alert_queue *queue, const char *name,
			   uint64_t number);

#endif
