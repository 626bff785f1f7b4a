/*
 * A name is looked for by all of its suffixes:
 *
 *	hash walk    org   example.org   www.example.org     (one walk)
 *	                |          |               |
 *	index        [ line ]   [ line ]        [ line ]     (fetched at once)
 *	                           | mark
 *	references               record 3 of the line
 *	records                  example.org rule rule ...
 *
 * Depths at which no name has rules are skipped.  All lines are asked for
 * before the first is looked at, so that their waits for memory are one wait.
 * A mark says no or perhaps; only the name in the record says yes.  One name
 * in 2,500 that is not listed bears a mark of its line, so that what is let
 * pass touches the index and nothing else.
 */
#include "policy/image.h"

#include <string.h>

#include "policy/image_state.h"
#include "policy/rule.h"
#include "policy/spelling.h"

/* Who asks, and for which suffix of which name. */
struct match {
	const struct image *image;
	bool (*each)(void *context, const struct image_rule *rule);
	void *context;
	struct bytes suffix;
	unsigned labels;	/* of the suffix */
	bool whole;		/* the suffix is the name itself */
};

static bool rule_covers(const struct image_rule *rule, bool whole)
{
	return rule->scope == RULE_SUBTREE ||
	       whole == (rule->scope == RULE_EXACT);
}

/* The rules of a name, from `at` on.  False: no more are wanted. */
static bool match_rules(const struct match *match, size_t at)
{
	const struct image *image = match->image;
	struct image_rule rule = { .labels = (uint8_t)match->labels };
	bool more = true;

	while (more) {
		if (!image_rule_read(image, &at, &rule, &more))
			return true;
		rule.covers = rule_covers(&rule, match->whole);
		if (!rule.covers && !(image->lists[rule.list].flags &
				      IMAGE_LIST_NEAREST))
			continue;
		if (!match->each(match->context, &rule))
			return false;
	}
	return true;
}

/* Behind a record that is too long for its length to be kept. */
static bool record_skip(const struct image *image, size_t *at)
{
	struct image_rule rule;
	struct name name;
	bool more = true;

	*at = spelling_read(image->part[LAYOUT_RECORDS], *at, &name);
	while (*at && more)
		if (!image_rule_read(image, at, &rule, &more))
			return false;
	return *at != 0;
}

/* The record of a slot; false: no offset that can be followed leads there. */
static bool record_find(const struct image *image, uint64_t line,
			unsigned slot, size_t *at)
{
	const struct layout_reference *reference = &image->references[line];

	*at = reference->record;
	for (unsigned i = 0; i < slot; i++)
		if (reference->length[i] != LAYOUT_LONG)
			*at += reference->length[i];
		else if (!record_skip(image, at))
			return false;
	return true;
}

/* Bit 15 of each 16 bits that are zero, and perhaps of some above such. */
static inline uint64_t zeros(uint64_t word)
{
	return (word - 0x0001000100010001u) & ~word & 0x8000800080008000u;
}

/* Does a slot of the line bear the mark?  What `passed` is does not count. */
static inline bool line_bears(const struct layout_line *line, uint16_t mark)
{
	static const uint16_t no_mark[4] = { 0, 0, 0, 0xffff };
	const uint64_t same = 0x0001000100010001u * mark;
	uint64_t word[8], last, found = 0;

	memcpy(word, line, sizeof(word));
	memcpy(&last, no_mark, sizeof(last));
	for (unsigned i = 0; i < 7; i++)
		found |= zeros(word[i] ^ same);
	return (found | zeros((word[7] ^ same) | last)) != 0;
}

/* Where the rules of the suffix begin, if its record is of this line; or 0. */
static size_t line_find(const struct match *match, uint64_t line,
			uint16_t mark)
{
	const struct image *image = match->image;
	size_t at, rules;

	for (unsigned slot = 0; slot < LAYOUT_SLOTS; slot++) {
		if (image->lines[line].mark[slot] != mark ||
		    !record_find(image, line, slot, &at))
			continue;
		rules = spelling_match(image->part[LAYOUT_RECORDS], at,
				       match->suffix);
		if (rules)
			return rules;
	}
	return 0;
}

/* False: no more are wanted. */
static bool match_suffix(const struct match *match, uint64_t hash)
{
	const struct image *image = match->image;
	uint64_t at = layout_home(hash, image->header.homes);
	size_t rules;

	for (; at < image->line_count; at++) {
		if (line_bears(&image->lines[at], layout_mark(hash))) {
			rules = line_find(match, at, layout_mark(hash));
			if (rules)
				return match_rules(match, rules);
		}
		if (!(image->lines[at].passed & layout_passed(hash)))
			break;
	}
	return true;
}

struct probe {
	uint64_t hash;
	unsigned labels;
};

static inline bool depth_is_used(const struct image *image, unsigned labels)
{
	return image->header.depths[labels / 64] >> labels % 64 & 1;
}

/* The hashes of all suffixes that can be in the image, shortest first. */
static unsigned probes_make(const struct image *image,
			    const struct name *name, struct probe *probes)
{
	unsigned count = 0, deepest = image->deepest;
	struct hash_walk walk;
	uint64_t home;

	if (deepest > name->labels)
		deepest = name->labels;
	hash_walk_init(&walk, &image->header.key);
	for (unsigned labels = 0;; labels++) {
		if (depth_is_used(image, labels)) {
			probes[count].hash = hash_walk_value(&walk);
			probes[count].labels = labels;
			home = layout_home(probes[count++].hash,
					   image->header.homes);
			__builtin_prefetch(&image->lines[home]);
		}
		if (labels == deepest)
			return count;
		hash_walk_label(&walk, name->wire +
				name->label[name->labels - labels - 1]);
	}
}

void image_match(const struct image *image, const struct name *name,
		 bool (*each)(void *context, const struct image_rule *rule),
		 void *context)
{
	struct match match = { image, each, context, { 0 }, 0, false };
	struct probe probes[NAME_MAX_LABELS + 1];
	unsigned count = probes_make(image, name, probes);

	while (count-- > 0) {
		match.labels = probes[count].labels;
		match.suffix = name_suffix(name, name->labels - match.labels);
		match.whole = match.labels == name->labels;
		if (!match_suffix(&match, probes[count].hash))
			return;
	}
}
