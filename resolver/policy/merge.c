/*
 * Sorted candidates of one key stand together, in the order they came: list
 * by list.  The rules of one list are few, so each new one is compared with
 * all before it; a list that says the same name a million times costs a
 * million short walks, and no memory.
 */
#include "policy/merge.h"

enum { LOOK_AHEAD = 12 };	/* candidates; a wait for memory is that long */

#define TAKEN UINT32_MAX	/* a candidate's `at`: its key had its turn */

/* --- one key --- */

/* Rules of one list; those that take back have no list and stand anywhere. */
struct run {
	size_t start;
	uint16_t list;
};

static bool is_said(const struct merge *merge, const struct run *run,
		    const struct merge_rule *rule)
{
	const struct merge_rule *rules = merge_rules(merge);

	for (size_t i = run->start; i < merge_count(merge); i++)
		if (rules[i].what == rule->what && rules[i].bad == rule->bad)
			return true;
	return false;
}

static int take_rule(struct merge *merge, struct run *run,
		     const struct build_entry *entry, uint32_t at)
{
	struct merge_rule rule = {
		.what = entry->kind->scope, .entry = at,
		.list = entry->kind->list,
		.bad = entry->kind->list == LAYOUT_NO_LIST,
	};
	uint32_t unused;

	if (entry->kind->terms)
		rule.what |= (entry->terms + (uint64_t)1) << 8;
	if (!rule.bad && rule.list != run->list)
		*run = (struct run){ merge_count(merge), rule.list };
	if (is_said(merge, run, &rule))
		return 0;
	if (merge_count(merge) - run->start == BUILD_RULES_OF_ONE) {
		if (!rule.bad)
			merge->build->lists[rule.list].rejected++;
		return 0;
	}
	merge->left++;
	return store_add(&merge->rules, bytes_of(&rule, sizeof(rule)),
			 &unused);
}

static void drop(struct merge *merge, struct merge_rule *rule)
{
	merge->left -= !rule->gone;
	rule->gone = true;
}

static void take_back(struct merge *merge, size_t bad)
{
	struct merge_rule *rules = merge_rules(merge);

	for (size_t i = 0; i < merge_count(merge); i++)
		if (rules[i].what == rules[bad].what)
			drop(merge, &rules[i]);
}

/* No other list knows the name, whatever it says of it. */
static bool is_unique(const struct merge *merge, const struct merge_rule *rule)
{
	const struct merge_rule *rules = merge_rules(merge);

	for (size_t i = 0; i < merge_count(merge); i++)
		if (rules[i].list != rule->list && !rules[i].gone)
			return false;
	return true;
}

static void merge_finish(struct merge *merge)
{
	struct merge_rule *rules = merge_rules(merge);
	size_t count = merge_count(merge);

	for (size_t i = 0; i < count; i++)
		if (rules[i].bad)
			take_back(merge, i);
	for (size_t i = 0; i < count; i++) {
		struct image_list *list;

		if (rules[i].gone)
			continue;
		list = &merge->build->lists[rules[i].list];
		list->rules++;
		list->unique += is_unique(merge, &rules[i]);
	}
}

/* The candidates from `at` on that have its key; all have its hash. */
static int merge_key(struct merge *merge, struct candidate *at,
		     const struct candidate *end)
{
	struct run run = { 0, LAYOUT_NO_LIST };
	struct build_entry entry = build_entry(merge->build, at->at);
	int error = 0;

	merge->hash = candidate_hash(at);
	merge->key = entry.key;
	merge->rules.len = 0;
	merge->left = 0;
	for (; at < end && error == 0; at++) {
		if (at->at == TAKEN)
			continue;
		entry = build_entry(merge->build, at->at);
		if (entry.key.len != merge->key.len ||
		    memcmp(entry.key.at, merge->key.at, entry.key.len) != 0)
			continue;
		error = take_rule(merge, &run, &entry, at->at);
		at->at = TAKEN;
	}
	if (error == 0)
		merge_finish(merge);
	return error;
}

/* --- all of them --- */

static void fetch(const struct build *build, const struct candidate *at)
{
	if (at->at != TAKEN)
		__builtin_prefetch(build->entries.at + at->at);
}

/* Two keys can have one hash, if with little luck. */
static const struct candidate *hash_end(const struct candidate *at,
					const struct candidate *end)
{
	const struct candidate *next = at + 1;

	while (next < end && candidate_hash(next) == candidate_hash(at))
		next++;
	return next;
}

int merge_all(struct build *build, const struct store *candidates,
	      int (*each)(void *context, const struct merge *merge),
	      void *context)
{
	struct candidate *at = (void *)candidates->at;
	size_t count = build_candidates(candidates);
	struct candidate *end = count ? at + count : at;
	struct merge merge = { .build = build };
	const struct candidate *next = at;
	int error = 0;

	for (; at < end && error == 0; at++) {
		if (end - at > LOOK_AHEAD)
			fetch(build, at + LOOK_AHEAD);
		if (at == next)
			next = hash_end(at, end);
		if (at->at == TAKEN)
			continue;
		error = merge_key(&merge, at, next);
		if (error == 0 && merge.left > 0)
			error = each(context, &merge);
	}
	store_release(&merge.rules);
	return error;
}
