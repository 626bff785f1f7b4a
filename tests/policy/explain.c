/*
 * policy_explain: every rule that matched is told once, and what became of
 * it; the verdict is that of policy_judge.
 */
#include "policy/policy.h"

#include <criterion/criterion.h>

#include "court.h"

static struct court court;

/* By line, which is another for every rule here; own rules are line 0. */
enum { TOLD = 16 };

static struct told {
	bool seen[TOLD];
	enum policy_fate fate[TOLD];
	unsigned precedence[TOLD];
	uint8_t kind[TOLD];
	unsigned count;
} told;

static void setup(void)
{
	court_open(&court);
	memset(&told, 0, sizeof(told));
}

static void teardown(void)
{
	court_close(&court);
}

TestSuite(explain, .init = setup, .fini = teardown);

static void tell(void *context, const struct policy_witness *witness)
{
	struct told *all = context;
	uint32_t line = witness->own ? 0 : witness->verdict.line;

	cr_assert_lt(line, TOLD);
	cr_expect_not(all->seen[line], "line %u is told twice", line);
	cr_expect_eq((witness->rule != NULL) + (witness->pattern != NULL) +
		     (witness->own != NULL), 1);
	all->seen[line] = true;
	all->fate[line] = witness->fate;
	all->precedence[line] = witness->precedence;
	all->kind[line] = witness->verdict.kind;
	all->count++;
}

static struct verdict explain(const char *words)
{
	struct verdict judged = court_ask(&court, words), verdict;

	policy_explain(court.policy, &court.question, &verdict, tell, &told);
	cr_expect_eq(verdict.kind, judged.kind);
	cr_expect_eq(verdict.list, judged.list);
	cr_expect_eq(verdict.line, judged.line);
	return verdict;
}

static void expect_told(uint32_t line, enum policy_fate fate,
			unsigned precedence)
{
	cr_assert(told.seen[line], "line %u is not told", line);
	cr_expect_eq(told.fate[line], fate, "line %u: %u", line,
		     told.fate[line]);
	cr_expect_eq(told.precedence[line], precedence, "line %u: %u", line,
		     told.precedence[line]);
}

#define NEAR .scope = RULE_EXACT, .name = "a.b.example"
#define FAR .scope = RULE_SUBTREE, .name = "example"

static const struct said of_first[] = {
	{ .scope = RULE_REGEX, .name = "b\\.example" },
	{ NEAR, .effect = RULE_REWRITE, .answer = "dnsrewrite 192.0.2.9" },
	{ FAR, .effect = RULE_ALLOW, .except = "192.0.2.9" },
	{ FAR, .dnstype = "TXT" },
	{ FAR, .effect = RULE_ALLOW },
	{ FAR, .important = true },
	{ .scope = RULE_SUBTREE, .name = "other.example" },
};

static const struct said near = { NEAR }, far = { FAR };

/* As court_list; its lines go on from `line`. */
static void list(const char *name, unsigned action, unsigned flags,
		 uint32_t line)
{
	court_list(&court, name, action, flags);
	court.line = line - 1;
}

static void make_lists(void)
{
	list("first", ACTION_SINK, 0, 1);
	for (size_t i = 0; i < sizeof(of_first) / sizeof(*of_first); i++)
		court_rule(&court, &of_first[i]);
	list("off", ACTION_SINK, 0, 8);
	court_rule(&court, &far);
	list("nearest", ACTION_OBSERVE, IMAGE_LIST_NEAREST, 9);
	court_rule(&court, &far);
	court_rule(&court, &near);
	list("unused", ACTION_SINK, 0, 11);
	court_rule(&court, &far);
}

Test(explain, tells_what_became_of_every_rule)
{
	uint8_t actions[] = { ACTION_SINK, ACTION_NONE, ACTION_OBSERVE };
	struct house_group group = { "default", actions };

	make_lists();
	court.house.list_count = 3;
	court.house.groups = &group;
	court.house.group_count = 1;
	court_begin(&court);
	cr_expect_eq(explain("a.b.example").line, 6);
	cr_expect_eq(told.count, 10);
	expect_told(1, POLICY_HEARD, 7);
	expect_told(2, POLICY_REVOKED, 3);
	expect_told(3, POLICY_HEARD, 0);
	expect_told(4, POLICY_UNMET, 0);
	expect_told(5, POLICY_HEARD, 6);
	expect_told(6, POLICY_HEARD, 5);
	cr_expect_not(told.seen[7]);
	expect_told(8, POLICY_OFF, 0);
	expect_told(9, POLICY_HIDDEN, 0);
	expect_told(10, POLICY_HEARD, 9);
	expect_told(11, POLICY_UNUSED, 0);
}

Test(explain, tells_of_the_households_own_rule)
{
	court_list(&court, "one", ACTION_OBSERVE, 0);
	court_rule(&court, &far);
	court_own(&court, "block example\nallow b.example\n");
	court_begin(&court);
	cr_expect_eq(explain("a.b.example").kind, VERDICT_ALLOW);
	cr_expect_eq(told.count, 2);
	expect_told(0, POLICY_HEARD, 2);
	cr_expect_eq(told.kind[0], VERDICT_ALLOW);
	expect_told(1, POLICY_HEARD, 9);
	cr_expect_eq(told.kind[1], VERDICT_OBSERVE);
}

Test(explain, tells_of_a_pause)
{
	court_list(&court, "one", ACTION_ALLOW, 0);
	court_rule(&court, &far);
	court_own(&court, "pause until 2023-11-14T22:13:21Z\n");
	court_begin(&court);
	cr_expect_eq(explain("a.b.example").kind, VERDICT_PAUSED);
	expect_told(0, POLICY_HEARD, 1);
	expect_told(1, POLICY_HEARD, 6);
}

/* A list that is silent here says so. */
Test(explain, tells_of_a_rule_that_only_passes)
{
	static const struct said pass = { NEAR, .effect = RULE_PASS };

	list("nearest", ACTION_SINK, IMAGE_LIST_NEAREST, 1);
	court_rule(&court, &pass);
	court_rule(&court, &far);
	court_begin(&court);
	cr_expect_eq(explain("a.b.example").kind, VERDICT_PASS);
	expect_told(1, POLICY_HEARD, 0);
	expect_told(2, POLICY_HIDDEN, 0);
}
