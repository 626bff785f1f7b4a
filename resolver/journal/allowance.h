/*
 * allowance: so many new things an hour for each device, refilled evenly; who
 * has not used it may use an hour's at once.
 *
 * The time is that of rows.  When it goes back, what there was to use is gone;
 * when it goes far ahead, there is an hour's again.  A thousand devices are
 * remembered; beyond that one pushes out another, which begins anew.
 */
#ifndef JOURNAL_ALLOWANCE_H
#define JOURNAL_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

enum { ALLOWANCE_DEVICES = 1024 };

struct allowance {
	uint64_t interval;	/* microseconds that one costs */
	struct allowance_one {
		int64_t device;
		uint64_t used;	/* it is used up until this time */
	} at[ALLOWANCE_DEVICES];
};

static inline void allowance_init(struct allowance *allowance,
				  uint32_t an_hour)
{
	*allowance = (struct allowance){
		.interval = UINT64_C(3600000000) / an_hour,
	};
}

/* Brought up to `now`. */
static inline struct allowance_one *
allowance_of(struct allowance *allowance, int64_t device, uint64_t now)
{
	const uint64_t hour = UINT64_C(3600000000);
	uint64_t mixed = (uint64_t)device * 0x9e3779b97f4a7c15;
	struct allowance_one *one =
		&allowance->at[(mixed >> 32) % ALLOWANCE_DEVICES];

	if (one->device != device)
		*one = (struct allowance_one){ .device = device };
	if (one->used > now)
		one->used = now;
	if (now > hour && one->used < now - hour)
		one->used = now - hour;
	return one;
}

static inline bool allowance_has(struct allowance *allowance, int64_t device,
				 uint64_t now)
{
	return now - allowance_of(allowance, device, now)->used >=
	       allowance->interval;
}

/* Takes one, if there is one. */
static inline bool allowance_take(struct allowance *allowance, int64_t device,
				  uint64_t now)
{
	if (!allowance_has(allowance, device, now))
		return false;
	allowance_of(allowance, device, now)->used += allowance->interval;
	return true;
}

#endif
