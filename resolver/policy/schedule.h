/*
 * schedule: times of the week at which something holds.
 *
 *	"mon-fri 21:00-07:00"	over midnight: it belongs to the day it began
 *	"sat,sun"		all day
 *	"08:00-12:00"		every day
 *
 * Wall clock of the household's time zone, also on the days when it is put
 * forward or back: a time that does not exist begins with the next one that
 * does; one that comes twice holds both times.  For the main thread: it asks
 * the C library about time zones, which locks.
 */
#ifndef POLICY_SCHEDULE_H
#define POLICY_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct text;

struct schedule_span {
	uint8_t days;			/* bit 0: Monday */
	uint16_t from, to;		/* minutes; to <= from: the next day */
};

enum { SCHEDULE_SPANS = 16 };

struct schedule {
	unsigned count;			/* 0: always */
	struct schedule_span at[SCHEDULE_SPANS];
};

/*
 * Adds one.  Days by their first three letters or in full, any case; "24:00"
 * is midnight.  0; ERROR_MALFORMED, ERROR_FULL, both with words on what would
 * be right.
 */
int schedule_parse(struct schedule *schedule, const char *words,
		   const char **why);
void schedule_print(const struct schedule *schedule, struct text *out);

/*
 * The household's time zone for this process ("Europe/Berlin"; "" or NULL:
 * that of the system, and TZ as long as no other was set here).  It changes
 * the environment, which no other thread may be reading; a zone that is set
 * already changes nothing.  0; ERROR_ABSENT: there is no such zone.
 */
int schedule_zone(const char *zone);

/* Does it hold at that time (seconds since 1970)? */
bool schedule_holds(const struct schedule *schedule, int64_t time);
/* The first second after `time` at which that changes; INT64_MAX: never. */
int64_t schedule_next(const struct schedule *schedule, int64_t time);

#endif
