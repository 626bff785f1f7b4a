/*
 * compare: what a device asked for after a mark that it does not ask for
 * otherwise.
 *
 *	            window                    window
 *	  - - - - |////////|- - - - - - - - |////////|- - - -   after the marks
 *	|:|:|:|:|                  |:|:|:|:|                    controls: before
 *	    |:|                        |:|         (a day away) and other days
 *
 * A name is in a window or not; so many of the windows after a mark have it,
 * and so many of the control windows, which are as long.  How likely that is
 * when the mark has nothing to do with it is Fisher's exact test.  It is
 * about questions: nothing here knows what was sent.
 *
 * Pure: rows come through compare_source.  All times are microseconds.
 */
#ifndef REVIEW_COMPARE_H
#define REVIEW_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

struct row;

enum {
	COMPARE_MARKS = 64,	/* the most that are compared at once */
	COMPARE_NAMES = 8192,	/* further names are only counted */
	COMPARE_CONTROLS = 32,	/* the most for each mark */
	COMPARE_CONTROLS_USUAL = 8,
	COMPARE_WINDOW = 60,	/* seconds, when nothing else is said */
};

/* `until` is not in it. */
struct compare_span {
	uint64_t since, until;
};

/* Why a window is left out. */
enum compare_left {
	COMPARE_LEFT_GAP,	/* the journal has a gap in it */
	COMPARE_LEFT_MARK,	/* it overlaps what comes after another mark */
	COMPARE_LEFT_OFF,	/* nobody asked anything for long */
	COMPARE_LEFT_SILENT,	/* the device did not, though others did */
	COMPARE_LEFT_EARLY,	/* it is not over */
	COMPARE_REASONS
};

struct compare_question {
	const uint64_t *marks;		/* what is compared, in order */
	unsigned mark_count;		/* 1 to COMPARE_MARKS */
	const uint64_t *others;		/* marks that controls keep clear of */
	unsigned other_count;
	const struct compare_span *gaps;
	unsigned gap_count;
	uint64_t begin, now;		/* what the journal is about */
	uint64_t window;
	unsigned controls;		/* for each mark; to COMPARE_CONTROLS */
};

struct compare_source {
	/*
	 * The device's rows of that time, in any order; text is theirs until
	 * `each` returns, which gives false to stop.  0 or an error.
	 */
	int (*rows)(void *context, const struct compare_span *span,
		    bool (*each)(void *context, const struct row *row),
		    void *each_context);
	/* Did anybody at all ask then?  1, 0, or an error. */
	int (*ran)(void *context, const struct compare_span *span);
	void *context;
};

enum compare_kind {
	COMPARE_ONLY_AFTER,	/* in no control window */
	COMPARE_MORE,		/* at least twice as often as otherwise */
	COMPARE_SAME,
	COMPARE_LESS,		/* at most half as often */
	COMPARE_ONLY_OTHERWISE,	/* after no mark */
};

struct compare_name {
	const char *name;		/* lower case; hostile when printed */
	enum compare_kind kind;
	unsigned after, otherwise;	/* windows that have it */
	uint64_t asked_after, asked_otherwise;
	uint64_t sunk;			/* of asked_after: answered here */
	uint64_t first, first_least, first_most; /* after the mark: median,
						   least, most; if `after` */
	double chance;			/* 0 to 1; 1 without controls */
	bool telling;			/* beyond what so many names make
					   likely: chance * names <= 0.05 */
};

struct compare {
	uint64_t window;
	unsigned marks, controls;	/* windows that were looked at */
	unsigned other_days;		/* of the controls */
	unsigned marks_left[COMPARE_REASONS];
	unsigned controls_left[COMPARE_REASONS];
	struct compare_name *names;	/* the most telling first */
	unsigned name_count;
	uint64_t names_beyond;		/* questions for more names than that */
};

/* 0, -ENOMEM, ERROR_MALFORMED (the question), or what the source gave. */
int compare_run(struct compare **compare,
		const struct compare_question *question,
		const struct compare_source *source);
void compare_free(struct compare *compare);	/* NULL is fine */

#endif
