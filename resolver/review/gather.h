/*
 * gather: rows of a journal counted together by device, receiver and name.
 *
 * What summary.c makes its tree of.  Rows come in any order; names are put
 * into lower case.  Beyond the bounds of summary.h a row still counts for its
 * device and its receiver, where there is room for those, and `cut` is set.
 */
#ifndef REVIEW_GATHER_H
#define REVIEW_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "review/catalogue.h"
#include "review/summary.h"

struct address;
struct row;

enum { GATHER_NONE = CATALOGUE_NONE };

/* Owned by a receiver. */
struct gather_name {
	struct catalogue_key key;
	uint32_t next;			/* of the receiver, or GATHER_NONE */
	uint64_t count, sunk, first, last;
	uint32_t image;			/* of the list that decided last */
	uint16_t list;
	uint8_t verdict;		/* of that list */
	uint64_t ever_first, ever_count, ever_sunk;	/* from the ledger */
};

/* Owned by a device. */
struct gather_receiver {
	struct catalogue_key key;
	uint32_t next;			/* of the device, or GATHER_NONE */
	uint32_t names, name_count, more_names;
	uint64_t count, sunk, observed, first, last, night;
	uint64_t ever_first;		/* from the ledger */
	uint64_t blurred_since;		/* it knows not all names; 0: it does */
	uint64_t before_listed, before_since;
	uint32_t slots[SUMMARY_SLOTS], slots_sunk[SUMMARY_SLOTS];
	struct rhythm_question *events;
	uint32_t *event_names;		/* of each event */
	uint32_t event_count, event_room;
	uint64_t events_end;		/* none is kept from then on; or 0 */
	bool after_update;		/* the device's, when it came first */
};

struct gather_device {
	struct catalogue_key key;
	int64_t id;			/* 0: only a client, or "others" */
	bool others;			/* of clients beyond the bound */
	uint8_t client[16], client_len;	/* that asked last */
	uint32_t receivers, receiver_count;
	uint64_t count, sunk, nameless, first, last;
	uint32_t slots[SUMMARY_SLOTS], slots_sunk[SUMMARY_SLOTS];
	uint64_t canaries, resolvers;
	char resolver[64];		/* the last of them; or "" */
	uint64_t blurred_since;		/* as of receivers, of all names */
	uint64_t ever_first;		/* likewise; 0: it knows nothing */
	uint32_t fresh;			/* names of the week before */
	uint64_t silent_since;		/* it asked nothing; or 0 */
	uint64_t updated;		/* asked for an update last; or 0 */
};

struct gather {
	uint64_t since, until;
	struct catalogue names, receivers, devices;
	size_t events;			/* that are kept, in all */
	uint64_t night_hour;		/* of the last row */
	bool night;
	bool cut;
};

void gather_init(struct gather *gather, uint64_t since, uint64_t until);
void gather_release(struct gather *gather);

/* `device` 0: nobody knows, its client stands for it.  0 or -ENOMEM. */
int gather_add(struct gather *gather, int64_t device, const struct row *row);

/*
 * The place of what is made when it is not there; GATHER_NONE when there is no
 * room (`cut`) or no memory.
 */
uint32_t gather_take_device(struct gather *gather, int64_t id);
uint32_t gather_take_receiver(struct gather *gather, uint32_t device,
			      struct bytes receiver);

/* GATHER_NONE: nothing of it was asked. */
uint32_t gather_find_device(const struct gather *gather, int64_t id);
uint32_t gather_find_receiver(const struct gather *gather, uint32_t device,
			      struct bytes receiver);
uint32_t gather_find_name(const struct gather *gather, uint32_t receiver,
			  struct bytes name);

/* False: it never asked, or nobody wrote down from where. */
bool gather_client(const struct gather_device *device,
		   struct address *client);

static inline struct gather_device *
gather_device(const struct gather *gather, uint32_t place)
{
	return catalogue_at(&gather->devices, place);
}

static inline struct gather_receiver *
gather_receiver(const struct gather *gather, uint32_t place)
{
	return catalogue_at(&gather->receivers, place);
}

static inline struct gather_name *
gather_name(const struct gather *gather, uint32_t place)
{
	return catalogue_at(&gather->names, place);
}

#endif
