/*
 * Looking up, by what people and rows have: an address at a time, a word.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#include "base/text.h"
#include "journal/devices_state.h"

#define EVER UINT64_MAX

int64_t devices_at(const struct devices *devices,
		   const struct address *client, uint64_t time)
{
	const struct spot *spot;
	struct bytes raw;

	raw.at = address_raw(client, &raw.len);
	if (raw.at == NULL)
		return 0;
	spot = devices_spot(devices, raw);
	if (spot == NULL || spot->count == 0)
		return 0;
	return spot->at[devices_turn(spot, time)].device;
}

/* The first that has a name wins; a name that was taken away is none. */
static const struct label *label_at(const struct device *device,
				    uint64_t time)
{
	const struct label *label;

	for (unsigned source = 0; source < DEVICES_SOURCES; source++) {
		label = devices_label(device, source, time);
		if (label != NULL && label->name[0] != '\0')
			return label;
	}
	return NULL;
}

static const struct label *name_of(const struct devices *devices,
				   int64_t id, uint64_t time)
{
	const struct device *device = devices_device(devices, id);

	if (device == NULL || device->label_count == 0)
		return NULL;
	if (time < device->labels[0].since)
		time = device->labels[0].since;
	return label_at(device, time);
}

const char *devices_name(const struct devices *devices, int64_t device,
			 uint64_t time)
{
	const struct label *label = name_of(devices, device, time);

	return label != NULL ? label->name : NULL;
}

const char *devices_name_source(const struct devices *devices,
				int64_t device, uint64_t time)
{
	const struct label *label = name_of(devices, device, time);

	return label != NULL ? devices_sources[label->source] : "";
}

/* --- by a word --- */

static bool parse_id(const char *what, int64_t *id)
{
	char *end;

	if (*what != '#' || what[1] < '0' || what[1] > '9')
		return false;
	errno = 0;
	*id = strtoll(what + 1, &end, 10);
	return *end == '\0' && errno == 0;
}

/* Nothing is asked of the port: what has one is no name either. */
static bool parse_address(const char *what, struct address *address)
{
	return strlen(what) < ADDRESS_TEXT &&
	       address_parse(address, what, 0) == 0;
}

bool devices_is_name(const char *name)
{
	size_t len = strlen(name);
	struct address address;
	struct mac mac;

	return len > 0 && devices_is_plain(name) && name[0] != '#' &&
	       name[0] != ' ' && name[len - 1] != ' ' &&
	       mac_parse(&mac, name) < 0 && !parse_address(name, &address);
}

static bool had_name(const struct device *device, const char *name)
{
	for (unsigned i = 0; i < device->label_count; i++)
		if (strcasecmp(device->labels[i].name, name) == 0)
			return true;
	return false;
}

static bool has_name(const struct device *device, const char *name)
{
	const struct label *label = label_at(device, EVER);

	return label != NULL && strcasecmp(label->name, name) == 0;
}

static int64_t find_named(const struct devices *devices, const char *name,
			  bool (*is)(const struct device *, const char *))
{
	const struct device *best = NULL;

	for (unsigned i = 0; i < devices->count; i++) {
		const struct device *device = &devices->all[i];

		if ((best == NULL || device->last > best->last) &&
		    is(device, name))
			best = device;
	}
	return best != NULL ? best->id : 0;
}

int64_t devices_find(const struct devices *devices, const char *what)
{
	const struct device *device = NULL;
	struct address address;
	struct mac mac;
	int64_t id;

	if (parse_id(what, &id)) {
		device = devices_device(devices, id);
		return device != NULL ? device->id : 0;
	}
	if (mac_parse(&mac, what) == 0) {
		device = devices_of_mac(devices, &mac);
		return device != NULL ? device->id : 0;
	}
	if (parse_address(what, &address))
		return devices_at(devices, &address, EVER);
	if (*what == '\0')
		return 0;
	id = find_named(devices, what, has_name);
	return id != 0 ? id : find_named(devices, what, had_name);
}

/* --- all there is about one --- */

/* The one of the last turns that began last; or any other. */
static bool last_address(const struct devices *devices, int64_t device,
			 struct address *address)
{
	uint64_t best = 0;
	bool found = false;

	for (unsigned i = 0; i < devices->spot_count; i++) {
		const struct spot *spot = &devices->spots[i];
		const struct turn *turn;

		if (spot->count == 0)
			continue;
		turn = &spot->at[spot->count - 1];
		if (turn->device != device || (found && turn->since < best))
			continue;
		best = turn->since;
		found = true;
		address_from_raw(address, spot->raw, spot->len, 0);
	}
	return found;
}

void devices_words(const struct devices *devices, int64_t device,
		   struct text *out)
{
	const struct device *one = devices_device(devices, device);
	const char *name = devices_name(devices, device, EVER);
	struct address address;

	if (name != NULL)
		text_put(out, "%s", name);
	else if (one != NULL && one->has_mac)
		mac_print(&one->mac, out);
	else if (one != NULL && last_address(devices, device, &address))
		address_print(&address, 0, out);
	else
		text_put(out, "#%" PRId64, device);
}

/* The turn at `from`, and those of the same device right behind it. */
static unsigned span_of(const struct spot *spot, unsigned from,
			struct devices_span *span)
{
	unsigned end = from + 1;

	while (end < spot->count &&
	       spot->at[end].device == spot->at[from].device)
		end++;
	*span = (struct devices_span){
		.since = from > 0 ? spot->at[from].since : 0,
		.until = end < spot->count ? spot->at[end].since : 0,
		.seen = spot->at[from].since,
	};
	address_from_raw(&span->address, spot->raw, spot->len, 0);
	return end;
}

unsigned devices_spans(const struct devices *devices, int64_t device,
		       struct devices_span *at, unsigned room)
{
	unsigned count = 0, turn;
	struct devices_span span;

	for (unsigned i = 0; i < devices->spot_count; i++) {
		const struct spot *spot = &devices->spots[i];

		for (unsigned from = 0; from < spot->count; from = turn) {
			turn = span_of(spot, from, &span);
			if (spot->at[from].device != device)
				continue;
			if (count < room)
				at[count] = span;
			count++;
		}
	}
	return count;
}

unsigned devices_names(const struct devices *devices, int64_t device,
		       struct devices_called *at, unsigned room)
{
	const struct device *one = devices_device(devices, device);
	unsigned count = one != NULL ? one->label_count : 0;

	for (unsigned i = 0; i < count && i < room; i++)
		at[i] = (struct devices_called){
			.source = devices_sources[one->labels[i].source],
			.name = one->labels[i].name,
			.since = one->labels[i].since,
		};
	return count;
}

void devices_each(const struct devices *devices,
		  bool (*each)(void *context, const struct devices_one *one),
		  void *context)
{
	for (unsigned i = 0; i < devices->count; i++) {
		const struct device *device = &devices->all[i];
		struct devices_one one = {
			.id = device->id, .has_mac = device->has_mac,
			.mac = device->mac, .first = device->first,
			.last = device->last,
		};

		if (!each(context, &one))
			return;
	}
}
