/*
 * rtnetlink: the kernel's words about its neighbours (rtnetlink(7), Linux),
 * as bytes; no socket is seen here.
 *
 * Nothing is asked of the alignment of what is read.  Any thread.
 */
#ifndef DEVICE_RTNETLINK_H
#define DEVICE_RTNETLINK_H

#include "base/bytes.h"
#include "device/sightings.h"

enum rtnetlink_kind {
	RTNETLINK_OTHER,	/* nothing about an IP address and its MAC */
	RTNETLINK_SIGHTING,
	RTNETLINK_DONE,		/* the end of a table that was asked for */
	RTNETLINK_REFUSED,	/* there will be no table */
};

struct rtnetlink {
	enum rtnetlink_kind kind;
	uint32_t number;	/* of the question; 0: news */
	bool torn;		/* the table changed while it was told */
	int error;		/* refused: negative */
	struct sighting sighting;
};

/*
 * Takes the next message off the front: 1, 0 when there is none, or
 * ERROR_MALFORMED: where the next would begin is not known.
 */
int rtnetlink_next(struct bytes *messages, struct rtnetlink *message);

/* The question for the whole table, IPv4 and IPv6. */
enum { RTNETLINK_ASK = 28 };
void rtnetlink_ask(uint8_t question[RTNETLINK_ASK], uint32_t number);

#endif
