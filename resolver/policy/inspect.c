/*
 * A chain of aliases is followed from the question on:
 *
 *	www.shop.example    CNAME  shop.tracker.example		judged
 *	shop.tracker.example  CNAME  eu.tracker.example		judged
 *	eu.tracker.example  A      192.0.2.1
 *
 * Aliases that do not hang together with the question are no business of the
 * client's and are passed over.  A chain stands in its order in nearly every
 * answer, so that one walk finds all of it; where it does not, the walk
 * starts again.  Both the length of a chain and the aliases that are looked
 * at are bounded: what is beyond no resolver follows either.
 */
#include "policy/policy.h"

#include "dns/message.h"

enum { CHAIN_MAX = 16, LOOKS_MAX = 256 };

struct chain {
	struct bytes answer;
	struct message_walk walk;
	struct name name;	/* the last, whose alias is looked for */
	unsigned looks;
};

static bool chain_begin(struct chain *chain, struct bytes answer)
{
	chain->answer = answer;
	chain->looks = 0;
	return message_walk(&chain->walk, answer) == 0 &&
	       name_read(&chain->name, answer, MESSAGE_HEADER) > 0;
}

/* The alias goes on if `record` is one of the name that we stand at. */
static bool chain_step(struct chain *chain, const struct record *record)
{
	struct name owner, target;
	int end;

	chain->looks++;
	if (name_read(&owner, chain->answer, record->owner) < 0 ||
	    !name_equal(&owner, &chain->name))
		return false;
	end = name_read(&target, chain->answer, record->rdata);
	if (end < 0 || (size_t)end != record->end)
		return false;
	chain->name = target;
	return true;
}

static bool is_alias(const struct record *record)
{
	return record->type == TYPE_CNAME && record->class == CLASS_IN;
}

/* From where the walk stands to the end of the answer section. */
static bool chain_search(struct chain *chain)
{
	struct record record;

	while (chain->walk.left[0] > 0 && chain->looks < LOOKS_MAX &&
	       message_next(&chain->walk, &record) > 0)
		if (is_alias(&record) && chain_step(chain, &record))
			return true;
	return false;
}

/* False: there is no further alias. */
static bool chain_next(struct chain *chain)
{
	if (chain_search(chain))
		return true;
	return chain->looks > 0 && chain->looks < LOOKS_MAX &&
	       message_walk(&chain->walk, chain->answer) == 0 &&
	       chain_search(chain);
}

bool policy_inspect(const struct policy *policy, struct bytes answer,
		    struct verdict *verdict, struct name *alias)
{
	struct verdict found;
	struct chain chain;
	bool noted = false;

	if (!policy_image(policy) || !chain_begin(&chain, answer))
		return false;
	for (unsigned i = 0; i < CHAIN_MAX && chain_next(&chain); i++) {
		policy_judge(policy, &chain.name, &found);
		if (found.kind != VERDICT_SINK &&
		    (found.kind != VERDICT_OBSERVE || noted))
			continue;
		*verdict = found;
		*alias = chain.name;
		noted = true;
		if (found.kind == VERDICT_SINK)
			break;
	}
	return noted;
}
