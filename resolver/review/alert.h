/*
 * alert: what a household wants to be told without asking: found in the
 * summary of the time since somebody looked last.
 *
 *	ALERT_RECEIVER	a device asked for a receiver it never asked for
 *			before, has been known for longer than `learn`, and
 *			does not do so all the time (summary_device.restless)
 *	ALERT_BURST	so many sunk questions of one device to one receiver
 *	ALERT_GAP	the journal has lost questions
 *	ALERT_LIST	a list has not been brought up to date for long
 *
 * A receiver that was decided "fine" is nothing to tell: it is not in a
 * summary that was folded.  Any thread.
 */
#ifndef REVIEW_ALERT_H
#define REVIEW_ALERT_H

#include <stdbool.h>
#include <stdint.h>

struct summary_house;

enum alert_kind {
	ALERT_RECEIVER, ALERT_BURST, ALERT_GAP, ALERT_LIST, ALERT_TEST,
	ALERT_MANY,		/* of those that were too many */
	ALERT_DIGEST,		/* a review, as a letter */
	ALERT_KINDS
};

enum { ALERT_DEVICE = 256, ALERT_ABOUT = 1024, ALERT_WORDS = 2048 };

struct alert_options {
	bool receivers, gaps, lists;
	uint32_t burst;		/* sunk questions; 0: bursts are no matter */
	uint32_t learn;		/* seconds that a device is new; 0: tell of
				   restless ones, too */
};

struct alert {
	enum alert_kind kind;
	uint64_t time;			/* microseconds since 1970 */
	char device[ALERT_DEVICE];	/* or "" */
	char about[ALERT_ABOUT];	/* the receiver, the list; or "" */
	uint64_t count;
	char words[ALERT_WORDS];	/* a sentence; plain UTF-8, a line */
};

/* "receiver", "burst", "gap", "list", "test", "many", "digest". */
const char *alert_kind_words(enum alert_kind kind);
int alert_kind_parse(const char *word);		/* -1: there is none */

/* Each is given once; `each` gives false to stop. */
struct alert_finder {
	const struct alert_options *options;
	bool (*each)(void *context, const struct alert *alert);
	void *context;
};
void alert_find(const struct summary_house *house,
		const struct alert_finder *finder);

/*
 * A list that should have been updated at `due` (seconds since 1970; 0: it was
 * never had), and what its last try said (or "").
 */
struct alert_late {
	const char *list, *trouble;
	int64_t due;
};
void alert_of_list(struct alert *alert, const struct alert_late *late,
		   uint64_t now);

#endif
