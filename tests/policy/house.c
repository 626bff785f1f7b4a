/*
 * A house shares nothing with its model, and knows who may ask.
 */
#include "policy/house.h"

#include <criterion/criterion.h>
#include <string.h>

#include "policy/own.h"
#include "policy/verdict.h"

static bool admits(const struct house *house, const char *words)
{
	struct address address;

	cr_assert_eq(address_parse(&address, words, 1234), 0, "%s", words);
	return house_admits(house, &address);
}

Test(house, is_a_copy)
{
	struct house_list lists[] = { { "one", ACTION_SINK },
				      { "two", ACTION_ALLOW } };
	struct prefix clients[1];
	struct address upstreams[1];
	uint8_t actions[2] = { ACTION_DROP, ACTION_NONE };
	struct house_group groups[] = { { "all", actions } };
	struct house_member members[1] = { { .group = 0 } };
	struct house model = {
		.sink = { .ttl = 10 }, .lists = lists, .list_count = 2,
		.clients = clients, .client_count = 1,
		.upstreams = upstreams, .upstream_count = 1,
		.groups = groups, .group_count = 1,
		.members = members, .member_count = 1,
	};
	struct house *house;

	cr_assert_eq(prefix_parse(&clients[0], "192.168.0.0/16"), 0);
	cr_assert_eq(address_parse(&upstreams[0], "192.0.2.1", 53), 0);
	house = house_new(&model);
	cr_assert_not_null(house);
	memset(lists, 'x', sizeof(lists));
	memset(clients, 0, sizeof(clients));
	memset(upstreams, 0, sizeof(upstreams));
	memset(actions, 0, sizeof(actions));
	memset(groups, 'x', sizeof(groups));
	memset(members, 'x', sizeof(members));
	cr_expect_str_eq(house->lists[1].name, "two");
	cr_expect_eq(house->lists[1].action, ACTION_ALLOW);
	cr_expect(admits(house, "192.168.3.4"));
	cr_expect_eq(address_port(&house->upstreams[0]), 53);
	cr_expect_eq(house->sink.ttl, 10);
	cr_expect_str_eq(house->groups[0].name, "all");
	cr_expect_eq(house->groups[0].actions[0], ACTION_DROP);
	cr_expect_eq(house->members[0].group, 0);
	house_free(house);
}

Test(house, of_nothing_admits_nobody)
{
	struct house model = { .list_count = 0 };
	struct house *house = house_new(&model);

	cr_assert_not_null(house);
	cr_expect_not(admits(house, "127.0.0.1"));
	cr_expect_not(admits(house, "::1"));
	house_free(house);
	house_free(NULL);
}

Test(house, admits_by_any_prefix)
{
	static const char *const prefixes[] = {
		"10.0.0.0/8", "2001:db8:1::/48", "198.51.100.7",
	};
	static const struct {
		const char *address;
		bool admitted;
	} rows[] = {
		{ "10.255.255.255", true }, { "11.0.0.0", false },
		{ "198.51.100.7", true }, { "198.51.100.6", false },
		{ "2001:db8:1:ffff::1", true }, { "2001:db8:2::1", false },
		{ "a00::", false },
	};
	struct prefix clients[3];
	struct house model = { .clients = clients, .client_count = 3 };
	struct house *house;

	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(prefix_parse(&clients[i], prefixes[i]), 0);
	house = house_new(&model);
	cr_assert_not_null(house);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(admits(house, rows[i].address), rows[i].admitted,
			     "%s", rows[i].address);
	house_free(house);
}

Test(house, the_longest_prefix_decides_of_the_group)
{
	static const char *const prefixes[] = {
		"192.0.2.0/24", "192.0.2.7", "0.0.0.0/0", "192.0.2.0/28",
		"2001:db8::/32", "192.0.2.0/28",
	};
	static const struct {
		const char *address;
		unsigned group;
	} rows[] = {
		{ "192.0.2.7", 2 }, { "192.0.2.8", 4 }, { "192.0.2.99", 1 },
		{ "198.51.100.1", 3 }, { "2001:db8::1", 5 },
		{ "2001:db9::1", 0 },
	};
	struct house_member members[6];
	struct house_group groups[7] = { { .actions = NULL } };
	uint8_t actions[1] = { ACTION_NONE };
	struct house model = {
		.groups = groups, .group_count = 7,
		.members = members, .member_count = 6,
	};
	struct house *house;

	for (unsigned i = 0; i < 7; i++)
		groups[i].actions = actions;
	for (uint16_t i = 0; i < 6; i++) {
		members[i].group = (uint16_t)(i + 1);
		cr_assert_eq(prefix_parse(&members[i].prefix, prefixes[i]),
			     0);
	}
	house = house_new(&model);
	cr_assert_not_null(house);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct address address;

		cr_assert_eq(address_parse(&address, rows[i].address, 0), 0);
		cr_expect_eq(house_group_of(house, &address), rows[i].group,
			     "%s", rows[i].address);
	}
	house_free(house);
}

Test(house, has_its_own_rules_and_frees_them)
{
	struct house model = { .list_count = 0 };
	struct house *house;

	cr_assert_eq(own_read(&model.own, "/nowhere", NULL, NULL), 0);
	house = house_new(&model);
	cr_assert_not_null(house);
	cr_expect_eq(house->own, model.own);
	house_free(house);
}
