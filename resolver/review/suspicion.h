/*
 * suspicion: what speaks for a name being one that data is sent home to.
 *
 * A score from 0 to 100, the sum of what its reasons weigh, and never shown
 * without them:
 *
 *	label		30	a label names what such servers do: telemetry,
 *				ingest, upload, crash, metrics, log, ...
 *	list		30	a list that only observes has it
 *	sunk		15	a list sinks it
 *	payload		40	bytes carried in labels (review/payload.h)
 *	rhythm		15	asked regularly, by the device's own clock
 *	night		10	and at night, when nobody is there
 *	update		15	came right after the device was updated
 *	new		10	first asked within the last week
 *
 * Under 25 is nothing remarkable, from 50 on it is suspicious.  Label shapes
 * separate, but they are no proof: of 3,485 names that are known for telemetry
 * and uploads 22 in 100 have such a label, of 10,000 much asked ones 1 in 185
 * (tests/review/suspicion.c keeps some of both).  So a score says where to
 * look first; what is sent it does not know.
 *
 * Pure; any thread.
 */
#ifndef REVIEW_SUSPICION_H
#define REVIEW_SUSPICION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct rhythm;
struct text;

enum suspicion_kind {
	SUSPICION_PAYLOAD, SUSPICION_LABEL, SUSPICION_LIST, SUSPICION_SUNK,
	SUSPICION_RHYTHM, SUSPICION_UPDATE, SUSPICION_NIGHT, SUSPICION_NEW,
	SUSPICION_KINDS,
};

/* From here on in words. */
enum { SUSPICION_REMARKABLE = 25, SUSPICION_HIGH = 50 };

/* What is known of one name, or receiver, of one device. */
struct suspicion_facts {
	struct bytes name;		/* as name_print has it; any bytes */
	uint64_t questions, sunk;
	uint64_t observed;		/* hits on lists that only observe */
	uint64_t night;			/* questions while the house sleeps */
	uint64_t payload;		/* bytes a day in labels */
	uint64_t payload_names;		/* of so many names */
	const struct rhythm *rhythm;	/* NULL: not looked for */
	uint64_t first, now;		/* microseconds since 1970 */
	bool after_update;
};

/* Borrows what the facts point to. */
struct suspicion {
	unsigned score;
	unsigned weight[SUSPICION_KINDS];	/* 0: no such reason */
	const struct suspicion_facts *facts;
};

void suspicion_judge(const struct suspicion_facts *facts,
		     struct suspicion *suspicion);

/* The word of the table that a label of `name` has; NULL: none. */
const char *suspicion_label(struct bytes name);

/* "60 of 100, suspicious". */
void suspicion_print(const struct suspicion *suspicion, struct text *out);

/* One reason in words: "a label says \"telemetry\" (30)". */
void suspicion_print_reason(const struct suspicion *suspicion,
			    enum suspicion_kind kind, struct text *out);

/* All of them, the heaviest kind first, each behind `between` but the first;
   "nothing speaks against it" where there are none. */
void suspicion_reasons_print(const struct suspicion *suspicion,
			     const char *between, struct text *out);

#endif
