/*
 * Devices, receivers and names lie in one array each; a parent has a pointer
 * to its first child and a count.  So the arrays are as long as what was
 * gathered, and are filled device by device.
 */
#include "review/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/text.h"
#include "journal/devices.h"

enum {
	DEVICE_WORDS = 256,
	HOURS_SILENT = 3,
	RESTLESS = 50,		/* new names in the week before */
};

#define HOUR UINT64_C(3600000000)

/* --- receivers --- */

static int compare_receivers(const void *one, const void *other)
{
	const struct summary_receiver *a = one, *b = other;

	if (a->watched != b->watched)
		return a->watched ? -1 : 1;
	if (a->suspicion.score != b->suspicion.score)
		return a->suspicion.score > b->suspicion.score ? -1 : 1;
	if (a->sunk != b->sunk)
		return a->sunk > b->sunk ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->receiver, b->receiver);
}

/* What pointed to its place before it was sorted. */
static void settle(struct summary_receiver *receiver)
{
	if (receiver->facts.rhythm)
		receiver->facts.rhythm = &receiver->rhythm;
	receiver->suspicion.facts = &receiver->facts;
}

static bool is_fine(const char *verdict)
{
	return verdict && strcmp(verdict, "fine") == 0;
}

/* All of it: "fine" for the receiver does not hide a name that is watched. */
static bool is_folded(const struct summary *summary,
		      const struct summary_receiver *receiver)
{
	if (!summary->options.folded)
		return false;
	for (unsigned i = 0; i < receiver->name_count; i++)
		if (!is_fine(receiver->names[i].decision))
			return false;
	return is_fine(receiver->decision) ||
	       (receiver->name_count > 0 && receiver->more_names == 0);
}

static int fill_receivers(struct tree_growth *growth,
			  struct summary_device *device, uint32_t number)
{
	struct summary *summary = growth->summary;
	const struct gather *gather = &summary->gather;
	struct summary_receiver *receivers =
		summary->receivers + growth->receivers;
	uint32_t at = gather_device(gather, number)->receivers;
	unsigned count = 0;
	int error;

	for (; at != GATHER_NONE; at = gather_receiver(gather, at)->next) {
		error = tree_receiver(growth, &receivers[count], at);
		if (error < 0)
			return error;
		if (is_folded(summary, &receivers[count]))
			device->folded++;
		else
			count++;
	}
	qsort(receivers, count, sizeof(*receivers), compare_receivers);
	growth->receivers += count;
	for (unsigned i = 0; i < count; i++)
		settle(&receivers[i]);
	device->receivers = receivers;
	device->receiver_count = count;
	return 0;
}

/* --- devices --- */

bool tree_was_heard(const struct summary *summary, int64_t device,
		    uint64_t last)
{
	const struct summary_options *options = &summary->options;

	return options->heard && options->heard(options->context, device) >=
				 last + HOURS_SILENT * HOUR;
}

/* Longer than a device that asked so often would ever be quiet by chance. */
static void look_at_silence(struct summary *summary,
			    struct summary_device *device)
{
	uint64_t span = device->last - device->first;
	uint64_t quiet = summary->options.until - device->last;

	if (device->id == 0 || device->count < TREE_SILENT_ROWS ||
	    quiet < HOURS_SILENT * HOUR || quiet / 20 <= span / device->count)
		return;
	if (tree_was_heard(summary, device->id, device->last))
		device->bypass.silent_since = device->last;
}

static int name_device(struct summary *summary, uint32_t number,
		       struct summary_device *device)
{
	const struct gather_device *from =
		gather_device(&summary->gather, number);
	char words[DEVICE_WORDS];
	struct address client;
	struct text text;

	text_init(&text, words, sizeof(words));
	if (from->id != 0)
		devices_words(summary->devices, from->id, &text);
	else if (from->others)
		text_put(&text, "others");
	else if (gather_client(from, &client))
		address_print(&client, 0, &text);
	else
		text_put(&text, "not written down");
	summary->words[number] = strdup(words);
	device->name = summary->words[number];
	return device->name ? 0 : -ENOMEM;
}

static int fill_device(struct tree_growth *growth, uint32_t number)
{
	struct summary *summary = growth->summary;
	const struct gather_device *from =
		gather_device(&summary->gather, number);
	struct summary_device *device = &summary->at[number];
	int error;

	*device = (struct summary_device){
		.id = from->id, .count = from->count, .sunk = from->sunk,
		.first = from->count > 0 ? from->first : 0,
		.last = from->last,
		.restless = from->fresh >= RESTLESS,
		.bypass.canaries = from->canaries,
		.bypass.resolvers = from->resolvers,
		.bypass.resolver = from->resolvers ? from->resolver : NULL,
		.bypass.silent_since = from->silent_since,
		.slots = from->slots, .slots_sunk = from->slots_sunk,
	};
	error = fill_receivers(growth, device, number);
	if (error < 0)
		return error;
	if (device->count > 0)
		look_at_silence(summary, device);
	summary->house.count += device->count;
	summary->house.sunk += device->sunk;
	summary->house.nameless += from->nameless;
	summary->house.asking += device->count > 0;
	return name_device(summary, number, device);
}

/*
 * While they are where they were gathered.  A device is made some time after
 * it asked first; the ledger knows when that was.
 */
static bool note_known_since(void *context, const struct devices_one *one)
{
	struct summary *summary = context;
	uint32_t at = gather_find_device(&summary->gather, one->id);
	uint64_t first;

	if (at == GATHER_NONE)
		return true;
	first = gather_device(&summary->gather, at)->ever_first;
	if (first == 0 || one->first < first)
		first = one->first;
	summary->at[at].known_since = first;
	summary->at[at].new = first >= summary->options.since;
	return true;
}

static unsigned top_score(const struct summary_device *device)
{
	return device->receiver_count > 0 ?
	       device->receivers[0].suspicion.score : 0;
}

static bool watches(const struct summary_device *device)
{
	return device->receiver_count > 0 && device->receivers[0].watched;
}

static int compare_devices(const void *one, const void *other)
{
	const struct summary_device *a = one, *b = other;

	if (watches(a) != watches(b))
		return watches(a) ? -1 : 1;
	if (top_score(a) != top_score(b))
		return top_score(a) > top_score(b) ? -1 : 1;
	if (a->sunk != b->sunk)
		return a->sunk > b->sunk ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int make_room(struct summary *summary)
{
	const struct gather *gather = &summary->gather;

	summary->at = calloc(gather->devices.count + 1u,
			     sizeof(*summary->at));
	summary->words = calloc(gather->devices.count + 1u,
				sizeof(*summary->words));
	summary->receivers = calloc(gather->receivers.count + 1u,
				    sizeof(*summary->receivers));
	summary->names = calloc(gather->names.count + 1u,
				sizeof(*summary->names));
	return summary->at && summary->words && summary->receivers &&
	       summary->names ? 0 : -ENOMEM;
}

int tree_make(struct summary *summary)
{
	uint32_t count = summary->gather.devices.count;
	struct tree_growth growth = { .summary = summary };
	int error = make_room(summary);

	for (uint32_t i = 0; i < count && error == 0; i++)
		error = fill_device(&growth, i);
	if (error < 0)
		return error;
	devices_each(summary->devices, note_known_since, summary);
	qsort(summary->at, count, sizeof(*summary->at), compare_devices);
	summary->house.devices = summary->at;
	summary->house.device_count = count;
	summary->house.cut = summary->gather.cut;
	return 0;
}
