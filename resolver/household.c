/*
 * Who may ask, when nobody said: a household has private addresses (RFC 1918,
 * 4193, 6598) and link-local ones, and whatever networks its machines are in,
 * which with IPv6 are public ones.  The rest of the world may not.
 */
#include "household.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "policy/house.h"
#include "settings.h"

enum { PREFIXES_MAX = 512 };

static const char *const private_prefixes[] = {
	"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
	"100.64.0.0/10", "169.254.0.0/16", "::1", "fe80::/10", "fc00::/7",
};

struct prefixes {
	struct prefix *at;
	unsigned count;
};

static void add(struct prefixes *prefixes, const struct prefix *prefix)
{
	for (unsigned i = 0; i < prefixes->count; i++)
		if (memcmp(&prefixes->at[i], prefix, sizeof(*prefix)) == 0)
			return;
	if (prefixes->count < PREFIXES_MAX)
		prefixes->at[prefixes->count++] = *prefix;
}

static void add_private(struct prefixes *prefixes)
{
	size_t count = sizeof(private_prefixes) / sizeof(*private_prefixes);
	struct prefix prefix;

	for (size_t i = 0; i < count; i++)
		if (prefix_parse(&prefix, private_prefixes[i]) == 0)
			add(prefixes, &prefix);
}

static bool raw_of(const struct sockaddr *from, const uint8_t **raw,
		   size_t *len)
{
	if (from->sa_family == AF_INET) {
		*raw = (const void *)&((const struct sockaddr_in *)
				       (const void *)from)->sin_addr;
		*len = 4;
	} else if (from->sa_family == AF_INET6) {
		*raw = (const void *)&((const struct sockaddr_in6 *)
				       (const void *)from)->sin6_addr;
		*len = 16;
	} else {
		return false;
	}
	return true;
}

/* The network of one address of ours; false: it has none. */
static bool network_of(const struct ifaddrs *interface, struct prefix *prefix)
{
	const uint8_t *raw, *mask;
	size_t len, mask_len;

	if (!interface->ifa_addr || !interface->ifa_netmask ||
	    !raw_of(interface->ifa_addr, &raw, &len) ||
	    !raw_of(interface->ifa_netmask, &mask, &mask_len) ||
	    mask_len != len)
		return false;
	*prefix = (struct prefix){
		.family = (uint8_t)interface->ifa_addr->sa_family,
	};
	for (size_t i = 0; i < len; i++) {
		prefix->at[i] = raw[i] & mask[i];
		prefix->bits = (uint8_t)(prefix->bits +
					 __builtin_popcount(mask[i]));
	}
	return prefix->bits > 0;
}

static void add_own(struct prefixes *prefixes)
{
	struct ifaddrs *all, *each;
	struct prefix prefix;

	if (getifaddrs(&all) != 0) {
		log_warning("the networks of this machine are not known: %s",
			    strerror(errno));
		return;
	}
	for (each = all; each; each = each->ifa_next)
		if (network_of(each, &prefix))
			add(prefixes, &prefix);
	freeifaddrs(all);
}

static struct house_list *lists_of(const struct settings *settings)
{
	struct house_list *lists = calloc(settings->list_count + 1u,
					  sizeof(*lists));

	for (unsigned i = 0; lists && i < settings->list_count; i++) {
		memcpy(lists[i].name, settings->lists[i].name,
		       sizeof(lists[i].name));
		lists[i].action = settings->lists[i].action;
	}
	return lists;
}

struct house *household_new(const struct settings *settings,
			    struct addresses upstreams)
{
	struct prefixes own = { calloc(PREFIXES_MAX, sizeof(*own.at)), 0 };
	struct house model = {
		.sink = settings->sink,
		.lists = lists_of(settings),
		.list_count = settings->list_count,
		.clients = settings->allow_clients,
		.client_count = settings->allow_count,
		.upstreams = (struct address *)(uintptr_t)upstreams.at,
		.upstream_count = upstreams.count,
	};
	struct house *house = NULL;

	if (own.at && settings->allow_default) {
		add_private(&own);
		add_own(&own);
		model.clients = own.at;
		model.client_count = own.count;
	}
	if (own.at && model.lists)
		house = house_new(&model);
	free(own.at);
	free(model.lists);
	return house;
}
