/*
 * An image and a house, put together, and put together anew.
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

TestSuite(policy, .init = setup, .fini = teardown);

static const struct said one = { .scope = RULE_EXACT, .name = "one.example" };
static const struct said gone = { .scope = RULE_EXACT,
				  .name = "gone.example" };
static const struct said two = { .scope = RULE_SUBTREE,
				 .name = "two.example" };
static const struct said pattern = { .scope = RULE_REGEX, .name = "^ad" };

Test(policy, without_an_image_passes_everything)
{
	struct verdict verdict;

	court.policy = policy_new(NULL, house_new(&court.house));
	cr_assert_not_null(court.policy);
	verdict = court_ask(&court, "example.org");
	cr_expect_eq(verdict.kind, VERDICT_PASS);
	cr_expect_eq(verdict.list, ENTRY_NO_LIST);
	cr_expect_eq(verdict.line, 0);
	cr_expect_eq(policy_serial(court.policy), 0);
	cr_expect_null(policy_image(court.policy));
	cr_expect_eq(policy_action(court.policy, 0, 0), ACTION_NONE);
	cr_expect_not(policy_minds_addresses(court.policy));
}

Test(policy, without_an_image_the_household_still_has_its_say)
{
	court_own(&court, "block example\n");
	court.policy = policy_new(NULL, house_new(&court.house));
	cr_assert_not_null(court.policy);
	cr_expect_eq(court_ask(&court, "www.example").kind, VERDICT_SINK);
}

static void set_lists(const char *const *names, const uint8_t *actions,
		      unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		strcpy(court.lists[i].name, names[i]);
		court.lists[i].action = actions[i];
	}
	court.house.list_count = count;
}

Test(policy, lists_meet_by_name_not_by_number)
{
	static const char *const names[] = { "waits", "second", "first" };
	static const uint8_t actions[] = { ACTION_DROP, ACTION_NODATA,
					   ACTION_NXDOMAIN };
	struct verdict verdict;

	court_list(&court, "first", ACTION_SINK, 0);
	court_rule(&court, &one);
	court_list(&court, "gone", ACTION_SINK, 0);
	court_rule(&court, &gone);
	court_list(&court, "second", ACTION_SINK, 0);
	court_rule(&court, &one);
	court_rule(&court, &two);
	set_lists(names, actions, 3);
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "one.example").action, ACTION_NODATA);
	cr_expect_eq(court_ask(&court, "gone.example").kind, VERDICT_PASS);
	verdict = court_ask(&court, "x.two.example");
	cr_expect_eq(verdict.list, 2, "its number is that of the image");
	cr_expect_eq(verdict.action, ACTION_NODATA);
	cr_expect_eq(verdict.line, 2);
	cr_expect_eq(verdict.labels, 2);
	cr_expect_eq(verdict.scope, RULE_SUBTREE);
	cr_expect_eq(policy_action(court.policy, 0, 0), ACTION_NXDOMAIN);
	cr_expect_eq(policy_action(court.policy, 0, 1), ACTION_NONE);
	cr_expect_eq(policy_action(court.policy, 0, 2), ACTION_NODATA);
	cr_expect_eq(policy_action(court.policy, 0, 3), ACTION_NONE);
	cr_expect_eq(policy_action(court.policy, 1, 0), ACTION_NONE);
	cr_expect_eq(policy_serial(court.policy), 7);
}

Test(policy, a_group_has_lists_off_and_other_actions)
{
	uint8_t of_all[] = { ACTION_SINK, ACTION_DROP };
	uint8_t of_children[] = { ACTION_NONE, ACTION_OBSERVE };
	struct house_group groups[] = { { "default", of_all },
					{ "children", of_children } };
	struct verdict verdict;

	court_list(&court, "first", ACTION_NODATA, 0);
	court_rule(&court, &one);
	court_list(&court, "second", ACTION_NODATA, 0);
	court_rule(&court, &two);
	court.house.groups = groups;
	court.house.group_count = 2;
	court_begin(&court);
	cr_expect_eq(court_ask(&court, "one.example").action, ACTION_SINK);
	cr_expect_eq(court_ask(&court, "two.example").action, ACTION_DROP);
	court.question.group = 1;
	cr_expect_eq(court_ask(&court, "one.example").kind, VERDICT_PASS);
	verdict = court_ask(&court, "two.example");
	cr_expect_eq(verdict.kind, VERDICT_OBSERVE);
	cr_expect_eq(verdict.action, ACTION_OBSERVE);
	court.question.group = 2;
	cr_expect_eq(court_ask(&court, "two.example").kind, VERDICT_PASS,
		     "there is no such group");
	cr_expect_eq(policy_action(court.policy, 1, 1), ACTION_OBSERVE);
	cr_expect_eq(policy_action(court.policy, 2, 1), ACTION_NONE);
}

/* --- the same image with another house --- */

static struct policy *follow(uint8_t action)
{
	struct policy *policy;

	court.lists[0].action = action;
	policy = policy_follow(court.policy, house_new(&court.house));
	cr_assert_not_null(policy);
	cr_expect_eq(policy_image(policy), policy_image(court.policy));
	return policy;
}

/* The last that is freed, in whatever order, closes the image. */
static void free_in_order(const unsigned *order)
{
	struct policy *policies[3];

	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &one);
	court_rule(&court, &pattern);
	court_begin(&court);
	policies[0] = court.policy;
	court.policy = policies[1] = follow(ACTION_DROP);
	court.policy = policies[2] = follow(ACTION_ALLOW);
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned j = i; j < 3; j++) {
			static const uint8_t actions[] = {
				ACTION_SINK, ACTION_DROP, ACTION_ALLOW,
			};

			court.policy = policies[order[j]];
			cr_expect_eq(court_ask(&court, "one.example").action,
				     actions[order[j]]);
			cr_expect_eq(court_ask(&court, "ads.test").action,
				     actions[order[j]]);
		}
		policy_free(policies[order[i]]);
	}
	court.policy = NULL;
	court_begin_again(&court);
}

Test(policy, what_follows_shares_the_image)
{
	static const unsigned orders[][3] = {
		{ 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 0, 2, 1 }, { 2, 0, 1 },
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
		free_in_order(orders[i]);
}

Test(policy, what_follows_has_other_groups_and_rules)
{
	uint8_t nothing[] = { ACTION_NONE };
	struct house_group group = { "default", nothing };
	struct policy *old;

	court_list(&court, "one", ACTION_SINK, 0);
	court_rule(&court, &one);
	court_begin(&court);
	old = court.policy;
	court_own(&court, "block two.example\n");
	court.house.groups = &group;
	court.house.group_count = 1;
	court.policy = follow(ACTION_SINK);
	court.house.own = NULL;
	policy_free(old);
	cr_expect_eq(court_ask(&court, "one.example").kind, VERDICT_PASS);
	cr_expect_eq(court_ask(&court, "two.example").kind, VERDICT_SINK);
}

Test(policy, none_is_freed_as_well)
{
	policy_free(NULL);
}
