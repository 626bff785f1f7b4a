/*
 * The judge: every rule that matches is a witness, and the one with the
 * smallest claim is believed.
 *
 *	4 bits        1          7               1         1       16      32
 *	[ precedence | no name | 127 - labels | subtree | unfit | order | line ]
 *
 * Rewrites ($dnsrewrite) are kept aside until all are heard: an exception can
 * take them back.  When that happens to the best of them, all are heard once
 * more, by now with the exceptions known.
 */
#include "policy/parts.h"

#include "base/entry.h"
#include "dns/message.h"
#include "policy/matcher.h"
#include "policy/own.h"
#include "policy/rule.h"
#include "policy/terms.h"

/* As in policy.h; POLICY_SILENT: exceptions of lists that observe. */
enum {
	POLICY_PAUSE = 1, POLICY_OWN, POLICY_DNSREWRITE,
	POLICY_IMPORTANT_ALLOW, POLICY_IMPORTANT, POLICY_ALLOW, POLICY_SINK,
	POLICY_SILENT, POLICY_OBSERVE,
};

/* What is beyond these is not minded: no household has as many. */
enum { NEAREST_MAX = 16, EXCEPTIONS_MAX = 16 };

/* How deep the most specific rule of a list stands. */
struct nearest {
	uint16_t list;
	uint8_t labels;
};

/* The verdict so far, and the claim of the rule that it is by. */
struct judgement {
	const struct policy *policy;
	const struct policy_question *question;
	struct bytes address;		/* of an answer; len 0: the name */
	struct verdict *verdict;
	uint64_t claim;
	struct verdict rewrite;		/* the best of $dnsrewrite, aside: */
	uint64_t rewrite_claim;		/* an exception may still come */
	struct bytes exceptions[EXCEPTIONS_MAX];
	unsigned exception_count;
	bool again;			/* all exceptions are known */
	struct nearest nearest[NEAREST_MAX];
	unsigned nearest_count;
	void (*tell)(void *context, const struct policy_witness *witness);
	void *context;
};

/* One rule, whatever it looks at. */
struct testimony {
	struct verdict verdict;
	struct bytes terms;
	unsigned precedence;
	struct policy_witness witness;
};

static void judgement_tell(const struct judgement *judgement,
			   struct testimony *testimony, enum policy_fate fate)
{
	struct policy_witness *witness = &testimony->witness;

	if (!judgement->tell)
		return;
	witness->fate = fate;
	witness->precedence = testimony->precedence;
	witness->verdict = testimony->verdict;
	judgement->tell(judgement->context, witness);
}

/* What a rule does that blocks or answers, in a list that sinks. */
static void testify_sink(struct testimony *testimony)
{
	struct verdict *verdict = &testimony->verdict;
	struct terms_answer answer;

	verdict->kind = VERDICT_SINK;
	testimony->precedence = POLICY_SINK;
	terms_answer(testimony->terms, &answer);
	switch (answer.kind) {
	case TERMS_NXDOMAIN:
		if (terms_effect(testimony->terms) == RULE_REWRITE ||
		    verdict->scope == RULE_REGEX)
			verdict->action = ACTION_NXDOMAIN;
		break;
	case TERMS_NODATA:
		verdict->action = ACTION_NODATA;
		break;
	case TERMS_REFUSED:
		verdict->action = ACTION_REFUSE;
		break;
	case TERMS_DROP:
		verdict->action = ACTION_DROP;
		break;
	case TERMS_TRUNCATE:
		verdict->action = ACTION_TRUNCATE;
		break;
	case TERMS_RECORDS:
		verdict->kind = VERDICT_REWRITE;
		verdict->action = ACTION_REWRITE;
		break;
	default:
		break;
	}
}

/* A rule that excepts: of a list that only observes it excepts from that. */
static void testify_allow(struct testimony *testimony)
{
	bool silent = testimony->verdict.action == ACTION_OBSERVE;

	testimony->verdict.kind = silent ? VERDICT_PASS : VERDICT_ALLOW;
	testimony->verdict.action = silent ? ACTION_NONE : ACTION_ALLOW;
	testimony->precedence = silent ? POLICY_SILENT : POLICY_ALLOW;
	if (!silent && terms_important(testimony->terms))
		testimony->precedence = POLICY_IMPORTANT_ALLOW;
}

/* What it says; verdict.action is that of its list. */
static void testify(struct testimony *testimony)
{
	struct verdict *verdict = &testimony->verdict;

	if (terms_effect(testimony->terms) == RULE_ALLOW ||
	    verdict->action == ACTION_ALLOW) {
		testify_allow(testimony);
		return;
	}
	if (verdict->action == ACTION_OBSERVE) {
		verdict->kind = VERDICT_OBSERVE;
		testimony->precedence = POLICY_OBSERVE;
		return;
	}
	testify_sink(testimony);
	if (terms_is_dnsrewrite(testimony->terms))
		testimony->precedence = POLICY_DNSREWRITE;
	else if (terms_important(testimony->terms))
		testimony->precedence = POLICY_IMPORTANT;
}

/* Records, and none for the type that is asked for. */
static bool is_unfit(const struct judgement *judgement,
		     const struct testimony *testimony)
{
	uint16_t type = judgement->question->type;
	struct terms_answer answer;
	struct terms_record record;

	if (testimony->verdict.kind != VERDICT_REWRITE)
		return false;
	terms_answer(testimony->terms, &answer);
	while (terms_record(&answer, &record))
		if (record.type == type || record.type == TYPE_CNAME ||
		    type == TYPE_ANY)
			return false;
	return true;
}

static uint64_t claim_of(const struct judgement *judgement,
			 const struct testimony *testimony)
{
	const struct verdict *verdict = &testimony->verdict;
	uint64_t order = verdict->list < judgement->policy->lists
		? judgement->policy->orders[verdict->list] : 0;

	return (uint64_t)testimony->precedence << 60 |
	       (uint64_t)(verdict->by != VERDICT_BY_NAME) << 59 |
	       (uint64_t)(NAME_MAX_LABELS - verdict->labels) << 52 |
	       (uint64_t)(verdict->scope != RULE_EXACT) << 51 |
	       (uint64_t)is_unfit(judgement, testimony) << 50 |
	       order << 32 | verdict->line;
}

static void judgement_hear(struct judgement *judgement,
			   struct testimony *testimony)
{
	bool aside = testimony->precedence == POLICY_DNSREWRITE;
	uint64_t *best = aside ? &judgement->rewrite_claim
			       : &judgement->claim;
	uint64_t claim = claim_of(judgement, testimony);

	judgement_tell(judgement, testimony, POLICY_HEARD);
	if (claim >= *best)
		return;
	*best = claim;
	*(aside ? &judgement->rewrite : judgement->verdict) =
		testimony->verdict;
}

/* A list that only observes takes nothing back. */
static void judgement_except(struct judgement *judgement,
			     struct testimony *testimony)
{
	judgement_tell(judgement, testimony, POLICY_HEARD);
	if (!judgement->again &&
	    testimony->verdict.action != ACTION_OBSERVE &&
	    judgement->exception_count < EXCEPTIONS_MAX)
		judgement->exceptions[judgement->exception_count++] =
			testimony->terms;
}

/* Is the rewrite taken back by one of the exceptions? */
static bool is_revoked(const struct judgement *judgement, struct bytes terms)
{
	for (unsigned i = 0; i < judgement->exception_count; i++)
		if (terms_take_back(judgement->exceptions[i], terms))
			return true;
	return false;
}

/* True: nothing that its list or its conditions say speaks against it. */
static bool may_speak(struct judgement *judgement,
		      struct testimony *testimony)
{
	const struct policy_question *question = judgement->question;
	const struct terms_question asked = {
		.name = question->name, .type = question->type,
		.client = question->client,
	};
	unsigned list = testimony->verdict.list;
	const struct policy *policy = judgement->policy;

	testimony->verdict.action = policy_action(policy, question->group,
						  list);
	if (testimony->verdict.action == ACTION_NONE) {
		judgement_tell(judgement, testimony,
			       policy->orders[list] ==
			       policy->house->list_count ? POLICY_UNUSED
							 : POLICY_OFF);
		return false;
	}
	if (testimony->terms.len == 0 ||
	    terms_meet(testimony->terms, &asked))
		return true;
	judgement_tell(judgement, testimony, POLICY_UNMET);
	return false;
}

static void judgement_take(struct judgement *judgement,
			   struct testimony *testimony)
{
	if (terms_is_rewrite_exception(testimony->terms)) {
		judgement_except(judgement, testimony);
		return;
	}
	if (terms_effect(testimony->terms) == RULE_PASS) {
		judgement_tell(judgement, testimony, POLICY_HEARD);
		return;
	}
	testify(testimony);
	if (testimony->precedence == POLICY_DNSREWRITE &&
	    is_revoked(judgement, testimony->terms))
		judgement_tell(judgement, testimony, POLICY_REVOKED);
	else
		judgement_hear(judgement, testimony);
}

/*
 * Of a list that is read as a zone, only the deepest rules are heard.  In a
 * zone proper a name that exists stands for all below it, rule or not (RFC
 * 4592, section 2.2.2 and 4.3).
 */
static bool is_hidden(struct judgement *judgement,
		      const struct image_rule *rule)
{
	const struct image_list *list =
		image_list(judgement->policy->shelved->image, rule->list);
	unsigned i = 0;

	if (!(list->flags & IMAGE_LIST_NEAREST))
		return false;
	while (i < judgement->nearest_count &&
	       judgement->nearest[i].list != rule->list)
		i++;
	if (i < judgement->nearest_count)
		return judgement->nearest[i].labels > rule->labels;
	if (i < NEAREST_MAX && (rule->covers || list->flags & IMAGE_LIST_ZONE))
		judgement->nearest[judgement->nearest_count++] =
			(struct nearest){ rule->list, rule->labels };
	return false;
}

static bool judge_name(void *context, const struct image_rule *rule)
{
	struct judgement *judgement = context;
	struct testimony testimony = {
		.verdict = {
			.by = VERDICT_BY_NAME, .labels = rule->labels,
			.scope = rule->scope, .list = rule->list,
			.line = rule->line, .terms = rule->terms,
		},
		.terms = rule->terms,
		.witness = { .rule = rule },
	};

	if (!may_speak(judgement, &testimony))
		return true;
	if (is_hidden(judgement, rule))
		judgement_tell(judgement, &testimony, POLICY_HIDDEN);
	else if (rule->covers)
		judgement_take(judgement, &testimony);
	return true;
}

static bool judge_pattern(void *context, const struct matcher_rule *rule)
{
	struct judgement *judgement = context;
	struct testimony testimony = {
		.verdict = {
			.by = VERDICT_BY_PATTERN, .scope = rule->scope,
			.list = rule->list, .line = rule->line,
			.terms = rule->terms,
		},
		.terms = rule->terms,
		.witness = { .pattern = rule },
	};

	if (rule->scope == RULE_ADDRESS)
		testimony.verdict.by = VERDICT_BY_ADDRESS;
	if (rule->scope == RULE_CLIENT)
		testimony.verdict.by = VERDICT_BY_CLIENT;
	if (may_speak(judgement, &testimony))
		judgement_take(judgement, &testimony);
	return true;
}

static void judge_patterns(struct judgement *judgement)
{
	const struct matcher *matcher = judgement->policy->shelved->matcher;
	const struct policy_question *question = judgement->question;

	if (!matcher)
		return;
	if (question->scratch && matcher_has_names(matcher))
		matcher_match(matcher, question->scratch, question->name,
			      judge_pattern, judgement);
	if (question->client && matcher_has_clients(matcher))
		matcher_match_client(matcher, question->client, judge_pattern,
				     judgement);
}

static void judge_own_rule(struct judgement *judgement,
			   const struct own_rule *rule)
{
	struct testimony testimony = {
		.verdict = {
			.kind = rule->allow ? VERDICT_ALLOW : VERDICT_SINK,
			.action = rule->allow ? ACTION_ALLOW : ACTION_SINK,
			.by = VERDICT_BY_HOUSEHOLD,
			.labels = rule->name.labels,
			.scope = rule->exact ? RULE_EXACT : RULE_SUBTREE,
			.list = VERDICT_OWN_LIST, .line = rule->line,
		},
		.precedence = POLICY_OWN,
		.witness = { .own = rule },
	};

	if (rule->pause) {
		testimony.verdict.kind = VERDICT_PAUSED;
		testimony.verdict.action = ACTION_NONE;
		testimony.precedence = POLICY_PAUSE;
	}
	judgement_hear(judgement, &testimony);
}

/* The household itself: its pause, then its rules. */
static void judge_own(struct judgement *judgement)
{
	const struct policy_question *question = judgement->question;
	const struct own *own = judgement->policy->house->own;
	const struct own_rule *rule;

	if (!own || own_count(own) == 0)
		return;
	rule = own_pause(own, question->client, question->now);
	if (rule)
		judge_own_rule(judgement, rule);
	rule = own_judge(own, question->name, question->client,
			 question->now);
	if (rule)
		judge_own_rule(judgement, rule);
}

/* All witnesses, one by one. */
static void judgement_sit(struct judgement *judgement)
{
	const struct shelved *shelved = judgement->policy->shelved;

	judgement->claim = judgement->rewrite_claim = UINT64_MAX;
	judgement->nearest_count = 0;
	*judgement->verdict = (struct verdict){
		.kind = VERDICT_PASS, .list = ENTRY_NO_LIST,
	};
	if (judgement->address.len) {
		if (shelved->matcher)
			matcher_match_address(shelved->matcher,
					      judgement->address,
					      judge_pattern, judgement);
		return;
	}
	judge_own(judgement);
	if (shelved->image)
		image_match(shelved->image, judgement->question->name,
			    judge_name, judgement);
	judge_patterns(judgement);
}

static void judgement_sit_again(struct judgement *judgement)
{
	judgement->again = true;
	judgement_sit(judgement);
}

static void judgement_close(struct judgement *judgement)
{
	if (judgement->rewrite_claim < judgement->claim)
		*judgement->verdict = judgement->rewrite;
}

static void judgement_open(struct judgement *judgement,
			   const struct policy *policy,
			   const struct policy_question *question,
			   struct verdict *verdict)
{
	judgement->policy = policy;
	judgement->question = question;
	judgement->address = bytes_of(NULL, 0);
	judgement->verdict = verdict;
	judgement->exception_count = 0;
	judgement->again = false;
	judgement->tell = NULL;
}

static void judge(struct judgement *judgement)
{
	judgement_sit(judgement);
	if (judgement->rewrite_claim != UINT64_MAX &&
	    is_revoked(judgement, judgement->rewrite.terms))
		judgement_sit_again(judgement);
	judgement_close(judgement);
}

void policy_judge(const struct policy *policy,
		  const struct policy_question *question,
		  struct verdict *verdict)
{
	struct judgement judgement;

	judgement_open(&judgement, policy, question, verdict);
	judge(&judgement);
}

void policy_explain(const struct policy *policy,
		    const struct policy_question *question,
		    struct verdict *verdict,
		    void (*tell)(void *context,
				 const struct policy_witness *witness),
		    void *context)
{
	struct judgement judgement;

	judgement_open(&judgement, policy, question, verdict);
	judgement_sit(&judgement);
	judgement.tell = tell;
	judgement.context = context;
	judgement_sit_again(&judgement);
	judgement_close(&judgement);
}

void policy_judge_address(const struct policy *policy,
			  const struct policy_question *question,
			  struct bytes raw, struct verdict *verdict)
{
	struct judgement judgement;

	judgement_open(&judgement, policy, question, verdict);
	judgement.address = raw;
	judge(&judgement);
}
