/*
 * merge: of all rules of one name or pattern, which go into the image.  For
 * build_write.c.
 *
 * Out go those that a list says twice, those that are taken back ($badfilter),
 * and what is beyond BUILD_RULES_OF_ONE of a list.
 */
#ifndef POLICY_MERGE_H
#define POLICY_MERGE_H

#include <stdbool.h>

#include "policy/build_state.h"

struct merge_rule {
	uint64_t what;		/* scope and terms: equal ones are the same */
	uint32_t entry;
	uint16_t list;
	bool bad, gone;
};

struct merge {
	struct build *build;
	uint64_t hash;
	struct bytes key;
	struct store rules;	/* struct merge_rule, as they came */
	size_t left;		/* of them, that are not gone */
};

static inline struct merge_rule *merge_rules(const struct merge *merge)
{
	return (struct merge_rule *)(void *)merge->rules.at;
}

static inline size_t merge_count(const struct merge *merge)
{
	return merge->rules.len / sizeof(struct merge_rule);
}

/*
 * Calls `each` for every key of the sorted candidates that has rules left;
 * ends with the first error of it.  Counts the rules of lists.  The
 * candidates are used up.
 */
int merge_all(struct build *build, const struct store *candidates,
	      int (*each)(void *context, const struct merge *merge),
	      void *context);

#endif
