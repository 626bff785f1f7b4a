/*
 * A version becomes an array of hashes, sorted: one for "this very name", one
 * for "all below this name".  It is read when it is first asked for, which is
 * rare: only when a name that was asked for is on a list that has changed.
 */
#include "commands/formerly.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "dns/name.h"
#include "policy/grow.h"
#include "settings.h"
#include "subscribe/format.h"
#include "subscribe/reading.h"
#include "subscribe/shelf.h"

enum { BELOW = 1 };		/* the last bit of a hash */

struct formerly {
	const struct settings *settings;
	struct hash_key key;
	unsigned count;
	struct version {
		bool read, unknown;
		uint64_t *hashes;
		size_t count, room;
	} versions[];
};

/* On its way through the readers. */
struct taking {
	struct formerly *formerly;
	struct version *version;
};

struct formerly *formerly_new(const struct settings *settings)
{
	struct formerly *formerly = calloc(1, sizeof(*formerly) +
		settings->list_count * sizeof(formerly->versions[0]));

	if (!formerly)
		return NULL;
	formerly->settings = settings;
	formerly->count = settings->list_count;
	hash_key_draw(&formerly->key);
	return formerly;
}

void formerly_free(struct formerly *formerly)
{
	for (unsigned i = 0; formerly && i < formerly->count; i++)
		free(formerly->versions[i].hashes);
	free(formerly);
}

/* --- reading --- */

static uint64_t hash_of(const struct formerly *formerly, struct bytes suffix,
			bool below)
{
	uint64_t hash = hash_bytes(&formerly->key, suffix.at, suffix.len);

	return below ? hash | BELOW : hash & ~(uint64_t)BELOW;
}

static int put(struct taking *taking, struct bytes name, bool below)
{
	struct version *version = taking->version;
	void *hashes = grow(version->hashes, version->count, &version->room,
			    sizeof(*version->hashes));

	if (!hashes)
		return -ENOMEM;
	version->hashes = hashes;
	if (version->count == 2 * FORMERLY_RULES)
		return ERROR_FULL;
	version->hashes[version->count++] = hash_of(taking->formerly, name,
						    below);
	return 0;
}

static int take_rule(void *context, const struct rule *rule)
{
	struct bytes name = name_suffix(&rule->name, 0);
	struct taking *taking = context;
	int error = 0;

	if (rule->effect != RULE_BLOCK && rule->effect != RULE_REWRITE)
		return 0;
	if (rule->scope > RULE_BELOW)
		return 0;
	if (rule->scope != RULE_BELOW)
		error = put(taking, name, false);
	if (rule->scope != RULE_EXACT && error == 0)
		error = put(taking, name, true);
	return error;
}

static int read_text(struct taking *taking, const struct list_options *options,
		     struct bytes text)
{
	const struct format_sink sink = {
		.rule = take_rule, .context = taking,
	};

	return reading_rules(options, text, &sink);
}

static int compare(const void *one, const void *other)
{
	const uint64_t *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

/* 0: there was no list then. */
static uint64_t serial_at(const struct shelf *shelf, uint64_t time)
{
	uint64_t found = 0;

	for (unsigned i = 0; i < shelf->count; i++)
		if (shelf->at[i].time <= time)
			found = shelf->at[i].serial;
	if (found == 0 && shelf->count > 0 && shelf->at[0].serial > 1)
		found = shelf->at[0].serial;
	return found;
}

/* The oldest that is kept is the newest, too: what was before is lost. */
static bool is_lost(const struct shelf *shelf, uint64_t serial, uint64_t time)
{
	const struct list_version *newest = shelf_newest(shelf);

	return newest && newest->serial == serial && newest->time > time;
}

static int read_serial(struct taking *taking,
		       const struct list_options *options,
		       const struct shelf *shelf, uint64_t serial)
{
	struct file_map map;
	int error = shelf_map(shelf, serial, &map);

	if (error < 0)
		return error;
	error = read_text(taking, options, bytes_of(map.at, map.len));
	file_map_close(&map);
	return error;
}

static void read_version(struct taking *taking,
			 const struct list_options *options, uint64_t time)
{
	const char *state = taking->formerly->settings->state;
	struct version *version = taking->version;
	struct shelf shelf;
	uint64_t serial;

	version->read = version->unknown = true;
	if (shelf_open(&shelf, state, options->name) < 0)
		return;
	serial = serial_at(&shelf, time);
	if (!is_lost(&shelf, serial, time))
		version->unknown = serial != 0 &&
			read_serial(taking, options, &shelf, serial) < 0;
	shelf_release(&shelf);
	if (version->count > 0)
		qsort(version->hashes, version->count,
		      sizeof(*version->hashes), compare);
}

/* --- asking --- */

static bool has(const struct formerly *formerly,
		const struct version *version, struct bytes suffix, bool below)
{
	uint64_t hash = hash_of(formerly, suffix, below);

	return version->count > 0 &&
	       bsearch(&hash, version->hashes, version->count, sizeof(hash),
		       compare) != NULL;
}

bool formerly_had(struct formerly *formerly, const char *list, uint64_t time,
		  struct bytes text)
{
	const struct list_options *options =
		settings_find_list(formerly->settings, list);
	size_t place = options ? (size_t)(options -
					  formerly->settings->lists) : 0;
	struct taking taking = { formerly, &formerly->versions[place] };
	struct name name;

	if (!options || place >= formerly->count ||
	    name_parse(&name, text) < 0)
		return true;
	if (!taking.version->read)
		read_version(&taking, options, time);
	if (taking.version->unknown ||
	    has(formerly, taking.version, name_suffix(&name, 0), false))
		return true;
	for (unsigned i = 1; i < name.labels; i++)
		if (has(formerly, taking.version, name_suffix(&name, i), true))
			return true;
	return false;
}
