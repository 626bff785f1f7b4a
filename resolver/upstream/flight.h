/*
 * flight: one question on its way, from its first server to its end; and
 * what all flights of an upstream share.
 *
 *	begin -> the best server           deadline: its time, then the next
 *	again -> the same one, another way deadline: a new time
 *	move_on -> the next server         deadline: its time
 *	finish -> every waiter is told, the flight is gone
 *
 * Only for the files of this folder.  While a flight is out its deadline
 * runs, so that whatever is lost, it ends.
 */
#ifndef UPSTREAM_FLIGHT_H
#define UPSTREAM_FLIGHT_H

#include <pthread.h>

#include "upstream/carrier.h"
#include "upstream/dice.h"
#include "upstream/inflight.h"
#include "upstream/remote.h"
#include "upstream/upstream.h"

struct upstream {
	struct carrier_owner owner;	/* first: the carrier calls back */
	struct upstream_options options;
	struct carrier *carrier;
	struct wheel *wheel;
	struct clock *clock;
	struct inflight inflight;
	struct dice dice;
	unsigned count;
	uint8_t order[UPSTREAM_SERVERS];	/* numbers of remotes */
	struct remote remotes[UPSTREAM_SERVERS];
	pthread_mutex_t rows;		/* order and addresses, for readers */
	uint8_t *copy;			/* of an answer, MESSAGE_MAX */
	bool closed;
};

/* To which server, and how. */
struct way {
	uint8_t server;
	bool stream;
	bool plain;		/* without EDNS */
};

/* 0, or ERROR_UNREACHABLE: nobody could be asked; the flight is gone. */
int flight_begin(struct flight *flight);

/* The same server by another way; 0, or why that cannot be. */
int flight_again(struct flight *flight, struct way way);

/*
 * What it was waiting for will not come: the next server now, or when it is
 * time, or the end of it with `error`.
 */
void flight_move_on(struct flight *flight, int error);

/* A server said an rcode that is no help; true: somebody else is asked. */
bool flight_ask_another(struct flight *flight, unsigned rcode);

/* An attempt is over; its lane may be closed by this. */
void flight_leave(struct flight *flight, struct attempt *attempt);

void flight_finish(struct flight *flight, struct reply *reply);
void flight_give_up(struct flight *flight, int error);

#endif
