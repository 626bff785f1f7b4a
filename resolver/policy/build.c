/*
 * Rules are kept as they come, each in the form of a record with one rule:
 *
 *	bytes       7example3org0 rule | 3www7example3org0 rule | ...
 *	candidates  hash, offset       | hash, offset           | ...
 *
 * To write, the candidates are sorted by hash: those of one name stand
 * together then, in the order they came, and become one record.  A name's
 * home in the index rises with its hash, so that the index is filled from one
 * end to the other.
 */
#include "policy/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "policy/candidate.h"
#include "policy/layout.h"
#include "policy/output.h"

enum {
	BYTES_AT_FIRST = 65536,
	ENTRY_ROOM = NAME_MAX_WIRE + 2 * LAYOUT_NUMBER,
	LOOK_AHEAD = 12,	/* candidates; a wait for memory is that long */
};

#define TAKEN UINT32_MAX	/* a candidate's `at`: it is in a record */

struct build {
	struct hash_key key;
	struct image_list *lists;
	unsigned list_count;
	uint8_t *bytes;
	size_t len, room;
	struct candidate *candidates;
	size_t count, candidate_room;
};

struct build *build_new(void)
{
	struct build *build = calloc(1, sizeof(*build));

	if (!build)
		return NULL;
	build->lists = calloc(IMAGE_LISTS, sizeof(*build->lists));
	if (!build->lists) {
		free(build);
		return NULL;
	}
	hash_key_draw(&build->key);
	return build;
}

void build_free(struct build *build)
{
	if (!build)
		return;
	free(build->lists);
	free(build->bytes);
	free(build->candidates);
	free(build);
}

/* What is behind the name's end does not go into the file. */
int build_list(struct build *build, const struct image_list *list)
{
	struct image_list *ours;

	if (build->list_count == IMAGE_LISTS)
		return ERROR_FULL;
	ours = &build->lists[build->list_count];
	*ours = *list;
	memset(ours->name, 0, sizeof(ours->name));
	memcpy(ours->name, list->name,
	       strnlen(list->name, sizeof(ours->name) - 1));
	ours->rules = 0;
	ours->rejected = 0;
	return (int)build->list_count++;
}

const struct image_list *build_find(const struct build *build,
				    const char *name)
{
	for (unsigned i = 0; i < build->list_count; i++)
		if (strcmp(build->lists[i].name, name) == 0)
			return &build->lists[i];
	return NULL;
}

void build_rejected(struct build *build, uint64_t lines)
{
	if (build->list_count)
		build->lists[build->list_count - 1].rejected += lines;
}

/* Half as much again: what is not touched of it costs nothing. */
static void *grow(void *at, size_t *room, size_t size)
{
	size_t wanted = *room ? *room + *room / 2 : BYTES_AT_FIRST;
	void *more = reallocarray(at, wanted, size);

	if (more)
		*room = wanted;
	return more;
}

static int make_room(struct build *build)
{
	void *more;

	if (build->room - build->len < ENTRY_ROOM) {
		more = grow(build->bytes, &build->room, 1);
		if (!more)
			return -ENOMEM;
		build->bytes = more;
	}
	if (build->count == build->candidate_room) {
		more = grow(build->candidates, &build->candidate_room,
			    sizeof(*build->candidates));
		if (!more)
			return -ENOMEM;
		build->candidates = more;
	}
	return 0;
}

int build_rule(struct build *build, const struct name *name, bool exact,
	       uint32_t line)
{
	uint32_t list = build->list_count - 1;
	uint8_t *to;
	int error;

	if (!build->list_count)
		return ERROR_ABSENT;
	if (build->len > UINT32_MAX - ENTRY_ROOM)
		return ERROR_FULL;
	error = make_room(build);
	if (error < 0)
		return error;
	build->candidates[build->count++] =
		candidate_make(&build->key, name, (uint32_t)build->len);
	to = build->bytes + build->len;
	memcpy(to, name->wire, name->len);
	to = layout_number_write(to + name->len, list << LAYOUT_LIST_SHIFT |
				 (exact ? LAYOUT_EXACT : 0u));
	to = layout_number_write(to, line);
	build->len = (size_t)(to - build->bytes);
	return 0;
}

/* --- writing --- */

/* The rules of one name, one after the other, on their way out. */
struct merge {
	struct build *build;
	struct output *out;
	uint32_t head, line;	/* the last one: written once the next comes */
	unsigned rules;		/* that came and count */
	unsigned seen;		/* of the list of `head`: heads, as bits */
};

static void merge_write(struct merge *merge, uint32_t more)
{
	output_rule(merge->out, merge->head | more, merge->line);
	merge->build->lists[merge->head >> LAYOUT_LIST_SHIFT].rules++;
}

static void merge_rule(struct merge *merge, uint32_t head, uint32_t line)
{
	unsigned bit = head & LAYOUT_EXACT ? 2 : 1;

	if (merge->rules == 0 ||
	    head >> LAYOUT_LIST_SHIFT != merge->head >> LAYOUT_LIST_SHIFT)
		merge->seen = 0;
	if (merge->seen & bit)
		return;
	if (merge->rules++)
		merge_write(merge, LAYOUT_MORE);
	merge->seen |= bit;
	merge->head = head;
	merge->line = line;
}

static struct bytes wire_at(const struct build *build, uint32_t at)
{
	const uint8_t *wire = build->bytes + at;
	size_t len = 0;

	while (wire[len])
		len += 1u + wire[len];
	return bytes_of(wire, len + 1);
}

/* The candidates from `at` on that have its name; all have its hash. */
static int write_name(struct build *build, struct output *out,
		      struct candidate *at, const struct candidate *end)
{
	struct merge merge = { .build = build, .out = out };
	struct bytes wire = wire_at(build, at->at);
	int error = output_name(out, candidate_hash(at), wire);

	for (; error == 0 && at < end; at++) {
		const uint8_t *theirs = build->bytes + at->at;
		uint32_t head, line;

		if (at->at == TAKEN || memcmp(theirs, wire.at, wire.len) != 0)
			continue;
		theirs = layout_number_read(theirs + wire.len, &head);
		layout_number_read(theirs, &line);
		merge_rule(&merge, head, line);
		at->at = TAKEN;
	}
	if (error == 0)
		merge_write(&merge, 0);
	return error;
}

/* Two names can have one hash, if with little luck. */
static int write_names(struct build *build, struct output *out)
{
	struct candidate *at = build->candidates;
	struct candidate *end = at + build->count, *next;
	int error = 0;

	for (; at < end && error == 0; at = next) {
		if (end - at > LOOK_AHEAD && at[LOOK_AHEAD].at != TAKEN)
			__builtin_prefetch(build->bytes + at[LOOK_AHEAD].at);
		for (next = at + 1; next < end; next++)
			if (candidate_hash(next) != candidate_hash(at))
				break;
		for (; at < next && error == 0; at++)
			if (at->at != TAKEN)
				error = write_name(build, out, at, next);
	}
	return error;
}

int build_write(struct build *build, const char *path, uint32_t serial,
		const uint8_t *inputs)
{
	struct output out;
	int error;

	for (unsigned i = 0; i < build->list_count; i++)
		build->lists[i].rules = 0;
	error = candidates_sort(&build->candidates, build->count);
	if (error < 0)
		return error;
	build->candidate_room = build->count + 1;
	error = output_open(&out, path,
			    candidates_hashes(build->candidates,
					      build->count));
	if (error < 0)
		return error;
	out.header.key = build->key;
	out.header.serial = serial;
	out.header.list_count = build->list_count;
	memcpy(out.header.inputs, inputs, sizeof(out.header.inputs));
	error = write_names(build, &out);
	if (error == 0)
		return output_commit(&out, build->lists);
	output_abort(&out);
	return error;
}
