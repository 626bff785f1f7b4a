/*
 * Who may ask when nobody said, and who may when somebody did.
 */
#include "household.h"

#include <criterion/criterion.h>
#include <ifaddrs.h>
#include <string.h>

#include "policy/house.h"
#include "settings.h"

static bool admits(const struct house *house, const char *words)
{
	struct address address;

	cr_assert_eq(address_parse(&address, words, 0), 0, "%s", words);
	return house_admits(house, &address);
}

static const struct addresses nobody;

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
	struct house *house = household_new(&settings, nobody);

	cr_assert_not_null(house);
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
	struct house *house = household_new(&settings, nobody);
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
	house = household_new(&settings, nobody);
	cr_assert_not_null(house);
	cr_expect(admits(house, "192.0.2.77"));
	cr_expect_not(admits(house, "127.0.0.1"));
	cr_expect_not(admits(house, "192.168.1.1"));
	house_free(house);
}

Test(household, lists_sink_and_upstreams_are_taken_over)
{
	struct list_options lists[2] = {
		{ .name = "one", .action = 2 }, { .name = "two", .action = 7 },
	};
	struct settings settings = {
		.lists = lists, .list_count = 2, .allow_default = true,
		.sink = { .address4 = { 192, 0, 2, 5 }, .has4 = true,
			  .ttl = 10 },
	};
	struct address server;
	struct house *house;

	cr_assert_eq(address_parse(&server, "192.0.2.1", 53), 0);
	house = household_new(&settings, (struct addresses){ &server, 1 });
	cr_assert_not_null(house);
	cr_assert_eq(house->list_count, 2);
	cr_expect_str_eq(house->lists[0].name, "one");
	cr_expect_eq(house->lists[0].action, 2);
	cr_expect_eq(house->lists[1].action, 7);
	cr_expect(house->sink.has4 && !house->sink.has6);
	cr_expect_eq(house->sink.ttl, 10);
	cr_assert_eq(house->upstream_count, 1);
	cr_expect(address_equal(&house->upstreams[0], &server));
	house_free(house);
}
