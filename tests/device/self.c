/*
 * This machine, whatever it is: it has a loopback, and what it is called.
 */
#include "device/self.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has(const struct self *self, const char *text)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, 0), 0);
	return self_has(self, &address);
}

/* A network of its own with these in it; false: it may not be had. */
static bool enter(const char *commands)
{
	char all[1024];

	if (unshare(CLONE_NEWNET | CLONE_NEWUTS) != 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWUTS) != 0)
		return false;
	snprintf(all, sizeof(all), "PATH=$PATH:/usr/sbin:/sbin\n"
		 "exec 2>/dev/null\nip link set lo up && %s", commands);
	return system(all) == 0;
}

static void skip(void)
{
	cr_skip_test("a network of its own may not be had, or there is no ip");
}

#define D0 "ip link add d0 address 02:00:5e:00:00:01 type dummy && " \
	"ip link set d0 up && ip addr add 192.0.2.1/24 dev d0"
#define D1 "ip link add d1 address 00:00:5e:00:53:02 type dummy && " \
	"ip link set d1 up && ip addr add 192.0.2.2/24 dev d1 && " \
	"ip addr add 192.0.2.3/24 dev d1"

Test(self, the_loopback_is_ours)
{
	struct self self = { .looked = false };

	cr_assert_eq(self_look(&self), 0);
	cr_assert(self.looked);
	if (self.count > 0)
		cr_assert(has(&self, "127.0.0.1") || has(&self, "::1"));
	cr_assert_not(has(&self, "192.0.2.99"));
}

Test(self, without_a_mac_it_is_all_zeros)
{
	static const struct mac none;
	struct self self = { .looked = false };

	if (!enter("true"))
		skip();
	cr_assert_eq(self_look(&self), 0);
	cr_assert(has(&self, "127.0.0.1"));
	cr_assert(mac_equal(&self.mac, &none));
}

Test(self, one_mac_given_by_a_maker_if_there_is_one)
{
	struct self self = { .looked = false };

	if (!enter(D0 " && " D1))
		skip();
	cr_assert_eq(self_look(&self), 0);
	cr_assert(has(&self, "192.0.2.1"));
	cr_assert(has(&self, "192.0.2.2"));
	cr_assert(has(&self, "192.0.2.3"));
	cr_assert_eq(self.mac.at[5], 2);
}

Test(self, the_mac_stays_while_it_is_there)
{
	struct self self = { .looked = false };

	if (!enter(D0))
		skip();
	cr_assert_eq(self_look(&self), 0);
	cr_assert_eq(self.mac.at[5], 1);
	cr_assert_eq(system("PATH=$PATH:/usr/sbin:/sbin; " D1), 0);
	cr_assert_eq(self_look(&self), 0);
	cr_assert_eq(self.mac.at[5], 1);
	cr_assert(has(&self, "192.0.2.2"));
	cr_assert_eq(system("PATH=$PATH:/usr/sbin:/sbin ip link del d0"), 0);
	cr_assert_eq(self_look(&self), 0);
	cr_assert_eq(self.mac.at[5], 2);
	cr_assert_not(has(&self, "192.0.2.1"));
}

Test(self, its_name_is_the_hosts_name)
{
	struct self self = { .looked = false };

	if (!enter("true") || sethostname("the-box.lan", 11) != 0)
		skip();
	cr_assert_eq(self_look(&self), 0);
	cr_assert_str_eq(self.name, "the-box.lan");
	cr_assert_eq(sethostname("b\x1b[31m", 6), 0);
	cr_assert_eq(self_look(&self), 0);
	cr_assert_str_eq(self.name, "");
}
