/*
 * The judge: what goes before what, row by row of the table in policy.h, and
 * what each kind of rule does.
 */
#include "policy/policy.h"

#include <criterion/criterion.h>

#include "court.h"

static struct court court;

static void setup(void)
{
	court_open(&court);
}

static void teardown(void)
{
	court_close(&court);
}

TestSuite(judge, .init = setup, .fini = teardown);

/* --- one goes before the other, wherever it stands --- */

/* A list and its one rule. */
struct side {
	uint8_t action;
	struct said said;
};

struct pair {
	const char *why;
	struct side winner, loser;
	uint8_t kind;		/* of the winner's verdict */
	bool by_order;		/* the winner's list must be the first */
};

#define NEAR .scope = RULE_EXACT, .name = "a.b.example"
#define FAR .scope = RULE_SUBTREE, .name = "example"

static const struct pair pairs[] = {
	{ "a rewrite before an important exception",
	  { ACTION_SINK, { RULE_REWRITE, FAR,
			   .answer = "dnsrewrite 192.0.2.9" } },
	  { ACTION_SINK, { RULE_ALLOW, NEAR, .important = true } },
	  VERDICT_REWRITE, false },
	{ "a rewrite before an allow list",
	  { ACTION_SINK, { RULE_REWRITE, FAR,
			   .answer = "dnsrewrite NXDOMAIN;;" } },
	  { ACTION_ALLOW, { RULE_BLOCK, NEAR } }, VERDICT_SINK, false },
	{ "an important exception before an important rule",
	  { ACTION_SINK, { RULE_ALLOW, FAR, .important = true } },
	  { ACTION_SINK, { RULE_BLOCK, NEAR, .important = true } },
	  VERDICT_ALLOW, false },
	{ "an important rule before an allow list",
	  { ACTION_DROP, { RULE_BLOCK, FAR, .important = true } },
	  { ACTION_ALLOW, { RULE_BLOCK, NEAR } }, VERDICT_SINK, false },
	{ "an important rule before an exception of its list's kind",
	  { ACTION_DROP, { RULE_BLOCK, FAR, .important = true } },
	  { ACTION_DROP, { RULE_ALLOW, NEAR } }, VERDICT_SINK, false },
	{ "important is nothing but a rule in a list that observes",
	  { ACTION_ALLOW, { RULE_BLOCK, FAR } },
	  { ACTION_OBSERVE, { RULE_BLOCK, NEAR, .important = true } },
	  VERDICT_ALLOW, false },
	{ "an allow list before one that sinks",
	  { ACTION_ALLOW, { RULE_BLOCK, FAR } },
	  { ACTION_SINK, { RULE_BLOCK, NEAR } }, VERDICT_ALLOW, false },
	{ "an exception before a rule of another list",
	  { ACTION_NXDOMAIN, { RULE_ALLOW, FAR } },
	  { ACTION_SINK, { RULE_BLOCK, NEAR } }, VERDICT_ALLOW, false },
	{ "a list that sinks before one that observes",
	  { ACTION_NULL, { RULE_BLOCK, FAR } },
	  { ACTION_OBSERVE, { RULE_BLOCK, NEAR } }, VERDICT_SINK, false },
	{ "a list that sinks before an exception from observing",
	  { ACTION_NULL, { RULE_BLOCK, FAR } },
	  { ACTION_OBSERVE, { RULE_ALLOW, NEAR } }, VERDICT_SINK, false },
	{ "an exception from observing before what observes",
	  { ACTION_OBSERVE, { RULE_ALLOW, FAR } },
	  { ACTION_OBSERVE, { RULE_BLOCK, NEAR } }, VERDICT_PASS, false },
	{ "most labels",
	  { ACTION_SINK, { RULE_BLOCK, .scope = RULE_SUBTREE,
			   .name = "b.example" } },
	  { ACTION_DROP, { RULE_BLOCK, FAR } }, VERDICT_SINK, false },
	{ "most labels, though not the whole of its subtree",
	  { ACTION_SINK, { RULE_BLOCK, .scope = RULE_BELOW,
			   .name = "b.example" } },
	  { ACTION_DROP, { RULE_BLOCK, FAR } }, VERDICT_SINK, false },
	{ "the very name before names with all below",
	  { ACTION_SINK, { RULE_BLOCK, NEAR } },
	  { ACTION_DROP, { RULE_BLOCK, .scope = RULE_SUBTREE,
			   .name = "a.b.example" } }, VERDICT_SINK, false },
	{ "a name before a pattern",
	  { ACTION_SINK, { RULE_BLOCK, FAR } },
	  { ACTION_DROP, { RULE_BLOCK, .scope = RULE_REGEX,
			   .name = "^a\\.b\\.example$" } },
	  VERDICT_SINK, false },
	{ "the root before a pattern",
	  { ACTION_SINK, { RULE_BLOCK, .scope = RULE_SUBTREE, .name = "." } },
	  { ACTION_DROP, { RULE_BLOCK, .scope = RULE_REGEX,
			   .name = "^a\\.b" } }, VERDICT_SINK, false },
	{ "a name before a client",
	  { ACTION_SINK, { RULE_BLOCK, FAR } },
	  { ACTION_DROP, { RULE_BLOCK, .scope = RULE_CLIENT,
			   .name = "192.0.2.7" } }, VERDICT_SINK, false },
	{ "an answer of this type before none",
	  { ACTION_SINK, { RULE_REWRITE, FAR, .answer = "A 192.0.2.9" } },
	  { ACTION_SINK, { RULE_REWRITE, FAR,
			   .answer = "AAAA 2001:db8::9" } },
	  VERDICT_REWRITE, false },
	{ "an alias before an answer of another type",
	  { ACTION_SINK, { RULE_REWRITE, FAR,
			   .answer = "CNAME safe.example" } },
	  { ACTION_SINK, { RULE_REWRITE, FAR,
			   .answer = "AAAA 2001:db8::9" } },
	  VERDICT_REWRITE, false },
	{ "the order of lists",
	  { ACTION_SINK, { RULE_BLOCK, FAR } },
	  { ACTION_DROP, { RULE_BLOCK, FAR } }, VERDICT_SINK, true },
	{ "the order of lists, of patterns too",
	  { ACTION_SINK, { RULE_BLOCK, .scope = RULE_SUFFIX,
			   .name = "example" } },
	  { ACTION_DROP, { RULE_BLOCK, .scope = RULE_GLOB,
			   .name = "a.*" } }, VERDICT_SINK, true },
};

static void put_side(const struct side *side, const char *name)
{
	court_list(&court, name, side->action, 0);
	court_rule(&court, &side->said);
}

/* `swapped`: in the image, whose order must not count. */
static void judge_pair(const struct pair *pair, bool swapped, bool loser_first)
{
	struct house_list first;
	struct verdict verdict;

	put_side(swapped ? &pair->loser : &pair->winner,
		 swapped ? "loser" : "winner");
	put_side(swapped ? &pair->winner : &pair->loser,
		 swapped ? "winner" : "loser");
	if (swapped != loser_first) {
		first = court.lists[0];
		court.lists[0] = court.lists[1];
		court.lists[1] = first;
	}
	court_begin(&court);
	verdict = court_ask_as(&court, "a.b.example", "192.0.2.7");
	cr_expect_eq(verdict.list, swapped, "%s: the other won", pair->why);
	cr_expect_eq(verdict.kind, pair->kind, "%s: it is %s", pair->why,
		     verdict_words(verdict.kind));
	court_begin_again(&court);
}

Test(judge, precedence_one_by_one)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		judge_pair(&pairs[i], false, false);
		judge_pair(&pairs[i], true, false);
		if (pairs[i].by_order)
			continue;
		judge_pair(&pairs[i], false, true);
		judge_pair(&pairs[i], true, true);
	}
}

Test(judge, within_a_list_the_line_that_comes_first)
{
	static const struct said said[] = {
		{ .scope = RULE_SUBTREE, .name = "other.example" },
		{ .scope = RULE_SUBTREE, .name = "example",
		  .answer = "nodata", .effect = RULE_REWRITE },
		{ .scope = RULE_SUBTREE, .name = "example",
		  .answer = "refused", .effect = RULE_REWRITE },
		{ .scope = RULE_REGEX, .name = "second$" },
		{ .scope = RULE_SUFFIX, .name = "second" },
	};

	court_list(&court, "one", ACTION_SINK, 0);
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		court_rule(&court, &said[i]);
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "x.example").line, 2);
	cr_expect_eq(court_ask(&court, "x.example").action, ACTION_NODATA);
	cr_expect_eq(court_ask(&court, "a.second").line, 4);
}

Test(judge, any_answer_is_one_for_any)
{
	static const struct said said[] = {
		{ FAR, .effect = RULE_REWRITE, .answer = "A 192.0.2.9" },
		{ FAR, .effect = RULE_REWRITE, .answer = "MX 1 x.example" },
	};

	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &said[0]);
	court_rule(&court, &said[1]);
	court_list(&court, "two", ACTION_NXDOMAIN, 0);
	court_rule(&court, &(struct said){ FAR });
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "example").line, 1);
	cr_expect_eq(court_ask_type(&court, "example", TYPE_ANY).list, 0);
	cr_expect_eq(court_ask_type(&court, "example", TYPE_ANY).line, 1);
	cr_expect_eq(court_ask_type(&court, "example", TYPE_TXT).list, 1);
}

/* --- the household itself --- */

static const struct said blocked = { .scope = RULE_SUBTREE,
				     .name = "example" };
static const struct said allowed = { .scope = RULE_SUBTREE,
				     .effect = RULE_ALLOW, .important = true,
				     .name = "fine.example" };
static const struct said rewritten = {
	.scope = RULE_SUBTREE, .effect = RULE_REWRITE,
	.answer = "dnsrewrite 192.0.2.9", .name = "safe.example",
};

static void with_own(const char *text)
{
	court_list(&court, "one", ACTION_NXDOMAIN, 0);
	court_rule(&court, &blocked);
	court_rule(&court, &allowed);
	court_rule(&court, &rewritten);
	court_own(&court, text);
	court_begin(&court);
}

Test(judge, the_household_goes_before_all_lists)
{
	struct verdict verdict;

	with_own("allow safe.example\nblock fine.example\n"
		 "allow =www.example\n");
	verdict = court_ask(&court, "x.fine.example");
	cr_expect_eq(verdict.kind, VERDICT_SINK);
	cr_expect_eq(verdict.action, ACTION_SINK);
	cr_expect_eq(verdict.by, VERDICT_BY_HOUSEHOLD);
	cr_expect_eq(verdict.list, VERDICT_OWN_LIST);
	cr_expect_eq(verdict.line, 2);
	cr_expect_eq(verdict.labels, 2);
	cr_expect_eq(verdict.scope, RULE_SUBTREE);
	verdict = court_ask(&court, "safe.example");
	cr_expect_eq(verdict.kind, VERDICT_ALLOW, "even a rewrite");
	cr_expect_eq(verdict.action, ACTION_ALLOW);
	verdict = court_ask(&court, "www.example");
	cr_expect_eq(verdict.kind, VERDICT_ALLOW);
	cr_expect_eq(verdict.scope, RULE_EXACT);
	verdict = court_ask(&court, "a.www.example");
	cr_expect_eq(verdict.action, ACTION_NXDOMAIN, "the list's again");
}

Test(judge, an_own_rule_that_has_expired_is_none)
{
	/* 1700000000 is 2023-11-14T22:13:20Z. */
	with_own("allow example until 2023-11-14T22:13:30Z\n");
	cr_expect_eq(court_ask(&court, "example").kind, VERDICT_ALLOW);
	court.question.now += 9;
	cr_expect_eq(court_ask(&court, "example").kind, VERDICT_ALLOW);
	court.question.now++;
	cr_expect_eq(court_ask(&court, "example").kind, VERDICT_SINK);
	cr_expect_eq(court_ask(&court, "example").list, 0);
}

Test(judge, an_own_rule_is_for_its_client)
{
	with_own("allow example client 192.0.2.0/28\n"
		 "block example client 192.0.2.7\n");
	cr_expect_eq(court_ask_as(&court, "example", "192.0.2.1").kind,
		     VERDICT_ALLOW);
	cr_expect_eq(court_ask_as(&court, "example", "192.0.2.7").list,
		     VERDICT_OWN_LIST);
	cr_expect_eq(court_ask_as(&court, "example", "192.0.2.7").kind,
		     VERDICT_SINK);
	cr_expect_eq(court_ask_as(&court, "example", "192.0.2.99").list, 0);
	cr_expect_eq(court_ask(&court, "example").list, 0,
		     "a client that is not known");
}

Test(judge, a_pause_goes_before_everything_while_it_lasts)
{
	struct verdict verdict;

	with_own("block fine.example\n"
		 "pause until 2023-11-14T22:14:20Z client 192.0.2.7\n");
	verdict = court_ask_as(&court, "fine.example", "192.0.2.7");
	cr_expect_eq(verdict.kind, VERDICT_PAUSED);
	cr_expect_eq(verdict.action, ACTION_NONE);
	cr_expect_eq(verdict.list, VERDICT_OWN_LIST);
	cr_expect_eq(verdict.line, 2);
	verdict = court_ask_as(&court, "safe.example", "192.0.2.7");
	cr_expect_eq(verdict.kind, VERDICT_PAUSED);
	verdict = court_ask_as(&court, "nothing.test", "192.0.2.7");
	cr_expect_eq(verdict.kind, VERDICT_PAUSED);
	verdict = court_ask_as(&court, "fine.example", "192.0.2.8");
	cr_expect_eq(verdict.kind, VERDICT_SINK);
	court.question.now += 60;
	verdict = court_ask_as(&court, "fine.example", "192.0.2.7");
	cr_expect_eq(verdict.kind, VERDICT_SINK);
}

/* --- rewrites and what takes them back --- */

/* Each row is a list; then what is decided, and by which line, or 0. */
static const struct {
	const char *why;
	struct said said[3];
	uint8_t kind, action;
	uint32_t line;
} rewrites[] = {
	{ "records",
	  { { RULE_REWRITE, FAR, .answer = "dnsrewrite 192.0.2.9" } },
	  VERDICT_REWRITE, ACTION_REWRITE, 1 },
	{ "an rcode",
	  { { RULE_REWRITE, FAR, .answer = "dnsrewrite NXDOMAIN;;" } },
	  VERDICT_SINK, ACTION_NXDOMAIN, 1 },
	{ "an exception of all rewrites",
	  { { RULE_REWRITE, FAR, .answer = "dnsrewrite 192.0.2.9" },
	    { RULE_ALLOW, NEAR, .except = "" } },
	  VERDICT_PASS, ACTION_NONE, 0 },
	{ "an exception that comes after its rewrite",
	  { { RULE_REWRITE, NEAR, .answer = "dnsrewrite 192.0.2.9" },
	    { RULE_ALLOW, FAR, .except = "" } },
	  VERDICT_PASS, ACTION_NONE, 0 },
	{ "an exception of that very rewrite",
	  { { RULE_REWRITE, FAR, .answer = "dnsrewrite 192.0.2.9" },
	    { RULE_ALLOW, NEAR, .except = "192.0.2.9" } },
	  VERDICT_PASS, ACTION_NONE, 0 },
	{ "an exception of another rewrite",
	  { { RULE_REWRITE, FAR, .answer = "dnsrewrite 192.0.2.9" },
	    { RULE_ALLOW, NEAR, .except = "192.0.2.10" } },
	  VERDICT_REWRITE, ACTION_REWRITE, 1 },
	{ "of two rewrites the one that is not taken back",
	  { { RULE_REWRITE, NEAR, .answer = "dnsrewrite 192.0.2.9" },
	    { RULE_REWRITE, FAR, .answer = "dnsrewrite 192.0.2.10" },
	    { RULE_ALLOW, FAR, .except = "192.0.2.9" } },
	  VERDICT_REWRITE, ACTION_REWRITE, 2 },
	{ "what is taken back leaves the others",
	  { { RULE_REWRITE, NEAR, .answer = "dnsrewrite 192.0.2.9" },
	    { RULE_BLOCK, FAR }, { RULE_ALLOW, FAR, .except = "" } },
	  VERDICT_SINK, ACTION_NULL, 2 },
	{ "an exception from rewrites excepts from nothing else",
	  { { RULE_BLOCK, FAR }, { RULE_ALLOW, NEAR, .except = "" } },
	  VERDICT_SINK, ACTION_NULL, 1 },
	{ "nor from an answer that is no $dnsrewrite",
	  { { RULE_REWRITE, FAR, .answer = "A 192.0.2.9" },
	    { RULE_ALLOW, NEAR, .except = "" } },
	  VERDICT_REWRITE, ACTION_REWRITE, 1 },
};

Test(judge, rewrites_and_their_exceptions)
{
	for (size_t i = 0; i < sizeof(rewrites) / sizeof(*rewrites); i++) {
		struct verdict verdict;

		court_list(&court, "one", ACTION_NULL, 0);
		for (unsigned j = 0; j < 3 && rewrites[i].said[j].name; j++)
			court_rule(&court, &rewrites[i].said[j]);
		court_begin(&court);
		verdict = court_ask(&court, "a.b.example");
		cr_expect_eq(verdict.kind, rewrites[i].kind, "%s: it is %s",
			     rewrites[i].why, verdict_words(verdict.kind));
		cr_expect_eq(verdict.action, rewrites[i].action, "%s",
			     rewrites[i].why);
		cr_expect_eq(verdict.line, rewrites[i].line, "%s: line %u",
			     rewrites[i].why, verdict.line);
		court_begin_again(&court);
	}
}

Test(judge, a_list_that_observes_takes_no_rewrite_back)
{
	static const struct said except = {
		.effect = RULE_ALLOW, NEAR, .except = "",
	};

	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &rewritten);
	court_list(&court, "two", ACTION_OBSERVE, 0);
	court_rule(&court, &except);
	court_rule(&court, &(struct said){ .effect = RULE_ALLOW,
					   .scope = RULE_SUBTREE, .except = "",
					   .name = "safe.example" });
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "safe.example").kind, VERDICT_REWRITE);
}

Test(judge, a_rewrite_in_a_list_that_observes_is_observed)
{
	court_list(&court, "one", ACTION_OBSERVE, 0);
	court_rule(&court, &rewritten);
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "safe.example").kind, VERDICT_OBSERVE);
	cr_expect_eq(court_ask(&court, "safe.example").action,
		     ACTION_OBSERVE);
}

Test(judge, what_a_rule_answers)
{
	static const struct {
		const char *answer;
		uint8_t effect, action;
	} rows[] = {
		{ "", RULE_BLOCK, ACTION_REFUSE },
		{ "null", RULE_BLOCK, ACTION_REFUSE },
		{ "nxdomain", RULE_BLOCK, ACTION_REFUSE },
		{ "nxdomain", RULE_REWRITE, ACTION_NXDOMAIN },
		{ "nodata", RULE_BLOCK, ACTION_NODATA },
		{ "refused", RULE_BLOCK, ACTION_REFUSE },
		{ "drop", RULE_BLOCK, ACTION_DROP },
		{ "tcp-only", RULE_BLOCK, ACTION_TRUNCATE },
		{ "A 192.0.2.1", RULE_REWRITE, ACTION_REWRITE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct said said = {
			.effect = rows[i].effect, FAR,
			.answer = rows[i].answer,
		};

		court_list(&court, "one", ACTION_REFUSE, 0);
		court_rule(&court, &said);
		court_begin(&court);
		cr_expect_eq(court_ask(&court, "example").action,
			     rows[i].action, "%s", rows[i].answer);
		court_begin_again(&court);
	}
}

/* --- conditions --- */

Test(judge, a_rule_whose_conditions_are_not_met_is_none)
{
	static const struct said said[] = {
		{ NEAR, .client = "192.0.2.0/28", .effect = RULE_ALLOW },
		{ .scope = RULE_SUBTREE, .name = "b.example",
		  .dnstype = "AAAA" },
		{ FAR, .denyallow = "b.example", .dnstype = "~TXT" },
	};

	court_list(&court, "one", ACTION_SINK, 0);
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		court_rule(&court, &said[i]);
	court_begin(&court);
	cr_expect_eq(court_ask_as(&court, "a.b.example", "192.0.2.9").line, 1);
	cr_expect_eq(court_ask_as(&court, "a.b.example", "192.0.2.99").line,
		     0);
	cr_expect_eq(court_ask(&court, "a.b.example").kind, VERDICT_PASS);
	cr_expect_eq(court_ask_type(&court, "a.b.example", TYPE_AAAA).line, 2);
	cr_expect_eq(court_ask(&court, "c.example").line, 3);
	cr_expect_eq(court_ask_type(&court, "c.example", TYPE_TXT).line, 0);
	cr_expect_eq(court_ask(&court, "b.example").line, 0);
}

Test(judge, patterns_have_conditions_too)
{
	static const struct said said = {
		.scope = RULE_REGEX, .name = "^ad", .dnstype = "A",
		.effect = RULE_BLOCK,
	};

	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &said);
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "ads.example").kind, VERDICT_SINK);
	cr_expect_eq(court_ask(&court, "ads.example").by, VERDICT_BY_PATTERN);
	cr_expect_eq(court_ask_type(&court, "ads.example", TYPE_AAAA).kind,
		     VERDICT_PASS);
}

Test(judge, without_a_scratch_there_are_no_patterns)
{
	static const struct said said = { .scope = RULE_REGEX, .name = "^ad" };

	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &said);
	court_rule(&court, &blocked);
	court_begin(&court);
	court.question.scratch = NULL;
	cr_expect_eq(court_ask(&court, "ads.test").kind, VERDICT_PASS);
	cr_expect_eq(court_ask(&court, "example").kind, VERDICT_SINK);
}

/* --- clients and addresses --- */

Test(judge, a_client_can_be_a_rule)
{
	static const struct said said[] = {
		{ .scope = RULE_CLIENT, .name = "192.0.2.0/24",
		  .effect = RULE_REWRITE, .answer = "drop" },
		{ .scope = RULE_CLIENT, .name = "192.0.2.7",
		  .effect = RULE_ALLOW },
	};
	struct verdict verdict;

	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &said[0]);
	court_rule(&court, &said[1]);
	court_begin(&court);
	verdict = court_ask_as(&court, "any.test", "192.0.2.1");
	cr_expect_eq(verdict.by, VERDICT_BY_CLIENT);
	cr_expect_eq(verdict.action, ACTION_DROP);
	cr_expect_eq(verdict.line, 1);
	cr_expect_eq(court_ask_as(&court, "any.test", "192.0.2.7").kind,
		     VERDICT_ALLOW);
	cr_expect_eq(court_ask_as(&court, "any.test", "2001:db8::1").kind,
		     VERDICT_PASS);
	cr_expect_eq(court_ask(&court, "any.test").kind, VERDICT_PASS);
}

Test(judge, addresses_are_judged_by_themselves)
{
	static const struct said said[] = {
		{ .scope = RULE_ADDRESS, .name = "198.51.100.0/24" },
		{ .scope = RULE_ADDRESS, .name = "198.51.100.7",
		  .effect = RULE_ALLOW },
		{ .scope = RULE_ADDRESS, .name = "2001:db8::/32",
		  .dnstype = "AAAA" },
	};
	struct verdict verdict;

	court_list(&court, "one", ACTION_NODATA, 0);
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		court_rule(&court, &said[i]);
	court_rule(&court, &blocked);
	court_begin(&court);
	cr_expect(policy_minds_addresses(court.policy));
	cr_expect_eq(court_ask(&court, "any.test").kind, VERDICT_PASS);
	verdict = court_ask_address(&court, "198.51.100.1");
	cr_expect_eq(verdict.kind, VERDICT_SINK);
	cr_expect_eq(verdict.action, ACTION_NODATA);
	cr_expect_eq(verdict.by, VERDICT_BY_ADDRESS);
	cr_expect_eq(verdict.line, 1);
	cr_expect_eq(court_ask_address(&court, "198.51.100.7").kind,
		     VERDICT_ALLOW);
	cr_expect_eq(court_ask_address(&court, "198.51.101.1").kind,
		     VERDICT_PASS);
	cr_expect_eq(court_ask_address(&court, "198.51.101.1").list,
		     ENTRY_NO_LIST);
	cr_expect_eq(court_ask_address(&court, "2001:db8::1").kind,
		     VERDICT_PASS, "it was asked for A");
	court.question.type = TYPE_AAAA;
	cr_expect_eq(court_ask_address(&court, "2001:db8::1").line, 3);
}

Test(judge, without_patterns_no_address_is_minded)
{
	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &blocked);
	court_begin(&court);
	cr_expect_not(policy_minds_addresses(court.policy));
	cr_expect_eq(court_ask_address(&court, "198.51.100.1").kind,
		     VERDICT_PASS);
}

/* --- lists that are read as zones --- */

static void zone_of(unsigned flags, const struct said *said, unsigned count)
{
	court_list(&court, "zone", ACTION_SINK, flags);
	for (unsigned i = 0; i < count; i++)
		court_rule(&court, &said[i]);
}

Test(judge, of_a_nearest_list_the_deepest_rule_alone_is_heard)
{
	static const struct said said[] = {
		{ .scope = RULE_SUBTREE, .name = "example" },
		{ .scope = RULE_SUBTREE, .name = "b.example",
		  .effect = RULE_PASS },
		{ .scope = RULE_SUBTREE, .name = "c.b.example" },
		{ .scope = RULE_EXACT, .name = "e.example",
		  .effect = RULE_REWRITE, .answer = "A 192.0.2.9" },
	};
	struct verdict verdict;

	zone_of(IMAGE_LIST_NEAREST, said, 4);
	court_list(&court, "other", ACTION_OBSERVE, 0);
	court_rule(&court, &blocked);
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "x.example").line, 1);
	verdict = court_ask(&court, "a.b.example");
	cr_expect_eq(verdict.kind, VERDICT_OBSERVE,
		     "this list is silent, the other is not");
	cr_expect_eq(verdict.list, 1);
	cr_expect_eq(court_ask(&court, "c.b.example").line, 3);
	cr_expect_eq(court_ask(&court, "e.example").line, 4);
	cr_expect_eq(court_ask(&court, "x.e.example").line, 1,
		     "no zone proper: what is exact hides nothing below it");
}

Test(judge, a_nearest_list_hides_only_what_speaks)
{
	static const struct said said[] = {
		{ .scope = RULE_SUBTREE, .name = "example" },
		{ .scope = RULE_SUBTREE, .name = "b.example",
		  .effect = RULE_PASS, .dnstype = "AAAA" },
	};

	zone_of(IMAGE_LIST_NEAREST, said, 2);
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "b.example").kind, VERDICT_SINK);
	cr_expect_eq(court_ask_type(&court, "b.example", TYPE_AAAA).kind,
		     VERDICT_PASS);
}

Test(judge, in_a_zone_a_name_that_exists_hides_what_is_above)
{
	enum { ZONE = IMAGE_LIST_NEAREST | IMAGE_LIST_ZONE };
	static const struct said said[] = {
		{ .scope = RULE_BELOW, .name = "example" },
		{ .scope = RULE_EXACT, .name = "b.example" },
		{ .scope = RULE_BELOW, .name = "c.example",
		  .effect = RULE_ALLOW },
	};

	zone_of(ZONE, said, 3);
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "x.example").line, 1);
	cr_expect_eq(court_ask(&court, "example").line, 0);
	cr_expect_eq(court_ask(&court, "b.example").line, 2);
	cr_expect_eq(court_ask(&court, "a.b.example").line, 0,
		     "b.example exists, and has no wildcard");
	cr_expect_eq(court_ask(&court, "a.c.example").line, 3);
	cr_expect_eq(court_ask(&court, "c.example").line, 0,
		     "it has something below it, so it exists");
}

/* --- badfilter --- */

Test(judge, a_badfilter_takes_its_rule_back)
{
	static const struct said said[] = {
		{ FAR }, { NEAR },
	};
	static const struct said bad = { FAR, .bad = true };

	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &said[0]);
	court_rule(&court, &said[1]);
	court_list(&court, "two", ACTION_SINK, 0);
	court_rule(&court, &bad);
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "c.example").kind, VERDICT_PASS);
	cr_expect_eq(court_ask(&court, "a.b.example").kind, VERDICT_SINK);
}
