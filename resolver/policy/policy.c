/*
 * The image knows lists by number, the house by name and in the order of the
 * configuration.  What a list of the image does here, and how early it comes,
 * is looked up once, when the two are put together.
 *
 * Precedence is one number: the smaller claim wins.
 *
 *	 16 bits     8 bits          1 bit      16 bits
 *	[ kind ] [ 127 - labels ] [ subtree ] [ order ]
 */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/entry.h"

struct use {
	uint8_t action;		/* ACTION_NONE: the house does not know it */
	unsigned order;
};

struct policy {
	struct image *image;	/* or NULL */
	struct house *house;
	struct use *uses;	/* by the image's numbers */
	unsigned count;
};

static struct use use_find(const struct house *house, const char *name)
{
	for (unsigned i = 0; i < house->list_count; i++)
		if (strcmp(house->lists[i].name, name) == 0)
			return (struct use){ house->lists[i].action, i };
	return (struct use){ ACTION_NONE, 0 };
}

struct policy *policy_new(struct image *image, struct house *house)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	unsigned count = image ? image_lists(image) : 0;

	if (!policy)
		return NULL;
	policy->uses = calloc(count + 1, sizeof(*policy->uses));
	if (!policy->uses) {
		free(policy);
		return NULL;
	}
	for (unsigned i = 0; i < count; i++)
		policy->uses[i] = use_find(house, image_list(image, i)->name);
	policy->count = count;
	policy->image = image;
	policy->house = house;
	return policy;
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	image_close(policy->image);
	house_free(policy->house);
	free(policy->uses);
	free(policy);
}

const struct image *policy_image(const struct policy *policy)
{
	return policy->image;
}

const struct house *policy_house(const struct policy *policy)
{
	return policy->house;
}

uint32_t policy_serial(const struct policy *policy)
{
	return policy->image ? image_serial(policy->image) : 0;
}

uint8_t policy_action(const struct policy *policy, unsigned list)
{
	if (list >= policy->count)
		return ACTION_NONE;
	return policy->uses[list].action;
}

/* --- judging --- */

/* The verdict so far, and the claim of the rule that it is by. */
struct judgement {
	const struct policy *policy;
	struct verdict *verdict;
	uint64_t claim;
};

/* In the order of precedence. */
static enum verdict_kind action_kind(unsigned action, unsigned *rank)
{
	switch (action) {
	case ACTION_ALLOW:
		*rank = 0;
		return VERDICT_ALLOW;
	case ACTION_OBSERVE:
		*rank = 2;
		return VERDICT_OBSERVE;
	default:
		*rank = 1;
		return VERDICT_SINK;
	}
}

static bool judge_rule(void *context, const struct image_rule *rule)
{
	struct judgement *judgement = context;
	const struct use *use = &judgement->policy->uses[rule->list];
	enum verdict_kind kind;
	unsigned rank;
	uint64_t claim;

	if (use->action == ACTION_NONE)
		return true;
	kind = action_kind(use->action, &rank);
	claim = (uint64_t)rank << 40 |
		(uint64_t)(NAME_MAX_LABELS - rule->labels) << 32 |
		(rule->exact ? 0u : 1u << 31) | use->order;
	if (claim >= judgement->claim)
		return true;
	judgement->claim = claim;
	*judgement->verdict = (struct verdict){
		.kind = (uint8_t)kind, .action = use->action,
		.labels = rule->labels, .exact = rule->exact,
		.list = rule->list, .line = rule->line,
	};
	return true;
}

void policy_judge(const struct policy *policy, const struct name *name,
		  struct verdict *verdict)
{
	struct judgement judgement = { policy, verdict, UINT64_MAX };

	*verdict = (struct verdict){
		.kind = VERDICT_PASS, .list = ENTRY_NO_LIST,
	};
	if (policy->image)
		image_match(policy->image, name, judge_rule, &judgement);
}
