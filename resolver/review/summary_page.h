/*
 * summary_page: the parts of a summary's page: words, pictures, and a receiver
 * as a figure or a line of a table.  For summary_html.c.
 */
#ifndef REVIEW_SUMMARY_PAGE_H
#define REVIEW_SUMMARY_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct summary_house;
struct summary_receiver;

enum { SUMMARY_PAGE_WORDS = 64 };

struct summary_page {
	const struct summary_house *house;
	FILE *out;
	unsigned figures, lines;	/* of a device */
	bool days;			/* the window is over a day long */
};

/* Each gives its words: "1,234"; "1 name", "2 names"; "2026-11-22 10:00". */
const char *summary_page_number(uint64_t value,
				char words[SUMMARY_PAGE_WORDS]);
const char *summary_page_count(uint64_t value, const char *noun,
			       char words[SUMMARY_PAGE_WORDS]);
const char *summary_page_moment(uint64_t time,
				char words[SUMMARY_PAGE_WORDS]);

/* "12 questions, 3 sunk". */
void summary_page_counts(FILE *out, uint64_t all, uint64_t sunk);

/* Questions over the window (SUMMARY_SLOTS), and the hours above them. */
void summary_page_slots(const struct summary_page *page,
			const uint32_t *slots, const uint32_t *sunk);
void summary_page_axis(const struct summary_page *page);

void summary_page_figure(const struct summary_page *page,
			 const struct summary_receiver *receiver);
void summary_page_line(const struct summary_page *page,
		       const struct summary_receiver *receiver);

#endif
