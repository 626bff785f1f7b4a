/*
 * Who may ask when nobody said, and who may when somebody did; which lists are
 * at work for whom and when.
 */
#include "household.h"

#include <criterion/criterion.h>
#include <ifaddrs.h>
#include <string.h>

#include "policy/own.h"
#include "policy/verdict.h"
#include "settings.h"

static bool admits(const struct house *house, const char *words)
{
	struct address address;

	cr_assert_eq(address_parse(&address, words, 0), 0, "%s", words);
	return house_admits(house, &address);
}

static struct house *house_at(const struct settings *settings, int64_t now)
{
	struct household from = { .settings = settings, .now = now };
	struct house *house = household_new(&from);

	cr_assert_not_null(house);
	return house;
}

static struct house *house_of(const struct settings *settings)
{
	return house_at(settings, 1700000000);
}

/* May be in a network of this machine, which then may ask. */
static bool is_near(const char *words)
{
	struct address address, own;
	struct ifaddrs *all, *each;
	bool near = false;
	const uint8_t *theirs, *ours;
	size_t len, own_len;

	cr_assert_eq(address_parse(&address, words, 0), 0, "%s", words);
	theirs = address_raw(&address, &len);
	cr_assert_eq(getifaddrs(&all), 0);
	for (each = all; each; each = each->ifa_next) {
		if (!each->ifa_addr ||
		    each->ifa_addr->sa_family != address.family)
			continue;
		memset(&own, 0, sizeof(own));
		memcpy(&own, each->ifa_addr, address_size(&address));
		ours = address_raw(&own, &own_len);
		near |= ours[0] == theirs[0] &&
			(len == 4 || ours[1] == theirs[1]);
	}
	freeifaddrs(all);
	return near;
}

Test(household, private_addresses_may_ask)
{
	static const char *const may[] = {
		"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1",
		"172.31.255.255", "192.168.255.255", "100.64.0.1",
		"169.254.1.1", "::1", "fe80::1", "fd12:3456::1",
	};
	static const char *const may_not[] = {
		"192.0.2.1", "172.32.0.1", "100.128.0.1", "9.9.9.9",
		"2001:db8:ffff::1", "fe00::1",
	};
	struct settings settings = { .allow_default = true };
	struct house *house = house_of(&settings);

	for (size_t i = 0; i < sizeof(may) / sizeof(*may); i++)
		cr_expect(admits(house, may[i]), "%s", may[i]);
	for (size_t i = 0; i < sizeof(may_not) / sizeof(*may_not); i++)
		cr_expect(is_near(may_not[i]) || !admits(house, may_not[i]),
			  "%s", may_not[i]);
	house_free(house);
}

Test(household, this_machine_may_ask_from_all_its_addresses)
{
	struct settings settings = { .allow_default = true };
	struct house *house = house_of(&settings);
	struct ifaddrs *all, *each;
	struct address address;

	cr_assert_eq(getifaddrs(&all), 0);
	for (each = all; each; each = each->ifa_next) {
		sa_family_t family = each->ifa_addr ?
			each->ifa_addr->sa_family : 0;

		memset(&address, 0, sizeof(address));
		if (family == AF_INET)
			memcpy(&address, each->ifa_addr, sizeof(address.in4));
		else if (family == AF_INET6)
			memcpy(&address, each->ifa_addr, sizeof(address.in6));
		else
			continue;
		cr_expect(house_admits(house, &address), "%s",
			  each->ifa_name);
	}
	freeifaddrs(all);
	house_free(house);
}

Test(household, the_settings_say_who_may)
{
	struct prefix allow[1];
	struct settings settings = {
		.allow_clients = allow, .allow_count = 1,
	};
	struct house *house;

	cr_assert_eq(prefix_parse(&allow[0], "192.0.2.0/24"), 0);
	house = house_of(&settings);
	cr_expect(admits(house, "192.0.2.77"));
	cr_expect_not(admits(house, "127.0.0.1"));
	cr_expect_not(admits(house, "192.168.1.1"));
	house_free(house);
}

Test(household, lists_sink_and_upstreams_are_taken_over)
{
	struct list_options lists[3] = {
		{ .name = "one", .action = ACTION_NXDOMAIN, .enabled = true },
		{ .name = "two", .action = ACTION_ALLOW, .enabled = true },
		{ .name = "three", .action = ACTION_SINK },
	};
	struct settings settings = {
		.lists = lists, .list_count = 3, .allow_default = true,
		.sink = { .address4 = { 192, 0, 2, 5 }, .has4 = true,
			  .ttl = 10 },
	};
	struct address server;
	struct household from = {
		.settings = &settings, .upstreams = { &server, 1 },
	};
	struct house *house;

	cr_assert_eq(address_parse(&server, "192.0.2.1", 53), 0);
	house = household_new(&from);
	cr_assert_not_null(house);
	cr_assert_eq(house->list_count, 3);
	cr_expect_str_eq(house->lists[0].name, "one");
	cr_expect_eq(house->lists[0].action, ACTION_NXDOMAIN);
	cr_expect_eq(house->lists[1].action, ACTION_ALLOW);
	cr_assert_eq(house->group_count, 1);
	cr_expect_str_eq(house->groups[0].name, HOUSEHOLD_DEFAULT);
	cr_expect_eq(house->groups[0].actions[0], ACTION_NXDOMAIN);
	cr_expect_eq(house->groups[0].actions[1], ACTION_ALLOW);
	cr_expect_eq(house->groups[0].actions[2], ACTION_NONE,
		     "it is not enabled");
	cr_expect(house->sink.has4 && !house->sink.has6);
	cr_expect_eq(house->sink.ttl, 10);
	cr_assert_eq(house->upstream_count, 1);
	cr_expect(address_equal(&house->upstreams[0], &server));
	house_free(house);
}

/* --- groups --- */

static void in_prefix(struct settings_client *client, const char *words)
{
	*client = (struct settings_client){ .is_mac = false };
	cr_assert_eq(prefix_parse(&client->prefix, words), 0, "%s", words);
}

static void at_times(struct schedule *times, const char *words)
{
	const char *why;

	times->count = 0;
	cr_assert_eq(schedule_parse(times, words, &why), 0, "%s", words);
}

static const char *group_of(const struct house *house, const char *words)
{
	struct address address;

	cr_assert_eq(address_parse(&address, words, 0), 0, "%s", words);
	return house->groups[house_group_of(house, &address)].name;
}

Test(household, a_group_has_its_lists_and_their_actions)
{
	struct list_options lists[3] = {
		{ .name = "one", .action = ACTION_SINK, .enabled = true },
		{ .name = "two", .action = ACTION_SINK, .enabled = true },
		{ .name = "off", .action = ACTION_SINK },
	};
	struct settings_group_list uses[2] = {
		{ .name = "two", .action = ACTION_OBSERVE },
		{ .name = "off" },
	};
	struct settings_client clients[1];
	struct settings_group groups[2] = {
		{ .name = "children", .clients = clients, .client_count = 1,
		  .lists = uses, .list_count = 2 },
		{ .name = "guests" },
	};
	struct settings settings = {
		.lists = lists, .list_count = 3,
		.groups = groups, .group_count = 2,
	};
	struct house *house;

	in_prefix(&clients[0], "192.0.2.32/27");
	house = house_of(&settings);
	cr_assert_eq(house->group_count, 3);
	cr_expect_str_eq(group_of(house, "192.0.2.40"), "children");
	cr_expect_str_eq(group_of(house, "192.0.2.64"), HOUSEHOLD_DEFAULT);
	cr_expect_eq(house->groups[0].actions[0], ACTION_SINK);
	cr_expect_eq(house->groups[1].actions[0], ACTION_NONE,
		     "it is none of the group's");
	cr_expect_eq(house->groups[1].actions[1], ACTION_OBSERVE);
	cr_expect_eq(house->groups[1].actions[2], ACTION_NONE,
		     "a group does not enable what is off");
	cr_expect_eq(house->groups[2].actions[0], ACTION_SINK,
		     "without lists of its own: all");
	house_free(house);
}

Test(household, the_group_default_is_for_all_others)
{
	struct list_options lists[2] = {
		{ .name = "one", .action = ACTION_SINK, .enabled = true },
		{ .name = "two", .action = ACTION_SINK, .enabled = true },
	};
	struct settings_group_list uses[1] = { { .name = "two" } };
	struct settings_client clients[1];
	struct settings_group groups[2] = {
		{ .name = "all", .clients = clients, .client_count = 1 },
		{ .name = HOUSEHOLD_DEFAULT, .lists = uses, .list_count = 1 },
	};
	struct settings settings = {
		.lists = lists, .list_count = 2,
		.groups = groups, .group_count = 2,
	};
	struct house *house;

	in_prefix(&clients[0], "2001:db8::/64");
	house = house_of(&settings);
	cr_assert_eq(house->group_count, 2);
	cr_expect_str_eq(house->groups[0].name, HOUSEHOLD_DEFAULT);
	cr_expect_eq(house->groups[0].actions[0], ACTION_NONE);
	cr_expect_eq(house->groups[0].actions[1], ACTION_SINK);
	cr_expect_str_eq(group_of(house, "2001:db8::7"), "all");
	cr_expect_eq(house->groups[1].actions[0], ACTION_SINK);
	house_free(house);
}

Test(household, a_mac_that_nobody_knows_is_nobody)
{
	struct settings_client clients[1] = { { .is_mac = true } };
	struct settings_group groups[1] = {
		{ .name = "printer", .clients = clients, .client_count = 1 },
	};
	struct settings settings = { .groups = groups, .group_count = 1 };
	struct house *house = house_of(&settings);

	cr_expect_eq(house->group_count, 2);
	cr_expect_eq(house->member_count, 0);
	house_free(house);
}

enum {
	MONDAY_NOON = 1700481600 + 3600,	/* 2023-11-20 13:00 UTC */
	MONDAY_NIGHT = MONDAY_NOON + 9 * 3600,
	HOUR = 3600,
};

Test(household, a_list_holds_at_its_times)
{
	struct list_options lists[1] = {
		{ .name = "games", .action = ACTION_SINK, .enabled = true },
	};
	struct settings_group_list uses[1] = { { .name = "games" } };
	struct settings_group groups[2] = {
		{ .name = "plain" },
		{ .name = "children", .lists = uses, .list_count = 1 },
	};
	struct settings settings = {
		.lists = lists, .list_count = 1,
		.groups = groups, .group_count = 2,
	};
	struct house *house;

	cr_assert_eq(schedule_zone("UTC"), 0);
	at_times(&lists[0].times, "mon-fri 21:00-07:00");
	at_times(&uses[0].times, "mon 12:00-14:00");
	house = house_at(&settings, MONDAY_NOON);
	cr_expect_eq(house->groups[1].actions[0], ACTION_NONE);
	cr_expect_eq(house->groups[2].actions[0], ACTION_SINK,
		     "the times of the group go first");
	house_free(house);
	house = house_at(&settings, MONDAY_NIGHT);
	cr_expect_eq(house->groups[1].actions[0], ACTION_SINK);
	cr_expect_eq(house->groups[2].actions[0], ACTION_NONE);
	house_free(house);
	cr_expect_eq(household_next(&settings, MONDAY_NOON),
		     MONDAY_NOON + HOUR, "the group's end at 14:00");
	cr_expect_eq(household_next(&settings, MONDAY_NOON + HOUR),
		     MONDAY_NOON + 8 * HOUR, "the list's begin at 21:00");
}

Test(household, without_times_nothing_comes_next)
{
	struct list_options lists[1] = {
		{ .name = "one", .action = ACTION_SINK, .enabled = true },
	};
	struct settings settings = { .lists = lists, .list_count = 1 };

	cr_expect_eq(household_next(&settings, MONDAY_NOON), INT64_MAX);
}

Test(household, own_rules_go_with_the_house)
{
	struct settings settings = { .list_count = 0 };
	struct household from = { .settings = &settings };
	struct house *house;

	cr_assert_eq(own_read(&from.own, "/nowhere", NULL, NULL), 0);
	house = household_new(&from);
	cr_assert_not_null(house);
	cr_expect_eq(house->own, from.own);
	house_free(house);
}
