/*
 * Three catalogues, each the owner of the next; what belongs together hangs
 * on a list as well:
 *
 *	device		by its id, or the bytes of a client's address
 *	  receiver	by device and text
 *	    name	by receiver and text
 */
#include "review/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "base/error.h"
#include "dns/name.h"
#include "journal/receiver.h"
#include "journal/row.h"
#include "policy/verdict.h"
#include "review/bypass.h"
#include "review/update.h"

enum {
	EVENTS_FIRST = 8,
	EVENTS_EACH = 65536,	/* of one receiver */
	NIGHT_ENDS = 6,		/* o'clock */
};

#define AFTER_UPDATE (UPDATE_SECONDS * UINT64_C(1000000))
#define HOUR UINT64_C(3600000000)

static const char others[] = "others";	/* no address is so long */

void gather_init(struct gather *gather, uint64_t since, uint64_t until)
{
	memset(gather, 0, sizeof(*gather));
	gather->since = since;
	gather->until = until;
	gather->night_hour = UINT64_MAX;
	catalogue_init(&gather->devices, sizeof(struct gather_device),
		       SUMMARY_DEVICES);
	catalogue_init(&gather->receivers, sizeof(struct gather_receiver),
		       SUMMARY_RECEIVERS);
	catalogue_init(&gather->names, sizeof(struct gather_name),
		       SUMMARY_NAMES);
}

void gather_release(struct gather *gather)
{
	for (uint32_t i = 0; i < gather->receivers.count; i++) {
		free(gather_receiver(gather, i)->events);
		free(gather_receiver(gather, i)->event_names);
	}
	catalogue_release(&gather->names);
	catalogue_release(&gather->receivers);
	catalogue_release(&gather->devices);
}

/* --- places --- */

static struct bytes id_bytes(const int64_t *id)
{
	return bytes_of(id, sizeof(*id));
}

uint32_t gather_find_device(const struct gather *gather, int64_t id)
{
	return catalogue_find(&gather->devices, 0, id_bytes(&id));
}

uint32_t gather_find_receiver(const struct gather *gather, uint32_t device,
			      struct bytes receiver)
{
	return catalogue_find(&gather->receivers, device, receiver);
}

uint32_t gather_find_name(const struct gather *gather, uint32_t receiver,
			  struct bytes name)
{
	return catalogue_find(&gather->names, receiver, name);
}

/* One place is left for all that there is no place for. */
static int take_device(struct gather *gather, int64_t id, struct bytes key,
		       uint32_t *place)
{
	bool full = gather->devices.count >= SUMMARY_DEVICES - 1;
	struct gather_device *device;
	int taken;

	*place = catalogue_find(&gather->devices, 0, key);
	if (*place != GATHER_NONE)
		return 0;
	gather->cut |= full;
	taken = catalogue_take(&gather->devices, 0, full
			       ? bytes_of_string(others) : key, place);
	if (taken <= 0)
		return taken;
	device = gather_device(gather, *place);
	device->id = full ? 0 : id;
	device->others = full;
	device->receivers = GATHER_NONE;
	device->first = UINT64_MAX;
	return 0;
}

uint32_t gather_take_device(struct gather *gather, int64_t id)
{
	uint32_t place;

	return take_device(gather, id, id_bytes(&id), &place) == 0
	       ? place : GATHER_NONE;
}

static int take_receiver(struct gather *gather, uint32_t owner,
			 struct bytes text, uint32_t *place)
{
	struct gather_device *device = gather_device(gather, owner);
	struct gather_receiver *receiver;
	int taken = catalogue_take(&gather->receivers, owner, text, place);

	gather->cut |= taken == ERROR_FULL;
	if (taken <= 0)
		return taken;
	receiver = gather_receiver(gather, *place);
	receiver->names = GATHER_NONE;
	receiver->first = UINT64_MAX;
	receiver->ever_first = UINT64_MAX;
	receiver->before_since = UINT64_MAX;
	receiver->next = device->receivers;
	device->receivers = *place;
	device->receiver_count++;
	return 0;
}

uint32_t gather_take_receiver(struct gather *gather, uint32_t device,
			      struct bytes receiver)
{
	uint32_t place;

	return take_receiver(gather, device, receiver, &place) == 0
	       ? place : GATHER_NONE;
}

static int take_name(struct gather *gather, uint32_t owner, struct bytes text,
		     uint32_t *place)
{
	struct gather_receiver *receiver = gather_receiver(gather, owner);
	struct gather_name *name;
	int taken = catalogue_take(&gather->names, owner, text, place);

	receiver->more_names += taken == ERROR_FULL;
	gather->cut |= taken == ERROR_FULL;
	if (taken <= 0)
		return taken;
	name = gather_name(gather, *place);
	name->first = UINT64_MAX;
	name->ever_first = UINT64_MAX;
	name->list = ROW_NO_LIST;
	name->next = receiver->names;
	receiver->names = *place;
	receiver->name_count++;
	return 0;
}

bool gather_client(const struct gather_device *device,
		   struct address *client)
{
	if (device->client_len == 0)
		return false;
	address_from_raw(client, device->client, device->client_len, 0);
	return true;
}

/* --- a row --- */

static unsigned slot_of(const struct gather *gather, uint64_t time)
{
	uint64_t span = gather->until - gather->since;

	if (time <= gather->since || span == 0)
		return 0;
	if (time >= gather->until)
		return SUMMARY_SLOTS - 1;
	return (unsigned)((double)(time - gather->since) /
			  (double)span * SUMMARY_SLOTS);
}

/* Midnight to six, in local time; asked of the system once an hour of rows. */
static bool is_night(struct gather *gather, uint64_t time)
{
	time_t seconds = (time_t)(time / 1000000);
	struct tm local;

	if (time / HOUR != gather->night_hour) {
		gather->night_hour = time / HOUR;
		gather->night = localtime_r(&seconds, &local) &&
				local.tm_hour < NIGHT_ENDS;
	}
	return gather->night;
}

static void widen(uint64_t *first, uint64_t *last, uint64_t time)
{
	if (time < *first)
		*first = time;
	if (time > *last)
		*last = time;
}

/* As the ledger has it (journal/ledger.h): what a rule rewrote is not sunk. */
static bool is_sunk(const struct row *row)
{
	return row->verdict == VERDICT_SINK;
}

static bool make_event_room(struct gather_receiver *receiver)
{
	uint32_t room = receiver->event_room ? receiver->event_room * 2
					     : EVENTS_FIRST;
	void *events, *names;

	if (receiver->event_count < receiver->event_room)
		return true;
	events = reallocarray(receiver->events, room,
			      sizeof(*receiver->events));
	if (!events)
		return false;
	receiver->events = events;
	names = reallocarray(receiver->event_names, room,
			     sizeof(*receiver->event_names));
	if (!names)
		return false;
	receiver->event_names = names;
	receiver->event_room = room;
	return true;
}

/* A rhythm is that of the time up to where they are not kept any more. */
static int add_event(struct gather *gather, struct gather_receiver *receiver,
		     uint32_t name, const struct row *row)
{
	uint32_t at = receiver->event_count;

	if (receiver->events_end != 0)
		return 0;
	if (gather->events == SUMMARY_EVENTS || at == EVENTS_EACH) {
		receiver->events_end = row->time;
		return 0;
	}
	if (!make_event_room(receiver))
		return -ENOMEM;
	receiver->events[at] = (struct rhythm_question){
		.time = row->time, .ttl = row->ttl,
	};
	receiver->event_names[at] = name;
	receiver->event_count++;
	gather->events++;
	return 0;
}

static void note_bypass(struct gather_device *device, struct bytes name)
{
	device->canaries += bypass_is_canary(name);
	if (!bypass_is_resolver(name))
		return;
	device->resolvers++;
	if (name.len >= sizeof(device->resolver))
		name = receiver_of(name);
	if (name.len >= sizeof(device->resolver))
		return;
	memcpy(device->resolver, name.at, name.len);
	device->resolver[name.len] = '\0';
}

static void count_device(const struct gather *gather,
			 struct gather_device *device, const struct row *row,
			 struct bytes name)
{
	unsigned slot = slot_of(gather, row->time);

	device->count++;
	device->slots[slot]++;
	device->sunk += is_sunk(row);
	device->slots_sunk[slot] += is_sunk(row);
	device->nameless += name.len == 0;
	widen(&device->first, &device->last, row->time);
	memcpy(device->client, row->client, sizeof(device->client));
	device->client_len = row->client_len;
	note_bypass(device, name);
	if (update_is_named(name))
		device->updated = row->time;
}

static void count_receiver(struct gather *gather,
			   struct gather_receiver *receiver,
			   const struct row *row)
{
	const struct gather_device *device =
		gather_device(gather, receiver->key.owner);
	unsigned slot = slot_of(gather, row->time);

	if (receiver->count == 0)
		receiver->after_update = device->updated != 0 &&
			row->time - device->updated < AFTER_UPDATE;
	receiver->count++;
	receiver->slots[slot]++;
	receiver->sunk += is_sunk(row);
	receiver->slots_sunk[slot] += is_sunk(row);
	receiver->observed += row->verdict == VERDICT_OBSERVE;
	receiver->night += is_night(gather, row->time);
	widen(&receiver->first, &receiver->last, row->time);
}

static void count_name(struct gather_name *name, const struct row *row)
{
	name->count++;
	name->sunk += is_sunk(row);
	widen(&name->first, &name->last, row->time);
	if (row->list == ROW_NO_LIST)
		return;
	name->image = row->image;
	name->list = row->list;
	name->verdict = row->verdict;
}

static struct bytes lower(struct bytes name, uint8_t room[NAME_TEXT])
{
	if (name.len >= NAME_TEXT)
		name.len = NAME_TEXT - 1;
	name_lower_run(room, name);
	return bytes_of(room, name.len);
}

/* Beyond a bound it counts only for what there is room for. */
static int add_name(struct gather *gather, uint32_t device, struct bytes text,
		    const struct row *row)
{
	struct gather_receiver *receiver;
	uint32_t place, name;
	int error = take_receiver(gather, device, receiver_of(text), &place);

	if (error < 0)
		return error == ERROR_FULL ? 0 : error;
	receiver = gather_receiver(gather, place);
	count_receiver(gather, receiver, row);
	error = take_name(gather, place, text, &name);
	if (error == 0)
		count_name(gather_name(gather, name), row);
	else if (error != ERROR_FULL)
		return error;
	return add_event(gather, receiver, name, row);
}

int gather_add(struct gather *gather, int64_t id, const struct row *row)
{
	struct bytes key = id != 0 ? id_bytes(&id)
				   : bytes_of(row->client, row->client_len);
	uint8_t room[NAME_TEXT];
	struct bytes name = lower(row->name, room);
	uint32_t device;
	int error = take_device(gather, id, key, &device);

	if (error < 0)
		return error;
	count_device(gather, gather_device(gather, device), row, name);
	return name.len > 0 ? add_name(gather, device, name, row) : 0;
}
