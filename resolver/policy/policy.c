/*
 * The image knows lists by number, the house by name and in the order of the
 * configuration.  What a list of the image does for each group, and how early
 * it comes, is looked up once, when the two are put together; so deciding
 * costs the same with one list as with sixty.
 *
 * The image and the matcher of its patterns are shared by the policies that
 * follow one another while only the house changes.
 */
#include "policy/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "policy/matcher.h"
#include "policy/parts.h"

/* --- putting together --- */

static void shelved_leave(struct shelved *shelved)
{
	if (!shelved || --shelved->users > 0)
		return;
	image_close(shelved->image);
	matcher_free(shelved->matcher);
	free(shelved);
}

/* A pattern that is not understood is left out, and the others are not. */
static int shelved_match(struct shelved *shelved)
{
	unsigned count = image_patterns(shelved->image);
	struct matcher_rule rule;
	uint64_t left_out = 0;

	if (count == 0)
		return 0;
	shelved->matcher = matcher_new();
	if (!shelved->matcher)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++)
		if (!image_pattern(shelved->image, i, &rule))
			left_out++;
		else if (matcher_add(shelved->matcher, &rule) < 0)
			return -ENOMEM;
	left_out += matcher_left_out(shelved->matcher);
	if (left_out)
		log_warning("%" PRIu64 " patterns of the image cannot be used",
			    left_out);
	return matcher_ready(shelved->matcher);
}

static struct shelved *shelved_new(struct image *image)
{
	struct shelved *shelved = calloc(1, sizeof(*shelved));

	if (!shelved)
		return NULL;
	shelved->users = 1;
	shelved->image = image;
	if (!image || shelved_match(shelved) == 0)
		return shelved;
	shelved->image = NULL;
	shelved_leave(shelved);
	return NULL;
}

static uint8_t action_of(const struct house *house, unsigned group,
			 unsigned place)
{
	if (place == house->list_count)
		return ACTION_NONE;
	if (house->group_count == 0)
		return house->lists[place].action;
	return house->groups[group].actions[place];
}

static unsigned place_of(const struct house *house, const char *name)
{
	unsigned place = 0;

	while (place < house->list_count &&
	       strcmp(house->lists[place].name, name) != 0)
		place++;
	return place;
}

static int policy_fill(struct policy *policy)
{
	const struct image *image = policy->shelved->image;
	const struct house *house = policy->house;

	policy->lists = image ? image_lists(image) : 0;
	policy->groups = house->group_count ? house->group_count : 1;
	policy->actions = calloc(policy->lists + 1u, policy->groups);
	policy->orders = calloc(policy->lists + 1u, sizeof(*policy->orders));
	if (!policy->actions || !policy->orders)
		return -ENOMEM;
	for (unsigned i = 0; i < policy->lists; i++) {
		unsigned place = place_of(house, image_list(image, i)->name);

		policy->orders[i] = (uint16_t)place;
		for (unsigned j = 0; j < policy->groups; j++)
			policy->actions[j * policy->lists + i] =
				action_of(house, j, place);
	}
	return 0;
}

/* Takes `shelved` over when it succeeds. */
static struct policy *policy_make(struct shelved *shelved,
				  struct house *house)
{
	struct policy *policy = calloc(1, sizeof(*policy));

	if (!policy)
		return NULL;
	policy->shelved = shelved;
	policy->house = house;
	if (policy_fill(policy) == 0)
		return policy;
	free(policy->actions);
	free(policy->orders);
	free(policy);
	return NULL;
}

struct policy *policy_new(struct image *image, struct house *house)
{
	struct shelved *shelved = shelved_new(image);
	struct policy *policy = shelved ? policy_make(shelved, house) : NULL;

	if (shelved && !policy) {
		shelved->image = NULL;
		shelved_leave(shelved);
	}
	return policy;
}

struct policy *policy_follow(const struct policy *old, struct house *house)
{
	struct policy *policy = policy_make(old->shelved, house);

	if (policy)
		policy->shelved->users++;
	return policy;
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	shelved_leave(policy->shelved);
	house_free(policy->house);
	free(policy->actions);
	free(policy->orders);
	free(policy);
}

const struct image *policy_image(const struct policy *policy)
{
	return policy->shelved->image;
}

const struct house *policy_house(const struct policy *policy)
{
	return policy->house;
}

uint32_t policy_serial(const struct policy *policy)
{
	const struct image *image = policy->shelved->image;

	return image ? image_serial(image) : 0;
}

uint8_t policy_action(const struct policy *policy, unsigned group,
		      unsigned list)
{
	if (list >= policy->lists || group >= policy->groups)
		return ACTION_NONE;
	return policy->actions[group * policy->lists + list];
}

bool policy_minds_addresses(const struct policy *policy)
{
	return policy->shelved->matcher &&
	       matcher_has_addresses(policy->shelved->matcher);
}
