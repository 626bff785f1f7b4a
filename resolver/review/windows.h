/*
 * windows: which spans of time are compared: those after the marks, and the
 * control windows that go with them (compare.h).
 */
#ifndef REVIEW_WINDOWS_H
#define REVIEW_WINDOWS_H

#include "review/compare.h"

struct windows {
	struct compare_span marks[COMPARE_MARKS];
	unsigned mark_count;
	struct compare_span controls[COMPARE_MARKS * COMPARE_CONTROLS];
	unsigned control_count, other_days;
	unsigned marks_left[COMPARE_REASONS];
	unsigned controls_left[COMPARE_REASONS];
};

/* 0, or what the source gave. */
int windows_choose(struct windows *windows,
		   const struct compare_question *question,
		   const struct compare_source *source);

#endif
