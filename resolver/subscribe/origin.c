/*
 * Most owners are relative and the origin is the zone: those are the words of
 * the text as they are, and nothing is put together.
 */
#include "subscribe/origin.h"

#include "dns/name.h"
#include "subscribe/master.h"

struct bytes origin_bare(struct bytes name)
{
	while (line_last(name) == '.')
		name.len--;
	return name;
}

bool origin_is_same(struct bytes one, struct bytes other)
{
	if (one.len != other.len)
		return false;
	for (size_t i = 0; i < one.len; i++)
		if (name_lower(one.at[i]) != name_lower(other.at[i]))
			return false;
	return true;
}

static struct bytes text_of(const struct origin_name *name)
{
	return bytes_of(name->at, name->len);
}

static bool name_set(struct origin_name *name, struct bytes word)
{
	size_t behind = master_is_absolute(word) || name->len == 0
		? 0 : name->len + 1;

	word = origin_bare(word);
	if (behind + word.len > sizeof(name->at))
		return false;
	if (behind > 0) {
		memmove(name->at + word.len + 1, name->at, name->len);
		name->at[word.len] = '.';
	}
	if (word.len > 0)
		memcpy(name->at, word.at, word.len);
	name->len = word.len + behind;
	return true;
}

bool origin_set(struct origin *origin, struct bytes word)
{
	bool good = name_set(&origin->now, word);

	origin->at_zone = origin_is_same(text_of(&origin->now),
					 text_of(&origin->zone));
	return good;
}

void origin_restart(struct origin *origin)
{
	origin->now = origin->zone;
	origin->at_zone = true;
	origin->known = false;
}

/* --- the zone --- */

static bool is_soa(const struct master_record *record)
{
	for (unsigned i = 0; i < record->count && i < 5; i++)
		if (line_is(record->words[i], "soa"))
			return true;
	return false;
}

void origin_find(struct origin *origin, struct bytes text)
{
	struct origin_name *zone = &origin->zone;
	struct master_record record;
	struct line_walk walk;
	bool found = false;

	zone->len = 0;
	line_walk(&walk, text);
	while (!found && master_next(&walk, &record)) {
		struct bytes owner = record.words[0];

		if (record.open)
			break;
		found = is_soa(&record);
		if (line_is(owner, "$origin") && record.count > 1)
			name_set(zone, record.words[1]);
		else if (found && !record.blank && !line_is(owner, "@") &&
			 (master_is_absolute(owner) || zone->len > 0))
			name_set(zone, owner);
	}
	if (zone->len == 0)
		name_set(zone, bytes_of_string("rpz.invalid."));
	origin_restart(origin);
}

/* --- owners --- */

static void set_absolute(struct origin *origin, struct bytes name)
{
	struct bytes zone = text_of(&origin->zone);
	size_t rest = name.len - zone.len;

	origin->apex = origin_is_same(name, zone);
	origin->outside = !origin->apex;
	origin->owner = name;
	if (name.len <= zone.len || name.at[rest - 1] != '.' ||
	    !origin_is_same(line_skip(name, rest), zone))
		return;
	origin->outside = false;
	origin->owner = bytes_of(name.at, rest - 1);
}

/* The word, a dot and the origin; either may be missing. */
static const char *set_joined(struct origin *origin, struct bytes word)
{
	struct bytes now = text_of(&origin->now);
	size_t dot = word.len > 0 && now.len > 0;

	if (word.len + dot + now.len > sizeof(origin->room))
		return "an owner that is too long";
	if (word.len > 0)
		memcpy(origin->room, word.at, word.len);
	if (dot)
		origin->room[word.len] = '.';
	if (now.len > 0)
		memcpy(origin->room + word.len + dot, now.at, now.len);
	set_absolute(origin, bytes_of(origin->room, word.len + dot + now.len));
	return NULL;
}

const char *origin_owner(struct origin *origin, struct bytes word)
{
	origin->apex = origin->outside = false;
	origin->known = true;
	if (word.len == 1 && word.at[0] == '@')
		return set_joined(origin, bytes_of(word.at, 0));
	if (master_is_absolute(word)) {
		set_absolute(origin, origin_bare(word));
		return NULL;
	}
	origin->owner = word;
	return origin->at_zone ? NULL : set_joined(origin, word);
}
