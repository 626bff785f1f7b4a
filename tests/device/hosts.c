/*
 * A hosts file, be it the system's own or a blocklist.
 */
#include "device/hosts.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct founds *founds;

static void set_up(void)
{
	founds = founds_new();
	cr_assert_not_null(founds);
}

static void tear_down(void)
{
	founds_free(founds);
}

TestSuite(hosts, .init = set_up, .fini = tear_down);

static const char *name_of(const char *at)
{
	struct address address;
	const struct found *found;

	cr_assert_eq(address_parse(&address, at, 0), 0);
	found = founds_find(founds, &address);
	return found != NULL ? found->name : "";
}

static bool count_one(void *context, const struct found *found)
{
	(void)found;
	++*(unsigned *)context;
	return true;
}

static unsigned count(void)
{
	unsigned all = 0;

	founds_each(founds, count_one, &all);
	return all;
}

Test(hosts, the_first_name_of_the_first_line)
{
	hosts_read(bytes_of_string(
		"127.0.0.1 localhost\n"
		"127.0.1.1\tbox.lan box\n"
		"::1 localhost ip6-localhost ip6-loopback\n"
		"ff02::1 ip6-allnodes\n"
		"192.168.1.5\tprinter.lan printer # the old one\r\n"
		"192.168.1.5 other\n"
		"#192.168.1.6 nobody\n"
		"  fd00::7 camera"), founds);
	cr_expect_str_eq(name_of("192.168.1.5"), "printer.lan");
	cr_expect_str_eq(name_of("fd00::7"), "camera");
	cr_expect_eq(count(), 2);
}

Test(hosts, what_is_no_device_of_the_house)
{
	hosts_read(bytes_of_string(
		"0.0.0.0 ads.example\n"
		":: ads.example\n"
		"255.255.255.255 broadcasthost\n"
		"93.184.215.14 www.example.com\n"
		"2001:db8::1 www.example.com\n"
		"192.168.1.7\n"
		"192.168.1.8 #x\n"
		"192.168.1.9 bad|name\n"
		"192.168.1.10 10.0.0.1\n"
		"192.168.1.11:53 x\n"
		"192.168.1.x y\n"), founds);
	cr_expect_eq(count(), 0);
}

Test(hosts, a_file_of_a_million_names_is_no_trouble)
{
	size_t room = 40 * 20000, len = 0;
	char *text = malloc(room);

	cr_assert_not_null(text);
	for (unsigned i = 0; i < 20000; i++)
		len += (size_t)snprintf(text + len, room - len,
					"10.%u.%u.%u name-%u.example\n",
					i >> 16, i >> 8 & 0xff, i & 0xff, i);
	hosts_read(bytes_of(text, len), founds);
	cr_expect_eq(count(), FOUND_ROOM);
	free(text);
}
