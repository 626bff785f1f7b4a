/*
 * wheel: many deadlines, kept in order for next to nothing.
 *
 * A hashed timing wheel: WHEEL_SPOKES lists, a tick of WHEEL_TICK ms each; a
 * deadline hangs at the spoke of its tick and fires in the first turn at or
 * after it.  Starting and stopping are O(1) and allocate nothing: a spoke is
 * embedded in what waits.  One thread.
 */
#ifndef BASE_WHEEL_H
#define BASE_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WHEEL_SPOKES = 512, WHEEL_TICK = 16 };

struct deadline {
	struct deadline *next, *prev;	/* NULL: not running */
	uint64_t at;			/* milliseconds since boot */
	void (*expired)(struct deadline *deadline);
};

struct wheel {
	struct deadline spokes[WHEEL_SPOKES];	/* heads of circles */
	uint64_t turned;		/* the tick it was turned to last */
	unsigned running;
};

void wheel_init(struct wheel *wheel, uint64_t now_ms);

/* Starts it, or moves it if it runs already. */
void wheel_start(struct wheel *wheel, struct deadline *deadline, uint64_t at);
void wheel_stop(struct wheel *wheel, struct deadline *deadline);

static inline bool deadline_is_running(const struct deadline *deadline)
{
	return deadline->next != NULL;
}

/*
 * Calls `expired` of everything that is due, each stopped first; those may
 * start and stop any deadline.  True while something is still running: then
 * turn again in WHEEL_TICK ms.
 */
bool wheel_turn(struct wheel *wheel, uint64_t now_ms);

#endif
