/*
 * What DHCP servers write, as their documentation has it, and what a file has
 * that is half written, from another world, or made to harm.
 */
#include "device/leases.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

enum { NOW = 1790000000 };

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

TestSuite(leases, .init = set_up, .fini = tear_down);

static struct address address_at(const char *text)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, 0), 0, "%s", text);
	return address;
}

static void take(const char *text)
{
	leases_read(bytes_of_string(text), NOW, founds);
}

/* "MAC NAME", "-" for what is not there; "" for nobody. */
static const char *said(const char *at)
{
	static char words[128];
	struct address address = address_at(at);
	const struct found *found = founds_find(founds, &address);
	struct text text;

	text_init(&text, words, sizeof(words));
	if (found == NULL)
		return words;
	if (found->has_mac)
		mac_print(&found->mac, &text);
	else
		text_put(&text, "-");
	text_put(&text, " %s", found->name[0] != '\0' ? found->name : "-");
	return words;
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

Test(leases, the_form_shows)
{
	static const struct {
		const char *text;
		enum leases_form form;
	} rows[] = {
		{ "", LEASES_DNSMASQ },
		{ "1790000100 02:00:5e:00:00:01 10.0.0.1 a *\n",
		  LEASES_DNSMASQ },
		{ "duid 00:01:00:01\n", LEASES_DNSMASQ },
		{ "# a comment\n\n  # another\nlease 10.0.0.1 {\n",
		  LEASES_ISC },
		{ "authoring-byte-order little-endian;\n", LEASES_ISC },
		{ "server-duid \"\\000\";\n", LEASES_ISC },
		{ "address,hwaddr,client_id\n", LEASES_KEA },
		{ "address,duid,valid_lifetime\r\n", LEASES_KEA },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(leases_guess(bytes_of_string(rows[i].text)),
			     rows[i].form, "%s", rows[i].text);
}

/* --- dnsmasq --- */

Test(leases, dnsmasq)
{
	take("1790000100 02:00:5e:00:00:01 192.168.1.20 tablet "
	     "01:02:00:5e:00:00:01\n"
	     "1790000100 02:00:5e:00:00:02 192.168.1.21 * *\n"
	     "0 02:00:5e:00:00:03 192.168.1.22 for-ever *\r\n"
	     "1789999999 02:00:5e:00:00:04 192.168.1.23 gone *\n"
	     "1790000100 06-02:00:5e:00:00:05 192.168.1.24 ring *\n"
	     "43200 02:00:5e:00:00:06 192.168.1.25 no-clock *\n"
	     "duid 00:01:00:01:2c:aa:bb:cc:02:00:5e:00:00:01\n"
	     "1790000100 12345678 fd00::20 tablet 00:01:00:01:2c\n"
	     "1790000100 T1234 fd00::21 * 00:01:00:01:2c");
	cr_expect_str_eq(said("192.168.1.20"), "02:00:5e:00:00:01 tablet");
	cr_expect_str_eq(said("192.168.1.21"), "02:00:5e:00:00:02 -");
	cr_expect_str_eq(said("192.168.1.22"), "02:00:5e:00:00:03 for-ever");
	cr_expect_str_eq(said("192.168.1.23"), "");
	cr_expect_str_eq(said("192.168.1.24"), "- ring");
	cr_expect_str_eq(said("192.168.1.25"), "02:00:5e:00:00:06 no-clock");
	cr_expect_str_eq(said("fd00::20"), "- tablet");
	cr_expect_str_eq(said("fd00::21"), "- -");
	cr_expect_eq(count(), 7);
}

Test(leases, lines_of_dnsmasq_that_are_none)
{
	take("1790000100 02:00:5e:00:00:01 192.168.1.20\n"
	     "x 02:00:5e:00:00:01 192.168.1.21 a *\n"
	     "1790000100 02:00:5e:00:00:01 192.168.1.300 a *\n"
	     "1790000100 02:00:5e:00:00:01 192.168.1.22:53 a *\n"
	     "1790000100 02:00:5e:00:00:01 192.168.1.0/24 a *\n"
	     "1790000100 02:00:5e:00:00:01 0.0.0.0 a *\n"
	     "1790000100 02:00:5e:00:00:01 127.0.0.1 a *\n"
	     "1790000100 02:00:5e:00:00:01 224.0.0.1 a *\n"
	     "1790000100 02:00:5e:00:00:01 ff02::1 a *\n"
	     "99999999999999999999 02:00:5e:00:00:01 192.168.1.23 a *\n"
	     "\n \t \n");
	cr_expect_eq(count(), 0);
	take("1790000100 01:00:5e:00:00:01 192.168.1.30 \x1b[31m *\n"
	     "1790000100 02:00:5e:00:00 192.168.1.31 1234 *\n"
	     "1790000100 00:00:00:00:00:00 192.168.1.32 -a *\n");
	cr_expect_str_eq(said("192.168.1.30"), "- -", "of many, and colour");
	cr_expect_str_eq(said("192.168.1.31"), "- -");
	cr_expect_str_eq(said("192.168.1.32"), "- -");
}

/* --- ISC --- */

#define LEASE(address, more) "lease " address " {\n" \
	"  starts 0 2026/09/20 10:00:00;\n" more "}\n"
#define ACTIVE "  binding state active;\n  next binding state free;\n" \
	"  rewind binding state free;\n"
#define MAC(last) "  hardware ethernet 02:00:5e:00:00:" last ";\n"

Test(leases, isc)
{
	take("# The format of this file is documented in dhcpd.leases(5).\n"
	     "authoring-byte-order little-endian;\n"
	     "server-duid \"\\000\\001}\\\"{\";\n"
	     LEASE("10.0.0.1", "  ends 1 2026/09/21 20:00:00;\n" ACTIVE
		   MAC("01") "  uid \"\\001;\\\"}\";\n"
		   "  set vendor-class-identifier = \"x { y\";\n"
		   "  client-hostname \"tablet\";\n")
	     LEASE("10.0.0.2", "  ends never;\n" ACTIVE MAC("02"))
	     LEASE("10.0.0.3", "  ends epoch 1790000001; # a date\n" ACTIVE
		   MAC("03"))
	     LEASE("10.0.0.4", "  ends epoch 1789999999;\n" ACTIVE MAC("04"))
	     LEASE("10.0.0.5", "  binding state free;\n" MAC("05"))
	     LEASE("10.0.0.6", "  abandoned;\n" MAC("06"))
	     LEASE("10.0.0.7", ACTIVE MAC("07")
		   "  on expiry or release { set a = \"b\"; if x { y; } }\n"
		   "  client-hostname \"after-a-block\";\n")
	     LEASE("10.0.0.8", "  hardware token-ring 02:00:5e:00:00:08;\n"
		   "  client-hostname \"two words\";\n"));
	cr_expect_str_eq(said("10.0.0.1"), "02:00:5e:00:00:01 tablet");
	cr_expect_str_eq(said("10.0.0.2"), "02:00:5e:00:00:02 -");
	cr_expect_str_eq(said("10.0.0.3"), "02:00:5e:00:00:03 -");
	cr_expect_str_eq(said("10.0.0.4"), "");
	cr_expect_str_eq(said("10.0.0.5"), "");
	cr_expect_str_eq(said("10.0.0.6"), "");
	cr_expect_str_eq(said("10.0.0.7"), "02:00:5e:00:00:07 after-a-block");
	cr_expect_str_eq(said("10.0.0.8"), "- -");
}

Test(leases, the_last_word_of_isc_counts)
{
	take(LEASE("10.0.0.1", ACTIVE MAC("01"))
	     LEASE("10.0.0.2", ACTIVE MAC("02"))
	     LEASE("10.0.0.1", ACTIVE MAC("03"))
	     LEASE("10.0.0.2", "  binding state released;\n" MAC("02")));
	cr_expect_str_eq(said("10.0.0.1"), "02:00:5e:00:00:03 -");
	cr_expect_str_eq(said("10.0.0.2"), "");
	cr_expect_eq(count(), 1);
}

Test(leases, a_lease_that_is_still_being_written_does_not_count)
{
	const char whole[] = LEASE("10.0.0.1", ACTIVE MAC("01"));
	char text[sizeof(whole)];

	for (size_t len = 0; len + 2 < sizeof(whole); len++) {
		memcpy(text, whole, len);
		text[len] = '\0';
		leases_read_isc(bytes_of_string(text), NOW, founds);
		cr_expect_eq(count(), 0, "%zu bytes of it", len);
	}
	take(whole);
	cr_expect_eq(count(), 1);
}

Test(leases, blocks_of_others_are_passed_over)
{
	take("failover peer \"x\" state { my state normal; }\n"
	     "host a { dynamic; lease 10.0.0.9 { } }\n"
	     "ia-na \"\\001\" { cltt 1 2026/09/21 20:00:00;\n"
	     "  iaaddr fd00::9 { binding state active; } }\n"
	     "lease { binding state active; }\n"
	     "lease a b { }\n"
	     "lease nonsense { binding state active; }\n"
	     LEASE("10.0.0.1", ACTIVE MAC("01")));
	cr_expect_eq(count(), 1);
}

Test(leases, dates_of_isc_that_are_none_are_over)
{
	static const char *const dates[] = {
		"0 2026-09-21 20:00:00", "0 2026/09 20:00:00", "0", "",
		"0 2026/09/21", "0 99999/09/21 20:00:00", "epoch x",
		"0 2026/09/21 20:00:", "0 //// ::::", "epoch",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		snprintf(text, sizeof(text), "lease 10.0.0.1 { ends %s;"
			 " binding state active; }", dates[i]);
		take(text);
		cr_expect_eq(count(), 0, "%s", dates[i]);
	}
}

/* --- Kea --- */

#define KEA4 "address,hwaddr,client_id,valid_lifetime,expire,subnet_id," \
	"fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
#define KEA6 "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime," \
	"lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr," \
	"state,user_context,hwtype,hwaddr_source,pool_id\n"

Test(leases, kea_of_dhcp4)
{
	take(KEA4
	     "10.0.0.1,02:00:5e:00:00:01,,3600,1790000100,1,0,0,tablet.lan.,0,,"
	     "0\n"
	     "10.0.0.2,02:00:5e:00:00:02,,3600,1789999999,1,0,0,gone,0,,0\n"
	     "10.0.0.3,02:00:5e:00:00:03,,4294967295,1,1,0,0,for-ever,0,,0\n"
	     "10.0.0.4,,,3600,1790000100,1,0,0,declined,1,,0\n"
	     "10.0.0.5,02:00:5e:00:00:05,,3600,1790000100,1,0,0,a&#x2cb,0,,0\n"
	     "10.0.0.6,02:00:5e:00:00:06,,3600,1790000100,1,0,0,x,0,"
	     "{ \"a\": 1&#x2c \"b\": 2 },0\n"
	     "10.0.0.7,02:00:5e:00:00:07,,3600,1790000100,1,0,0,was,0,,0\n"
	     "10.0.0.7,02:00:5e:00:00:07,,0,1790000100,1,0,0,was,0,,0\n"
	     "10.0.0.8,02:00:5e:00:00:08");
	cr_expect_str_eq(said("10.0.0.1"), "02:00:5e:00:00:01 tablet.lan");
	cr_expect_str_eq(said("10.0.0.2"), "");
	cr_expect_str_eq(said("10.0.0.3"), "02:00:5e:00:00:03 for-ever");
	cr_expect_str_eq(said("10.0.0.4"), "");
	cr_expect_str_eq(said("10.0.0.5"), "02:00:5e:00:00:05 -");
	cr_expect_str_eq(said("10.0.0.6"), "02:00:5e:00:00:06 x");
	cr_expect_str_eq(said("10.0.0.7"), "", "its lifetime is 0");
	cr_expect_str_eq(said("10.0.0.8"), "", "half a line");
}

Test(leases, kea_of_dhcp6)
{
	take(KEA6
	     "fd00::1,00:01:02,3600,1790000100,1,1800,0,7,128,0,0,tablet,"
	     "02:00:5e:00:00:01,0,,1,2,0\n"
	     "fd00:1::,00:01:02,3600,1790000100,1,1800,2,7,64,0,0,,,0,,,,0\n");
	cr_expect_str_eq(said("fd00::1"), "02:00:5e:00:00:01 tablet");
	cr_expect_eq(count(), 1, "a prefix is no device");
}

Test(leases, columns_of_kea_are_found_by_their_names)
{
	take("address,hostname,new,expire,hwaddr,valid_lifetime\n"
	     "10.0.0.1,tablet,x,1790000100,02:00:5e:00:00:01,60\n");
	cr_expect_str_eq(said("10.0.0.1"), "02:00:5e:00:00:01 tablet");
	founds_clear(founds);
	leases_read_kea(bytes_of_string("a,b,c\n10.0.0.1,2,3\n"), NOW, founds);
	leases_read_kea(bytes_of_string(""), NOW, founds);
	cr_expect_eq(count(), 0);
}

/* --- what is found --- */

Test(leases, there_is_room_for_so_many_and_no_more)
{
	struct found found = { .name = "x" };
	uint8_t raw[4] = { 10 };

	for (unsigned i = 0; i < 2 * FOUND_ROOM; i++) {
		raw[2] = (uint8_t)(i >> 8);
		raw[3] = (uint8_t)i;
		address_from_raw(&found.address, raw, 4, 0);
		cr_assert_eq(founds_put(founds, &found), i < FOUND_ROOM, "%u",
			     i);
	}
	cr_assert_eq(count(), FOUND_ROOM);
	founds_drop(founds, &found.address);
	cr_assert_eq(count(), FOUND_ROOM);
	founds_clear(founds);
	cr_assert_eq(count(), 0);
	cr_assert(founds_put(founds, &found));
	founds_drop(founds, &found.address);
	cr_assert_eq(count(), 0);
	cr_assert(founds_put(founds, &found), "it comes back");
	cr_assert_eq(count(), 1);
}
