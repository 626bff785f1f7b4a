/*
 * What policy says on the way of a query: of the name and who asks for it,
 * when it arrives; of the answer, before it goes out; and what is answered
 * when it says no.
 */
#include "query_state.h"

#include <string.h>

#include "base/counter.h"
#include "policy/sink.h"
#include "policy/terms.h"

/* The most that an answer may have which goes behind a CNAME of ours. */
enum { QUERY_FOLLOWED = 4096 };

/* As policy wants to be asked. */
static struct policy_question query_policy(const struct query *query)
{
	return (struct policy_question){
		.name = &query->message.question.name,
		.type = query->message.question.type,
		.group = query->group,
		.client = &query->peer.client,
		.now = (int64_t)(query->wall / 1000000),
		.scratch = query->queries->scratch,
	};
}

/* Who decided, in the words of an extended error. */
static void query_name_list(const struct query *query, struct answer *answer)
{
	const struct image *image = policy_image(query->queries->policy);
	const struct image_list *list = NULL;

	if (image)
		list = image_list(image, query->verdict.list);
	answer_set_ede(answer, query->verdict.kind == VERDICT_REWRITE
		       ? EDE_FORGED : EDE_BLOCKED,
		       query->verdict.list == VERDICT_OWN_LIST ? "household"
		       : list ? list->name : NULL);
}

static void put_record(struct answer *answer,
		       const struct terms_record *record, uint32_t ttl)
{
	answer_put_record(answer, &(struct answer_record){
		.type = record->type, .ttl = ttl, .rdata = record->rdata,
	});
}

static void query_put_sunk(struct query *query, struct sink_answer *sunk)
{
	const struct policy *policy = query->queries->policy;
	uint32_t ttl = policy_house(policy)->sink.ttl;
	struct terms_record record;
	struct answer answer;

	query_open_answer(query, &answer);
	answer_begin(&answer, &query->message, sunk->rcode);
	while (sink_next(sunk, &record))
		put_record(&answer, &record, ttl);
	if (sunk->nodata)
		answer_put_soa(&answer, ttl);
	if (sunk->truncate)
		answer.cut = true;
	query_name_list(query, &answer);
	query_reply(query, &answer, sunk->rcode);
}

/* The rule answers with another name: what that one has goes with it. */
static void query_follow(struct query *query, const struct name *target)
{
	query->follows = true;
	query->message.question.name = *target;
	query_recall(query);
}

void query_sink(struct query *query)
{
	struct query_counts *counts = &query->queries->counts;
	const struct policy *policy = query->queries->policy;
	struct sink_answer sunk;

	sink_answer(&sunk, &query->verdict, &policy_house(policy)->sink,
		    &query->message.question);
	counter_add(query->verdict.kind == VERDICT_REWRITE
		    ? &counts->rewritten : &counts->sunk, 1);
	query->source = ENTRY_FROM_POLICY;
	if (sunk.drop)
		query_reply(query, NULL, sunk.rcode);
	else if (sunk.follow)
		query_follow(query, &sunk.target);
	else
		query_put_sunk(query, &sunk);
}

static void query_count_verdict(struct query *query)
{
	struct query_counts *counts = &query->queries->counts;

	if (query->verdict.kind == VERDICT_ALLOW)
		counter_add(&counts->allowed, 1);
	if (query->verdict.kind == VERDICT_OBSERVE)
		counter_add(&counts->observed, 1);
	if (query->verdict.kind == VERDICT_PAUSED)
		counter_add(&counts->paused, 1);
}

/* rpz-tcp-only has nothing against who came by TCP. */
static bool query_waives(const struct query *query,
			 const struct verdict *verdict)
{
	return verdict->action == ACTION_TRUNCATE &&
	       query->channel->ops->transport != ENTRY_UDP;
}

/* Policy knows names of the Internet; other classes are carried through. */
void query_judge(struct query *query)
{
	struct queries *queries = query->queries;
	const struct house *house = policy_house(queries->policy);
	struct policy_question question;

	if (!house_admits(house, &query->peer.client)) {
		counter_add(&queries->counts.denied, 1);
		query->verdict.kind = VERDICT_DENIED;
		return;
	}
	if (query->message.question.class != CLASS_IN)
		return;
	query->group = (uint16_t)house_group_of(house, &query->peer.client);
	question = query_policy(query);
	policy_judge(queries->policy, &question, &query->verdict);
	if (query_waives(query, &query->verdict))
		query->verdict.kind = VERDICT_PASS;
	query_count_verdict(query);
}

bool query_is_settled(const struct query *query)
{
	return query->verdict.kind == VERDICT_ALLOW ||
	       query->verdict.kind == VERDICT_PAUSED ||
	       verdict_answers(&query->verdict) ||
	       query->message.question.class != CLASS_IN;
}

static bool query_is_service(const struct query *query)
{
	return query->message.question.type == TYPE_HTTPS ||
	       query->message.question.type == TYPE_SVCB;
}

bool query_minds(const struct query *query)
{
	return query_is_service(query) ||
	       policy_minds_addresses(query->queries->policy);
}

bool query_inspect(struct query *query, uint8_t *message, size_t *len)
{
	const struct policy *policy = query->queries->policy;
	struct policy_question question = query_policy(query);
	struct verdict verdict;

	if (policy_inspect(policy, &question, bytes_of(message, *len),
			   &verdict, &query->alias) &&
	    !query_waives(query, &verdict) &&
	    (verdict.kind != VERDICT_OBSERVE ||
	     query->verdict.kind == VERDICT_PASS)) {
		query->verdict = verdict;
		query->has_alias = query->alias.len > 0;
		query_count_verdict(query);
	}
	if (verdict_answers(&query->verdict))
		return true;
	if (query_is_service(query))
		*len = policy_veil(policy, &question, message, *len);
	return false;
}

/* Behind a CNAME of our own; `message` lies where the answer is to be. */
void query_append(struct query *query, struct answer *answer,
			 size_t len)
{
	const struct policy *policy = query->queries->policy;
	const struct name *target = &query->message.question.name;
	const struct terms_record alias = {
		TYPE_CNAME, bytes_of(target->wire, target->len),
	};
	unsigned rcode = answer->at[3] & FLAG_RCODE;
	uint8_t message[QUERY_FOLLOWED];

	if (len > sizeof(message)) {
		query_fail(query, RCODE_SERVFAIL, EDE_OTHER,
			   "the answer for the name in the rule is too long");
		return;
	}
	memcpy(message, answer->at, len);
	answer_begin(answer, &query->message, rcode);
	put_record(answer, &alias, policy_house(policy)->sink.ttl);
	if (answer_put_reply(answer, bytes_of(message, len), target) < 0) {
		query_fail(query, RCODE_SERVFAIL, EDE_OTHER,
			   "the answer for the name in the rule is damaged");
		return;
	}
	query->source = ENTRY_FROM_POLICY;
	query_name_list(query, answer);
	query_reply(query, answer, rcode);
}
