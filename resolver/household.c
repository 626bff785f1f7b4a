/*
 * Who may ask, when nobody said: a household has private addresses (RFC 1918,
 * 4193, 6598) and link-local ones, and whatever networks its machines are in,
 * which with IPv6 are public ones.  The rest of the world may not.
 */
#include "household.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "device/neighbour.h"
#include "policy/house.h"
#include "policy/schedule.h"
#include "policy/verdict.h"
#include "settings.h"

enum { PREFIXES_MAX = 512, DEVICE_ADDRESSES = 64 };

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

/* --- lists, for whom and when --- */

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

/* What a group says of a list; NULL: nothing. */
static const struct settings_group_list *
use_find(const struct settings_group *group, const char *name)
{
	for (unsigned i = 0; i < group->list_count; i++)
		if (strcmp(group->lists[i].name, name) == 0)
			return &group->lists[i];
	return NULL;
}

/* The schedule that holds for a list of a group; the group's goes first. */
static const struct schedule *times_of(const struct list_options *list,
				       const struct settings_group_list *use)
{
	return use && use->times.count ? &use->times : &list->times;
}

static uint8_t action_now(const struct list_options *list,
			  const struct settings_group *group, int64_t now)
{
	const struct settings_group_list *use = NULL;

	if (group && group->lists) {
		use = use_find(group, list->name);
		if (!use)
			return ACTION_NONE;
	}
	if (!list->enabled || !schedule_holds(times_of(list, use), now))
		return ACTION_NONE;
	return use && use->action ? use->action : list->action;
}

static bool is_default(const struct settings_group *group)
{
	return strcmp(group->name, HOUSEHOLD_DEFAULT) == 0;
}

static const struct settings_group *default_of(const struct settings *settings)
{
	for (unsigned i = 0; i < settings->group_count; i++)
		if (is_default(&settings->groups[i]))
			return &settings->groups[i];
	return NULL;
}

/* What is being made. */
struct making {
	const struct household *from;
	struct house model;
	struct house_group groups[HOUSE_GROUPS];
	struct house_member *members;
	unsigned room;
};

static bool add_group(struct making *making,
		      const struct settings_group *group, const char *name)
{
	const struct settings *settings = making->from->settings;
	struct house_group *new = &making->groups[making->model.group_count];

	new->actions = calloc(settings->list_count + 1u, 1);
	if (!new->actions)
		return false;
	snprintf(new->name, sizeof(new->name), "%s", name);
	for (unsigned i = 0; i < settings->list_count; i++)
		new->actions[i] = action_now(&settings->lists[i], group,
					     making->from->now);
	making->model.group_count++;
	return true;
}

static bool add_member(struct making *making, const struct prefix *prefix)
{
	struct house *model = &making->model;
	struct house_member *more = making->members;

	if (model->member_count == making->room) {
		making->room = making->room ? making->room * 2 : 64;
		more = reallocarray(more, making->room, sizeof(*more));
	}
	if (!more)
		return false;
	making->members = more;
	more[model->member_count++] = (struct house_member){
		*prefix, (uint16_t)(model->group_count - 1),
	};
	return true;
}

static struct prefix prefix_of(const struct address *address)
{
	struct prefix prefix = { .family = (uint8_t)address->family };
	size_t len;
	const uint8_t *raw = address_raw(address, &len);

	prefix.bits = (uint8_t)(len * 8);
	memcpy(prefix.at, raw, len);
	return prefix;
}

/* A device is a member by every address that it is known to have. */
static bool add_client(struct making *making,
		       const struct settings_client *client)
{
	struct address addresses[DEVICE_ADDRESSES];
	unsigned count = 0;
	bool good = true;

	if (!client->is_mac)
		return add_member(making, &client->prefix);
	if (making->from->neighbours)
		count = neighbours_of(making->from->neighbours, &client->mac,
				      addresses, DEVICE_ADDRESSES);
	for (unsigned i = 0; i < count && good; i++) {
		struct prefix prefix = prefix_of(&addresses[i]);

		good = add_member(making, &prefix);
	}
	return good;
}

static bool add_groups(struct making *making)
{
	const struct settings *settings = making->from->settings;
	bool good = add_group(making, default_of(settings),
			      HOUSEHOLD_DEFAULT);

	for (unsigned i = 0; i < settings->group_count && good; i++) {
		const struct settings_group *group = &settings->groups[i];

		if (is_default(group))
			continue;
		good = add_group(making, group, group->name);
		for (unsigned j = 0; j < group->client_count && good; j++)
			good = add_client(making, &group->clients[j]);
	}
	making->model.groups = making->groups;
	making->model.members = making->members;
	return good;
}

static void making_release(struct making *making)
{
	for (unsigned i = 0; i < making->model.group_count; i++)
		free(making->groups[i].actions);
	free(making->members);
	free(making->model.lists);
	free(making);
}

struct house *household_new(const struct household *from)
{
	const struct settings *settings = from->settings;
	struct prefixes own = { calloc(PREFIXES_MAX, sizeof(*own.at)), 0 };
	struct making *making = calloc(1, sizeof(*making));
	struct house *house = NULL;

	if (!own.at || !making) {
		free(own.at);
		free(making);
		return NULL;
	}
	making->from = from;
	making->model = (struct house){
		.sink = settings->sink,
		.lists = lists_of(settings),
		.list_count = settings->list_count,
		.clients = settings->allow_clients,
		.client_count = settings->allow_count,
		.upstreams = (struct address *)(uintptr_t)from->upstreams.at,
		.upstream_count = from->upstreams.count,
		.own = from->own,
	};
	if (settings->allow_default) {
		add_private(&own);
		add_own(&own);
		making->model.clients = own.at;
		making->model.client_count = own.count;
	}
	if (making->model.lists && add_groups(making))
		house = house_new(&making->model);
	free(own.at);
	making_release(making);
	return house;
}

static int64_t sooner(int64_t one, const struct schedule *schedule,
		      int64_t now)
{
	int64_t other = schedule->count ? schedule_next(schedule, now)
					: INT64_MAX;

	return one < other ? one : other;
}

int64_t household_next(const struct settings *settings, int64_t now)
{
	int64_t next = INT64_MAX;

	for (unsigned i = 0; i < settings->list_count; i++)
		next = sooner(next, &settings->lists[i].times, now);
	for (unsigned i = 0; i < settings->group_count; i++) {
		const struct settings_group *group = &settings->groups[i];

		for (unsigned j = 0; j < group->list_count; j++)
			next = sooner(next, &group->lists[j].times, now);
	}
	return next;
}
