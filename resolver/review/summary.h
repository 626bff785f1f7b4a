/*
 * summary: who tried to reach whom, how often, since when, how regularly, and
 * what of it is new: a journal's time put together for a person.
 *
 *	household
 *	  device		"living-room-tv"
 *	    receiver		"samsungcloud.example": a registrable domain
 *	      name		"log.ingest.samsungcloud.example"
 *
 * It counts questions, not transfers: what was sent DNS does not show.  Sunk is
 * what was answered here because of a list or a rule of the household; all
 * else is passed, what a rule rewrote, too.
 *
 * Rows are read once, in order.  Memory is bounded: beyond SUMMARY_DEVICES one
 * device "others" stands for all, beyond the other bounds rows count for what
 * there is room for; both is said (`cut`).  Any thread.
 */
#ifndef REVIEW_SUMMARY_H
#define REVIEW_SUMMARY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "review/rhythm.h"
#include "review/suspicion.h"

struct policy;
struct summary;

enum {
	SUMMARY_DEVICES = 4096,
	SUMMARY_RECEIVERS = 65536,	/* of all devices */
	SUMMARY_NAMES = 262144,		/* likewise */
	SUMMARY_EVENTS = 4 << 20,	/* times kept for rhythms, in all */
	SUMMARY_SLOTS = 48,		/* of a picture of the window */
	SUMMARY_GAPS = 4096,
};

/* What a list says of itself in its header; or NULL. */
struct summary_about {
	const char *vendor;
	const char *sent;		/* what is sent to its names */
};

struct summary_options {
	uint64_t since, until;		/* microseconds; until 0: now */
	int64_t device;			/* 0: all */
	uint64_t last_review;		/* 0: there was none */
	bool folded;			/* leave out what was decided fine */
	const struct policy *policy;	/* as of now; or NULL */

	/* Each may be NULL: nobody knows.  Strings stay until summary_free. */
	void (*about)(void *context, const char *list,
		      struct summary_about *about);
	/* When the network itself heard of the device last; 0: never. */
	uint64_t (*heard)(void *context, int64_t device);
	/* Had the list that name (lower case) at `time` (seconds) already? */
	bool (*had)(void *context, const char *list, uint64_t time,
		    struct bytes name);
	void *context;			/* of all three */
};

struct summary_name {
	const char *name;		/* lower case, escaped */
	uint64_t count, sunk;		/* in the window */
	uint64_t first, last;		/* in the window */
	uint64_t ever_first;		/* in the ledger */
	uint64_t ever_count, ever_sunk;	/* likewise, the window too */
	bool new;			/* never asked by that device before */
	const char *list;		/* that decided last, or NULL */
	uint8_t verdict;		/* by that list: enum verdict_kind */
	const char *list_now;		/* that would sink it now, or NULL */
	const char *decision;		/* "fine", "block", "watch", or NULL */
};

struct summary_receiver {
	const char *receiver;		/* lower case */
	const char *vendor;		/* where a list says so, or NULL */
	const char *sent;		/* as its list says, or NULL */
	uint64_t count, sunk, passed, observed;
	uint64_t first, last;
	uint64_t ever_first;
	bool new;			/* to that device, ever */
	bool new_since_review;
	/* Asked so often before a list named it; 0: never. */
	uint64_t before_listed, before_since;
	bool has_rhythm;		/* claimed, by rhythm.h's threshold */
	struct rhythm rhythm;
	const struct summary_name *rhythm_name;	/* NULL: of all together */
	struct suspicion_facts facts;
	struct suspicion suspicion;	/* of the facts above */
	const uint32_t *slots, *slots_sunk;	/* over the window */
	const struct summary_name *names;	/* by count */
	unsigned name_count;
	unsigned more_names;		/* that were not kept */
	const char *decision, *note;	/* of the household, or NULL */
	bool watched;			/* it, or a name of it */
};

/* How a device may go round the house's DNS, as far as DNS shows it. */
struct summary_bypass {
	uint64_t canaries;		/* asked for a canary name */
	uint64_t resolvers;		/* asked for known DoH servers */
	const char *resolver;		/* the last of them, or NULL */
	uint64_t silent_since;		/* but heard of by the network; or 0 */
};

struct summary_device {
	int64_t id;			/* 0: not known */
	const char *name;		/* or its MAC, or its address; UTF-8 */
	uint64_t count, sunk;
	uint64_t first, last;		/* in the window */
	uint64_t known_since;		/* first seen; 0: nobody knows */
	bool new;			/* first seen in the window */
	bool restless;			/* new names are usual for it */
	const uint32_t *slots, *slots_sunk;
	struct summary_bypass bypass;
	const struct summary_receiver *receivers;  /* the telling ones first */
	unsigned receiver_count;
	unsigned folded;		/* receivers decided fine, left out */
};

/* Count 0: nobody knows how many. */
struct summary_gap {
	uint64_t from, until, count;
	const char *reason;		/* "full", "unreadable", "damaged" */
};

struct summary_house {
	uint64_t since, until;
	uint64_t count, sunk;
	uint64_t nameless;		/* the journal keeps no name of them */
	uint64_t lost;			/* in gaps that meet the window */
	const struct summary_device *devices;	/* the telling ones first */
	unsigned device_count;
	unsigned asking;		/* of them; the others are silent */
	const struct summary_gap *gaps;	/* the first SUMMARY_GAPS */
	unsigned gap_count, gap_total;
	bool cut;			/* a bound was met */
};

/* 0 or an error (logged).  *summary NULL on error. */
int summary_make(struct summary **summary, sqlite3 *db,
		 const struct summary_options *options);
void summary_free(struct summary *summary);
const struct summary_house *summary_house(const struct summary *summary);

#endif
