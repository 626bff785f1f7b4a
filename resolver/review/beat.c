/*
 * What a person does at a site hides the beacon that it also has: so the names
 * that are asked for most are looked at one by one.  Whoever looks several
 * times finds more by chance: each chance is multiplied by how often it was
 * looked.
 */
#include "review/beat.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "review/tree.h"

enum { NAMES = 4 };

/* Both are beyond doubt; then the narrower one is the better. */
#define SURE 1e-9

static int32_t zone_offset(uint64_t time)
{
	time_t seconds = (time_t)(time / 1000000);
	struct tm local;

	return localtime_r(&seconds, &local) ? (int32_t)local.tm_gmtoff : 0;
}

/* Those of one name, or of all (GATHER_NONE), into `events`. */
static size_t pick(const struct gather_receiver *from, uint32_t name,
		   struct rhythm_question *events)
{
	size_t count = 0;

	for (uint32_t i = 0; i < from->event_count; i++)
		if (name == GATHER_NONE || from->event_names[i] == name)
			events[count++] = from->events[i];
	return count;
}

static bool is_better(const struct rhythm *one, const struct rhythm *other)
{
	if (one->kind != RHYTHM_OWN || other->kind != RHYTHM_OWN)
		return one->kind == RHYTHM_OWN;
	if (one->chance > SURE || other->chance > SURE)
		return one->chance < other->chance;
	return one->spread / one->period < 0.9 * other->spread /
					   other->period;
}

struct look {
	struct summary *summary;
	const struct gather_receiver *from;
	struct rhythm_question *events;
	unsigned tries;
};

static int find(const struct look *look, uint32_t name, struct rhythm *rhythm)
{
	const struct summary *summary = look->summary;
	struct rhythm_trace trace = {
		.questions = look->events,
		.count = pick(look->from, name, look->events),
		.gaps = summary->holes, .gap_count = summary->house.gap_count,
		.begin = summary->options.since,
		.end = look->from->events_end ? look->from->events_end
					      : summary->options.until,
		.offset = zone_offset(summary->options.until),
	};
	int error;

	*rhythm = (struct rhythm){ .kind = RHYTHM_NONE };
	if (trace.count < RHYTHM_LEAST)
		return 0;
	error = rhythm_find(summary->finder, &trace, rhythm);
	rhythm->chance *= look->tries;
	if (rhythm->kind == RHYTHM_OWN && rhythm->chance * RHYTHM_FALSE > 1)
		rhythm->kind = RHYTHM_NONE;
	return error;
}

static int find_best(const struct look *look,
		     struct summary_receiver *receiver, uint32_t place)
{
	const struct gather *gather = &look->summary->gather;
	struct rhythm rhythm;
	int error = find(look, GATHER_NONE, &receiver->rhythm);

	for (unsigned i = 0; i + 1 < look->tries && error == 0; i++) {
		const struct summary_name *name = &receiver->names[i];

		error = find(look, gather_find_name(gather, place,
				bytes_of_string(name->name)), &rhythm);
		if (!is_better(&rhythm, &receiver->rhythm))
			continue;
		receiver->rhythm = rhythm;
		receiver->rhythm_name = name;
	}
	return error;
}

int beat_find(struct summary *summary, struct summary_receiver *receiver,
	      uint32_t place)
{
	const struct gather_receiver *from =
		gather_receiver(&summary->gather, place);
	struct look look = { .summary = summary, .from = from, .tries = 1 };
	int error;

	if (from->event_count < RHYTHM_LEAST)
		return 0;
	if (receiver->name_count > 1)
		look.tries += receiver->name_count < NAMES
			      ? receiver->name_count : NAMES;
	look.events = calloc(from->event_count, sizeof(*look.events));
	if (!look.events)
		return -ENOMEM;
	error = find_best(&look, receiver, place);
	free(look.events);
	receiver->has_rhythm = receiver->rhythm.kind == RHYTHM_OWN;
	return error;
}
