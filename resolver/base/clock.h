/*
 * clock: the one door to time.
 *
 * A clock is read as two fields and moved by clock_update.  Tests set the
 * fields and `fixed`, and time stands where they put it.  One clock belongs
 * to one thread.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

struct clock {
	uint64_t wall;		/* microseconds since 1970-01-01, UTC */
	uint64_t mono;		/* microseconds since boot, sleep included */
	bool fixed;		/* clock_update does nothing */
};

void clock_update(struct clock *clock);

/* Milliseconds since boot, for timers and ages. */
static inline uint64_t clock_ms(const struct clock *clock)
{
	return clock->mono / 1000;
}

/* Seconds since 1970, asked for at this moment: not for the way of a query. */
int64_t clock_seconds(void);

/* The kernel's boot id, 36 characters and NUL; all zeros where unknown. */
enum { CLOCK_BOOT_ID = 37 };
void clock_boot_id(char id[CLOCK_BOOT_ID]);

/*
 * A moment as people write it: "10m", "2h", "7d" (that long before `now`),
 * "2026-11-22", "2026-11-22T10:00", "...T10:00:30" (local time, or UTC with
 * a Z at the end), "22:00" (when it was that last), "today", "yesterday",
 * "now", or "@" and seconds since 1970; also what clock_print writes.
 * Microseconds into `*at`; 0 or ERROR_MALFORMED.
 */
int clock_parse(const char *text, uint64_t now, uint64_t *at);

/* Local time: "2026-11-22 10:00:30", and ".123456" with `fraction`. */
void clock_print(uint64_t wall, bool fraction, struct text *out);

#endif
