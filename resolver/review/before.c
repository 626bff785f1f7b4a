/*
 * The ledger is gone through as a whole, device by device: a receiver is new
 * only when none of its names was ever asked for before.  What it counts
 * together (known_name.names) was asked for under names that nobody knows any
 * more: from then on no name below it can be called new.
 */
#include "review/before.h"

#include <string.h>

#include "base/address.h"
#include "journal/known.h"
#include "journal/receiver.h"
#include "review/listed.h"
#include "review/tree.h"

enum { CLIENTS = 256 };		/* that are looked at, if they are no devices */

#define SECOND UINT64_C(1000000)
#define WEEK (7 * 86400 * SECOND)

struct before {
	struct summary *summary;
	uint64_t lists_changed;		/* seconds; 0: not in the window */
	int64_t device;			/* that the ledger tells of now */
	uint32_t place;			/* of it; or GATHER_NONE */
	bool asked;			/* in the window */
	uint64_t last, count;		/* of it, ever */
};

/* --- names that a list came to have --- */

/* A list that has it now, had it not before, and came to it in the window? */
static bool is_late(const struct before *before,
		    const struct known_name *known)
{
	const struct summary_options *options = &before->summary->options;
	struct bytes name = bytes_of_string(known->name);
	struct listed_answer answer;
	struct address client;
	bool has_client = before->place != GATHER_NONE &&
		gather_client(gather_device(&before->summary->gather,
					    before->place), &client);

	if (!listed_now(before->summary->listed, name,
			has_client ? &client : NULL, &answer))
		return false;
	return answer.by_name && answer.since * SECOND >= options->since &&
	       known->first < answer.since * SECOND &&
	       !(options->had && options->had(options->context, answer.list,
					      options->since / SECOND, name));
}

/* How often it was sunk in the window. */
static uint64_t sunk_now(const struct before *before, struct bytes name)
{
	const struct gather *gather = &before->summary->gather;
	uint32_t at = before->place;

	if (at != GATHER_NONE)
		at = gather_find_receiver(gather, at, receiver_of(name));
	if (at != GATHER_NONE)
		at = gather_find_name(gather, at, name);
	return at != GATHER_NONE ? gather_name(gather, at)->sunk : 0;
}

/* What was sunk before the window had its list then, or was the household's. */
static bool may_be_late(const struct before *before,
			const struct known_name *known)
{
	return before->lists_changed != 0 && known->names == 0 &&
	       known->first < before->lists_changed * SECOND &&
	       known->count > known->sunk &&
	       known->sunk <= sunk_now(before, bytes_of_string(known->name));
}

/* Also of a device that asked for nothing in the window. */
static void look_at_lists(struct before *before,
			  const struct known_name *known)
{
	struct gather *gather = &before->summary->gather;
	struct gather_receiver *receiver;
	uint32_t at;

	if (!may_be_late(before, known) || !is_late(before, known))
		return;
	if (before->place == GATHER_NONE)
		before->place = gather_take_device(gather, before->device);
	if (before->place == GATHER_NONE)
		return;
	at = gather_take_receiver(gather, before->place, receiver_of(
		bytes_of_string(known->name)));
	if (at == GATHER_NONE)
		return;
	receiver = gather_receiver(gather, at);
	receiver->before_listed += known->count - known->sunk;
	if (known->first < receiver->before_since)
		receiver->before_since = known->first;
}

/* --- since when --- */

static void note_name(struct gather *gather, uint32_t receiver,
		      const struct known_name *known)
{
	uint32_t at = gather_find_name(gather, receiver,
				       bytes_of_string(known->name));
	struct gather_name *name;

	if (at == GATHER_NONE)
		return;
	name = gather_name(gather, at);
	name->ever_first = known->first;
	name->ever_count = known->count;
	name->ever_sunk = known->sunk;
}

static void note_receiver(struct gather *gather, uint32_t device,
			  const struct known_name *known)
{
	struct bytes name = bytes_of_string(known->name);
	uint32_t at = gather_find_receiver(gather, device, known->names > 0
					   ? name : receiver_of(name));
	struct gather_receiver *receiver;

	if (at == GATHER_NONE)
		return;
	receiver = gather_receiver(gather, at);
	if (known->first < receiver->ever_first)
		receiver->ever_first = known->first;
	if (known->names == 0)
		note_name(gather, at, known);
	else if (receiver->blurred_since == 0 ||
		 known->first < receiver->blurred_since)
		receiver->blurred_since = known->first;
}

/* --- devices --- */

/* One that is there and asked nothing at all has a place, too. */
static void end_device(struct before *before)
{
	struct summary *summary = before->summary;
	uint32_t at;

	if (before->device == 0 || before->asked ||
	    before->count < TREE_SILENT_ROWS ||
	    before->last >= summary->options.since ||
	    !tree_was_heard(summary, before->device, before->last))
		return;
	at = gather_take_device(&summary->gather, before->device);
	if (at != GATHER_NONE)
		gather_device(&summary->gather, at)->silent_since =
			before->last;
}

static void begin_device(struct before *before, int64_t device)
{
	before->device = device;
	before->place = gather_find_device(&before->summary->gather, device);
	before->asked = before->place != GATHER_NONE;
	before->last = before->count = 0;
}

static void count_device(struct before *before,
			 const struct known_name *known)
{
	uint64_t since = before->summary->options.since;
	struct gather_device *device;

	before->count += known->count;
	if (known->last > before->last)
		before->last = known->last;
	if (before->place == GATHER_NONE)
		return;
	device = gather_device(&before->summary->gather, before->place);
	if (device->ever_first == 0 || known->first < device->ever_first)
		device->ever_first = known->first;
	device->fresh += known->first < since &&
			 known->first + WEEK >= since;
	if (known->names > 0 && strcmp(known->name, "*") == 0 &&
	    (device->blurred_since == 0 ||
	     known->first < device->blurred_since))
		device->blurred_since = known->first;
}

/*
 * Who is no device yet is counted together with all others that are none: what
 * one of them asked for before, any of them may have.
 */
static void note_for_clients(struct gather *gather,
			     const struct known_name *known)
{
	for (uint32_t i = 0; i < gather->devices.count && i < CLIENTS; i++)
		if (gather_device(gather, i)->id == 0)
			note_receiver(gather, i, known);
}

static bool take_known(void *context, const struct known_name *known)
{
	struct before *before = context;

	if (known->device == 0) {
		note_for_clients(&before->summary->gather, known);
		return true;
	}
	if (known->device != before->device) {
		end_device(before);
		begin_device(before, known->device);
	}
	count_device(before, known);
	look_at_lists(before, known);
	if (before->place == GATHER_NONE)
		return true;
	note_receiver(&before->summary->gather, before->place, known);
	return true;
}

int before_look(struct summary *summary, sqlite3 *db)
{
	struct before before = {
		.summary = summary,
		.lists_changed = listed_changed(summary->listed),
	};
	struct known *known;
	int error = known_open(&known, db);

	if (error < 0)
		return error;
	if (before.lists_changed * SECOND < summary->options.since)
		before.lists_changed = 0;
	error = known_each(known, summary->options.device, 0, take_known,
			   &before);
	end_device(&before);
	known_close(known);
	return error;
}
