/*
 * serve_devices: what is known of devices, gathered by the main thread and
 * handed to the journal.
 *
 *	neighbour table   told at once when it changes
 *	this machine      when an interface changes
 *	leases, hosts     when a file has changed; looked at once a minute
 *	router (PTR)      when it has answered
 *
 * Whatever happens, a second later all of it is gone through, and what is not
 * as it was told last goes to the journal in one edit (hand_over: the only
 * way out of here).  Somebody who goes on being there is told once an hour, so
 * that the journal knows when each device was there last.  The edit finds out
 * who has no name yet; for those the router is asked.
 *
 * Where the kernel sees a MAC behind an address it is believed, whatever a
 * lease says: that says then only what the MAC is called.
 */
#include "serve_devices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "device/found.h"
#include "device/hosts.h"
#include "device/leases.h"
#include "device/neighbour.h"
#include "device/reverse.h"
#include "device/self.h"
#include "device/sightings.h"
#include "device/told.h"
#include "serve_batch.h"
#include "serve_state.h"

enum {
	HAND_MS = 1000,
	MINUTE_MS = 60 * 1000,
	FRESH_MS = 10 * 60 * 1000,	/* heard of so lately: it is there */
	FORGET = 24 * 60,		/* minutes */
	FILE_MOST = 16 << 20,		/* bytes */
};

#define HOUR UINT64_C(3600000000)

/* Files that are read again when one of them has changed. */
struct files {
	uint64_t stamp;
	struct founds *founds;
};

struct serve_devices {
	struct serve *serve;
	uv_timer_t handing, minute;
	unsigned open;			/* handles */
	unsigned minutes;
	uint64_t moves;			/* of addresses between MACs */
	struct told *told;
	struct files leases, hosts;
	struct founds *asked;		/* what the router said */
	struct self self;
	struct reverse *reverse;
	struct batch *batch;		/* that is being filled */
	bool full;			/* not all of it was taken */
	bool waiting;			/* for the journal's thread */
	bool again;			/* something happened meanwhile */
};

/* --- what is new goes into the batch --- */

static void offer(struct serve_devices *devices,
		  const struct devices_sighting *sighting, uint64_t stamp)
{
	if (batch_is_new(devices->told, sighting, stamp) &&
	    !batch_add(devices->batch, sighting))
		devices->full = true;
}

/* --- the sources, one by one --- */

static void gather_self(struct serve_devices *devices)
{
	struct devices_sighting sighting = {
		.has_mac = true, .mac = devices->self.mac,
		.source = "hosts", .time = devices->batch->now,
	};

	if (devices->self.name[0])
		sighting.name = devices->self.name;
	for (unsigned i = 0; i < devices->self.count; i++) {
		sighting.address = devices->self.at[i];
		offer(devices, &sighting, devices->batch->now / HOUR);
	}
}

/* Another MAC is there: what the address was called is to be asked anew. */
static bool has_moved(struct serve_devices *devices,
		      const struct sighting *neighbour)
{
	const struct devices_sighting moved = {
		.address = neighbour->address, .source = "mac",
		.has_mac = true, .mac = neighbour->mac,
	};

	if (!batch_is_new(devices->told, &moved, 0))
		return false;
	devices->moves++;
	founds_drop(devices->asked, &neighbour->address);
	if (devices->reverse)
		reverse_forget(devices->reverse, &neighbour->address);
	return true;
}

static bool gather_neighbour(void *context, const struct sighting *neighbour)
{
	struct serve_devices *devices = context;
	uint64_t now = devices->batch->now;
	uint64_t seen = now - (uint64_t)neighbour->age * 1000;
	struct devices_sighting sighting = {
		.address = neighbour->address, .has_mac = true,
		.mac = neighbour->mac, .source = "seen", .time = seen,
	};

	if (!neighbour->there || self_has(&devices->self, &neighbour->address))
		return true;
	if (has_moved(devices, neighbour)) {
		sighting.time = now;
		sighting.hearsay = neighbour->age > FRESH_MS;
	}
	offer(devices, &sighting, seen / HOUR);
	return true;
}

static bool gather_lease(void *context, const struct found *found)
{
	struct serve_devices *devices = context;
	struct devices_sighting sighting = {
		.address = found->address, .has_mac = found->has_mac,
		.mac = found->mac, .hearsay = true, .source = "lease",
		.time = devices->batch->now,
	};
	struct mac seen;

	if (self_has(&devices->self, &found->address))
		return true;
	if (found->name[0])
		sighting.name = found->name;
	if (found->has_mac && devices->serve->neighbours &&
	    neighbours_mac(devices->serve->neighbours, &found->address,
			   &seen) && !mac_equal(&seen, &found->mac))
		sighting.address.family = 0;
	offer(devices, &sighting, 0);
	return true;
}

static void gather_name(struct serve_devices *devices, const char *source,
			const struct found *found)
{
	const struct devices_sighting sighting = {
		.address = found->address, .hearsay = true,
		.source = source, .name = found->name,
		.time = devices->batch->now,
	};

	if (!self_has(&devices->self, &found->address))
		offer(devices, &sighting, devices->moves);
}

static bool gather_host(void *context, const struct found *found)
{
	gather_name(context, "hosts", found);
	return true;
}

static bool gather_asked(void *context, const struct found *found)
{
	gather_name(context, "ptr", found);
	return true;
}

/* First who is where, then what those are called that are there. */
static void gather(struct serve_devices *devices)
{
	gather_self(devices);
	founds_each(devices->leases.founds, gather_lease, devices);
	if (devices->serve->neighbours)
		neighbours_each(devices->serve->neighbours, gather_neighbour,
				devices);
	founds_each(devices->hosts.founds, gather_host, devices);
	founds_each(devices->asked, gather_asked, devices);
}

/* --- to the journal and back --- */

static void plan(struct serve_devices *devices);

/* What was not stored is told again, but not at once: the disk may be full. */
static void batch_done(void *context, int error)
{
	struct batch *batch = context;
	struct serve_devices *devices = batch->serve->devices;

	if (devices) {
		devices->waiting = false;
		if (error)
			told_forget(devices->told);
		else if (devices->again)
			plan(devices);
		for (unsigned i = 0; i < batch->wanted_count && !error &&
		     devices->reverse; i++)
			reverse_want(devices->reverse, &batch->wanted[i]);
	}
	batch_free(batch);
}

static void hand_over(struct serve_devices *devices)
{
	struct batch *batch = devices->batch;

	devices->batch = NULL;
	devices->waiting = true;
	if (serve_edit(devices->serve, batch_apply, batch, batch_done) < 0)
		batch_done(batch, -ENOMEM);
}

static void hand(uv_timer_t *timer)
{
	struct serve_devices *devices = timer->data;

	if (devices->waiting) {
		devices->again = true;
		return;
	}
	devices->again = devices->full = false;
	devices->batch = batch_new(devices->serve);
	if (!devices->batch)
		return;
	gather(devices);
	if (devices->full)
		told_forget(devices->told);
	if (devices->batch->count > 0) {
		hand_over(devices);
		return;
	}
	batch_free(devices->batch);
	devices->batch = NULL;
}

/* Something may be new: looked at in a second, with all that comes by then. */
static void plan(struct serve_devices *devices)
{
	if (!uv_is_active((uv_handle_t *)&devices->handing))
		uv_timer_start(&devices->handing, hand, HAND_MS, 0);
}

/* --- files --- */

/* Another number whenever one of them is another file, or has changed. */
static uint64_t stamp_of(char *const *paths, unsigned count)
{
	uint64_t stamp = 1;

	for (unsigned i = 0; i < count; i++) {
		struct stat status;
		uint64_t parts[5] = { i };

		if (stat(paths[i], &status) == 0) {
			parts[1] = (uint64_t)status.st_ino;
			parts[2] = (uint64_t)status.st_size;
			parts[3] = (uint64_t)status.st_mtim.tv_sec;
			parts[4] = (uint64_t)status.st_mtim.tv_nsec;
		}
		for (unsigned j = 0; j < 5; j++)
			stamp = (stamp ^ parts[j]) * 0x100000001b3;
	}
	return stamp;
}

static void read_file(const char *path, struct founds *founds,
		      void (*take)(struct bytes text, struct founds *founds))
{
	uint8_t *at;
	size_t len;
	int error = file_read(path, FILE_MOST, &at, &len);

	if (error == -ENOENT)
		return;
	if (error < 0) {
		log_warning("%s: %s: what it says of devices is not known",
			    path, error_words(error));
		return;
	}
	take(bytes_of(at, len), founds);
	free(at);
}

static void take_leases(struct bytes text, struct founds *founds)
{
	leases_read(text, clock_seconds(), founds);
}

static void look_at_leases(struct serve_devices *devices)
{
	const struct settings *settings = devices->serve->settings;
	uint64_t stamp = stamp_of(settings->leases, settings->lease_count);

	if (stamp == devices->leases.stamp)
		return;
	devices->leases.stamp = stamp;
	founds_clear(devices->leases.founds);
	for (unsigned i = 0; i < settings->lease_count; i++)
		read_file(settings->leases[i], devices->leases.founds,
			  take_leases);
}

static void look_at_hosts(struct serve_devices *devices)
{
	const struct settings *settings = devices->serve->settings;
	uint64_t stamp = stamp_of(settings->hosts, settings->host_count);

	if (stamp == devices->hosts.stamp)
		return;
	devices->hosts.stamp = stamp;
	founds_clear(devices->hosts.founds);
	for (unsigned i = 0; i < settings->host_count; i++)
		read_file(settings->hosts[i], devices->hosts.founds,
			  hosts_read);
}

/* A database that was set aside knows nobody: once a day all is told. */
static void look_around(uv_timer_t *timer)
{
	struct serve_devices *devices = timer->data;

	if (++devices->minutes % FORGET == 0)
		told_forget(devices->told);
	look_at_leases(devices);
	look_at_hosts(devices);
	plan(devices);
}

/* --- the router --- */

static void hear_name(void *context, const struct address *address,
		      const char *name)
{
	struct serve_devices *devices = context;
	struct found found = { .address = *address };

	strcpy(found.name, name);
	founds_put(devices->asked, &found);
	plan(devices);
}

/* Those that turned out to ask us are not asked. */
static void serve_routers(struct serve_devices *devices)
{
	const struct serve *serve = devices->serve;
	struct address asked[UPSTREAM_SERVERS];
	struct addresses servers = { asked, 0 };

	for (unsigned i = 0; i < serve->upstream_count &&
	     serve->settings->ptr; i++)
		if (!(serve->looped_known & 1u << i))
			asked[servers.count++] = serve->upstreams[i];
	if (devices->reverse)
		reverse_serve(devices->reverse, servers);
}

void serve_look_at_self(struct serve *serve)
{
	struct serve_devices *devices = serve->devices;
	int error;

	if (!devices)
		return;
	error = self_look(&devices->self);
	if (error < 0)
		log_warning("the addresses of this machine are not known: %s",
			    error_words(error));
	serve_routers(devices);
	plan(devices);
}

/* --- beginning and end --- */

static bool serve_knows_devices(const struct settings *settings)
{
	for (unsigned i = 0; i < settings->group_count; i++)
		for (unsigned j = 0; j < settings->groups[i].client_count; j++)
			if (settings->groups[i].clients[j].is_mac)
				return true;
	return false;
}

/* A device has another address: its group goes with it. */
static void serve_neighbours_changed(void *context)
{
	struct serve *serve = context;

	if (serve->ending)
		return;
	if (serve_knows_devices(serve->settings))
		serve_rehouse(serve);
	if (serve->devices)
		plan(serve->devices);
}

static void devices_closed(uv_handle_t *handle)
{
	struct serve_devices *devices = handle->data;

	if (--devices->open > 0)
		return;
	told_free(devices->told);
	founds_free(devices->leases.founds);
	founds_free(devices->hosts.founds);
	founds_free(devices->asked);
	free(devices);
}

static void devices_close(struct serve_devices *devices)
{
	reverse_close(devices->reverse);
	uv_close((uv_handle_t *)&devices->handing, devices_closed);
	uv_close((uv_handle_t *)&devices->minute, devices_closed);
}

static struct serve_devices *devices_open(struct serve *serve)
{
	struct serve_devices *devices = calloc(1, sizeof(*devices));
	struct reverse_options options = {
		.loop = &serve->loop, .answer = hear_name, .context = devices,
	};

	if (!devices)
		return NULL;
	devices->serve = serve;
	devices->told = told_new();
	devices->leases.founds = founds_new();
	devices->hosts.founds = founds_new();
	devices->asked = founds_new();
	devices->reverse = reverse_open(&options);
	uv_timer_init(&serve->loop, &devices->handing);
	uv_timer_init(&serve->loop, &devices->minute);
	devices->handing.data = devices->minute.data = devices;
	devices->open = 2;
	if (devices->told && devices->leases.founds &&
	    devices->hosts.founds && devices->asked && devices->reverse)
		return devices;
	devices_close(devices);
	return NULL;
}

static bool knows_devices(const struct settings *settings)
{
	return privacy_knows_devices(settings->journal.keeping.privacy.level);
}

void serve_watch_devices(struct serve *serve)
{
	if (!serve->neighbours &&
	    (serve->journal || serve_knows_devices(serve->settings)))
		serve->neighbours = neighbours_watch(
			&serve->loop, serve_neighbours_changed, serve);
	if (!serve->journal || !knows_devices(serve->settings))
		return;
	if (!serve->devices) {
		serve->devices = devices_open(serve);
		if (!serve->devices) {
			log_error("devices: %s", error_words(-ENOMEM));
			return;
		}
		uv_timer_start(&serve->devices->minute, look_around,
			       MINUTE_MS, MINUTE_MS);
	}
	look_at_leases(serve->devices);
	look_at_hosts(serve->devices);
	serve_look_at_self(serve);
}

void serve_unwatch_devices(struct serve *serve)
{
	neighbours_unwatch(serve->neighbours);
	serve->neighbours = NULL;
	if (serve->devices)
		devices_close(serve->devices);
	serve->devices = NULL;
}
