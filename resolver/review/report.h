/*
 * report: what a stretch of the journal comes to, per device and receiver,
 * for a page that people read.
 *
 * Rows are counted as they come by, in bounded memory: REPORT_GROUPS of
 * device and receiver, each with a timeline, the gaps between its attempts
 * and its most asked names; beyond that only how many rows there were.
 *
 * Questions less than REPORT_ATTEMPT apart are one attempt: a program asks
 * for A, AAAA and HTTPS at once, and again when nobody answers.
 */
#ifndef REVIEW_REPORT_H
#define REVIEW_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

struct reader_row;
struct report;
struct text;

enum {
	REPORT_GROUPS = 2048,
	REPORT_BUCKETS = 168,
	REPORT_GAPS = 70,
	REPORT_NAMES = 4,
	REPORT_DEVICES = 4096,
	REPORT_ATTEMPT = 5000000,	/* microseconds */
};

struct report_group {
	int64_t device;			/* 0: not known, but for its address */
	char client[ADDRESS_TEXT];	/* of such a one; else "" */
	char *receiver;			/* lower case, printable */
	uint64_t questions, sunk, attempts;
	uint64_t first, last;		/* microseconds since 1970 */
	uint64_t begun;			/* the last attempt */
	uint32_t when[REPORT_BUCKETS];	/* questions in each part of the time */
	uint32_t sunk_when[REPORT_BUCKETS];
	uint32_t gaps[REPORT_GAPS];	/* see report_gap_of */
	struct report_name {
		char *name;
		uint64_t count;
	} names[REPORT_NAMES];		/* the first ones, not the most asked */
	uint64_t more;			/* questions for names beyond those */
};

/* NULL: no memory. */
struct report *report_new(uint64_t since, uint64_t until);
void report_free(struct report *report);

/* False: no memory. */
bool report_add(struct report *report, int64_t device,
		const struct reader_row *row);

/*
 * Most sunk first, then most asked; `count` of them.  They stay the report's.
 * Rows are no longer added afterwards.
 */
const struct report_group *const *report_groups(struct report *report,
						unsigned *count);

struct report_sum {
	uint64_t questions, sunk;
	uint64_t first, last;
	uint64_t beyond;	/* questions that no group was left for */
};
struct report_sum report_sum(const struct report *report);

/* Who asked, by number, without 0. */
const int64_t *report_devices(const struct report *report, unsigned *count);

/*
 * The gaps between attempts, by how long they are: a step is a fourth of a
 * doubling, from REPORT_ATTEMPT on; report_gap_at is where one begins, in
 * microseconds.  The last one is open.
 */
unsigned report_gap_of(uint64_t microseconds);
uint64_t report_gap_at(unsigned gap);

#endif
