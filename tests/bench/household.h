/*
 * household: the questions of a made-up household, row after row, for what
 * measures the journal.
 *
 * 300,000 rows a day on average over a day, from 20 devices: 3 PCs, 5 phones,
 * a tablet, 2 televisions (one is silent from 23 to 7 o'clock, UTC), 2
 * consoles and 7 things with beacons every 30 s to 15 minutes, 5 % of jitter.
 * People ask in bursts, more in the evening than at night.
 *
 *	names	12,000 of about 1,500 domains; a device has 150 to 4,000 of
 *		them, of which four in ten are everybody's, and asks for the
 *		n-th with a weight of 1 / n (Zipf, s = 1)
 *	new	0.3 % of the questions are for a name that was never asked:
 *		random labels of a CDN, and new sites
 *	types	A and AAAA, and HTTPS from PCs and phones, within 0.4 ms
 *	verdict	about 10 % sunk by 3 lists; PASS otherwise
 *	source	about 45 % from a cache that is played, with the TTLs that
 *		follow from it; the rest from 2 upstreams
 *	times	microseconds: sunk and cached some tens, upstreams log-normal
 *		around 14 and 32 ms, one in 200 a time-out of 1 to 2 s first
 *
 * The same seed and start give the same rows on every machine.
 */
#ifndef TESTS_BENCH_HOUSEHOLD_H
#define TESTS_BENCH_HOUSEHOLD_H

#include <stdint.h>

#include "journal/row.h"

enum { HOUSEHOLD_DEVICES = 20, HOUSEHOLD_ROWS_A_DAY = 300000 };

struct household_trace;

/* `start` in microseconds since 1970.  NULL: no memory. */
struct household_trace *household_trace_new(uint64_t seed, uint64_t start);
void household_trace_free(struct household_trace *trace);

/* In order of time, numbered from 1; text lies here until the next call. */
void household_trace_next(struct household_trace *trace, struct row *row);

#endif
