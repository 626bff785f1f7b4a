/*
 * A receiver with its names, from what was gathered of it, what the ledger
 * knows, what the household decided and what its lists say.
 */
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "journal/row.h"
#include "review/beat.h"
#include "review/decided.h"
#include "review/listed.h"
#include "review/payload.h"
#include "review/tree.h"

#define DAY (24 * 3600e6)

/* --- names --- */

/*
 * Was it never asked for before the window?  What was counted together before
 * may have been that very name: then nobody knows, and it is not called new.
 */
static bool is_new(const struct summary *summary, uint64_t ever_first,
		   uint64_t blurred_since)
{
	uint64_t since = summary->options.since;

	return ever_first >= since &&
	       (blurred_since == 0 || blurred_since >= since);
}

static void ask_lists(struct summary *summary, struct summary_name *name,
		      const struct gather_name *from,
		      const struct gather_device *device)
{
	struct listed_answer now;
	struct address client;

	if (listed_now(summary->listed, bytes_of_string(name->name),
		       gather_client(device, &client) ? &client : NULL, &now))
		name->list_now = now.list;
	if (from->list == ROW_NO_LIST)
		return;
	name->list = listed_name(summary->listed, from->image, from->list);
	name->verdict = from->verdict;
}

static uint64_t earlier(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static void fill_name(struct summary *summary, struct summary_name *name,
		      uint32_t place)
{
	const struct gather *gather = &summary->gather;
	const struct gather_name *from = gather_name(gather, place);
	const struct gather_receiver *receiver =
		gather_receiver(gather, from->key.owner);
	const struct gather_device *device =
		gather_device(gather, receiver->key.owner);
	const struct decision *decision;

	*name = (struct summary_name){
		.name = catalogue_text(&gather->names, place),
		.count = from->count, .sunk = from->sunk,
		.first = from->first, .last = from->last,
		.ever_first = earlier(from->ever_first, from->first),
		.ever_count = from->ever_count, .ever_sunk = from->ever_sunk,
	};
	name->new = is_new(summary, name->ever_first, device->blurred_since) &&
		    is_new(summary, name->ever_first, receiver->blurred_since);
	decision = decided_find(summary->decided, bytes_of_string(name->name));
	name->decision = decision ? decision->verdict : NULL;
	ask_lists(summary, name, from, device);
}

static int compare_names(const void *one, const void *other)
{
	const struct summary_name *a = one, *b = other;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void fill_names(struct tree_growth *growth,
		       struct summary_receiver *receiver,
		       const struct gather_receiver *from)
{
	struct summary *summary = growth->summary;
	struct summary_name *names = summary->names + growth->names;
	unsigned count = 0;

	for (uint32_t at = from->names; at != GATHER_NONE;
	     at = gather_name(&summary->gather, at)->next)
		fill_name(summary, &names[count++], at);
	qsort(names, count, sizeof(*names), compare_names);
	growth->names += count;
	receiver->names = names;
	receiver->name_count = count;
	receiver->more_names = from->more_names;
}

/* --- receivers --- */

/* The first of its lists that says something of itself. */
static void ask_about(const struct summary *summary,
		      struct summary_receiver *receiver)
{
	const struct summary_options *options = &summary->options;
	struct summary_about about = { NULL, NULL };

	for (unsigned i = 0; i < receiver->name_count && options->about &&
	     !about.vendor && !about.sent; i++) {
		const struct summary_name *name = &receiver->names[i];
		const char *list = name->list_now ? name->list_now
						  : name->list;

		if (list)
			options->about(options->context, list, &about);
	}
	receiver->vendor = about.vendor;
	receiver->sent = about.sent;
}

static bool is_watch(const char *verdict)
{
	return verdict && strcmp(verdict, "watch") == 0;
}

static void decide(const struct summary *summary,
		   struct summary_receiver *receiver)
{
	const struct decision *decision = decided_find(
		summary->decided, bytes_of_string(receiver->receiver));

	if (decision) {
		receiver->decision = decision->verdict;
		receiver->note = decision->note;
	}
	receiver->watched = is_watch(receiver->decision);
	for (unsigned i = 0; i < receiver->name_count; i++)
		receiver->watched |= is_watch(receiver->names[i].decision);
}

/* What is new in the window's names, for a day of it. */
static void weigh_payload(const struct summary *summary,
			  struct summary_receiver *receiver)
{
	double days = (double)(summary->options.until -
			       summary->options.since) / DAY;
	uint64_t bits = 0;

	for (unsigned i = 0; i < receiver->name_count; i++) {
		uint64_t more = payload_bits(
			bytes_of_string(receiver->names[i].name),
			strlen(receiver->receiver));

		bits += more;
		receiver->facts.payload_names += more > 0;
	}
	receiver->facts.payload = (uint64_t)((double)bits / 8 /
					     (days > 1 ? days : 1));
}

/* A name with a label that says something, or else the receiver's own. */
static struct bytes telling_name(const struct summary_receiver *receiver)
{
	for (unsigned i = 0; i < receiver->name_count; i++) {
		struct bytes name =
			bytes_of_string(receiver->names[i].name);

		if (suspicion_label(name))
			return name;
	}
	return bytes_of_string(receiver->receiver);
}

static void suspect_receiver(struct summary *summary,
			     struct summary_receiver *receiver,
			     const struct gather_receiver *from)
{
	receiver->facts = (struct suspicion_facts){
		.name = telling_name(receiver),
		.questions = from->count, .sunk = from->sunk,
		.observed = from->observed, .night = from->night,
		.rhythm = receiver->has_rhythm ? &receiver->rhythm : NULL,
		.first = receiver->ever_first,
		.now = summary->options.until,
		.after_update = receiver->new && from->after_update,
	};
	weigh_payload(summary, receiver);
	suspicion_judge(&receiver->facts, &receiver->suspicion);
}

int tree_receiver(struct tree_growth *growth,
		  struct summary_receiver *receiver, uint32_t place)
{
	struct summary *summary = growth->summary;
	const struct gather *gather = &summary->gather;
	const struct gather_receiver *from = gather_receiver(gather, place);
	const struct gather_device *device =
		gather_device(gather, from->key.owner);
	int error;

	*receiver = (struct summary_receiver){
		.receiver = catalogue_text(&gather->receivers, place),
		.count = from->count, .sunk = from->sunk,
		.passed = from->count - from->sunk,
		.observed = from->observed,
		.first = from->count > 0 ? from->first : 0,
		.last = from->last,
		.ever_first = earlier(from->ever_first, from->first),
		.before_listed = from->before_listed,
		.before_since = from->before_since,
		.slots = from->slots, .slots_sunk = from->slots_sunk,
	};
	receiver->new = from->count > 0 &&
		is_new(summary, receiver->ever_first, device->blurred_since);
	receiver->new_since_review = receiver->new &&
		summary->options.last_review != 0 &&
		receiver->ever_first >= summary->options.last_review;
	fill_names(growth, receiver, from);
	decide(summary, receiver);
	ask_about(summary, receiver);
	error = beat_find(summary, receiver, place);
	if (error < 0)
		return error;
	suspect_receiver(summary, receiver, from);
	return 0;
}
