/*
 * report_page: a report as a page for people (review/html.h): who was asked
 * for, when, how regularly; what is missing; whose device it was; by which
 * lists it was judged; and what all that can and cannot show.
 */
#ifndef REVIEW_REPORT_PAGE_H
#define REVIEW_REPORT_PAGE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

struct report;

struct report_facts {
	struct report *report;
	uint64_t since, until;		/* microseconds since 1970 */
	/* As evidence_tables.h has them, and what evidence.c puts together. */
	const json_t *about, *marks, *gaps, *clock, *lists, *devices, *chain;
};

/* 0, or -ENOMEM. */
int report_page(const struct report_facts *facts, FILE *out);

/* The tables below the pictures; in report_tables.c. */
void report_tables(const struct report_facts *facts, FILE *out);

/* What a device of facts->devices is called. */
const char *report_called(const struct report_facts *facts, int64_t device);

/* The same of a group, or the address that is all one knows. */
struct report_group;
const char *report_whose(const struct report_facts *facts,
			 const struct report_group *group);

/* "2026-11-22 10:00:30 +0100": the local clock then. */
enum { REPORT_TIME = 48 };
const char *report_time(uint64_t wall, char words[REPORT_TIME]);

#endif
