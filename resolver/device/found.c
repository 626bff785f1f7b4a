/*
 * An array in the order of arrival, and a table of open places over it, twice
 * as many as there can be: places[h] is a number of the array plus one.  What
 * is dropped keeps its place until all is cleared, so that no chain breaks.
 */
#include "device/found.h"

#include <stdlib.h>

#include "base/hash.h"

enum { PLACES = 2 * FOUND_ROOM };

struct entry {
	struct found found;
	bool dropped;
};

struct founds {
	struct hash_key key;
	unsigned count, room;
	struct entry *at;
	uint16_t places[PLACES];
};

struct founds *founds_new(void)
{
	struct founds *founds = calloc(1, sizeof(*founds));

	if (founds != NULL)
		hash_key_draw(&founds->key);
	return founds;
}

void founds_free(struct founds *founds)
{
	if (founds == NULL)
		return;
	free(founds->at);
	free(founds);
}

void founds_clear(struct founds *founds)
{
	free(founds->at);
	founds->at = NULL;
	founds->count = founds->room = 0;
	memset(founds->places, 0, sizeof(founds->places));
}

/* Its place, or the free one where it would be. */
static uint16_t *place_of(const struct founds *founds,
			  const struct address *address)
{
	size_t len;
	const uint8_t *raw = address_raw(address, &len);
	uint64_t hash = hash_bytes(&founds->key, raw, len);
	const uint16_t *places = founds->places;

	while (places[hash % PLACES] != 0) {
		const struct entry *entry =
			&founds->at[places[hash % PLACES] - 1];

		if (address_equal_host(&entry->found.address, address))
			break;
		hash++;
	}
	return (uint16_t *)(uintptr_t)&places[hash % PLACES];
}

static bool grow(struct founds *founds)
{
	unsigned more = founds->room > 0 ? founds->room * 2 : 16;
	struct entry *at;

	if (founds->count < founds->room)
		return true;
	if (founds->count == FOUND_ROOM)
		return false;
	at = reallocarray(founds->at, more, sizeof(*at));
	if (at == NULL)
		return false;
	founds->at = at;
	founds->room = more;
	return true;
}

/* Nobody in particular is there. */
static bool is_nobody(const struct address *address)
{
	size_t len;
	const uint8_t *raw = address_raw(address, &len);

	if (raw == NULL || address_is_loopback(address) ||
	    address_is_wildcard(address))
		return true;
	return len == 4 ? raw[0] == 0 || raw[0] >= 224 : raw[0] == 0xff;
}

bool founds_put(struct founds *founds, const struct found *found)
{
	uint16_t *place;

	if (is_nobody(&found->address))
		return false;
	place = place_of(founds, &found->address);
	if (*place == 0) {
		if (!grow(founds))
			return false;
		*place = (uint16_t)++founds->count;
	}
	founds->at[*place - 1] = (struct entry){ .found = *found };
	return true;
}

void founds_drop(struct founds *founds, const struct address *address)
{
	uint16_t place;

	if (is_nobody(address))
		return;
	place = *place_of(founds, address);
	if (place != 0)
		founds->at[place - 1].dropped = true;
}

const struct found *founds_find(const struct founds *founds,
				const struct address *address)
{
	uint16_t place;

	if (is_nobody(address))
		return NULL;
	place = *place_of(founds, address);
	if (place == 0 || founds->at[place - 1].dropped)
		return NULL;
	return &founds->at[place - 1].found;
}

void founds_each(const struct founds *founds,
		 bool (*each)(void *context, const struct found *found),
		 void *context)
{
	for (unsigned i = 0; i < founds->count; i++)
		if (!founds->at[i].dropped &&
		    !each(context, &founds->at[i].found))
			return;
}

static bool is_letter(uint8_t byte)
{
	return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static bool is_name_byte(uint8_t byte)
{
	return is_letter(byte) || (byte >= '0' && byte <= '9') ||
	       byte == '.' || byte == '-' || byte == '_';
}

bool found_name(struct bytes word, char name[FOUND_NAME])
{
	bool letters = false;

	name[0] = '\0';
	if (word.len > 0 && word.at[word.len - 1] == '.')
		word.len--;
	if (word.len == 0 || word.len >= FOUND_NAME || word.at[0] == '.' ||
	    word.at[0] == '-')
		return false;
	for (size_t i = 0; i < word.len; i++) {
		letters |= is_letter(word.at[i]);
		if (!is_name_byte(word.at[i]))
			return false;
	}
	if (!letters)
		return false;
	memcpy(name, word.at, word.len);
	name[word.len] = '\0';
	return true;
}
