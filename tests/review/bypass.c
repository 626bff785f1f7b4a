/*
 * The names by which software goes round a resolver are known, and no others
 * are taken for them.
 */
#include "review/bypass.h"

#include <criterion/criterion.h>

Test(bypass, canaries_are_exact)
{
	static const char *const yes[] = {
		"use-application-dns.net", "mask.icloud.com",
		"mask-h2.icloud.com",
	};
	static const char *const no[] = {
		"", ".", "icloud.com", "x.mask.icloud.com", "mask.icloud.co",
		"use-application-dns.net.example", "a",
	};

	for (unsigned i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		cr_expect(bypass_is_canary(bytes_of_string(yes[i])), "%s",
			  yes[i]);
	for (unsigned i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		cr_expect_not(bypass_is_canary(bytes_of_string(no[i])), "%s",
			      no[i]);
}

/* From all over the table: one that is out of order would not be found. */
Test(bypass, resolvers_and_what_is_below_them)
{
	static const char *const yes[] = {
		"1dot1dot1dot1.cloudflare-dns.com", "anycast.dns.nextdns.io",
		"base.dns.mullvad.net", "basic.bravedns.com",
		"chrome.cloudflare-dns.com", "cloudflare-dns.com",
		"dns-family.adguard.com", "dns.adguard-dns.com",
		"dns.adguard.com", "dns.alidns.com", "dns.google",
		"dns.google.com", "dns.quad9.net", "dns.sb", "dns0.eu",
		"dns10.quad9.net", "dns64.dns.google", "dns9.quad9.net",
		"dnsforge.de", "doh.opendns.com", "dot.pub", "odvr.nic.cz",
		"one.one.one.one", "wikimedia-dns.org",
		"abc123.dns.nextdns.io", "x.y.dns.google",
	};
	static const char *const no[] = {
		"", ".", "google", "quad9.net", "adns.google",
		"dns.google.example", "notdns.sb", "dns.s", "zzz",
		/* A dot that is a byte of a label. */
		"a\\.dns.google", "a\\\\\\.dns.google",
	};

	for (unsigned i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		cr_expect(bypass_is_resolver(bytes_of_string(yes[i])), "%s",
			  yes[i]);
	for (unsigned i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		cr_expect_not(bypass_is_resolver(bytes_of_string(no[i])),
			      "%s", no[i]);
	cr_expect(bypass_is_resolver(bytes_of_string("a\\\\.dns.google")),
		  "a backslash that is a byte ends its label");
}
