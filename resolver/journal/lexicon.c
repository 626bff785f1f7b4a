/*
 * Places are twice as many as entries, looked at one after another.  A part of
 * each hash is kept beside the entry, so that bytes are hardly ever compared
 * in vain.
 */
#include "journal/lexicon.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { PLACES = 2 * LEXICON_ENTRIES, FIRST_ROOM = 1 << 14 };

void lexicon_init(struct lexicon *lexicon)
{
	memset(lexicon, 0, sizeof(*lexicon));
	hash_key_draw(&lexicon->key);
}

void lexicon_release(struct lexicon *lexicon)
{
	free(lexicon->text);
}

void lexicon_clear(struct lexicon *lexicon)
{
	if (lexicon->count > 0)
		memset(lexicon->places, 0, sizeof(lexicon->places));
	lexicon->count = 0;
	lexicon->len = 0;
}

struct bytes lexicon_get(const struct lexicon *lexicon, uint32_t number)
{
	uint32_t from = number > 0 ? lexicon->end[number - 1] : 0;

	return bytes_of(lexicon->text + from, lexicon->end[number] - from);
}

static int reserve(struct lexicon *lexicon, size_t more)
{
	size_t room = lexicon->room ? lexicon->room : FIRST_ROOM;
	uint8_t *text;

	while (room - lexicon->len < more)
		room *= 2;
	if (room == lexicon->room)
		return 0;
	text = realloc(lexicon->text, room);
	if (text == NULL)
		return -ENOMEM;
	lexicon->text = text;
	lexicon->room = room;
	return 0;
}

static bool is_equal(const struct lexicon *lexicon, uint32_t number,
		     struct bytes bytes)
{
	struct bytes found = lexicon_get(lexicon, number);

	return found.len == bytes.len &&
	       (bytes.len == 0 ||
		memcmp(found.at, bytes.at, bytes.len) == 0);
}

/* Where it is, or where it should be. */
static uint32_t find(const struct lexicon *lexicon, struct bytes bytes,
		     uint64_t hash)
{
	uint32_t place = (uint32_t)(hash % PLACES);

	for (; lexicon->places[place]; place = (place + 1) % PLACES) {
		uint32_t number = lexicon->places[place] - 1u;

		if (lexicon->hash[number] == (uint32_t)(hash >> 32) &&
		    is_equal(lexicon, number, bytes))
			break;
	}
	return place;
}

static int add(struct lexicon *lexicon, struct bytes bytes, uint64_t hash,
	       uint32_t place)
{
	uint32_t number = lexicon->count;
	int error;

	if (number == LEXICON_ENTRIES)
		return ERROR_FULL;
	error = reserve(lexicon, bytes.len);
	if (error < 0)
		return error;
	if (bytes.len > 0)
		memcpy(lexicon->text + lexicon->len, bytes.at, bytes.len);
	lexicon->len += bytes.len;
	lexicon->end[number] = (uint32_t)lexicon->len;
	lexicon->hash[number] = (uint32_t)(hash >> 32);
	lexicon->places[place] = (uint16_t)++lexicon->count;
	return (int)number;
}

int lexicon_put(struct lexicon *lexicon, struct bytes bytes)
{
	uint32_t place;
	uint64_t hash;
	int number;

	if (lexicon->count > 0 && is_equal(lexicon, lexicon->last, bytes))
		return (int)lexicon->last;
	hash = hash_bytes(&lexicon->key, bytes.at, bytes.len);
	place = find(lexicon, bytes, hash);
	number = lexicon->places[place]
		 ? lexicon->places[place] - 1
		 : add(lexicon, bytes, hash, place);
	if (number >= 0)
		lexicon->last = (uint32_t)number;
	return number;
}
