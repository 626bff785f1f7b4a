/*
 * A chain of aliases is followed from the question on, and then the records
 * of all names that it leads through are looked at:
 *
 *	www.shop.example    CNAME  shop.tracker.example		judged
 *	shop.tracker.example  CNAME  eu.tracker.example		judged
 *	eu.tracker.example  A      192.0.2.1			looked up
 *	eu.tracker.example  HTTPS  1 svc.example ipv4hint=...	both
 *
 * Records that do not hang together with the question are no business of the
 * client's and are passed over.  A chain stands in its order in nearly every
 * answer, so that one walk finds all of it; where it does not, the walk
 * starts again.  Both the length of a chain and all that is looked at are
 * bounded: what is beyond no resolver follows either.
 */
#include "policy/policy.h"

#include "dns/message.h"
#include "dns/svcb.h"

enum { CHAIN_MAX = 16, LOOKS_MAX = 256, STRIPS_MAX = 16 };

struct chain {
	struct bytes answer;
	struct message_walk walk;
	struct name names[1 + CHAIN_MAX];	/* the question's first */
	unsigned count;
	unsigned looks;
};

static bool chain_begin(struct chain *chain, struct bytes answer)
{
	chain->answer = answer;
	chain->count = 1;
	chain->looks = 0;
	return message_walk(&chain->walk, answer) == 0 &&
	       name_read(&chain->names[0], answer, MESSAGE_HEADER) > 0;
}

/* The last, whose alias is looked for. */
static const struct name *chain_end(const struct chain *chain)
{
	return &chain->names[chain->count - 1];
}

/* One look more; false: that were too many. */
static bool chain_look(struct chain *chain)
{
	return chain->looks++ < LOOKS_MAX;
}

/* The alias goes on if `record` is one of the name that we stand at. */
static bool chain_step(struct chain *chain, const struct record *record)
{
	struct name *target = &chain->names[chain->count], owner;
	int end;

	if (name_read(&owner, chain->answer, record->owner) < 0 ||
	    !name_equal(&owner, chain_end(chain)))
		return false;
	end = name_read(target, chain->answer, record->rdata);
	if (end < 0 || (size_t)end != record->end)
		return false;
	chain->count++;
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

	while (chain->walk.left[0] > 0 &&
	       message_next(&chain->walk, &record) > 0) {
		if (!is_alias(&record))
			continue;
		if (!chain_look(chain))
			return false;
		if (chain_step(chain, &record))
			return true;
	}
	return false;
}

/* False: there is no further alias. */
static bool chain_next(struct chain *chain)
{
	if (chain->count > CHAIN_MAX)
		return false;
	if (chain_search(chain))
		return true;
	return chain->looks > 0 && chain->looks < LOOKS_MAX &&
	       message_walk(&chain->walk, chain->answer) == 0 &&
	       chain_search(chain);
}

static bool chain_holds(const struct chain *chain, const struct name *name)
{
	for (unsigned i = chain->count; i > 0; i--)
		if (name_equal(&chain->names[i - 1], name))
			return true;
	return false;
}

/* --- what is found --- */

struct inspection {
	const struct policy *policy;
	const struct policy_question *question;
	struct chain chain;
	struct verdict *verdict;		/* the caller's, as is alias */
	struct name *alias;
	bool addresses;		/* are there rules of any? */
	bool noted;
};

/* What would be answered here ends it; the first that is observed is kept. */
static bool weigh(struct inspection *inspection, const struct verdict *found,
		  const struct name *alias)
{
	static const struct name none;
	bool ends = verdict_answers(found);

	if (!ends && (found->kind != VERDICT_OBSERVE || inspection->noted))
		return false;
	*inspection->verdict = *found;
	*inspection->alias = alias ? *alias : none;
	inspection->noted = true;
	return ends;
}

static bool weigh_name(struct inspection *inspection, const struct name *name)
{
	struct policy_question question = *inspection->question;
	struct verdict found;

	question.name = name;
	question.type = TYPE_CNAME;
	policy_judge(inspection->policy, &question, &found);
	return weigh(inspection, &found, name);
}

static bool weigh_address(struct inspection *inspection, struct bytes raw)
{
	struct verdict found;

	policy_judge_address(inspection->policy, inspection->question, raw,
			     &found);
	return weigh(inspection, &found, NULL);
}

/* The root as a target is the owner, or nothing; both have been judged. */
static bool weigh_service(struct inspection *inspection,
			  const struct record *record)
{
	struct chain *chain = &inspection->chain;
	struct svcb svcb;
	struct bytes raw;

	if (svcb_read(&svcb, chain->answer, record) < 0)
		return false;
	if (svcb.target.labels > 0 && !chain_holds(chain, &svcb.target) &&
	    weigh_name(inspection, &svcb.target))
		return true;
	while (inspection->addresses && svcb_hint(&svcb, &raw) &&
	       chain_look(chain))
		if (weigh_address(inspection, raw))
			return true;
	return false;
}

/* Is it an address, whole, or a service? */
static bool is_content(const struct record *record, bool addresses)
{
	if (record->class != CLASS_IN)
		return false;
	if (record->type == TYPE_A)
		return addresses && record->rdata_len == 4;
	if (record->type == TYPE_AAAA)
		return addresses && record->rdata_len == 16;
	return svcb_is(record->type);
}

static bool weigh_record(struct inspection *inspection,
			 const struct record *record)
{
	struct bytes answer = inspection->chain.answer;
	struct name owner;

	if (name_read(&owner, answer, record->owner) < 0 ||
	    !chain_holds(&inspection->chain, &owner))
		return false;
	if (svcb_is(record->type))
		return weigh_service(inspection, record);
	return weigh_address(inspection, bytes_of(answer.at + record->rdata,
						  record->rdata_len));
}

static void inspect_contents(struct inspection *inspection)
{
	struct chain *chain = &inspection->chain;
	struct record record;

	if (message_walk(&chain->walk, chain->answer) < 0)
		return;
	while (chain->walk.left[0] > 0 &&
	       message_next(&chain->walk, &record) > 0) {
		if (!is_content(&record, inspection->addresses))
			continue;
		if (!chain_look(chain) || weigh_record(inspection, &record))
			return;
	}
}

bool policy_inspect(const struct policy *policy,
		    const struct policy_question *question,
		    struct bytes answer, struct verdict *verdict,
		    struct name *alias)
{
	struct inspection inspection;
	struct chain *chain = &inspection.chain;

	if (!chain_begin(chain, answer))
		return false;
	inspection.policy = policy;
	inspection.question = question;
	inspection.verdict = verdict;
	inspection.alias = alias;
	inspection.addresses = policy_minds_addresses(policy);
	inspection.noted = false;
	while (chain_next(chain))
		if (weigh_name(&inspection, chain_end(chain)))
			return true;
	inspect_contents(&inspection);
	return inspection.noted;
}

/* --- the veil --- */

static bool is_sunk(const struct policy *policy,
		    const struct policy_question *question,
		    const struct name *name)
{
	static const uint16_t types[] = { TYPE_A, TYPE_AAAA };
	struct policy_question asked = *question;
	struct verdict verdict;

	asked.name = name;
	for (unsigned i = 0; i < 2; i++) {
		asked.type = types[i];
		policy_judge(policy, &asked, &verdict);
		if (verdict_answers(&verdict))
			return true;
	}
	return false;
}

/*
 * _8443._https.www.shop.example is about www.shop.example (RFC 9460, section
 * 2.3), whose addresses are asked for.
 */
static bool is_host_sunk(const struct policy *policy,
			 const struct policy_question *question,
			 const struct name *name)
{
	struct name host;
	unsigned first = 0;

	while (first < name->labels &&
	       name->wire[name->label[first]] > 0 &&
	       name->wire[name->label[first] + 1] == '_')
		first++;
	return name_from_wire(&host, name_suffix(name, first)) == 0 &&
	       is_sunk(policy, question, &host);
}

static bool is_veiled(const struct policy *policy,
		      const struct policy_question *question,
		      struct bytes answer, const struct record *record)
{
	struct name owner;

	if (name_read(&owner, answer, record->owner) < 0)
		return false;
	return is_host_sunk(policy, question, &owner) ||
	       (!name_equal(&owner, question->name) &&
		is_host_sunk(policy, question, question->name));
}

size_t policy_veil(const struct policy *policy,
		   const struct policy_question *question, uint8_t *answer,
		   size_t len)
{
	struct message_walk walk;
	struct record record;
	unsigned looks = 0, strips = 0;
	int left;

	if (message_walk(&walk, bytes_of(answer, len)) < 0)
		return len;
	while (message_next(&walk, &record) > 0 && strips < STRIPS_MAX) {
		if (!svcb_is(record.type) || record.class != CLASS_IN)
			continue;
		if (looks++ >= LOOKS_MAX)
			break;
		if (!is_veiled(policy, question, walk.message, &record))
			continue;
		left = svcb_strip_ech(answer, len, &record);
		if (left < 0 || (size_t)left == len)
			continue;
		answer[3] &= (uint8_t)~FLAG_AD;
		walk.at -= len - (size_t)left;
		walk.message.len = len = (size_t)left;
		strips++;
	}
	return len;
}
