/*
 * The judge: precedence, compared with a comparison that is written out.
 */
#include "policy/policy.h"

#include <criterion/criterion.h>

#include "base/entry.h"
#include "made.h"

static struct made made;

static void setup(void)
{
	made_init(&made);
}

static void teardown(void)
{
	made_release(&made);
}

TestSuite(policy, .init = setup, .fini = teardown);

static struct policy *with_lists(struct house_list *lists, unsigned count)
{
	struct house model = { .lists = lists, .list_count = count };
	struct policy *policy = policy_new(made_open(&made),
					   house_new(&model));

	cr_assert_not_null(policy);
	return policy;
}

static struct verdict judge(const struct policy *policy, const char *words)
{
	struct name name = made_name(words);
	struct verdict verdict;

	memset(&verdict, 0xff, sizeof(verdict));
	policy_judge(policy, &name, &verdict);
	return verdict;
}

Test(policy, without_an_image_passes_everything)
{
	struct house model = { .list_count = 0 };
	struct policy *policy = policy_new(NULL, house_new(&model));
	struct verdict verdict = judge(policy, "example.org");

	cr_expect_eq(verdict.kind, VERDICT_PASS);
	cr_expect_eq(verdict.list, ENTRY_NO_LIST);
	cr_expect_eq(verdict.line, 0);
	cr_expect_eq(policy_serial(policy), 0);
	cr_expect_null(policy_image(policy));
	cr_expect_eq(policy_action(policy, 0), ACTION_NONE);
	policy_free(policy);
}

Test(policy, lists_meet_by_name_not_by_number)
{
	struct house_list lists[] = { { "waits", ACTION_DROP },
				      { "second", ACTION_NODATA },
				      { "first", ACTION_NXDOMAIN } };
	struct policy *policy;

	made_list(&made, "first");
	made_rule(&made, "one.example", true, 11);
	made_list(&made, "gone");
	made_rule(&made, "gone.example", true, 12);
	made_list(&made, "second");
	made_rule(&made, "two.example", false, 13);
	policy = with_lists(lists, 3);
	cr_expect_eq(judge(policy, "one.example").action, ACTION_NXDOMAIN);
	cr_expect_eq(judge(policy, "one.example").list, 0);
	cr_expect_eq(judge(policy, "gone.example").kind, VERDICT_PASS);
	cr_expect_eq(judge(policy, "x.two.example").action, ACTION_NODATA);
	cr_expect_eq(judge(policy, "x.two.example").line, 13);
	cr_expect_eq(judge(policy, "x.two.example").labels, 2);
	cr_expect_eq(judge(policy, "x.two.example").exact, 0);
	cr_expect_eq(policy_action(policy, 0), ACTION_NXDOMAIN);
	cr_expect_eq(policy_action(policy, 1), ACTION_NONE);
	cr_expect_eq(policy_action(policy, 2), ACTION_NODATA);
	cr_expect_eq(policy_action(policy, 3), ACTION_NONE);
	cr_expect_eq(policy_serial(policy), 7);
	policy_free(policy);
}

/* Each row of rules: the one that has to win stands first. */
Test(policy, precedence_one_by_one)
{
	static const struct {
		const char *why;
		const char *winner, *loser;
		bool winner_exact, loser_exact;
		uint8_t winner_action, loser_action;
		bool loser_first;
	} rows[] = {
		{ "an allow list, though less specific", "example", "a.example",
		  false, true, ACTION_ALLOW, ACTION_SINK, true },
		{ "an allow list before one that observes", "example",
		  "a.example", false, true, ACTION_ALLOW, ACTION_OBSERVE,
		  true },
		{ "a list that sinks before one that observes", "example",
		  "a.example", false, true, ACTION_DROP, ACTION_OBSERVE,
		  true },
		{ "more labels", "a.example", "example", false, false,
		  ACTION_SINK, ACTION_DROP, true },
		{ "exact before subtree", "a.example", "a.example", true,
		  false, ACTION_NULL, ACTION_DROP, true },
		{ "the order of lists", "a.example", "a.example", false,
		  false, ACTION_REFUSE, ACTION_DROP, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct house_list lists[2] = { { "", 0 } };
		bool last = rows[i].loser_first;
		struct policy *policy;

		strcpy(lists[last].name, "winner");
		lists[last].action = rows[i].winner_action;
		strcpy(lists[!last].name, "loser");
		lists[!last].action = rows[i].loser_action;
		made_list(&made, "loser");
		made_rule(&made, rows[i].loser, rows[i].loser_exact, 1);
		made_list(&made, "winner");
		made_rule(&made, rows[i].winner, rows[i].winner_exact, 2);
		policy = with_lists(lists, 2);
		cr_expect_eq(judge(policy, "a.example").line, 2, "%s",
			     rows[i].why);
		policy_free(policy);
		build_free(made.build);
		made.build = build_new();
	}
}

/* --- beside a comparison that is written out --- */

struct model_rule {
	struct name name;
	bool exact;
	unsigned list;		/* in the image; its order in the house */
};

enum { LISTS = 6, RULES = 300 };

static const uint8_t actions[LISTS] = {
	ACTION_OBSERVE, ACTION_SINK, ACTION_ALLOW, ACTION_DROP, ACTION_NONE,
	ACTION_NXDOMAIN,
};

static int kind_rank(uint8_t action)
{
	if (action == ACTION_ALLOW)
		return 0;
	return action == ACTION_OBSERVE ? 2 : 1;
}

/* The house has the lists the other way round. */
static bool beats(const struct model_rule *one, const struct model_rule *other)
{
	int first = kind_rank(actions[one->list]);
	int second = kind_rank(actions[other->list]);

	if (first != second)
		return first < second;
	if (one->name.labels != other->name.labels)
		return one->name.labels > other->name.labels;
	if (one->exact != other->exact)
		return one->exact;
	return one->list > other->list;
}

static const struct model_rule *model_judge(const struct model_rule *rules,
					    const struct name *name)
{
	const struct model_rule *best = NULL;

	for (const struct model_rule *rule = rules; rule < rules + RULES;
	     rule++) {
		if (actions[rule->list] == ACTION_NONE ||
		    !name_is_below(name, &rule->name) ||
		    (rule->exact && !name_equal(name, &rule->name)))
			continue;
		if (!best || beats(rule, best))
			best = rule;
	}
	return best;
}

static struct policy *random_policy(struct model_rule *rules)
{
	struct house_list lists[LISTS];
	char words[64];

	for (unsigned i = 0; i < RULES; i++) {
		rules[i].list = i * LISTS / RULES;
		if (i == 0 || rules[i].list != rules[i - 1].list) {
			snprintf(words, sizeof(words), "%u", rules[i].list);
			made_list(&made, words);
		}
		made_random(words, 2 + (unsigned)random() % 4);
		rules[i].name = made_name(words);
		rules[i].exact = random() & 1;
		cr_assert_eq(build_rule(made.build, &rules[i].name,
					rules[i].exact, i + 1), 0);
	}
	memset(lists, 0, sizeof(lists));
	for (unsigned i = 0; i < LISTS; i++) {
		lists[i].name[0] = (char)('0' + LISTS - 1 - i);
		lists[i].action = actions[LISTS - 1 - i];
	}
	return with_lists(lists, LISTS);
}

Test(policy, agrees_with_a_comparison_written_out)
{
	static struct model_rule rules[RULES];
	struct policy *policy;
	unsigned passed = 0;
	char words[64];

	srandom(77);
	policy = random_policy(rules);
	for (unsigned i = 0; i < 3000; i++) {
		const struct model_rule *wanted;
		struct verdict verdict;
		struct name name;

		made_random(words, 2 + (unsigned)random() % 5);
		name = made_name(words);
		wanted = model_judge(rules, &name);
		verdict = judge(policy, words);
		passed += wanted == NULL;
		if (!wanted) {
			cr_assert_eq(verdict.kind, VERDICT_PASS, "%s", words);
			continue;
		}
		cr_assert_eq(verdict.list, wanted->list, "%s", words);
		cr_assert_eq(verdict.action, actions[wanted->list]);
		cr_assert_eq(verdict.labels, wanted->name.labels);
		cr_assert_eq(verdict.exact, wanted->exact);
	}
	cr_expect(passed > 30 && passed < 2970, "%u passed, seed 77", passed);
	policy_free(policy);
}
