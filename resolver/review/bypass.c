/*
 * The table is in order, and looked up by the name and each of its parents.
 * It holds the names that public resolvers tell their users to configure.
 */
#include "review/bypass.h"

#include <stdlib.h>
#include <string.h>

#include "review/suffix.h"

static const char *const canaries[] = {
	"mask-h2.icloud.com",
	"mask.icloud.com",
	"use-application-dns.net",
};

static const char *const resolvers[] = {
	"1dot1dot1dot1.cloudflare-dns.com",
	"anycast.dns.nextdns.io",
	"base.dns.mullvad.net",
	"basic.bravedns.com",
	"chrome.cloudflare-dns.com",
	"cloudflare-dns.com",
	"common.dot.dns.yandex.net",
	"dns-family.adguard.com",
	"dns-unfiltered.adguard.com",
	"dns.adguard-dns.com",
	"dns.adguard.com",
	"dns.alidns.com",
	"dns.cloudflare.com",
	"dns.controld.com",
	"dns.digitale-gesellschaft.ch",
	"dns.google",
	"dns.google.com",
	"dns.mullvad.net",
	"dns.nextdns.io",
	"dns.njal.la",
	"dns.quad9.net",
	"dns.sb",
	"dns.switch.ch",
	"dns.twnic.tw",
	"dns0.eu",
	"dns10.quad9.net",
	"dns11.quad9.net",
	"dns64.cloudflare-dns.com",
	"dns64.dns.google",
	"dns9.quad9.net",
	"dnsforge.de",
	"doh.applied-privacy.net",
	"doh.cleanbrowsing.org",
	"doh.cox.net",
	"doh.dns.apple.com",
	"doh.dns.sb",
	"doh.ffmuc.net",
	"doh.libredns.gr",
	"doh.mullvad.net",
	"doh.opendns.com",
	"doh.pub",
	"doh.sandbox.opendns.com",
	"doh.xfinity.com",
	"dot.ffmuc.net",
	"dot.pub",
	"family.adguard-dns.com",
	"family.cloudflare-dns.com",
	"firefox.dns.nextdns.io",
	"freedns.controld.com",
	"mozilla.cloudflare-dns.com",
	"odvr.nic.cz",
	"one.one.one.one",
	"resolver.dnscrypt.info",
	"security.cloudflare-dns.com",
	"sky.rethinkdns.com",
	"unfiltered.adguard-dns.com",
	"wikimedia-dns.org",
};

static int compare(const void *wanted, const void *one)
{
	const struct bytes *name = wanted;
	const char *other = *(const char *const *)one;
	size_t len = strlen(other);
	int order = memcmp(name->at, other, name->len < len ? name->len : len);

	if (order == 0 && name->len != len)
		order = name->len < len ? -1 : 1;
	return order;
}

bool bypass_is_canary(struct bytes name)
{
	return name.len > 0 &&
	       bsearch(&name, canaries, sizeof(canaries) / sizeof(canaries[0]),
		       sizeof(canaries[0]), compare) != NULL;
}

bool bypass_is_resolver(struct bytes name)
{
	for (; name.len > 0; name = suffix_above(name))
		if (bsearch(&name, resolvers,
			    sizeof(resolvers) / sizeof(resolvers[0]),
			    sizeof(resolvers[0]), compare))
			return true;
	return false;
}
